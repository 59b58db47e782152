"""What a recording says: when sound begins, which pitches it holds, and which piece it is. Standard library only."""

import array
import io
import math
import pathlib
import random
import wave

# Of the notes a piece is known by: a frame is as long as a short note, and the pitches are those of its melody and chords.
FRAME_S, HOP_S = 0.25, 0.125
PITCHES = range(48, 85)

Notes = list[list[float]]


def samples(wav: bytes, rate: int = 8000) -> list[float]:
    """Mono samples, -1 to 1, at `rate`. `arecord` that was stopped leaves a length that is too large."""
    with wave.open(io.BytesIO(wav)) as file:
        fast, channels = file.getframerate(), file.getnchannels()
        data = array.array("h", file.readframes(file.getnframes()))
    mono = [sum(data[at : at + channels]) / channels / 32768 for at in range(0, len(data) - channels + 1, channels)]
    step = fast // rate
    # A mean over the step keeps what lies above half of the rate from folding into the pitches that are looked at.
    return mono if step == 1 else [sum(mono[at : at + step]) / step for at in range(0, len(mono) - step + 1, step)]


def read(path: pathlib.Path) -> list[float]:
    return samples(path.read_bytes())


def level_db(sound: list[float]) -> float:
    """RMS in dB of full scale."""
    mean = sum(x * x for x in sound) / max(len(sound), 1)
    return 10 * math.log10(mean) if mean > 0 else -120.0


def onset_s(sound: list[float], rate: int = 8000, threshold: float = 0.004) -> float | None:
    """Seconds until the first sample above the threshold."""
    return next((at / rate for at, x in enumerate(sound) if abs(x) > threshold), None)


def power(sound: list[float], hz: float, rate: int = 8000) -> float:
    """Power at one frequency (Goertzel), with a Hann window."""
    count = len(sound)
    if count < 2:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    turn = 2 * math.pi / (count - 1)
    before = last = 0.0
    for at, x in enumerate(sound):
        before, last = last, x * (0.5 - 0.5 * math.cos(turn * at)) + factor * last - before
    return (last * last + before * before - factor * last * before) / (count * count)


def pitch_hz(sound: list[float], around: float, cents: int = 100, step: int = 4) -> float:
    """The strongest frequency within some cents (hundredths of a semitone) of another."""
    candidates = [around * 2 ** (c / 1200) for c in range(-cents, cents + 1, step)]
    return max(candidates, key=lambda hz: power(sound, hz))


def notes(sound: list[float], rate: int = 8000, cents: float = 0) -> Notes:
    """How strong each pitch is in each frame, as a magnitude less that pitch's mean, so that what stays is which notes
    begin and end when. Magnitudes only: a gap of some milliseconds changes nothing but the frames around it.
    `cents` moves all pitches, to hear whether a piece is out of tune."""
    frame, hop = int(FRAME_S * rate), int(HOP_S * rate)
    window = [0.5 - 0.5 * math.cos(2 * math.pi * at / (frame - 1)) for at in range(frame)]
    factors = [2 * math.cos(2 * math.pi * 440 * 2 ** ((pitch - 69 + cents / 100) / 12) / rate) for pitch in PITCHES]
    rows = []
    for start in range(0, len(sound) - frame + 1, hop):
        windowed = [x * w for x, w in zip(sound[start : start + frame], window)]
        row = []
        for factor in factors:
            before = last = 0.0
            for x in windowed:
                before, last = last, x + factor * last - before
            row.append(math.sqrt(max(last * last + before * before - factor * last * before, 0.0)))
        rows.append(row)
    means = [sum(column) / len(rows) for column in zip(*rows)]
    return [[x - mean for x, mean in zip(row, means)] for row in rows]


def likeness(heard: Notes, piece: Notes) -> float:
    """Correlation of what was heard with the notes of a longer piece, -1 to 1, at the place of it where it fits best."""
    def at(start: int) -> float:
        pairs = [(x, y) for a, b in zip(heard, piece[start:]) for x, y in zip(a, b)]
        both = sum(x * y for x, y in pairs)
        size = math.sqrt(sum(x * x for x, _ in pairs) * sum(y * y for _, y in pairs))
        return both / size if size > 0 else 0.0
    return max(at(start) for start in range(max(len(piece) - len(heard), 0) + 1))


def noise(like: list[float]) -> list[float]:
    """White noise of the same length and level: what an ear that hears pieces everywhere would take for one."""
    chance = random.Random(1)
    level = 10 ** (level_db(like) / 20)
    return [chance.gauss(0, level) for _ in like]
