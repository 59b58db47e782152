//! Who accompanies: pad, layers, bass and drums, from the patterns of the character.

use super::{Bar, Note, Part, Phrase, near};
use crate::compose::character::{Beat, Drum, Figure, Voicing};
use crate::compose::theory::{OCTAVE, Semitones};
use rand::RngExt;
use rand_pcg::Pcg32;

/// Pitch the bass lies around.
const BASS_CENTRE: Semitones = 41;

/// The highest pitches of chords and bass.
const CHORDS_TOP: Semitones = 74;
const BASS_TOP: Semitones = 52;

/// How often a soft stroke is left out.
const LEFT_OUT: f32 = 0.25;

/// Beats of a step.
const STEP: f32 = 0.25;

/// The steps of a pattern on which something begins: where, which character, and the steps to the next one.
fn strokes(pattern: &str) -> impl Iterator<Item = (f32, char, f32)> {
    let steps = || pattern.chars().zip(0_u8..).filter(|(sign, _)| *sign != '.');
    let length = u8::try_from(pattern.len()).unwrap_or(u8::MAX);
    let ends = steps().skip(1).map(|(_, at)| at).chain([length]);
    steps().zip(ends).map(|((sign, at), end)| (f32::from(at) * STEP, sign, f32::from(end - at) * STEP))
}

/// A digit's velocity: 9 is all that is needed.
fn velocity(sign: char) -> f32 {
    0.095 * sign.to_digit(10).and_then(|digit| u8::try_from(digit).ok()).map_or(0.0, f32::from)
}

/// Writes one bar of the layers that accompany and, where the character has one, of pad.
pub(super) fn chords(tonic: Semitones, bar: &Bar<'_>, rng: &mut Pcg32, notes: &mut Vec<Note>) {
    let character = &bar.plan.character;
    let placed = |intervals: &[Semitones]| {
        let pitch = |interval: &Semitones| near(tonic, bar.chord.root + interval, character.chord_centre);
        let mut tones: Vec<Semitones> = intervals.iter().map(pitch).collect();
        tones.sort_unstable();
        tones
    };
    // Before a new section begins, everybody but the drums holds their breath.
    let rest = if bar.phrase == Phrase::Home && bar.number + 1 == super::BARS && bar.energy > 0.5 { 1.0 } else { 0.0 };
    // Now and then a tone that hurts, a semitone above the root or below the fifth.
    let hurts = rng.random_range(0.0..1.0) < bar.plan.dissonance;
    let hurting = if rng.random_range(0.0..1.0) < 0.5 { 1 } else { 6 };
    if let Some(pad) = character.pad {
        let mut tones = placed(bar.chord.intervals());
        tones.truncate(3);
        if hurts {
            tones.extend(placed(&[hurting]));
        }
        let length = f32::from(character.beats) - rest;
        notes.extend(tones.iter().map(|&pitch| Note {
            part: Part::Pad(pad),
            at: bar.at,
            length,
            pitch,
            velocity: 0.5,
        }));
    }
    for layer in character.layers.iter().filter(|layer| layer.from <= bar.energy) {
        let tones = match layer.voicing {
            Voicing::Full => placed(bar.chord.intervals()),
            Voicing::Power => {
                let root = near(tonic, bar.chord.root, character.chord_centre);
                let fifth = if hurts { 6 } else { bar.chord.fifth() };
                vec![root, root + fifth, root + OCTAVE]
            }
            Voicing::Cluster if hurts => placed(&[0, 1, 6]),
            Voicing::Cluster => placed(bar.chord.intervals()),
        };
        let until = f32::from(character.beats) - rest;
        let mut put = |at: f32, length: f32, mut pitch: Semitones, velocity: f32| {
            if at >= until {
                return;
            }
            while pitch > CHORDS_TOP {
                pitch -= OCTAVE;
            }
            let part = Part::Chords(layer.instrument);
            let velocity = velocity * bar.swell;
            notes.push(Note { part, at: bar.at + at, length: length.min(until - at) * layer.hold, pitch, velocity });
        };
        match layer.figure {
            Figure::Struck(pattern) => {
                for (at, sign, length) in strokes(pattern) {
                    tones.iter().for_each(|&pitch| put(at, length, pitch, velocity(sign)));
                }
            }
            Figure::Broken(pattern) => {
                for (at, sign, length) in strokes(pattern) {
                    let number = sign.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(0);
                    let octaves = if number >= tones.len() { OCTAVE } else { 0 };
                    let accent = if at.fract() < 0.1 { 0.53 } else { 0.47 };
                    put(at, length, tones[number % tones.len()] + octaves, accent);
                }
            }
        }
    }
}

/// Writes one bar of bass.
pub(super) fn bass(tonic: Semitones, bar: &Bar<'_>, notes: &mut Vec<Note>) {
    let character = &bar.plan.character;
    let root = near(tonic, bar.chord.root, BASS_CENTRE);
    let lines = character.bass_lines;
    let Some(line) = lines.get(bar.variant % lines.len().max(1)) else { return };
    for (at, sign, length) in strokes(line) {
        let pitch = match sign {
            // The tonic under all but the dominant, which needs its own root to close.
            't' if bar.chord.root != 7 && bar.phrase != Phrase::Bridge => near(tonic, 0, BASS_CENTRE),
            'f' => near(tonic, bar.chord.root + bar.chord.fifth(), BASS_CENTRE),
            'o' if root + OCTAVE <= BASS_TOP => root + OCTAVE,
            'a' => near(tonic, bar.next.root, BASS_CENTRE) - 1,
            's' => root + 1,
            'd' => near(tonic, bar.chord.root + 6, BASS_CENTRE),
            _ => root,
        };
        let velocity = if at < 0.1 { 0.72 } else { 0.6 };
        notes.push(Note { part: Part::Bass(character.bass), at: bar.at + at, length: length * 0.9, pitch, velocity });
    }
}

/// Writes one bar of drums.
pub(super) fn drums(bar: &Bar<'_>, rng: &mut Pcg32, notes: &mut Vec<Note>) {
    let character = &bar.plan.character;
    let last = bar.number + 1 == super::BARS;
    let pick = |beats: &'static [Beat], turn: usize| beats.get(turn % beats.len().max(1)).copied().unwrap_or(&[]);
    let beat = if last && matches!(bar.phrase, Phrase::Varied | Phrase::Home) {
        pick(character.fills, bar.variant + usize::from(bar.phrase == Phrase::Home))
    } else {
        pick(character.drums, bar.variant)
    };
    let mut put = |drum: Drum, at: f32, velocity: f32| {
        notes.push(Note { part: Part::Drums(drum), at: bar.at + at, length: STEP, pitch: 60, velocity });
    };
    for (drum, pattern, _) in beat.iter().filter(|(_, _, from)| *from <= bar.energy) {
        for (at, sign, _) in strokes(pattern) {
            // No drummer plays the same bar twice: soft strokes are left out, all of them differ.
            let draw: f32 = rng.random_range(0.0..1.0);
            if draw > LEFT_OUT || velocity(sign) > 0.62 {
                put(*drum, at, (velocity(sign) * bar.swell * rng.random_range(0.7..1.15)).min(1.0));
            }
        }
    }
    // A cymbal opens what is loud, and noise swells towards it.
    if bar.number == 0 && bar.energy > 0.6 && matches!(bar.phrase, Phrase::Opening | Phrase::Bridge) {
        put(Drum::Crash, 0.0, 0.7);
    }
    if bar.number == 2 && bar.energy > 0.6 && bar.phrase == Phrase::Home {
        put(Drum::Riser, f32::from(character.beats) - 2.0, 0.4);
    }
}
