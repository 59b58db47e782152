#!/usr/bin/env python3
"""Plays one story on an emulated board and asserts every step; started by scripts/virtual-pi.

The box is the program as it will run on the board. What it sees is a photograph, shown by the kernel's simulated camera
(vivid); what it lights is read from the GPIO block, what it plays from the kernel's loopback sound card.
"""

import argparse
import math
import random
import re
import sys
import time

import boards
import hearing
from machine import BroadcomGpio, Died, Machine, SimulatedGpio

BUTTON, PRIVACY, RED, GREEN, BLUE = 17, 24, 12, 13, 16
CAMERA, SCREEN = "/dev/video0", "/dev/video1"

# The loopback card gives both of its ends the format of whoever opens first: a plain 48 kHz stereo, as cards have it. What
# comes out is reduced for the slow serial line.
EAR = 'pcm.ear { type plug slave { pcm "hw:Loopback,1" format S16_LE rate 48000 channels 2 } }'

CONFIG = """
[look]
time_limit_ms = 60000
frames = 1
[button]
hearing = "{hearing}"
[camera]
device = "/dev/video0"
format = "yuyv"
warm_up_ms = 0
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
    """The running program, and the world around it."""

    def __init__(self, machine: Machine, story: str):
        self.machine, self.story = machine, story
        self.gpio = BroadcomGpio(machine) if story == "pi" else SimulatedGpio(machine)
        self.read = 0

    def say(self, what: str) -> None:
        print(f"{self.story:>5} {time.strftime('%H:%M:%S')}  {what}", flush=True)

    def log(self) -> list[str]:
        return self.machine.run("cat /tmp/box.log", check=False).splitlines()

    def wait_for(self, pattern: str, within: float = 180) -> str:
        """The next line of the box's log that matches; lines before it are passed over."""
        deadline = time.monotonic() + within
        while True:
            lines = self.log()
            for number in range(self.read, len(lines)):
                if re.search(pattern, lines[number]):
                    self.read = number + 1
                    return lines[number].strip()
            if time.monotonic() > deadline:
                raise AssertionError(f"no `{pattern}` in the box's log within {within:.0f} s; its end:\n" + "\n".join(lines[-12:]))
            time.sleep(0.3)

    # ---- camera ----

    def plug_in(self) -> None:
        """Joins the camera's HDMI input to the HDMI output that shows the photographs."""
        for command in (
            f"v4l2-ctl -d {SCREEN} --set-output=1",
            f"v4l2-ctl -d {SCREEN} --set-dv-bt-timings=index=0",
            f"v4l2-ctl -d {SCREEN} --set-fmt-video-out=width=640,height=480,pixelformat=YUYV",
            f"v4l2-ctl -d {CAMERA} --set-input=3",
            f"v4l2-ctl -d {CAMERA} -c hdmi_000_0_is_connected_to=2",
            f"v4l2-ctl -d {CAMERA} --set-dv-bt-timings=index=0",
            f"v4l2-ctl -d {CAMERA} -c osd_text_mode=2",
            f"v4l2-ctl -d {CAMERA} --set-fmt-video=width=640,height=480,pixelformat=YUYV",
        ):
            self.machine.run(command)

    def show(self, picture: str) -> None:
        """From now on this photograph is in front of the camera."""
        self.machine.run("[ ! -e /tmp/screen ] || kill $(cat /tmp/screen) 2>/dev/null; true")
        self.machine.run(f"v4l2-ctl -d {SCREEN} --stream-out-mmap --stream-loop --stream-from=/root/{picture}.yuyv"
                         " --stream-count=1000000 >/dev/null 2>&1 & echo $! >/tmp/screen")
        self.machine.run("sleep 1")

    # ---- button and lights ----

    def press(self) -> None:
        self.gpio.drive(BUTTON, False)
        self.machine.run("usleep 150000")
        self.gpio.drive(BUTTON, True)

    def privacy(self, on: bool, within: float = 120) -> None:
        deadline = time.monotonic() + within
        while self.gpio.is_high(PRIVACY) != on:
            if time.monotonic() > deadline:
                raise AssertionError(f"the privacy lamp is not {'on' if on else 'off'}; the box's log:\n" + "\n".join(self.log()[-8:]))
            time.sleep(0.02)

    def colour(self, seconds: float = 6) -> list[float]:
        """Mean duty cycles of red, green and blue over some seconds, so that a motion is averaged out."""
        looks = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            looks.append(self.gpio.duty([RED, GREEN, BLUE], 1 if self.story == "pi" else 20))
            # Not in step with the pulses.
            time.sleep(random.uniform(0.001, 0.007))
        return [sum(column) / len(looks) for column in zip(*looks)]

    # ---- sound ----

    def listen(self) -> None:
        self.machine.run("rm -f /tmp/heard.wav; arecord -q -D ear -f S16_LE -r 8000 -c 1 /tmp/heard.wav"
                         " >/tmp/arecord.log 2>&1 & echo $! >/tmp/arecord")

    def heard(self) -> tuple[list[float], int]:
        self.machine.run("kill -TERM $(cat /tmp/arecord); sleep 1")
        wav = self.machine.fetch("/tmp/heard.wav")
        (self.machine.folder / "heard.wav").write_bytes(wav)
        return hearing.samples(wav)


