#!/usr/bin/env python3
"""The SD image on an emulated Raspberry Pi 3: to ready, and through power cuts; started by scripts/check-image."""

import argparse
import os
import pathlib
import random
import re
import sys
import time

from line import Line
from machine import Died

# One instruction a nanosecond, and idle time skipped. No Raspberry Pi is that even, but a guest's second is always the same.
CLOCK = ["-icount", "shift=0,sleep=off"]
TOLD = rb"card: after ([0-9.]+) s the state is \[(.*)\] \[(.*)\] left (\d+)\r?\n"
# Each rating carries its number in its digits; from here on all have five.
FIRST = 10_000
RATED = re.compile(r'"valence":0\.(\d{1,5})')


class Card:
    """The image's files, and an emulated Raspberry Pi 3 that they are put into."""

    def __init__(self, options):
        self.options, self.boot = options, options.work / "boot"
        libraries = [str(folder) for lib in ("usr/lib", "lib") for folder in (options.qemu / lib).glob("*-linux-gnu")]
        self.environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries)}

    def start(self, initrd: str, words: str, log: str) -> Line:
        console = self.options.work / "console"
        command = [str(self.options.qemu / "usr/bin/qemu-system-aarch64"), "-L", str(self.options.qemu / "usr/share/qemu"), "-M", "raspi3b",
                   "-accel", "tcg", *CLOCK, "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot",
                   "-kernel", str(self.boot / "vmlinuz"), "-initrd", str(self.boot / initrd), "-dtb", str(self.boot / "bcm2837-rpi-3-b.dtb"),
                   "-drive", f"if=sd,format=raw,file={self.options.work / 'card.img'}",
                   "-append", words, "-serial", "null", "-serial", f"unix:{console},server=on,wait=off"]
        return Line(command, self.options.work, self.environment, log)


def step(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


def to_ready(card: Card, name: str) -> None:
    """The whole image, its own way, until systemd has heard that the box is ready."""
    own = (card.boot / "cmdline.txt").read_text().split()
    # What is added only makes it say more; and the pins of this board are reached through its registers.
    words = [word for word in own if word not in ("quiet", "console=tty0")]
    words += ["iomem=relaxed", "systemd.journald.forward_to_console=1", "systemd.journald.max_level_console=info", "systemd.show_status=yes"]
    started = time.monotonic()
    with card.start("initrd.img", " ".join(words), f"{name}.log") as line:
        # The journal on the console carries the kernel's clock: [   12.345678] systemd[1]: Started moodbox.service ...
        found = line.wait_for(rb"\[ *([0-9.]+)\] systemd\[1\]: Started [^\n]*moodbox\.service", 7200)
        step(f"{name}: ready after {float(found.group(1)):.1f} s of the board's time ({time.monotonic() - started:.0f} s of ours)")


def cuts(card: Card, count: int) -> None:
    chance = random.Random(count)
    written, least, came = 0, 0, {"old": 0, "new": 0}
    for number in range(count + 1):
        with card.start("cuts.img", "rdinit=/init panic=-1 quiet console=ttyS1,115200 maxcpus=1", f"cut-{number}.log") as line:
            told = line.wait_for(TOLD, 3600)
            index, taste = told.group(2).decode(errors="replace"), told.group(3).decode(errors="replace")
            assert b"can't be mounted" not in line.seen, "the state can't be mounted"
            assert '"rated"' in index and '"error":null' not in index.split('"tags"')[0], f"the box can't read its index: {index}"
            rated = RATED.findall(taste)
            found = int(rated[-1].ljust(5, "0")) if rated else 0
            assert (written == 0 and found == 0) or (rated and f'"valence":0.{found}'.rstrip("0") in index), \
                f"the box doesn't read what lies there: {index} {taste}"
            # What was told to be written is there, and at most the one that was under way.
            assert least <= found <= written, f"found state {found}, but {least} was written and {written} under way"
            if number:
                came["new" if found > least else "old"] += 1
                step(f"cut {number}: came back with {'the new' if found > least else 'the old'} state {found}, "
                     f"{int(told.group(4))} unfinished files, after {float(told.group(1)):.1f} s")
            if number == count:
                break
            line.send(f"{max(found, FIRST)}\n")
            # A few whole ratings, then anywhere in the next one or two.
            for _ in range(chance.randint(1, 3)):
                done = line.wait_for(rb"card: wrote (\d+)\r?\n", 1800)
            least = int(done.group(1))
            line.listen(chance.uniform(0.0, 1.5) * card.options.pace)
            line.process.kill()
            line.listen(0.5)
            for what, value in re.findall(rb"card: (wrote|writes) (\d+)\r?\n", line.seen):
                if what == b"wrote":
                    least = max(least, int(value))
                written = int(value)
    step(f"{count} cuts: {came['old']} times the old state, {came['new']} times the new one, never anything else")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qemu", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--cuts", type=int, required=True)
    parser.add_argument("--pace", type=float, default=3.0, help="seconds that a rating may take here")
    options = parser.parse_args()
    card = Card(options)
    try:
        to_ready(card, "first boot")
        if options.cuts:
            cuts(card, options.cuts)
            to_ready(card, "boot after the cuts")
    except (Died, AssertionError) as failure:
        print(f"FAILED: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    print("the image: all held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
