#!/usr/bin/env python3
"""Whether a card has the drivers and the firmware of each board it has a device tree for; started by scripts/check-boards."""

import argparse
import fnmatch
import pathlib
import sys
import tomllib
from collections.abc import Iterator

from devicetree import DeviceTree, Node
from kernel import Kernel, initrd_modules, modules_below
from purposes import FOUND_OTHERWISE, PURPOSES, WIFI_CHIPS, Purpose


class Card:
    """The files of a card that boards differ in."""

    def __init__(self, boot: pathlib.Path, root: pathlib.Path):
        self.trees = {file.name: DeviceTree(file.read_bytes()) for file in sorted(boot.glob("*.dtb"))}
        self.initrd = initrd_modules(boot / "initrd.img")
        self.root = modules_below(root / "usr/lib/modules")
        self.firmware = root / "usr/lib/firmware"

    def has_not(self, kernel: Kernel, module: str, early: bool) -> Iterator[str]:
        if not kernel.knows(module):
            yield f"the kernel has no {module}"
            return
        for needed in kernel.with_needed(module):
            if early and needed not in self.initrd:
                yield f"{needed} is not in the initrd"
            elif not early and needed not in self.root:
                yield f"{needed} is not in the root"


def all_suppliers(tree: DeviceTree, device: Node) -> Iterator[tuple[Node, str]]:
    """The device and all that it waits for, each once, with the way there."""
    seen, left = set(), [(device, device.path)]
    while left:
        node, way = left.pop(0)
        # What has no kind of its own is a part of what stands above it: pins of a pin controller, ports, sounds of a codec.
        while not node.compatible and node.parent:
            node = node.parent
        if node is tree.root or node.path in seen:
            continue
        seen.add(node.path)
        yield node, way
        # The kernel doesn't wait for what is switched off.
        left += [(supplier, f"{node.path} for its {why}") for why, supplier in tree.suppliers(node) if supplier.enabled]


def drivers(card: Card, kernel: Kernel, tree: DeviceTree, purpose: Purpose) -> Iterator[str]:
    devices = purpose.devices(tree) if purpose.devices else []
    if purpose.devices and not devices:
        if not purpose.optional:
            yield "the device tree has no such device"
        return
    for device in devices:
        for node, way in all_suppliers(tree, device):
            modules = next(([FOUND_OTHERWISE[word]] for word in node.compatible if word in FOUND_OTHERWISE), kernel.driver(node.compatible))
            if modules is None:
                yield f"the kernel has no driver for {node.compatible[0]}, wanted by {way}"
            for module in modules or []:
                for what in card.has_not(kernel, module, purpose.early):
                    yield f"{what}, wanted by {way}"
    for module in purpose.modules:
        yield from card.has_not(kernel, module, purpose.early)


def wifi_firmware(card: Card, tree: DeviceTree) -> Iterator[str]:
    board = tree.root.compatible[0]
    if not any("brcm,bcm4329-fmac" in node.compatible for node in tree.root.all()):
        return
    if board not in WIFI_CHIPS:
        yield f"nobody has said which Wi-Fi chip {board} has"
    for chip in WIFI_CHIPS.get(board, []):
        for ending in (".bin", f".{board}.txt", ".clm_blob"):
            # The board's own settings go before those that hold for all boards with the chip.
            files = [f"brcm/{chip}{ending}"] + ([f"brcm/{chip}.txt"] if ending.endswith(".txt") else [])
            if not any((card.firmware / file).is_file() for file in files):
                yield f"firmware {files[0]} is not in the root"


def findings(card: Card, kernel: Kernel) -> Iterator[tuple[str, str]]:
    """Each with the device tree it was found with."""
    for file, tree in card.trees.items():
        for purpose in PURPOSES:
            said = {}
            for what in drivers(card, kernel, tree, purpose):
                # One driver is often wanted in several ways.
                said.setdefault(what.split(", wanted by ")[0], what)
            yield from ((file, f"{purpose.name}: {what}") for what in said.values())
        yield from ((file, f"Wi-Fi: {what}") for what in wifi_firmware(card, tree))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boot", type=pathlib.Path, required=True, help="the files of the boot partition")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the root, or its usr/lib/modules and usr/lib/firmware")
    parser.add_argument("--kernel", type=pathlib.Path, required=True, help="the folder with the whole kernel")
    parser.add_argument("--limits", type=pathlib.Path, required=True, help="what is known to be missing, and told in README")
    parser.add_argument("--readme", type=pathlib.Path, required=True)
    options = parser.parse_args()
    card, kernel = Card(options.boot, options.root), Kernel(options.kernel)
    if not card.trees:
        print(f"error: there is no device tree in {options.boot}", file=sys.stderr)
        return 5
    limits = tomllib.loads(options.limits.read_text())["limit"]
    readme = " ".join(options.readme.read_text().split())
    met, faults, known = set(), 0, {}
    for file, what in findings(card, kernel):
        limit = next((number for number, limit in enumerate(limits)
                      if fnmatch.fnmatchcase(file, limit["board"]) and fnmatch.fnmatchcase(what, limit["what"])), None)
        if limit is None:
            faults += 1
            print(f"MISSING {file.removesuffix('.dtb')}: {what}")
        else:
            met.add(limit)
            known.setdefault(what.split(", wanted by ")[0], []).append(file.removesuffix(".dtb"))
    for what, boards in known.items():
        print(f"limit   {'all boards' if len(boards) == len(card.trees) else ', '.join(boards)}: {what}")
    for number, limit in enumerate(limits):
        if limit["readme"] not in readme:
            faults += 1
            print(f"UNTOLD  {options.readme} does not say `{limit['readme']}`")
        if number not in met:
            faults += 1
            print(f"STALE   nothing is missing any more as `{limit['what']}` on {limit['board']} says; take it out of {options.limits}")
    print(f"{len(card.trees)} device trees, {len(PURPOSES)} purposes: {faults} faults, {len(known)} known limits")
    return 7 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
