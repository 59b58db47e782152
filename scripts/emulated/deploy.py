#!/usr/bin/env python3
"""The life of an installed box, on an emulated board with systemd and sshd; started by scripts/check-deploy."""

import argparse
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import boards
import sticks
from machine import Died

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Pins by the character device; no sound card that anybody hears. How long a loaded machine takes is not the box's fault.
OWN = """# the owner's own line
[gpio]
backend = "chip"
chip = "{chip}"
[light]
pwm_hz = 50
[speaker]
card = "plughw:CARD=Loopback,DEV=0"
"""
PATIENCE = "[Service]\nTimeoutStartSec=900\nWatchdogSec=300\n"
CONTRACT = re.compile(rb"(moodbox\.contract_version\x12\x01).")


class Board:
    """The board, and the maker's side of the ssh line to it."""

    def __init__(self, options, port: int, extra: tuple[str, ...]):
        self.options, self.port, self.extra = options, port, extra
        self.path = options.work / "ssh"
        self.environment = os.environ | {
            # One connection for all: shaking hands takes an emulated board a minute.
            "SSH_OPTIONS": f"-o ControlMaster=auto -o ControlPersist=600 -o ControlPath={self.path} -p {port} -i {options.key} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
                           " -o IdentitiesOnly=yes -o ConnectTimeout=600",
            "MOODBOX": "/none", "MOODBOX_CACHE": str(options.work / "cache")}
        # What sudo on the board wants to hear; empty while it wants nothing.
        self.password = ""
        self.start()

    def start(self) -> None:
        self.machine = boards.boot(self.options, "chip", boot_limit=3600, extra=self.extra)
        step(f"up after {self.machine.boot_seconds:.1f} s of its own time, {self.machine.boot_wall_seconds:.0f} s of ours")

    def cut_power(self) -> None:
        self.machine.__exit__()
        self.hang_up()

    def hang_up(self) -> None:
        """Ends the connection."""
        subprocess.run(["ssh", "-o", f"ControlPath={self.path}", "-O", "exit", "pi@127.0.0.1"], stderr=subprocess.DEVNULL, check=False)

    def begin(self, name: str, *words: str) -> subprocess.Popen:
        """One of the maker's scripts on this side of the ssh line, which has been told sudo's password."""
        command = [str(ROOT / "scripts" / name), "pi@127.0.0.1", *words]
        started = subprocess.Popen(command, env=self.environment, text=True, start_new_session=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        started.stdin.write(self.password + "\n" * bool(self.password))
        started.stdin.close()
        started.stdin = None
        return started

    def script(self, name: str, *words: str, code: int = 0, says: str = "", within: float = 3600) -> str:
        """As `begin`; it ends with `code`, and says so."""
        started = self.begin(name, *words)
        said, _ = started.communicate(timeout=within)
        assert started.returncode == code, f"{name} {' '.join(words)} ended with {started.returncode}, not {code}:\n{said}"
        assert says in said, f"{name} {' '.join(words)} doesn't say `{says}`:\n{said}"
        assert not self.password or self.password not in said, f"{name} shows the password of sudo"
        return said

    def run(self, command: str, check: bool = True) -> str:
        return self.machine.run(command, 3600, check)

    def until(self, what: str, condition: str) -> None:
        """Waits until a shell command succeeds on the board."""
        deadline = time.monotonic() + 3600
        while self.run(f"{{ {condition}; }} >/dev/null 2>&1 && echo yes", check=False) != "yes":
            assert time.monotonic() < deadline, f"not within an hour: {what}"
            time.sleep(1)

    def ready(self) -> None:
        """The service says that it is ready."""
        deadline = time.monotonic() + 3600
        while (state := self.run("systemctl is-active moodbox", check=False)) != "active":
            assert state in ("activating", "reloading", "inactive", "deactivating"), self.run("journalctl -u moodbox --no-pager | tail -n 20")
            assert time.monotonic() < deadline, "the service is not ready in an hour"
            time.sleep(1)

    def runs(self) -> str:
        """The program that the service runs, and its arguments."""
        self.ready()
        process = self.run("systemctl show -p MainPID --value moodbox")
        return self.run(f"tr '\\0' ' ' </proc/{process}/cmdline")


def step(what: str) -> None:
    print(f"  {what}", flush=True)


def trials(board: Board, work: pathlib.Path, silent: pathlib.Path, before: str, good: str) -> None:
    """Deployments that are disturbed."""
    run, password = board.run, "open sesame"
    run("printf 'auth required pam_unix.so\\naccount required pam_permit.so\\nsession required pam_permit.so\\n' >/etc/pam.d/sudo"
        " && echo 'pi ALL=(ALL) ALL' >/etc/sudoers.d/pi")
    board.script("deploy", "--program", str(silent), code=4, says="none was given")
    board.password = "wrong"
    board.script("deploy", "--program", str(silent), code=4, says="refuses this password")
    board.password = password
    board.script("deploy", "--program", str(silent), "--wait", "20", code=1, says="not ready within 20 s")
    step("sudo's password is asked for once; without it, or with a wrong one, nothing is sent")

    def try_silent() -> subprocess.Popen:
        started = board.begin("deploy", "--program", str(silent), "--wait", "300")
        board.until("a release is tried", "test -L /opt/moodbox/trial && systemctl is-active moodbox | grep -q activating")
        return started

    started = try_silent()
    board.script("deploy", "--program", str(silent), code=4, says="another deployment")
    os.killpg(started.pid, signal.SIGKILL)
    board.hang_up()
    board.until("the trial ends", "! test -L /opt/moodbox/trial")
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    assert run("ls -A /opt/moodbox/releases | grep -c incoming", check=False) == "0"
    step("two at once: the second is refused; the connection is lost in a trial: it rolls back all the same")

    started = try_silent()
    board.cut_power()
    os.killpg(started.pid, signal.SIGKILL)
    board.start()
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    assert "never judged" in run("journalctl -b -u moodbox --no-pager"), "the journal doesn't tell that a release fell back"
    step("the power is cut in a trial: at the next start the release before runs")


def story(board: Board, stick: sticks.Socket, options, work: pathlib.Path) -> None:
    run = board.run
    assert run("systemctl is-active ssh", check=False) == "active", run("systemctl status ssh; sshd -t", check=False)
    board.script("deploy", "--program", str(options.program), code=4, says="has no service moodbox")
    step("deploy refuses a board without the package")

    # What the owner sets, before the package is there; a package must leave it alone.
    chip = run("basename $(ls -d /sys/devices/platform/gpio-sim.*/gpiochip*)")
    own = OWN.format(chip=chip).replace("\n", "\\n").replace('"', '\\"')
    patience = PATIENCE.replace("\n", "\\n")
    run(f"mkdir -p /etc/systemd/system/moodbox.service.d && printf '{patience}' >/etc/systemd/system/moodbox.service.d/patience.conf")
    run("dpkg -i /root/first.deb")
    assert run("grep ^moodbox: /etc/passwd"), "the package made no user"
    run(f'printf "{own}" >/etc/moodbox/moodbox.toml && systemctl restart moodbox')
    assert board.runs().startswith("/usr/bin/moodbox run"), board.runs()
    assert run("stat -c %U /var/lib/moodbox") == "moodbox", "the box's folder is not its own"
    step(f"installed; the service is ready, {run('systemctl show -p StatusText --value moodbox')}")

    wait = ("--wait", "900")
    board.script("deploy", "--program", str(options.program), *wait, says="runs program-")
    good = board.runs()
    assert "/opt/moodbox/current/moodbox" in good, good
    step(f"deployed: {good.strip()}")

    crash, foreign, silent = work / "crash", work / "foreign.onnx", work / "silent"
    crash.write_text("#!/bin/sh\necho going down >&2\nexit 101\n")
    silent.write_text("#!/bin/sh\n[ \"$1\" = run ] || exit 0\nexec sleep 10000\n")
    before = run("readlink /opt/moodbox/current")
    board.script("deploy", "--program", str(crash), *wait, code=1, says="the old one runs again")
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    step("a program that crashes rolls back")
    # Before the power is cut: the journal is in memory.
    said = board.script("logs", "--lines", "200", says="moodbox")
    assert "going down" in said, "the journal doesn't tell of the crash"
    step(f"logs: {len(said.splitlines())} lines from afar")
    board.script("deploy", "--program", str(silent), "--wait", "20", code=1, says="not ready within 20 s")
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    step("a program that never gets ready rolls back")
    trials(board, work, silent, before, good)
    board.script("deploy", "--program", "/bin/true", *wait, code=4, says="not for arm64")
    step("a program of another processor is refused before it is sent")

    network = (ROOT / "models/mood.onnx").read_bytes()
    changed = CONTRACT.sub(rb"\g<1>9", network)
    assert changed != network, "the network's contract was not found"
    foreign.write_bytes(changed)
    said = board.script("deploy", "--model", str(foreign), *wait, code=6, says="the box refuses the network")
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    step(f"a network with another contract is refused: {[line for line in said.splitlines() if 'contract' in line][0].strip()}")
    board.script("deploy", "--model", str(ROOT / "models/mood-fer2013.onnx"), *wait, says="runs model-")
    assert "--model /opt/moodbox/current/mood.onnx" in board.runs(), board.runs()
    step(f"a new network: {board.runs().strip()}")
    board.script("deploy", "--back", *wait)
    assert board.runs() == good and run("readlink /opt/moodbox/current") == before
    # The package's program, the first that was deployed, the one whose trial the power cut ended, and the network.
    kinds = sorted(name.split("-")[0] for name in run("ls /opt/moodbox/releases").split())
    assert kinds == ["model", "package", "program", "program"], kinds
    step("and back; no release that failed is left behind")

    said = board.script("look", code=4, says='"parts"')
    assert board.runs() == good
    step("look: no camera is here, which it says with exit code 4; the box runs again afterwards")

    sticks.story(board, stick, step)
    board.script("music", str(options.tunes), says="2 files to send")
    board.until("the box has listened to what was copied", "test $(systemctl is-active moodbox-scan) = inactive && moodbox check music | grep -q '10 tracks'")
    said = board.script("music", "--check", says="10 tracks")
    step(f"music is copied and listened to: {said.strip()}")

    run("echo learnt >/var/lib/moodbox/faces-test && chown moodbox: /var/lib/moodbox/faces-test")
    kept = run("sha256sum /etc/moodbox/moodbox.toml /var/lib/moodbox/faces-test")
    run("dpkg -i /root/next.deb </dev/null")
    assert run("dpkg-query -W -f '${Version}' moodbox").endswith("+next"), "not the next version"
    assert run("sha256sum /etc/moodbox/moodbox.toml /var/lib/moodbox/faces-test") == kept, "the upgrade changed what is the owner's"
    board.ready()
    step("upgraded; the owner's configuration and what the box learnt are the same")

    run("dpkg -r moodbox")
    assert run("sha256sum /etc/moodbox/moodbox.toml /var/lib/moodbox/faces-test") == kept, "the removal took what is the owner's"
    assert run("systemctl is-active moodbox", check=False) != "active" and run("ls /usr/bin/moodbox 2>&1", check=False).startswith("ls:")
    step("removed; the owner's configuration and what the box learnt are the same")
    run("dpkg -i /root/first.deb")
    assert run("sha256sum /etc/moodbox/moodbox.toml /var/lib/moodbox/faces-test") == kept, "a second installation changed what is the owner's"
    assert "/opt/moodbox/current/moodbox" in board.runs(), board.runs()
    run("dpkg --purge moodbox")
    run("systemctl daemon-reload")
    left = run("ls -d /etc/moodbox /var/lib/moodbox /opt/moodbox /etc/systemd/system/moodbox.service.d/release.conf 2>/dev/null", check=False)
    assert left == "", f"purging leaves {left}"
    assert run("systemctl is-active moodbox", check=False) != "active"
    step("installed again over it, then purged: nothing is left")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    boards.add_arguments(parser)
    parser.add_argument("--disk", type=pathlib.Path, required=True)
    parser.add_argument("--tunes", type=pathlib.Path, required=True, help="a folder of two tracks")
    parser.add_argument("--stick", type=pathlib.Path, required=True, help="a USB stick, see sticks.py")
    parser.add_argument("--key", type=pathlib.Path, required=True)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stick = sticks.Socket(options.work, options.stick)
    extra = ("-drive", f"file={options.disk},if=virtio,format=raw",
             "-netdev", f"user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22", "-device", "virtio-net-pci,netdev=n0,romfile=", *stick.arguments())
    started = time.monotonic()
    board = None
    try:
        board = Board(options, port, extra)
        story(board, stick, options, options.work)
    except (Died, AssertionError, subprocess.TimeoutExpired) as failure:
        print(f"FAILED: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    finally:
        if board:
            board.cut_power()
    print(f"an installed box's life: all held, in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
