#!/usr/bin/env python3
"""The overlay that turns one device tree into another, as source for dtc; or whether two trees say the same."""

import argparse
import pathlib
import sys
from collections.abc import Iterator

from devicetree import DeviceTree, Node

# What dtc adds for overlays; an overlay of its own has no use for it.
BOOKS = ("/__symbols__", "/__fixups__", "/__local_fixups__")


class CantSay(Exception):
    """An overlay adds and changes; it takes nothing away."""


def changes(old: DeviceTree, new: DeviceTree) -> Iterator[tuple[Node, dict[str, bytes]]]:
    """The nodes of the new tree that are other, with the properties that are."""
    for path, node in new.by_path.items():
        if path.startswith(BOOKS):
            continue
        before = old.by_path.get(path)
        if before is None:
            raise CantSay(f"{path} is new")
        other = {name: value for name, value in node.properties.items() if before.properties.get(name) != value}
        if "phandle" in other:
            raise CantSay(f"{path} has another phandle")
        if gone := before.properties.keys() - node.properties.keys():
            raise CantSay(f"{path} has no {', '.join(sorted(gone))} any more")
        if other:
            yield node, other
    if gone := [path for path in old.by_path.keys() - new.by_path.keys() if not path.startswith(BOOKS)]:
        raise CantSay(f"{', '.join(sorted(gone))} is gone")


def source(old: DeviceTree, new: DeviceTree) -> str:
    lines = ["/dts-v1/;", "/ {", f'\tcompatible = "{old.root.compatible[-1]}";']
    for number, (node, other) in enumerate(changes(old, new)):
        lines += [f"\tfragment@{number} {{", f'\t\ttarget-path = "{node.path}";', "\t\t__overlay__ {"]
        lines += [f"\t\t\t{name} = [{value.hex(' ')}];" if value else f"\t\t\t{name};" for name, value in other.items()]
        lines += ["\t\t};", "\t};"]
    return "\n".join([*lines, "};", ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--same", action="store_true", help="print nothing; end with 7 where the trees differ")
    parser.add_argument("old", type=pathlib.Path)
    parser.add_argument("new", type=pathlib.Path)
    options = parser.parse_args()
    old, new = (DeviceTree(file.read_bytes()) for file in (options.old, options.new))
    try:
        if not options.same:
            print(source(old, new), end="")
        elif found := list(changes(old, new)):
            raise CantSay(", ".join(f"{node.path} has another {' and '.join(other)}" for node, other in found))
    except CantSay as why:
        print(f"error: {options.old.name} and {options.new.name}: {why}\n  hint: no overlay says that; "
              "ship the second tree by itself", file=sys.stderr)
        return 7
    return 0


if __name__ == "__main__":
    sys.exit(main())
