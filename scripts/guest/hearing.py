"""What a recording says: when sound begins, and which pitches it holds. Standard library only."""

import array
import io
import math
import wave


def samples(wav: bytes) -> tuple[list[float], int]:
    """Mono samples, -1 to 1, and samples a second. `arecord` that was stopped leaves a length that is too large."""
    with wave.open(io.BytesIO(wav)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        data = array.array("h", file.readframes(file.getnframes()))
    mono = [data[at] / 32768 for at in range(0, len(data) - channels + 1, channels)]
    return mono, rate


def level_db(sound: list[float]) -> float:
    """RMS in dB of full scale."""
    mean = sum(x * x for x in sound) / max(len(sound), 1)
    return 10 * math.log10(mean) if mean > 0 else -120.0


def onset_s(sound: list[float], rate: int, threshold: float = 0.004) -> float | None:
    """Seconds until the first sample above the threshold."""
    return next((at / rate for at, x in enumerate(sound) if abs(x) > threshold), None)


def power(sound: list[float], rate: int, hz: float) -> float:
    """Power at one frequency (Goertzel), with a Hann window."""
    count = len(sound)
    if count < 2:
        return 0.0
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for at, x in enumerate(sound):
        now = x * (0.5 - 0.5 * math.cos(2 * math.pi * at / (count - 1))) + factor * last - before
        before, last = last, now
    return (last * last + before * before - factor * last * before) / (count * count)


def pitch_hz(sound: list[float], rate: int, around: float, cents: int = 100, step: int = 4) -> float:
    """The strongest frequency within some cents (hundredths of a semitone) of another."""
    candidates = [around * 2 ** (c / 1200) for c in range(-cents, cents + 1, step)]
    return max(candidates, key=lambda hz: power(sound, rate, hz))


def in_tune(sound: list[float], rate: int, lowest: int = 45, highest: int = 81) -> float:
    """How much stronger the notes of a piano tuned to 440 Hz are than the pitches halfway between them, in dB."""
    def at(pitch: float) -> float:
        return power(sound, rate, 440 * 2 ** ((pitch - 69) / 12))
    notes = sum(at(pitch) for pitch in range(lowest, highest))
    between = sum(at(pitch + 0.5) for pitch in range(lowest, highest))
    return 10 * math.log10(notes / between) if between > 0 else math.inf
