"""The boot partition of a card's image, read and written as a laptop would."""

import os
import pathlib
import subprocess
import tempfile


class BootPartition:
    """It begins at 4 MiB of the card. `tools` is the folder that mtools was unpacked into."""

    def __init__(self, card: pathlib.Path, tools: pathlib.Path):
        self.where = ["-i", f"{card}@@4M"]
        self.tools = tools / "usr/bin"
        self.environment = os.environ | {"MTOOLS_SKIP_CHECK": "1"}

    def tool(self, name: str, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.tools / name, *self.where, *words], env=self.environment, capture_output=True)

    def put(self, name: str, content: str) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(content.encode())
            file.flush()
            done = self.tool("mcopy", "-o", file.name, f"::{name}")
        assert done.returncode == 0, f"{name} can't be put on the card: {done.stderr.decode()}"

    def get(self, name: str) -> str | None:
        """What the file holds; None where there is none."""
        done = self.tool("mcopy", f"::{name}", "-")
        return done.stdout.decode() if done.returncode == 0 else None

    def remove(self, name: str) -> None:
        self.tool("mdel", f"::{name}")
