"""Every link of a built site: does what it names exist?"""

import html.parser
import pathlib
import re
import urllib.parse


class Page(html.parser.HTMLParser):
    """The anchors of a page, and what it links to or loads."""

    def __init__(self, text: str):
        super().__init__()
        self.anchors, self.links, self.loads = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        known = dict(attributes)
        self.anchors.update(known[name] for name in ("id", "name") if known.get(name))
        if tag == "a" and known.get("href") is not None:
            self.links.append(known["href"])
        elif tag == "link" and known.get("href"):
            self.loads.append(known["href"])
        elif known.get("src"):
            self.loads.append(known["src"])


def check(site: pathlib.Path) -> tuple[int, list[str], set[str]]:
    """How many links there are, what is wrong with them, and those that lead out of the site and are not followed."""
    pages = {path: Page(path.read_text()) for path in sorted(site.rglob("*.html"))}
    wrong, outside, count = [], set(), 0
    for path, page in pages.items():
        for link, loaded in [(link, False) for link in page.links] + [(link, True) for link in page.loads]:
            count += 1
            where = f"{path.relative_to(site)}: `{link}`"
            if re.match(r"data:", link):
                continue
            if re.match(r"[a-z]+:|//", link):
                outside.add(link)
                if loaded:
                    wrong.append(f"{where} is loaded from somewhere else")
                continue
            target, _, anchor = urllib.parse.unquote(link).partition("#")
            # The page for what can't be found takes its links from the site's root.
            there = (path.parent / target if not target.startswith("/") else site / target[1:]).resolve() if target else path
            if there.is_dir():
                there /= "index.html"
            if not there.exists():
                wrong.append(f"{where} leads nowhere")
            elif anchor and there in pages and anchor not in pages[there].anchors:
                wrong.append(f"{where}: the page has no such place")
    return count, wrong, outside
