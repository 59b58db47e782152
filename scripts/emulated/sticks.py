#!/usr/bin/env python3
"""USB sticks for an emulated board: makes one, and plugs it in and out over QEMU's control socket."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from machine import connect

# The stick's parts: what makes an empty file system of each. `{part}` is a file of the size of the part.
PARTS = {
    "vfat": ["mkfs.fat", "-n", "MY MUSIC", "-i", "6d757369", "{part}"],
    "ext4": ["mke2fs", "-q", "-F", "-t", "ext4", "-L", "my music", "{part}"],
    "exfat": ["mkfs.exfat", "-L", "MY MUSIC", "{part}"],
    "ntfs": ["mkntfs", "-q", "-F", "-p", "0", "-H", "0", "-S", "0", "-L", "MY MUSIC", "{part}"],
}
MIB = 1 << 20
START, SIZE = 1, 12


def make(file: pathlib.Path, tools: pathlib.Path) -> None:
    """A stick with an empty partition of each kind; `tools` is where they were unpacked."""
    libraries = [str(folder) for lib in ("usr/lib", "lib") for folder in (tools / lib).glob("*-linux-gnu")]
    binaries = [str(tools / folder) for folder in ("usr/sbin", "sbin", "usr/bin", "bin")]
    environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries), "PATH": ":".join([*binaries, os.environ["PATH"]])}
    part = file.with_suffix(".part")
    with open(file, "wb") as stick:
        stick.truncate((START + SIZE * len(PARTS)) * MIB)
        table = bytearray(512)
        for number, command in enumerate(PARTS.values()):
            at = START + number * SIZE
            part.unlink(missing_ok=True)
            with open(part, "wb") as empty:
                empty.truncate(SIZE * MIB)
            subprocess.run([word.format(part=part) for word in command], env=environment, check=True, stdout=subprocess.DEVNULL)
            stick.seek(at * MIB)
            stick.write(part.read_bytes())
            # Not bootable, no cylinders, a type, first sector, sectors.
            entry = bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (at * MIB // 512).to_bytes(4, "little") + (SIZE * MIB // 512).to_bytes(4, "little")
            table[446 + 16 * number:462 + 16 * number] = entry
        table[510:] = b"\x55\xaa"
        stick.seek(0)
        stick.write(table)
    part.unlink()


class Socket:
    """A USB socket with one stick for it, out at first."""

    def __init__(self, folder: pathlib.Path, stick: pathlib.Path):
        self.path, self.stick, self.control = folder / "socket", stick, None

    def arguments(self) -> tuple[str, ...]:
        """What QEMU is told."""
        self.path.unlink(missing_ok=True)
        return ("-chardev", f"socket,id=socket,path={self.path},server=on,wait=off", "-mon", "chardev=socket,mode=control", "-device", "qemu-xhci,id=usb",
                "-blockdev", f"driver=file,node-name=stick,filename={self.stick}")

    def order(self, name: str, **arguments: str) -> None:
        if self.control is None:
            self.control = connect(self.path).makefile("rw", newline="\n")
            self.control.readline()
            self.order("qmp_capabilities")
        self.control.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.control.flush()
        while "return" not in (answer := json.loads(self.control.readline() or '{"error": "QEMU ended"}')):
            assert "error" not in answer, f"QEMU answers `{name}` with {answer['error']}"

    def plug_in(self) -> None:
        self.order("device_add", driver="usb-storage", id="stick", bus="usb.0", drive="stick")

    def pull_out(self) -> None:
        self.order("device_del", id="stick")


def story(board, socket: Socket, step) -> None:
    """A stick with music is plugged in, pulled out while it plays, and plugged in again."""
    run = board.run
    mounted = "grep -c ' /run/moodbox-usb/' /proc/self/mounts"
    socket.plug_in()
    board.until("all parts are mounted", f"test $({mounted}) = {len(PARTS)}")
    lines = run("grep ' /run/moodbox-usb/' /proc/self/mounts").splitlines()
    for line in lines:
        assert {"ro", "nosuid", "nodev", "noexec"} <= set(line.split()[3].split(",")), line
    # The parts were empty: they get their music, as on the owner's laptop.
    for number, kind in enumerate(PARTS, 1):
        run(f"systemctl stop moodbox-usb@sda{number} && mount -t {kind} /dev/sda{number} /mnt && mkdir '/mnt/Some Artist'"
            f" && cp /root/tunes/* '/mnt/Some Artist' && umount /mnt && systemctl start moodbox-usb@sda{number}")
    board.until("the box has listened to them", "test $(systemctl is-active moodbox-scan) = inactive && moodbox check music | grep -q '8 tracks'")
    process = run("systemctl show -p MainPID --value moodbox")
    seen = run(f"find /proc/{process}/root/run/moodbox-usb -name '*.wav' | wc -l")
    assert seen == "8", f"the service sees {seen} tracks"
    step(f"a stick of {', '.join(PARTS)} is mounted, listened to, and seen by the service: {run('moodbox check music').strip()}")

    # One file is open while the stick goes.
    folder = lines[0].split()[1]
    run(f"(sleep 100000 <\"$(find {folder} -name '*.wav' | head -n 1)\" >/dev/null 2>&1 &)")
    socket.pull_out()
    board.until("the parts are let go of", f"test $({mounted}) = 0 && test -z \"$(ls /run/moodbox-usb)\"")
    assert run("systemctl show -p MainPID --value moodbox") == process, "the service ended with the stick"
    assert "8 more are not there now" in run("moodbox check music"), run("moodbox check music")
    socket.plug_in()
    board.until("all parts are mounted again", f"test $({mounted}) = {len(PARTS)}")
    board.until("the box has looked at them again", "test $(systemctl is-active moodbox-scan) = inactive")
    assert {line.split()[1] for line in lines} == set(run("grep ' /run/moodbox-usb/' /proc/self/mounts | cut -d ' ' -f 2").split())
    said = run("journalctl -b -u moodbox-scan --no-pager | tail -n 20")
    assert "0 listened to, 8 as they were" in said, said
    step("pulled out while a track is open, and plugged in again: the same paths, nothing is listened to twice")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="the folder with mkfs.fat and the like")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    make(options.out, options.tools)
    return 0


if __name__ == "__main__":
    sys.exit(main())
