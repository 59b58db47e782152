"""What an owner writes on the card, and what must come of it on the image."""

import base64
import random
import re
import socket
import subprocess
import time

from card import LIVE_CLOCK, Card, step, to_ready
from line import Line

# Quotes of either kind, both forms of a table, a name that iwd wants in hexadecimal.
FILLED = """\
# A box in the living room.
system = {{ hostname = "livingroom", timezone = 'Europe/Berlin', wifi_name = "Café \\"3\\"", wifi_password = 'secret pass', \
wifi_country = "DE", ssh_key = "{key}", dac = "hifiberry-dac" }}

[look]
unsure_below = 0.55
"""
WIFI_FILE = "/var/lib/iwd/=" + 'Café "3"'.encode().hex() + ".psk"

FAULTY = """\
[system]
hostname = "Living Room"
timezone = "Europe/Bonn"
wifi_name = "Home"
wifi_password = "short"
wifi_country = "Germany"
ssh_key = "no key at all"

[look]
unsure_below = 7
"""
# Which line of FAULTY each problem must name.
PROBLEMS = {2: "Living Room", 3: "Bonn", 5: "password", 6: "Germany", 7: "ssh_key", 10: "unsure_below"}
# What Raspberry Pi Imager 1.x adds to the command line of an image whose form it doesn't know.
IMAGER_1 = ("systemd.run=/boot/firstrun.sh", "systemd.run_success_action=reboot", "systemd.unit=kernel-command-line.target")


class Shell:
    """systemd's own debug shell, on the serial line that its journal goes to as well."""

    def __init__(self, line: Line):
        self.line, self.count = line, 0

    def __call__(self, command: str, within: float = 1800) -> str:
        self.count += 1
        # The marks are split in the command, so that an echo of it can't be taken for the answer. The answer is one word, so
        # that no line of the journal falls into it.
        self.line.send(f"printf '%s\\n' \"(=\"\"{self.count}=$({{ {command}; }} 2>&1 | base64 -w 0)=)\"\n")
        found = self.line.wait_for(rf"\(={self.count}=([A-Za-z0-9+/=]*)=\)".encode(), within)
        return base64.b64decode(found.group(1)).decode(errors="replace").strip()

    def expect(self, command: str, wanted: str) -> None:
        said = self(command)
        assert said == wanted, f"`{command}` says `{said}` on the box, not `{wanted}`"


def size_of_state(card: Card) -> int:
    return (card.options.work / "card.img").stat().st_size >> 20


def filled(card: Card) -> None:
    """From the first start on a card that is larger than the image, with everything an owner can wish for."""
    work = card.options.work
    key = work / "key"
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "owner", "-f", key], check=True)
    card.partition.put("moodbox.toml", FILLED.format(key=key.with_suffix(".pub").read_text().strip()))
    with card.start_whole("first") as line:
        line.wait_for(rb"setup: sound card or light was switched on or off; the board starts once more", 7200)
        line.wait_for(rb"Reached target reboot\.target", 7200)
        line.wait_for_end(600)
    overlays = card.partition.get("overlays.txt")
    assert overlays == "dtoverlay=pi4-spidev\ndtoverlay=hifiberry-dac\n", f"overlays.txt is {overlays!r}"
    step("first start: the sound card's overlay is written, and the board started once more")

    # The plug is pulled while the state partition grows; the next start goes on.
    with card.start_whole("growing") as line:
        line.wait_for(rb"grow: \d+ MiB of the card are unused; partition 3 takes them", 7200)
        line.listen(random.Random(3).uniform(0.0, 0.5))
        line.process.kill()
        line.listen(1)
    step("second start: the plug was pulled while the state partition grew")
    network = ("-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{(port := free_port())}-:22", "-device", "usb-net,netdev=net",
               "-object", f"filter-dump,id=dump,netdev=net,file={work}/net.pcap")
    with card.start_whole("filled", *network, clock=LIVE_CLOCK) as line:
        to_ready(line, "third start, with a filled moodbox.toml")
        line.wait_for(rb"Finished [^\n]*moodbox-grow\.service", 7200)
        holds(Shell(line), size_of_state(card))
        logs_in(key, port)
        answers(work / "net.pcap", line)
    assert card.partition.get("moodbox-problems.txt") is None, card.partition.get("moodbox-problems.txt")


