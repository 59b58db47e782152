"""Pictures of the site that the project's own programs make, and the drawings of the trainer's report."""

import html
import os
import pathlib
import re
import subprocess

# The report's page follows the reader's light or dark, a picture on the site's page lies on paper.
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{.*?\n\}\n", re.S)


def program(root: pathlib.Path, name: str) -> pathlib.Path | None:
    """TRAINER or MOODBOX in the environment, else what cargo built; None where neither is there."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    found = pathlib.Path(os.environ.get(name.upper(), target / "release" / name))
    return found if os.access(found, os.X_OK) else None


def make(root: pathlib.Path, picture: dict, out: pathlib.Path) -> str | None:
    """Makes one picture unless it is newer than its program; says why it can't."""
    programs = {command[0]: program(root, command[0]) for command in picture["run"]}
    for name, found in programs.items():
        if found is None:
            return f"{name} is not built"
    newest = max(found.stat().st_mtime for found in programs.values())
    if out.exists() and out.stat().st_mtime > newest:
        return None
    work = out.parent / f"{out.stem}.work"
    work.mkdir(parents=True, exist_ok=True)
    for command in picture["run"]:
        words = [word.format(out=out, work=work) for word in command]
        ended = subprocess.run([programs[command[0]], *words[1:]], capture_output=True, text=True)
        if ended.returncode:
            out.unlink(missing_ok=True)
            said = ended.stderr.strip().splitlines()
            return f"{' '.join(command[:2])} ended with {ended.returncode}: {said[0] if said else 'without a word'}"
    return None


def report(root: pathlib.Path, wanted: dict, out: pathlib.Path) -> str | None:
    """Has the trainer write the report of the network in the box, unless it is newer than the network."""
    trainer = program(root, "trainer")
    data = pathlib.Path(os.environ.get("FER2013", root / "../shared/data/fer2013/fer2013.csv.gz"))
    votes = pathlib.Path(os.environ.get("FERPLUS", root / "../shared/data/fer2013/fer2013new.csv"))
    if out.exists() and out.stat().st_mtime > (root / wanted["model"]).stat().st_mtime:
        return None
    if trainer is None:
        return "trainer is not built"
    if not data.exists() or not votes.exists():
        return "FER-2013 is not here; FER2013 and FERPLUS may name its table and the votes"
    # No mistakes: they would be pictures of the data set, which may not be passed on.
    command = [trainer, "report", root / wanted["run"], "--model", root / wanted["model"], "--data", data, "--votes", votes,
               "--mistakes", "0", "--output", out]
    ended = subprocess.run(command, capture_output=True, text=True)
    return f"trainer report ended with {ended.returncode}: {ended.stderr.strip()}" if ended.returncode else None


def drawings(page: str, part: str) -> list[tuple[str, str]]:
    """The drawings in a part of the report, as files of their own, each with what it shows in words."""
    style = DARK.sub("", re.search(r"<style>(.*?)</style>", page, re.S).group(1)).replace("light dark", "light")
    begin = page.find(f'<h2 id="{part}">')
    if begin < 0:
        return []
    body = page[begin:page.find("</section>", begin)]
    found = []
    # Those without words are the marks of legends.
    for attributes, words, inside in re.findall(r'<svg([^>]*aria-label="([^"]*)"[^>]*)>(.*?)</svg>', body, re.S):
        whole = f'<svg xmlns="http://www.w3.org/2000/svg"{attributes}><style>{style}</style>{inside}</svg>\n'
        found.append((whole, html.unescape(words)))
    return found
