"""An emulated board of which only the serial line is used: what it says is kept, and it may be killed at any moment."""

import pathlib
import re
import subprocess
import time

from machine import Died, connect


class Line:
    """Starts on construction; leaving the `with` ends it."""

    def __init__(self, command: list[str], folder: pathlib.Path, environment: dict[str, str], log: str):
        (folder / "console").unlink(missing_ok=True)
        self.log, self.errors = open(folder / log, "wb"), open(folder / "qemu.log", "wb")
        self.process = subprocess.Popen(command, stdout=self.errors, stderr=self.errors, stdin=subprocess.DEVNULL, env=environment)
        self.console = connect(folder / "console", 60)
        self.seen, self.read = b"", 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        self.errors.close()

    def hear(self, within: float) -> bool:
        """Takes what is said within a time; whether anything can still come."""
        self.console.settimeout(max(within, 0.001))
        try:
            got = self.console.recv(65536)
        except TimeoutError:
            return True
        except ConnectionResetError:
            return False
        self.seen += got
        self.log.write(got)
        self.log.flush()
        return bool(got)

    def listen(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self.hear(left):
            pass

    def wait_for(self, pattern: bytes, within: float) -> re.Match:
        """Until the pattern stands in what was said since the last one."""
        deadline = time.monotonic() + within
        while not (found := re.compile(pattern).search(self.seen, self.read)):
            left = deadline - time.monotonic()
            if left <= 0 or not self.hear(left):
                why = f"within {within:.0f} s" if left <= 0 else "before QEMU ended"
                raise Died(f"no `{pattern.decode()}` on the serial line {why}; last: {self.seen[-300:]!r}")
        self.read = found.end()
        return found

    def wait_for_end(self, within: float) -> None:
        """Until QEMU ends by itself, as it does when the board would start anew."""
        deadline = time.monotonic() + within
        while self.hear(left := max(deadline - time.monotonic(), 0)):
            if left <= 0:
                raise Died(f"QEMU runs on after {within:.0f} s; last: {self.seen[-300:]!r}")

    def send(self, text: str) -> None:
        self.console.sendall(text.encode())
