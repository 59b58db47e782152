#!/usr/bin/env python3
"""Whether a root has every program that its own scripts and units start: one that is missing is found out on the board only."""

import argparse
import pathlib
import re
import shlex
import sys
from collections.abc import Iterator

# The shell's own, and the words after which a command begins.
BUILT_IN = set(". : [ alias break cd command continue echo eval exit export false getopts hash jobs kill local printf pwd read readonly return "
               "set shift test times trap true type ulimit umask unset wait".split())
BEFORE = set("! { if then else elif while until do exec ; ;; & && | || ( $".split())


def commands(script: str) -> Iterator[str]:
    """The programs that a shell script starts; here documents it may have none."""
    text = re.sub(r"(^|\s)#.*", "", script.replace("\\\n", " "), flags=re.MULTILINE)
    own = set(re.findall(r"^\s*(\w+)\(\)", text, re.MULTILINE))
    # In quotes only $( ) is a command.
    for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', text):
        for inner in re.findall(r"\$\(([^()]*)\)", quoted):
            yield from (word for word in commands(inner) if word not in own)
    words = shlex.shlex(text.replace("\n", " ; "), posix=True, punctuation_chars=True)
    words.commenters, words.whitespace_split = "", True
    begins, of_case, pattern, redirected = True, 0, False, False
    for word in words:
        of_case += {"case": 1, "esac": -1}.get(word, 0) if begins or word == "esac" else 0
        if word == "case" and begins:
            begins = False
        elif word == "in" and of_case and not begins or word == ";;":
            pattern = True
        elif pattern and ")" in word:
            pattern, begins = False, True
        elif word == "esac":
            pattern, begins = False, False
        elif pattern:
            continue
        elif set(word) <= set("<>&") and word not in ("&", "&&"):
            redirected = True
        elif word in BEFORE or word.startswith((")", "(", ";")):
            begins = word not in (")", ")&&") or begins
        elif redirected:
            redirected = False
        elif begins and not re.match(r"\w+=", word):
            begins = False
            if word not in BUILT_IN and word not in own and word not in ("for", "done", "fi", "}") and not word.startswith(("$", "-")):
                yield word


def of_units(folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    for unit in sorted(folder.glob("moodbox*.service")):
        for program, inner in re.findall(r"^Exec\w+=[-+!@:]*(\S+)(?: -c '(.*)')?", unit.read_text(), re.MULTILINE):
            yield unit.name, program
            yield from ((unit.name, word) for word in commands(inner))


def faults(root: pathlib.Path, scripts: list[pathlib.Path]) -> Iterator[str]:
    wanted = [(script.name, word) for script in scripts for word in commands(script.read_text())]
    wanted += of_units(root / "usr/lib/systemd/system")
    for who, word in dict.fromkeys(wanted):
        places = [word.lstrip("/")] if "/" in word else [f"usr/bin/{word}", f"usr/sbin/{word}"]
        if not any((root / place).is_symlink() or (root / place).exists() for place in places):
            yield f"{who} starts {word}, which is not in the root"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    options = parser.parse_args()
    scripts = [file for file in sorted((options.root / "usr/lib/moodbox").iterdir()) if file.read_bytes().startswith(b"#!/bin/sh")]
    found = list(faults(options.root, scripts))
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    if found:
        print("  hint: name its package in scripts/pi/image-root, or do without it", file=sys.stderr)
    print(f"{len(scripts)} scripts were read", file=sys.stderr)
    return 7 if found else 0


if __name__ == "__main__":
    sys.exit(main())
