"""An emulated machine: QEMU, its serial line as a shell, and its GPIO lines seen and driven from outside."""

import base64
import gzip
import hashlib
import json
import pathlib
import random
import re
import secrets
import socket
import subprocess
import time


class Died(Exception):
    """QEMU ended, or the guest no longer answers."""


def connect(path: pathlib.Path, within: float = 20) -> socket.socket:
    """A stream to a unix socket that QEMU is about to make."""
    deadline = time.monotonic() + within
    while True:
        stream = socket.socket(socket.AF_UNIX)
        try:
            stream.connect(str(path))
            return stream
        except OSError:
            stream.close()
            if time.monotonic() > deadline:
                raise Died(f"QEMU opened no {path.name}") from None
            time.sleep(0.1)


class Machine:
    """Boots on construction; `shut_down` or leaving the `with` ends it."""

    def __init__(self, command: list[str], folder: pathlib.Path, environment: dict[str, str], boot_limit: float):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("console", "qtest", "qmp"):
            (folder / name).unlink(missing_ok=True)
        self.log = open(folder / "console.log", "wb")
        self.errors = open(folder / "qemu.log", "wb")
        started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=self.errors, stderr=self.errors, stdin=subprocess.DEVNULL, env=environment)
        self.console = connect(folder / "console")
        self.qtest = connect(folder / "qtest").makefile("rw", newline="\n") if "-qtest" in command else None
        self.control = None
        if "-qmp" in command:
            self.control = connect(folder / "qmp").makefile("rw", newline="\n")
            self.control.readline()  # The greeting.
            self.order("qmp_capabilities")
        self.heard = b""
        ready = self.wait_for(rb"guest ready after ([0-9.]+) s\s", boot_limit)
        self.boot_seconds = float(ready.group(1))
        self.boot_wall_seconds = time.monotonic() - started
        self.order("stop")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def order(self, name: str) -> None:
        """Tells QEMU something, where it listens: whether the guest's time passes (`cont`) or stands still (`stop`)."""
        if self.control is None:
            return
        self.control.write(json.dumps({"execute": name}) + "\n")
        self.control.flush()
        while "return" not in (answer := json.loads(self.control.readline() or '{"error": "QEMU ended"}')):
            if "error" in answer:
                raise Died(f"QEMU answers `{name}` with {answer['error']}")

    def wait_for(self, pattern: bytes, within: float) -> re.Match:
        """Reads the serial line until the pattern stands in it; what came before is dropped."""
        deadline = time.monotonic() + within
        while not (found := re.search(pattern, self.heard)):
            left = deadline - time.monotonic()
            if left <= 0:
                raise Died(f"no `{pattern.decode()}` on the serial line within {within:.0f} s; last: {self.heard[-300:]!r}")
            self.console.settimeout(left)
            try:
                got = self.console.recv(65536)
            except TimeoutError:
                continue
            if not got:
                raise Died(f"QEMU ended; last: {self.heard[-300:]!r}")
            self.log.write(got)
            self.log.flush()
            self.heard += got
        self.heard = self.heard[found.end():]
        return found

    def run(self, command: str, within: float = 1800, check: bool = True) -> str:
        """Runs a shell command in the guest; its output without the last line end. `within` is only there to end a guest
        that hangs: it is in seconds of ours, and ours say nothing about the guest's."""
        mark = secrets.token_hex(4)
        # The mark is split in the command, so that an echo of it can't be taken for the answer.
        self.order("cont")
        self.console.sendall(f"{{ {command} ; }} 2>&1; echo \"@@\"{mark} $?\n".encode())
        found = self.wait_for(rb"(?s)^(.*?)@@" + mark.encode() + rb" (\d+)\r?\n", within)
        self.order("stop")
        output = found.group(1).decode(errors="replace").replace("\r", "").strip("\n")
        if check and found.group(2) != b"0":
            raise AssertionError(f"`{command}` ended with {int(found.group(2))} in the guest: {output}")
        return output

    def fetch(self, path: str, piece: int = 16384) -> bytes:
        """A file of the guest, in pieces with their sums: a serial line may lose characters while the machine is busy."""
        self.run(f"gzip -1 -c {path} >/tmp/fetched.gz")
        size, packed = int(self.run("wc -c </tmp/fetched.gz")), b""
        for number in range(-(-size // piece)):
            for _ in range(5):
                part = f"dd if=/tmp/fetched.gz bs={piece} skip={number} count=1 2>/dev/null"
                *lines, checksum = self.run(f"{part} | base64; {part} | md5sum").splitlines()
                try:
                    got = base64.b64decode("".join(lines))
                except ValueError:
                    continue
                if hashlib.md5(got).hexdigest() == checksum.split()[0]:
                    packed += got
                    break
            else:
                raise Died(f"the serial line loses too much of {path}")
        return gzip.decompress(packed)

    def uptime(self) -> float:
        """Seconds of the guest's clock."""
        return float(self.run("cut -d ' ' -f 1 /proc/uptime"))

    def qtest_command(self, command: str) -> list[str]:
        self.qtest.write(command + "\n")
        self.qtest.flush()
        while (answer := self.qtest.readline().split()) and answer[0] == "IRQ":
            pass
        if not answer or answer[0] != "OK":
            raise Died(f"qtest answers `{command}` with {answer}")
        return answer[1:]


def pauses() -> str:
    """Microseconds between looks, each another while, so as not to walk in step with the pulses."""
    return " ".join(str(random.randrange(1_000, 15_000)) for _ in range(50))


class BroadcomGpio:
    """The GPIO block of a Raspberry Pi 3: what a meter and a finger do on the real board.

    A level is read from outside, over QEMU's test socket. QEMU keeps a level for each pin whatever its function, so setting
    an input pin is pressing it; the guest does that, as only its clock knows how long a press is. That is how QEMU 8 to 10
    behave, not a documented interface.
    """

    BASE = 0x3F20_0000
    SET, CLEAR, LEVEL = BASE + 0x1C, BASE + 0x28, BASE + 0x34

    def __init__(self, machine: Machine):
        self.machine = machine

    def drive(self, pin: int, high: bool) -> str:
        """The shell command that puts a pin at a level."""
        return f"devmem {self.SET if high else self.CLEAR:#x} 32 {1 << pin:#x}"

    def levels(self) -> int:
        return int(self.machine.qtest_command(f"readl {self.LEVEL:#x}")[0], 16)

    def is_high(self, pin: int) -> bool:
        return bool(self.levels() >> pin & 1)

    def looks(self, pins: list[int]) -> list[list[int]]:
        """Levels of some pins at some moments of the guest's clock; a meter outside would look too often while the guest is
        busy, as its clock goes slower then."""
        seen = self.machine.run(f"for pause in {pauses()}; do usleep $pause; devmem {self.LEVEL:#x}; done")
        return [[int(level, 16) >> pin & 1 for pin in pins] for level in seen.split()]


class SimulatedGpio:
    """The kernel's gpio-sim, through sysfs in the guest."""

    def __init__(self, machine: Machine, lines: int = 28):
        self.machine = machine
        root = "/sys/kernel/config/gpio-sim/box"
        machine.run(f"mkdir -p {root}/bank0 && echo {lines} >{root}/bank0/num_lines && echo moodbox-test >{root}/bank0/label"
                    f" && echo 1 >{root}/live")
        self.chip = machine.run(f"cat {root}/bank0/chip_name")
        self.lines = machine.run(f"echo /sys/devices/platform/$(cat {root}/dev_name)/{self.chip}")

    def drive(self, pin: int, high: bool) -> str:
        return f"echo pull-{'up' if high else 'down'} >{self.lines}/sim_gpio{pin}/pull"

    def is_high(self, pin: int) -> bool:
        return self.machine.run(f"cat {self.lines}/sim_gpio{pin}/value") == "1"

    def looks(self, pins: list[int]) -> list[list[int]]:
        # The shell reads by itself: programs started for it would take the board's time from the box.
        read = "; ".join(f"read -r level <{self.lines}/sim_gpio{pin}/value; printf %s $level" for pin in pins)
        values = self.machine.run(f"for pause in {pauses()}; do usleep $pause; {read}; echo; done")
        return [[int(value) for value in row] for row in values.split()]
