#!/usr/bin/env python3
"""The starts of a card that scripts/card prepared, on an emulated board; started by scripts/check-card."""

import argparse
import difflib
import hashlib
import os
import pathlib
import socket
import subprocess
import sys
import time

import boards
from machine import Died

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BOOT = 8 << 20  # Where the boot partition begins.
OWNER = r"""# The owner's file, with what a careless program trips over.
[system]
hostname = "{name}"
timezone = "{zone}"
wifi_name = "Café \"Nord\""
wifi_password = 'se"cret 12'
wifi_country = "DE"
ssh_key = "{key}"

[look]
unsure_below = 0.55

[gpio]
backend = "chip"
chip = "header"

[light]
pwm_hz = 50

[speaker]
card = "plughw:CARD=Loopback,DEV=0"
"""


class Card:
    """An image, the tools to read and write its boot partition, and an emulated board to put it into."""

    def __init__(self, options, name: str):
        self.options, self.image = options, options.work / f"{name}.img"
        self.key = options.key.with_suffix(".pub").read_text().strip()
        libraries = [str(folder) for lib in ("usr/lib", "lib") for folder in (options.tools / lib).glob("*-linux-gnu")]
        self.environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries), "MTOOLS_SKIP_CHECK": "1"}
        self.port = 0

    def prepare(self, os_image: pathlib.Path, name: str, zone: str) -> None:
        """Runs scripts/card, as an owner does."""
        owner, made = self.owner(name, zone), self.options.work / "made.img"
        command = [str(ROOT / "scripts/card"), "--owner", str(owner), "--os", str(os_image), "--package", str(self.options.package), "--out", str(made)]
        ended = subprocess.run(command, capture_output=True, text=True)
        assert ended.returncode == 0, f"scripts/card ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}"
        made.rename(self.image)

    def owner(self, name: str, zone: str) -> pathlib.Path:
        path = self.options.work / "owner.toml"
        path.write_text(OWNER.format(name=name, zone=zone, key=self.key))
        return path

    def mtool(self, name: str, *words: str) -> bytes:
        command = [str(self.options.tools / "usr/bin" / name), "-i", f"{self.image}@@{BOOT}", *words]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True).stdout

    def read(self, name: str) -> str:
        return self.mtool("mtype", f"::{name}").decode()

    def put(self, source: pathlib.Path, name: str) -> None:
        self.mtool("mcopy", "-o", str(source), f"::{name}")

    def start(self, log: str) -> "Start":
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # As the firmware does it: what the kernel is told stands on the card.
        words = self.read("cmdline.txt").strip() + " rdinit=/init board.root=/dev/vda2 net.ifnames=0 panic=-1 quiet console=ttyAMA0"
        extra = ("-append", words, "-drive", f"file={self.image},if=virtio,format=raw",
                 "-netdev", f"user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:22", "-device", "virtio-net-pci,netdev=n0,romfile=")
        machine = boards.boot(self.options, "chip", boot_limit=3600, extra=extra)
        return Start(machine, self, log)


class Start:
    """A board that runs; leaving the `with` keeps its log."""

    def __init__(self, machine, card: Card, log: str):
        self.machine, self.card, self.log = machine, card, log

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.__exit__()
        (self.card.options.work / "console.log").rename(self.card.options.work / f"{self.log}.log")

    def run(self, command: str, check: bool = True) -> str:
        return self.machine.run(command, 3600, check)

    def holds(self, command: str, expected: str) -> None:
        found = self.run(command, check=False)
        assert found == expected, f"`{command}` says `{found}`, not `{expected}`"

    def settled(self) -> str:
        """Waits until cloud-init has done all that it wanted to do, and who waits for that too; what went wrong."""
        return self.run("until [ -e /run/cloud-init/result.json ]; do sleep 1; done; systemctl is-system-running --wait; cat /run/cloud-init/result.json",
                        check=False)

    def done(self) -> str:
        """What would change if anything of the first start were done again."""
        return self.run("sha256sum /var/log/dpkg.log /etc/ssh/ssh_host_* /etc/moodbox/moodbox.toml /home/*/.ssh/authorized_keys /etc/hostname; "
                        "ls -l --time-style=full-iso /var/lib/cloud/instance/sem; ls /var/lib/cloud/instances")

    def ssh(self, command: str) -> str:
        """As the owner does it from the laptop."""
        user = self.run("getent passwd 1000 | cut -d : -f 1")
        line = ["ssh", "-p", str(self.card.port), "-i", str(self.card.options.key), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=900", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", f"{user}@127.0.0.1", command]
        ended = subprocess.run(line, capture_output=True, text=True, timeout=1800)
        assert ended.returncode == 0, f"ssh ended with {ended.returncode}: {ended.stdout}{ended.stderr}"
        return ended.stdout.strip()

    def off(self, command: str = "systemctl poweroff") -> None:
        """Until QEMU has ended; what the board still says is in the log."""
        if command:
            self.machine.console.sendall(f"{command}\n".encode())
        try:
            self.machine.wait_for(b"this never stands there", 1800)
        except Died:
            assert self.machine.process.wait(60) == 0, "QEMU failed"


