#!/usr/bin/env python3
"""Plays one story on an emulated board and asserts every step; started by scripts/virtual-pi.

The box is the program as it will run on the board. What it sees is a photograph, shown by the kernel's simulated camera
(vivid); what it lights is read from the GPIO block, what it plays from the kernel's loopback sound card.
"""

import argparse
import math
import pathlib
import re
import sys
import time

import boards
import hearing
from box import BUTTON, PRIVACY, Box
from machine import Died

# A piece is recognised when its notes agree with the recording's at least so well, and better by MARGIN than those of any
# other piece or of noise. Before the first story was played, eight seconds of six pieces were held against one another:
# another piece came to 0.19 at most, noise to 0.02, the piece itself to 1.00; with 10 ms of silence put in at 2 and 10 %
# of its 20 ms blocks to 0.94 and 0.78, a quarter tone out of tune to 0.47.
RECOGNISED, MARGIN = 0.6, 0.3
# The ear tells some 5 cents apart; the strongest frequency in a second of a dying bell is known to about as much.
IN_TUNE_CENTS = 10
# Shares of red, green and blue; half of the way from the yellow of `happy` to the amber of `nobody`.
SAME_COLOUR = 0.07
# Two notes down: "I can't see anybody".
NOBODY_HZ = (659.26, 440.0)


def shares(colour: list[float]) -> list[float]:
    return [part / max(sum(colour), 1e-6) for part in colour]


def told_colour(line: str) -> list[float]:
    """The colour in a line of the box's log, `light: #ffd33f, ...`, as linear light."""
    parts = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", re.search("#([0-9a-f]{6})", line).group(1))]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def gap(one: list[float], other: list[float]) -> float:
    return max(abs(a - b) for a, b in zip(shares(one), shares(other)))


def press_and_look(box: Box, answer: str) -> tuple[str, str]:
    """One press: the lamp goes on with the sensor and off after it. Gives the lines of the answer and of its light."""
    box.press()
    box.wait_for("button: pressed")
    box.privacy(True)
    line = box.wait_for(answer)
    light = box.wait_for("light: ")
    box.hide()
    return line, light


def see_light(box: Box, told: str, seconds: float, unlike: str = "") -> None:
    """The light must have the colour the log tells; and not that of another light that was told."""
    seen = box.colour(seconds)
    assert sum(seen) > 0.05, f"the light is dark: {seen}"
    away = gap(seen, told_colour(told))
    assert away < SAME_COLOUR, f"the light has the shares {shares(seen)}, told was {told}"
    if unlike:
        other = gap(seen, told_colour(unlike))
        assert other > SAME_COLOUR, f"the light can't be told from {unlike}: {shares(seen)}"
    red, green, blue = seen
    box.say(f"light seen: red {red:.2f}, green {green:.2f}, blue {blue:.2f} of the time on; its shares are {away:.3f} away from"
            f" {re.search('#[0-9a-f]{6}', told).group(0)}" + (f", {other:.3f} from {unlike[-30:]}" if unlike else ""))


def hear_chime(box: Box) -> None:
    sound = box.heard("nobody")
    onset = hearing.onset_s(sound)
    assert onset is not None, "no sound was heard"
    sound = sound[int(onset * 8000) :][:12_000]
    found = [hearing.pitch_hz(sound, hz) for hz in NOBODY_HZ]
    cents = [1200 * math.log2(a / b) for a, b in zip(found, NOBODY_HZ)]
    assert max(map(abs, cents)) <= IN_TUNE_CENTS, f"the two notes down are {found} Hz"
    # Notes of the other chimes, which must not be there.
    wrong = max(hearing.power(sound, hz) for hz in (587.33, 523.25, 783.99, 392.0))
    right = min(hearing.power(sound, hz) for hz in found)
    assert right > 4 * wrong, f"another chime is as strong as that for nobody: {right:.2e}, {wrong:.2e}"
    box.say(f"two notes heard: {found[0]:.1f} and {found[1]:.1f} Hz ({cents[0]:+.0f} and {cents[1]:+.0f} cents),"
            f" {10 * math.log10(right / wrong):.0f} dB over other chimes' notes")


def hear_piece(box: Box, pieces: dict[str, hearing.Notes], wanted: str, sound: list[float]) -> None:
    """The recording must be the wanted piece, in tune, and none of the others."""
    onset = hearing.onset_s(sound)
    assert onset is not None, "no music was heard"
    playing = sound[int(onset * 8000) :]
    heard = hearing.notes(playing)
    alike = {name: hearing.likeness(heard, piece) for name, piece in pieces.items()}
    alike["noise"] = hearing.likeness(hearing.notes(hearing.noise(playing)), pieces[wanted])
    out_of_tune = max(hearing.likeness(hearing.notes(playing, cents=cents), pieces[wanted]) for cents in (-50, 50))
    others = ", ".join(f"{name} {value:.2f}" for name, value in alike.items() if name != wanted)
    told = (f"{wanted} {alike[wanted]:.2f}; a quarter tone out of tune {out_of_tune:.2f}; {others};"
            f" {hearing.level_db(playing):.0f} dB, {len(playing) / 8000:.1f} s")
    best = max(value for name, value in alike.items() if name != wanted)
    assert alike[wanted] >= RECOGNISED and alike[wanted] - best >= MARGIN, f"what was heard is not the piece: {told}"
    assert out_of_tune < alike[wanted] - 0.1, f"what was heard is out of tune: {told}"
    box.say(f"music heard: {told}")


