"""What a kernel has for a device: built in, as a module, or nothing; and which modules a card carries of it."""

import functools
import gzip
import pathlib
import re
from collections.abc import Iterator

MODULE = re.compile(r"([^/]+)\.ko(\.xz|\.zst|\.gz)?$")


def name_of(file: str) -> str | None:
    """A module's name out of that of its file."""
    found = MODULE.search(file)
    return found.group(1).replace("-", "_") if found else None


class Kernel:
    """Debian's kernel, whole, as it was unpacked: the folder with vmlinuz and modules.alias."""

    def __init__(self, folder: pathlib.Path):
        self.image = (folder / "vmlinuz").read_bytes()
        self.built_in = {name_of(line) for line in (folder / "modules.builtin").read_text().splitlines()}
        self.needs: dict[str, list[str]] = {}
        for line in (folder / "modules.dep").read_text().splitlines():
            module, _, needed = line.partition(":")
            self.needs[name_of(module)] = [name_of(file) for file in needed.split()]
        self.drivers: dict[str, list[str]] = {}
        for line in (folder / "modules.alias").read_text().splitlines():
            found = re.match(r"alias of:N\*T\*C(\S+?)(?:C\*)? (\S+)$", line)
            if found and found.group(2) not in self.drivers.setdefault(found.group(1), []):
                self.drivers[found.group(1)].append(found.group(2))

    def driver(self, compatible: list[str]) -> list[str] | None:
        """The modules that drive such a device; none where that is built in, None where the kernel has no driver.

        A driver that is built in and can't be a module has no alias, but its table of devices is in the kernel's image.
        """
        for word in compatible:
            if word in self.drivers:
                return self.drivers[word]
            if self.names(word):
                return []
        return None

    @functools.cache
    def names(self, word: str) -> bool:
        return word.encode() + b"\0" in self.image

    def knows(self, module: str) -> bool:
        return module in self.needs or module in self.built_in

    def with_needed(self, module: str) -> list[str]:
        return [] if module in self.built_in else [module, *self.needs.get(module, [])]


def modules_below(folder: pathlib.Path) -> set[str]:
    return {name for file in folder.rglob("*.ko*") if (name := name_of(file.name))}


def initrd_modules(archive: pathlib.Path) -> set[str]:
    """The modules that the initrd's init loads, with those that they need."""
    held = dict(cpio(gzip.decompress(archive.read_bytes())))
    needs = {}
    for path, content in held.items():
        if path.endswith("modules.dep"):
            for line in content.decode().splitlines():
                module, _, needed = line.partition(":")
                needs[name_of(module)] = [name_of(file) for file in needed.split()]
    asked = held.get("etc/modules", held.get("./etc/modules", b"")).decode().replace("-", "_").split()
    return {name for module in asked if module in needs for name in (module, *needs[module])}


def cpio(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Files of a `newc` archive."""
    place = 0
    while archive[place:place + 6] == b"070701":
        size, length = (int(archive[place + at:place + at + 8], 16) for at in (54, 94))
        name = archive[place + 110:place + 110 + length - 1].decode()
        start = (place + 110 + length + 3) & ~3
        if name == "TRAILER!!!":
            return
        yield name, archive[start:start + size]
        place = (start + size + 3) & ~3
