"""What a card would hold if the plug were pulled now: a copy of its state, recovered as the image does, and read."""

import json
import os
import pathlib
import struct
import subprocess

MIB = 1 << 20


class Copy:
    """The state partition of a card, copied while its machine stands still."""

    def __init__(self, card: pathlib.Path, out: pathlib.Path):
        self.path = out
        with open(card, "rb") as source, open(out, "wb") as copy:
            # The third entry of the partition table: first sector and number of sectors.
            source.seek(446 + 2 * 16 + 8)
            first, count = struct.unpack("<II", source.read(8))
            copy.truncate(count * 512)
            source.seek(first * 512)
            for block in range(-(-count * 512 // MIB)):
                held = source.read(min(MIB, count * 512 - block * MIB))
                if held.strip(b"\0"):
                    copy.seek(block * MIB)
                    copy.write(held)

    def tool(self, *words: str, fine: tuple[int, ...] = (0,)) -> str:
        # Debian keeps them where only root's path leads.
        environment = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
        ended = subprocess.run([*words, self.path], env=environment, capture_output=True, text=True)
        assert ended.returncode in fine, f"{' '.join(words)} ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def rating(self) -> str | None:
        """Brings the journal in as the image does at its start, and gives the digits of the newest rating."""
        self.tool("e2fsck", "-p", fine=(0, 1))
        self.tool("e2fsck", "-fn")
        # Ratings are appended, each with a line end before and after it, so that one cut in two harms no other.
        *whole, last = self.tool("debugfs", "-R", "cat /moodbox/taste.jsonl").split("\n")
        lines = [json.loads(line) for line in whole if line]
        assert not lines or "moodbox_taste" in lines[0], f"the taste begins with {lines[0]}"
        index = self.tool("debugfs", "-R", "cat /moodbox/music.jsonl").splitlines()
        assert len(index) == 2 and all(json.loads(line) for line in index), f"the index has {len(index)} lines"
        assert not last or not last.endswith("}"), f"a whole rating without its line end: {last}"
        ratings = [line["valence"] for line in lines if line.get("what") == "rated"]
        return f"{ratings[-1]:.5f}"[2:] if ratings else None