def play(box: Box, pieces: dict[str, hearing.Notes]) -> None:
    box.configure(frames=1)
    box.machine.run(box.gpio.drive(BUTTON, True))
    box.plug_in()
    box.show("4-cat")
    box.start()
    # The chime at the start is not to be heard with the one that is measured.
    box.machine.run("sleep 2")
    box.listen()

    line, amber = press_and_look(box, "see anybody")
    box.say(f"no face: {line}")
    box.privacy(False)
    # The amber blinks for four seconds, half of the time dark; the chime takes one of them.
    box.machine.run("sleep 1.5")
    see_light(box, amber, 1.5)
    box.wait_for("breathing every 5.0 s")
    hear_chime(box)

    box.show("1-astronaut")
    box.listen()
    began = box.machine.uptime()
    line, yellow = press_and_look(box, "looks happy")
    box.say(f"press: {line}")
    box.privacy(False)
    box.machine.run("sleep 9")
    sound = box.heard("happy")
    # Only now, as reading pins takes time from the board that the music would miss.
    see_light(box, yellow, 3, unlike=amber)
    box.say(f"onset: {hearing.onset_s(sound) or -1:.2f} s after the press, which was at {began:.1f} s")
    hear_piece(box, pieces, "happy", sound)

    box.press(times=2)
    box.say(f"skip: {box.wait_for('music: next piece')}")
    # The cross-fade. Not much longer: what the box composes follows the mood it saw, whose tempo is not quite that of the
    # piece it is held against, so that they are apart by a note after half a minute.
    box.machine.run("sleep 2")
    box.listen()
    box.machine.run("sleep 8")
    hear_piece(box, pieces, "happy, skipped", box.heard("skipped"))

    box.stop()
    box.say("SIGTERM while it plays: ended with 0, all lights dark")


def fail(box: Box) -> None:
    """The same board with faults. The box must say what is wrong, go on, and be well again afterwards."""
    # Another program has the pins through the kernel.
    box.machine.run("sed 's/backend = .*/backend = \"chip\"/' /tmp/box.toml >/tmp/other.toml;"
                    " moodbox run --config /tmp/other.toml >/tmp/other.log 2>&1 & echo $! >/tmp/other; sleep 4")
    taken = box.machine.run("moodbox run --config /tmp/box.toml --seconds 1", check=False)
    box.machine.run("kill $(cat /tmp/other); sleep 2")
    assert "is taken" in taken, f"a pin that another program has was not refused: {taken}"
    box.say(f"pin taken: {taken.splitlines()[-2].strip()}")

    box.start()
    box.press()
    box.wait_for("camera: looking")
    box.stop()
    box.say("SIGTERM while it looks: ended with 0, all lights dark")

    box.start()
    box.machine.run("echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind")
    box.press()
    box.say(f"camera unplugged: {box.wait_for('trouble: ')}")
    see_light(box, box.wait_for("light: #"), 2)
    assert not box.gpio.is_high(PRIVACY), "the privacy lamp is on without a camera"
    box.machine.run("echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; sleep 1")
    box.plug_in()
    box.show("1-astronaut")
    line, _ = press_and_look(box, "looks happy")
    box.say(f"camera back: {line}")
    box.stop("INT")
    box.say("Ctrl-C while it plays: ended with 0, all lights dark")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--story", choices=("pi", "chip", "host"), required=True)
    parser.add_argument("--music", type=pathlib.Path, required=True, help="the folder with the pieces that may be heard")
    boards.add_arguments(parser)
    options = parser.parse_args()
    began = time.monotonic()
    pieces = {path.stem: hearing.notes(hearing.read(path)) for path in sorted(options.music.glob("*.wav"))}
    try:
        with boards.boot(options, options.story, still=True) as machine:
            box = Box(machine, options.story)
            box.say(f"booted; the machine under it took {machine.boot_wall_seconds:.0f} s for that")
            try:
                play(box, pieces)
                fail(box)
            finally:
                (machine.folder / "box.log").write_text("\n".join(box.log()))
    except (AssertionError, Died) as failure:
        print(f"error: the story `{options.story}` failed: {failure}\n  hint: the logs lie in {options.work}", file=sys.stderr)
        return 7
    print(f"{options.story:>5} passed in {time.monotonic() - began:.0f} s of this machine's time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
