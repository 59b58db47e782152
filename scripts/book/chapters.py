"""The READMEs cut into the site's chapters: sections, links between them, files and pictures they name."""

import pathlib
import re
import shutil

FENCE = re.compile(r"^\s*(```|~~~)")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")


class Wrong(Exception):
    """The site can't be built like this; the message says why, `hint` what to do."""

    def __init__(self, what: str, hint: str):
        super().__init__(what)
        self.hint = hint


def slug(heading: str) -> str:
    """The anchor mdBook gives a heading."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())


def picture_of(words: str, name: str) -> str:
    """A picture that leads to itself, so that a small screen can show it in its own size."""
    return f"[![{words}](assets/{name})](assets/{name})"


def outside_fences(text: str):
    """Each line, and whether it is text rather than code."""
    fenced = False
    for line in text.splitlines():
        if FENCE.match(line):
            fenced = not fenced
            yield line, False
        else:
            yield line, not fenced


def sections(text: str) -> dict[str, str]:
    """A Markdown file by its `##` headings; what stands before the first is "", without the `#` title."""
    found, name = {"": []}, ""
    for line, is_text in outside_fences(text):
        if is_text and line.startswith("## "):
            name = line[3:].strip()
            found[name] = []
        elif not (is_text and name == "" and line.startswith("# ")):
            found[name].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items() if name or "".join(lines).strip()}


class Book:
    """The chapters of `journey.toml`, and which of them tells about a section or a file."""

    def __init__(self, root: pathlib.Path, journey: dict):
        self.root, self.journey, self.chapters = root, journey, journey["chapter"]
        self.texts: dict[str, dict[str, str]] = {}
        self.home: dict[tuple[str, str], dict] = {}
        for chapter in self.chapters:
            for file, name in map(tuple, chapter["from"]):
                if name not in self.of(file):
                    raise Wrong(f"scripts/book/journey.toml wants the section `{name}` of {file}, which has none",
                                f"it has: {', '.join(filter(None, self.of(file)))}")
                if (file, name) in self.home:
                    raise Wrong(f"`{name}` of {file} stands in two chapters", "take it out of one in scripts/book/journey.toml")
                self.home[file, name] = chapter
        for file, found in self.texts.items():
            for name in found:
                if (file, name) not in self.home and name not in self.journey["left_out"].get(file, []):
                    raise Wrong(f"the section `{name}` of {file} is in no chapter", "add it to scripts/book/journey.toml")

    def of(self, file: str) -> dict[str, str]:
        """The sections of a file."""
        if file not in self.texts:
            try:
                text = (self.root / file).read_text()
            except OSError as error:
                raise Wrong(f"{file} can't be read: {error.strerror}", "mend scripts/book/journey.toml") from None
            if file.endswith(".md"):
                self.texts[file] = sections(text)
            else:
                kind = {".toml": "toml", ".service": "ini"}.get(pathlib.Path(file).suffix, "text")
                self.texts[file] = {"": f"```{kind}\n{text.strip()}\n```"}
        return self.texts[file]

    def body(self, file: str, name: str, title: str) -> str:
        """A section as it stands in its chapter; it keeps its heading unless the chapter is called the same."""
        text = self.of(file)[name]
        if not file.endswith(".md"):
            return f"## {file}\n\n{text}"
        if name and name != title:
            return f"## {name.strip('[]')}\n\n{text}"
        return text

    def page_of(self, file: str, anchor: str) -> str | None:
        """Where a file of the project, or a section of it, is told about."""
        if file in self.journey["folders"]:
            page, _, inside = self.journey["folders"][file].partition("#")
            return f"{page}.md#{inside or anchor}".rstrip("#")
        names = [name for (of, name) in self.home if of == file]
        for name in names:
            if anchor and slug(name) == anchor:
                chapter = self.home[file, name]
                return f"{chapter['page']}.md" + ("" if name == chapter["title"] else f"#{anchor}")
        if not names:
            return None
        chapter = self.home[file, names[0]]
        if not file.endswith(".md"):
            return f"{chapter['page']}.md#{slug(file)}"
        return f"{chapter['page']}.md" + (f"#{anchor}" if anchor else "")

    def relink(self, text: str, file: str, out: pathlib.Path) -> str:
        """Links of a README as links of the site; pictures are copied beside it."""
        here = pathlib.Path(file).parent

        def one(found: re.Match) -> str:
            picture, words, target = found.groups()
            if re.match(r"[a-z]+:", target):
                return found.group(0)
            path, _, anchor = target.partition("#")
            name = (self.root / here / path).resolve().relative_to(self.root).as_posix() if path else file
            if not (self.root / name).exists():
                raise Wrong(f"{file} links to `{target}`, which is not there", "mend the link")
            if picture:
                (out / "assets").mkdir(exist_ok=True)
                shutil.copy(self.root / name, out / "assets")
                return picture_of(words, pathlib.Path(name).name)
            page = self.page_of(name, anchor)
            if page is None:
                raise Wrong(f"{file} links to `{target}`, which no chapter tells about", "add it to scripts/book/journey.toml")
            return f"[{words}]({page})"

        # Inline code may hold what looks like a link, and a link's words may be code.
        def line_of(line: str) -> str:
            codes = re.findall(r"`[^`]*`", line)
            line = LINK.sub(one, re.sub(r"`[^`]*`", "\0", line))
            return re.sub("\0", lambda _: codes.pop(0), line)

        return "\n".join(line_of(line) if is_text else line for line, is_text in outside_fences(text))

    def summary(self) -> str:
        lines = ["# Summary", ""]
        for index, chapter in enumerate(self.chapters):
            if "part" in chapter:
                lines += ["", f"# {chapter['part']}", ""]
            entry = f"[{chapter['title']}]({chapter['page']}.md)"
            lines.append(entry if index == 0 else f"- {entry}")
        return "\n".join(lines) + "\n"

    def write(self, out: pathlib.Path, pictures: dict[tuple[str, str], str], diagram) -> None:
        """All chapters into `out`. `pictures`: Markdown for the end of a section, by page and section; `diagram`: a
        function that draws Mermaid's text and gives the picture's name, or None where it can't be drawn."""
        (out / "SUMMARY.md").write_text(self.summary())
        for chapter in self.chapters:
            parts = [f"# {chapter['title']}"]
            for file, name in chapter["from"]:
                text = self.relink(self.body(file, name, chapter["title"]), file, out)
                parts += [re.sub(r"(?ms)^```mermaid\n(.*?)^```$", lambda found: diagram(found.group(1)) or found.group(0), text)]
                parts += filter(None, [pictures.get((chapter["page"], name))])
            parts += filter(None, [pictures.get((chapter["page"], "\n"))])
            (out / f"{chapter['page']}.md").write_text("\n\n".join(parts) + "\n")