def holds(shell: Shell, card_mib: int) -> None:
    shell.expect("cat /proc/sys/kernel/hostname", "livingroom")
    shell.expect("readlink -f /etc/localtime", "/usr/share/zoneinfo/Europe/Berlin")
    shell.expect("moodbox config /etc/moodbox/moodbox.toml | grep ^unsure_below", "unsure_below = 0.55")
    shell.expect("systemctl is-active iwd ssh systemd-networkd systemd-resolved | sort -u", "active")
    shell.expect(f"stat -c '%a %U' '{WIFI_FILE}'", "600 root")
    shell.expect("grep Country /etc/iwd/main.conf", "Country=DE")
    shell.expect("systemctl --failed --no-legend --plain | wc -l", "0")
    shell.expect("grep -c wifi_password /run/moodbox-setup/moodbox.toml", "0")
    # The country's rules, where the kernel looks for them.
    shell.expect("test -s /usr/lib/firmware/regulatory.db && test -s /usr/lib/firmware/regulatory.db.p7s && echo both", "both")
    state = int(shell("df -m --output=size /state | tail -n 1"))
    # The rest is boot, root and what ext4 keeps for itself.
    assert state > card_mib - 100 - 110 - card_mib // 10, f"the state has {state} MiB on a card of {card_mib}"
    step(f"host name, zone, [look], network, country and key hold; the state has {state} MiB of a card of {card_mib}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def logs_in(key, port: int) -> None:
    command = ["ssh", "-i", str(key), "-p", str(port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
               "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "ConnectTimeout=600", "-o", "ConnectionAttempts=20", "root@127.0.0.1", "cat /proc/sys/kernel/hostname; command -v moodbox"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0 and done.stdout.split() == ["livingroom", "/usr/bin/moodbox"], f"ssh says {done.stdout}{done.stderr}"
    step("the owner logs in over ssh with the key")


def answers(packets, line: Line) -> None:
    """The box's name is told on the network: what a laptop's `livingroom.local` asks for."""
    deadline = time.monotonic() + 600
    while b"\x0alivingroom\x05local\x00" not in packets.read_bytes():
        assert time.monotonic() < deadline, "the box never tells its name livingroom.local by multicast DNS"
        line.listen(1)
    step("livingroom.local is told by multicast DNS")


def faulty(card: Card) -> None:
    """A file full of mistakes, on a card that an old Imager has been at: the box starts, and tells each mistake."""
    card.partition.put("moodbox.toml", FAULTY)
    with card.start_whole("faulty-first", words=IMAGER_1) as line:
        line.wait_for(rb"the board starts once more", 7200)
        line.wait_for(rb"Reached target reboot\.target", 7200)
        line.wait_for_end(600)
    with card.start_whole("faulty", words=IMAGER_1) as line:
        to_ready(line, "start with a faulty moodbox.toml")
        shell = Shell(line)
        shell.expect("cat /proc/sys/kernel/hostname", "moodbox")
        shell.expect("date +%Z", "UTC")
        shell.expect("moodbox config /etc/moodbox/moodbox.toml | grep ^unsure_below", "unsure_below = 0.0")
        shell.expect("ls /var/lib/iwd | wc -l", "0")
        shell.expect("systemctl is-active ssh systemd-networkd iwd | sort -u", "inactive")
        shell("sync")
    told = card.partition.get("moodbox-problems.txt") or ""
    for number, word in PROBLEMS.items():
        assert re.search(rf"line {number}: [^\n]*{word}", told), f"moodbox-problems.txt doesn't tell of {word} in line {number}:\n{told}"
    assert "short" not in told, f"moodbox-problems.txt tells the password:\n{told}"
    step(f"each of {len(PROBLEMS)} mistakes is told with its line, none is made an open network, and the box is ready")