def step(what: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')}  {what}", flush=True)


def is_a_box(board: Start, name: str, zone: str) -> None:
    told = board.settled()
    assert '"errors": []' in told, told
    board.holds("hostname", name)
    board.holds("readlink /etc/localtime", f"/usr/share/zoneinfo/{zone}")
    board.holds("systemctl is-active moodbox ssh NetworkManager", "active\nactive\nactive")
    board.holds("grep -c unsure_below /etc/moodbox/moodbox.toml; grep -c wifi /etc/moodbox/moodbox.toml", "1\n0")
    board.holds("systemctl list-units --failed --no-legend", "")


def first(board: Start) -> None:
    """What the owner asked for is there, and no more is open than that."""
    is_a_box(board, "livingroom", "Europe/Berlin")
    board.holds("dpkg-query -W -f '${db:Status-Abbrev}' moodbox", "ii ")
    board.holds("id -nG pi | tr ' ' '\\n' | grep -xE 'sudo|gpio|video|audio|spi' | sort | tr '\\n' ' '", "audio gpio spi sudo video ")
    board.holds("cat /home/pi/.ssh/authorized_keys", board.card.key)
    board.holds("sshd -T | grep -E '^(passwordauthentication|banner) '", "passwordauthentication no\nbanner none")
    profile = "/run/NetworkManager/system-connections/netplan-wlan0-*.nmconnection"
    board.holds(f"grep -h -E '^(ssid|key-mgmt)=' {profile}; stat -c %a {profile}", 'ssid=Café "Nord"\nkey-mgmt=wpa-psk\n600')
    # scripts/card knows the password, the card only the key that is made of it; wpa_passphrase makes the same one.
    board.holds(f"grep -h ^psk= {profile}", "psk=" + hashlib.pbkdf2_hmac("sha1", b'se"cret 12', 'Café "Nord"'.encode(), 4096, 32).hex())
    board.holds("nmcli -t -f TYPE,DEVICE connection show --active | grep eth0; nmcli -t -f TYPE connection show | grep -c wireless", "802-3-ethernet:eth0\n1")
    board.holds("nmcli -c no radio wifi", "enabled")
    board.holds("grep -l -r DE /run/systemd/system/netplan-regdom.service", "/run/systemd/system/netplan-regdom.service")
    board.holds("ls /boot/firmware/moodbox-problems.txt 2>&1 | grep -c 'No such'", "1")
    assert board.ssh("sudo -n hostname") == "livingroom"


def life(options) -> None:
    """One card: its first start, one more, prepared again, changed on the card itself."""
    card = Card(options, "card")
    card.prepare(options.os, "livingroom", "Europe/Berlin")
    step("the card is prepared")
    with card.start("first") as board:
        first(board)
        step(f"first start: a box, as its owner wished, after {board.machine.uptime():.0f} s of the board's time; ssh takes the owner's key and no password")
        board.run("echo learnt >/var/lib/moodbox/kept && sync")
        before = board.done()
        board.off()
    with card.start("second") as board:
        is_a_box(board, "livingroom", "Europe/Berlin")
        changed = "\n".join(difflib.ndiff(before.splitlines(), board.done().splitlines()))
        assert "\n+ " not in changed and "\n- " not in changed, f"the second start did something again:\n{changed}"
        keys = board.run("sha256sum /etc/ssh/ssh_host_*")
        step(f"second start: nothing is done again; settled after {board.machine.uptime():.0f} s")
        board.off()

    card.prepare(card.image, "kitchen", "Europe/Lisbon")
    wrong = card.owner("two words", "Europe/Lisbon")
    card.put(wrong, "moodbox.toml")
    with card.start("third") as board:
        is_a_box(board, "kitchen", "Europe/Lisbon")
        board.holds("cat /var/lib/moodbox/kept", "learnt")
        board.holds("sha256sum /etc/ssh/ssh_host_*", keys)
        step("third start, prepared again for another owner's file: done once more; what the box learnt and its host keys are the same")
        told = board.run("cat /boot/firmware/moodbox-problems.txt")
        assert "two words" in told, told
        step(f"a mistake in moodbox.toml, made on the card itself: it is told there, and what held before holds on: {told.splitlines()[0]}")
        board.off()

    card.put(card.owner("attic", "Europe/Rome"), "moodbox.toml")
    old = card.read("meta-data")
    try:
        with card.start("edited") as board:
            board.off("")
    except Died as died:
        # So soon that the line to it was not there yet.
        assert "reboot: Restarting system" in str(died), died
    new = card.read("meta-data")
    name = new.split()[-1]
    assert new != old and f"ds=nocloud;i={name}" in card.read("cmdline.txt") and "attic" in card.read("user-data"), "the card still asks for what it asked before"
    step(f"moodbox.toml mended and changed on the card: the board starts again by itself, and as {name}")


def broken_package(options) -> None:
    """A package that was damaged on the card keeps nobody out."""
    broken = Card(options, "broken")
    broken.prepare(options.os, "livingroom", "Europe/Berlin")
    package = bytearray(options.package.read_bytes())
    package[len(package) // 2] ^= 0xFF
    damaged = options.work / "damaged.deb"
    damaged.write_bytes(package)
    broken.put(damaged, "moodbox.deb")
    with broken.start("broken") as board:
        board.settled()
        assert board.ssh("hostname") == "livingroom"
        told = board.run("cat /boot/firmware/moodbox-problems.txt")
        assert "moodbox.deb" in told, told
        board.holds("systemctl is-active moodbox", "inactive")
        step(f"a damaged package: ssh works, and the card tells: {told.splitlines()[0]}")
        board.off()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    boards.add_arguments(parser)
    for name in ("--os", "--key", "--package", "--tools"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    started = time.monotonic()
    try:
        life(options)
        broken_package(options)
    except (Died, AssertionError, subprocess.SubprocessError) as failure:
        print(f"FAILED: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    print(f"a prepared card's starts: all held, in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
