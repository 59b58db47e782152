"""The box on an emulated board: its program, its configuration, and the world around it."""

import re

import hearing
from machine import BroadcomGpio, Machine, SimulatedGpio

BUTTON, PRIVACY, RED, GREEN, BLUE = 17, 24, 12, 13, 16
CAMERA, SCREEN = "/dev/video0", "/dev/video1"

# The other end of the loopback card, which takes over the format the box has chosen.
EAR = "plughw:CARD=Loopback,DEV=1"
SEED = 7

CONFIG = """
[look]
time_limit_ms = 60000
frames = {frames}
[button]
hearing = "{hearing}"
[camera]
device = "/dev/video0"
format = "yuyv"
[light]
pwm = "software"
pwm_hz = 50
[gpio]
backend = "{backend}"
chip = "{chip}"
[speaker]
card = "plughw:CARD=Loopback,DEV=0"
"""


class Box:
    """The running program, and what is around it."""

    def __init__(self, machine: Machine, story: str):
        self.machine, self.story = machine, story
        self.gpio = BroadcomGpio(machine) if story == "pi" else SimulatedGpio(machine)
        self.read = 0

    def say(self, what: str) -> None:
        """A line of the story, with the guest's time."""
        print(f"{self.story:>5} {self.machine.uptime():7.1f} s  {what}", flush=True)

    # ---- the program ----

    def configure(self, frames: int) -> None:
        config = CONFIG.format(frames=frames, chip=getattr(self.gpio, "chip", ""),
                               backend="registers" if self.story == "pi" else "chip",
                               # QEMU's BCM2837 reports no edges; gpio-sim does.
                               hearing="poll" if self.story == "pi" else "interrupt")
        lines = " ".join(f"'{line}'" for line in config.strip().splitlines())
        self.machine.run(f"printf '%s\\n' {lines} >/tmp/box.toml")

    def start(self) -> None:
        """Starts it, with its log in /tmp/box.log and, when it ends, its exit code in /tmp/code. Without a home there is no
        index of the owner's music, and the composer plays."""
        self.read = 0
        self.machine.run("rm -f /tmp/code; { env -u HOME moodbox run --config /tmp/box.toml --log info"
                         f" --seed {SEED} & echo $! >/tmp/box; wait $!; echo $? >/tmp/code; }} >/tmp/box.log 2>&1 & true")
        self.say(self.wait_for(r"ready in"))
        assert not self.gpio.is_high(PRIVACY), "the privacy lamp is on although nobody pressed"

    def stop(self, signal: str = "TERM") -> None:
        """Ends it, and looks whether that was in order: exit code 0, all lights dark."""
        self.machine.run(f"kill -{signal} $(cat /tmp/box)")
        self.wait_for("ended, lights dark")
        self.machine.run("for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /tmp/code ] || sleep 1; done")
        code = self.machine.run("cat /tmp/code")
        assert code == "0", f"the box ended with {code} after SIG{signal}"
        levels = [self.gpio.is_high(pin) for pin in (RED, GREEN, BLUE, PRIVACY)]
        assert not any(levels), f"lights are on after the end: {levels}"

    def log(self) -> list[str]:
        return self.machine.run("cat /tmp/box.log", check=False).splitlines()

    def wait_for(self, pattern: str, within: float = 120) -> str:
        """The next line of the box's log that matches, waited for by the guest's clock; lines before it are passed over."""
        deadline = self.machine.uptime() + within
        while True:
            lines = self.log()
            for number in range(self.read, len(lines)):
                if re.search(pattern, lines[number]):
                    self.read = number + 1
                    return lines[number].strip()
            if self.machine.uptime() > deadline:
                raise AssertionError(f"no `{pattern}` in the box's log within {within:.0f} s; its end:\n" + "\n".join(lines[-12:]))
            self.machine.run("usleep 100000")

    # ---- camera ----

    def plug_in(self) -> None:
        """Joins the camera's HDMI input to the HDMI output that shows the photographs."""
        self.machine.run(" && ".join(f"v4l2-ctl -d {device} {options}" for device, options in (
            (SCREEN, "--set-output=1"),
            (SCREEN, "--set-dv-bt-timings=index=0"),
            (SCREEN, "--set-fmt-video-out=width=640,height=480,pixelformat=YUYV"),
            (CAMERA, "--set-input=3"),
            (CAMERA, "-c hdmi_000_0_is_connected_to=2"),
            (CAMERA, "--set-dv-bt-timings=index=0"),
            (CAMERA, "-c osd_text_mode=2"),
            (CAMERA, "--set-fmt-video=width=640,height=480,pixelformat=YUYV"),
        )))

    def show(self, picture: str) -> None:
        """From now on this photograph is in front of the camera."""
        self.hide()
        self.machine.run(f"v4l2-ctl -d {SCREEN} --stream-out-mmap --stream-loop --stream-from=/root/{picture}.yuyv"
                         " --stream-count=1000000 >/dev/null 2>&1 & echo $! >/tmp/screen")
        self.machine.run("sleep 1")

    def hide(self) -> None:
        """Nothing is in front of it any more. Showing costs the emulated board much of its time."""
        self.machine.run("[ ! -e /tmp/screen ] || kill $(cat /tmp/screen) 2>/dev/null; rm -f /tmp/screen")

    # ---- button and lights ----

    def press(self, times: int = 1) -> None:
        """Presses of 120 ms, 120 ms apart: the guest's."""
        down, up = self.gpio.drive(BUTTON, False), self.gpio.drive(BUTTON, True)
        self.machine.run("; usleep 120000; ".join([down, up] * times))

    def privacy(self, on: bool, within: float = 60) -> None:
        deadline = self.machine.uptime() + within
        while self.gpio.is_high(PRIVACY) != on:
            if self.machine.uptime() > deadline:
                raise AssertionError(f"the privacy lamp is not {'on' if on else 'off'}; the box's log:\n" + "\n".join(self.log()[-8:]))
            self.machine.run("usleep 10000")

    def colour(self, seconds: float) -> list[float]:
        """Mean duty cycles of red, green and blue over some seconds, so that a motion is averaged out."""
        looks = []
        deadline = self.machine.uptime() + seconds
        while not looks or self.machine.uptime() < deadline:
            looks += self.gpio.looks([RED, GREEN, BLUE])
        return [sum(column) / len(looks) for column in zip(*looks)]

    # ---- sound ----

    def listen(self) -> None:
        """From now on; at 8 kHz, as the serial line is slow."""
        self.machine.run(f"rm -f /tmp/heard.wav; arecord -q -D {EAR} -f S16_LE -r 8000 -c 1 /tmp/heard.wav"
                         " >/tmp/arecord.log 2>&1 & echo $! >/tmp/arecord; sleep 1; [ -e /tmp/heard.wav ] || cat /tmp/arecord.log")

    def heard(self, name: str) -> list[float]:
        """What was played since `listen`; a copy stays in the work folder."""
        self.machine.run("kill -TERM $(cat /tmp/arecord); sleep 1")
        wav = self.machine.fetch("/tmp/heard.wav")
        (self.machine.folder / f"{name}.wav").write_bytes(wav)
        return hearing.samples(wav)
