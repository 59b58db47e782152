"""The SD image on an emulated Raspberry Pi 3, and what becomes of it when the plug is pulled."""

import os
import random
import re
import signal
import time

from fat import BootPartition
from line import Line
from recovered import Copy

# One instruction a nanosecond, and idle time skipped. No Raspberry Pi is that even, but a guest's second is always the same.
CLOCK = ("-icount", "shift=0,sleep=off")
# The same, but idle time passes as ours does, for who talks to the guest over a network.
LIVE_CLOCK = ("-icount", "shift=0")
TOLD = rb"card: after ([0-9.]+) s the state is \[(.*)\] \[(.*)\] left (\d+)\r?\n"
# Each rating carries its number in its digits; from here on all have five.
FIRST = 10_000
RATED = re.compile(r'"valence":0\.(\d{1,5})')


class Card:
    """The image's files, and an emulated Raspberry Pi that they are put into."""

    def __init__(self, options):
        self.options, self.boot = options, options.work / "boot"
        self.partition = BootPartition(options.work / "card.img", options.tools)
        libraries = [str(folder) for lib in ("usr/lib", "lib") for folder in (options.qemu / lib).glob("*-linux-gnu")]
        self.environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries)}

    def start(self, initrd: str, words: str, log: str, *extra: str, machine: str = "raspi3b", tree: str = "bcm2837-rpi-3-b.dtb",
              clock: tuple[str, ...] = CLOCK, uart: int = 1) -> Line:
        console = self.options.work / "console"
        lines = ["null", "null"]
        lines[uart] = f"unix:{console},server=on,wait=off"
        command = [str(self.options.qemu / "usr/bin/qemu-system-aarch64"), "-L", str(self.options.qemu / "usr/share/qemu"), "-M", machine,
                   "-accel", "tcg", *clock, "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot",
                   "-kernel", str(self.boot / "vmlinuz"), "-initrd", str(self.boot / initrd), "-dtb", str(self.boot / tree),
                   "-drive", f"if=sd,format=raw,file={self.options.work / 'card.img'}",
                   "-append", words, *(word for line in lines for word in ("-serial", line)), *extra]
        return Line(command, self.options.work, self.environment, log)

    def start_whole(self, log: str, *extra: str, words: tuple[str, ...] = (), clock: tuple[str, ...] = CLOCK) -> Line:
        """The image in its own way. What is added to its command line only makes it say more, and gives us a shell."""
        own = [word for word in (self.boot / "cmdline.txt").read_text().split() if word not in ("quiet", "console=tty0")]
        more = ["systemd.journald.forward_to_console=1", "systemd.journald.max_level_console=info", "systemd.show_status=no",
                "systemd.debug_shell=ttyS1"]
        return self.start("initrd.img", " ".join([*own, *more, *words]), f"{log}.log", *extra, clock=clock)


def step(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


def to_ready(line: Line, name: str) -> None:
    """Until systemd has heard that the box is ready."""
    started = time.monotonic()
    # The journal on the console carries the kernel's clock: [   12.345678] systemd[1]: Started moodbox.service ...
    found = line.wait_for(rb"\[ *([0-9.]+)\] systemd\[1\]: Started [^\n]*moodbox\.service", 7200)
    step(f"{name}: ready after {float(found.group(1)):.1f} s of the board's time ({time.monotonic() - started:.0f} s of ours)")


class State:
    """What may be found: the last rating of which the box said that it is written, or the one that was under way."""

    def __init__(self):
        self.wrote = self.under_way = 0
        self.came = {"old": 0, "new": 0}

    def hear(self, seen: bytes) -> None:
        for what, value in re.findall(rb"card: (wrote|writes) (\d+)\r?\n", seen):
            if what == b"wrote":
                self.wrote = max(self.wrote, int(value))
            self.under_way = max(self.under_way, int(value))

    def judge(self, found: int) -> str:
        assert self.wrote <= found <= self.under_way, f"found state {found}; {self.wrote} was written, {self.under_way} under way"
        which = "new" if found > self.wrote else "old"
        self.came[which] += 1
        return f"the {which} state {found}"


def told(line: Line, state: State, first: bool) -> tuple[int, str]:
    """What the box's own program reads after the board's own recovery."""
    found = line.wait_for(TOLD, 3600)
    index, taste = found.group(2).decode(errors="replace"), found.group(3).decode(errors="replace")
    assert b"can't be mounted" not in line.seen, "the state can't be mounted"
    assert '"rated"' in index and '"error":null' in index, f"the box can't read its index: {index}"
    rated = RATED.findall(taste)
    number = int(rated[-1].ljust(5, "0")) if rated else 0
    assert first or f'"valence":0.{number}'.rstrip("0") in index, f"the box doesn't read what lies there: {index} {taste}"
    return number, f"after {float(found.group(1)):.1f} s of the board's time, {int(found.group(4))} unfinished files"


def cuts(card: Card, count: int, every: int) -> None:
    """`count` moments while ratings are written. At each the card is what pulling the plug would leave; after every so
    many it is pulled for real and the board starts again."""
    chance, state, number = random.Random(count), State(), 0
    while True:
        with card.start("cuts.img", "rdinit=/init panic=-1 quiet console=ttyS1,115200 maxcpus=1", f"cut-{number}.log") as line:
            found, how = told(line, state, number == 0)
            if number:
                step(f"cut {number}: QEMU was killed; the board came back with {state.judge(found)}, {how}")
            if number >= count:
                break
            line.send(f"{max(found, FIRST)}\n")
            line.wait_for(rb"card: wrote (\d+)\r?\n", 1800)
            while True:
                number += 1
                # Anywhere within a rating or two.
                begun = time.monotonic()
                line.wait_for(rb"card: wrote (\d+)\r?\n", 1800)
                line.listen(chance.uniform(0.0, 1.5) * (time.monotonic() - begun))
                if number % every == 0 or number == count:
                    line.process.kill()
                    line.listen(1)
                    state.hear(line.seen)
                    break
                line.process.send_signal(signal.SIGSTOP)
                copy = Copy(card.options.work / "card.img", card.options.work / "cut.img")
                line.listen(0.5)
                state.hear(line.seen)
                line.process.send_signal(signal.SIGCONT)
                rated = copy.rating()
                step(f"cut {number}: the card as it was holds {state.judge(int(rated) if rated else 0)}")
    step(f"{count} cuts: {state.came['old']} times the old state, {state.came['new']} times the new one, never anything else")