def start(box: Box) -> None:
    chip = getattr(box.gpio, "chip", "")
    config = CONFIG.format(backend="registers" if box.story == "pi" else "chip", chip=chip,
                           # QEMU's BCM2837 reports no edges; gpio-sim does.
                           hearing="poll" if box.story == "pi" else "interrupt")
    for line in config.strip().splitlines():
        box.machine.run(f"echo '{line}' >>/tmp/box.toml")
    box.machine.run(f"echo '{EAR}' >/root/.asoundrc")
    box.gpio.drive(BUTTON, True)
    box.plug_in()
    box.show("4-cat")
    box.listen()
    box.machine.run("moodbox run --config /tmp/box.toml --seed 7 >/tmp/box.log 2>&1 & echo $! >/tmp/box")
    box.say(box.wait_for(r"ready in", 600))
    assert not box.gpio.is_high(PRIVACY), "the privacy lamp is on although nobody pressed"


def press_and_look(box: Box, answer: str) -> str:
    """One press: the lamp goes on with the sensor and off after it, then the answer stands in the log."""
    box.press()
    box.wait_for("button: pressed")
    box.privacy(True)
    line = box.wait_for(answer, 600)
    box.wait_for("light: ")
    return line


def play(box: Box) -> None:
    start(box)

    line = press_and_look(box, r"can't see|no face|nobody")
    box.say(f"no face: {line}")
    # Amber blinks for four seconds, half of the time dark.
    light = box.colour(2.5)
    assert light[0] > 1.4 * light[1] > 0.02 and light[2] < 0.1, f"not the amber of `nobody`: {light}"
    box.say(f"light: red {light[0]:.2f}, green {light[1]:.2f}, blue {light[2]:.2f} of the time on")
    box.privacy(False)
    tone, rate = box.heard()
    first = hearing.onset_s(tone, rate)
    assert first is not None, "no sound was heard at all"
    found = [hearing.pitch_hz(tone, rate, hz) for hz in (659.26, 440.0)]
    cents = [abs(1200 * math.log2(a / b)) for a, b in zip(found, (659.26, 440.0))]
    assert max(cents) < 30, f"the two notes down are {found} Hz"
    box.say(f"two notes heard: {found[0]:.1f} and {found[1]:.1f} Hz, {hearing.level_db(tone):.0f} dB")

    box.listen()
    began = box.machine.uptime()
    box.show("1-astronaut")
    pressed = box.machine.uptime()
    line = press_and_look(box, r"looks happy")
    box.say(f"press: {line}")
    light = box.colour()
    box.privacy(False)
    assert light[0] > light[1] > 2 * light[2], f"not the yellow of `happy`: {light}"
    box.say(f"light: red {light[0]:.2f}, green {light[1]:.2f}, blue {light[2]:.2f} of the time on")
    box.machine.run("sleep 8", 120)
    music, rate = box.heard()
    onset = hearing.onset_s(music, rate)
    assert onset is not None, "no music was heard"
    playing = music[int(onset * rate):][-4 * rate:]
    tuned = hearing.in_tune(playing[: 2 * rate], rate)
    assert tuned > 3, f"what was heard is no music in tune with 440 Hz: {tuned:.1f} dB"
    box.say(f"music heard: {began + onset - pressed:.1f} s of guest time after the press, {hearing.level_db(playing):.0f} dB,"
            f" notes {tuned:.1f} dB over the pitches between them")

    box.machine.run("kill -TERM $(cat /tmp/box)")
    box.wait_for("ended, lights dark", 60)
    levels = [box.gpio.is_high(pin) for pin in (RED, GREEN, BLUE, PRIVACY)]
    assert not any(levels), f"lights are on after the end: {levels}"
    box.say("shutdown: all lights dark")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--story", choices=("pi", "chip", "host"), required=True)
    boards.add_arguments(parser)
    options = parser.parse_args()
    began = time.monotonic()
    try:
        with boards.boot(options, options.story) as machine:
            box = Box(machine, options.story)
            box.say(f"booted in {machine.boot_seconds:.0f} s of guest time, {machine.boot_wall_seconds:.0f} s of ours")
            try:
                play(box)
            finally:
                (machine.folder / "box.log").write_text("\n".join(box.log()))
    except (AssertionError, Died) as failure:
        print(f"error: the story `{options.story}` failed: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    print(f"{options.story:>5} passed in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
