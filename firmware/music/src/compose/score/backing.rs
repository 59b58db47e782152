//! Chords, bass and drums.

use super::{Bar, Drum, Note, Part, Phrase, near};
use crate::compose::character::{BassLine, Beat, Figure};
use crate::compose::plan::Plan;
use crate::compose::theory::Semitones;
use rand::RngExt;
use rand_pcg::Pcg32;

/// Pitch the bass lies around.
const BASS_CENTRE: Semitones = 41;

/// Writes one bar of chords and, where the character has one, of pad.
pub(super) fn chords(plan: &Plan, tonic: Semitones, bar: &Bar, notes: &mut Vec<Note>) {
    let character = &plan.character;
    let beats = f32::from(character.beats);
    let mut tones: Vec<Semitones> = bar
        .chord
        .intervals()
        .iter()
        .map(|interval| near(tonic, bar.chord.root + interval, character.chord_centre))
        .collect();
    tones.sort_unstable();
    if let Some(pad) = character.pad
        && !bar.thin
    {
        for &pitch in tones.iter().take(3) {
            notes.push(Note { part: Part::Pad(pad), at: bar.at, length: beats, pitch, velocity: 0.5 });
        }
    }
    let mut put = |at: f32, length: f32, pitch: Semitones, velocity: f32| {
        notes.push(Note { part: Part::Chords(character.chords), at: bar.at + at, length, pitch, velocity });
    };
    let short = 0.5 * plan.articulation;
    match character.figure {
        Figure::Sustained => tones.iter().for_each(|&pitch| put(0.0, beats, pitch, 0.5)),
        Figure::SlowBroken => {
            for (beat, &pitch) in (0..character.beats).zip(tones.iter().chain(tones.iter().rev().skip(1)).cycle()) {
                put(f32::from(beat), beats - f32::from(beat), pitch, if beat == 0 { 0.5 } else { 0.4 });
            }
        }
        Figure::Broken => {
            for (eighth, &pitch) in
                (0..character.beats * 2).zip(tones.iter().chain(tones.iter().rev().skip(1).take(1)).cycle())
            {
                put(f32::from(eighth) / 2.0, 1.0, pitch, if eighth.is_multiple_of(4) { 0.5 } else { 0.38 });
            }
        }
        Figure::OffBeats => {
            for beat in 0..character.beats {
                for &pitch in &tones {
                    put(f32::from(beat) + 0.5, short, pitch, 0.45);
                }
            }
        }
        Figure::Pulse => {
            for eighth in 0..character.beats * 2 {
                let velocity = if eighth.is_multiple_of(4) { 0.6 } else { 0.42 };
                for &pitch in &tones {
                    put(f32::from(eighth) / 2.0, short, pitch, velocity);
                }
            }
        }
        Figure::Tremolo => {
            // Swells over two bars and is silent in the last one of a phrase, so that it breathes.
            for sixteenth in 0..if bar.number == 3 { 0 } else { character.beats * 4 } {
                let swell = f32::from(sixteenth) / (beats * 4.0);
                let swell = if bar.number == 0 { swell } else { 1.0 - swell };
                let tone = usize::from(sixteenth) % 2;
                put(f32::from(sixteenth) / 4.0, 0.22, tones[tone], 0.15 + 0.3 * swell);
            }
        }
        Figure::Waltz => {
            for beat in 1..character.beats {
                for &pitch in &tones {
                    put(f32::from(beat), short, pitch, if beat == 1 { 0.5 } else { 0.4 });
                }
            }
        }
        Figure::Sly => {
            for at in [1.0, 2.5] {
                for &pitch in &tones {
                    put(at, short, pitch, 0.45);
                }
            }
        }
    }
}

/// Writes one bar of bass.
pub(super) fn bass(plan: &Plan, tonic: Semitones, bar: &Bar, notes: &mut Vec<Note>) {
    let character = &plan.character;
    let beats = f32::from(character.beats);
    let root = near(tonic, bar.chord.root, BASS_CENTRE);
    let fifth = near(tonic, bar.chord.root + bar.chord.intervals()[2], BASS_CENTRE);
    let mut put = |at: f32, length: f32, pitch: Semitones, velocity: f32| {
        notes.push(Note { part: Part::Bass(character.bass), at: bar.at + at, length, pitch, velocity });
    };
    match character.bass_line {
        // The tonic under all but the dominant, which needs its own root to close.
        BassLine::Pedal if bar.chord.root == 7 || bar.phrase == Phrase::Bridge => put(0.0, beats, root, 0.6),
        BassLine::Pedal => put(0.0, beats, near(tonic, 0, BASS_CENTRE), 0.6),
        BassLine::Roots => put(0.0, beats * 0.9, root, 0.62),
        BassLine::RootFifth => {
            put(0.0, 0.9, root, 0.7);
            put(2.0, 0.9, fifth, 0.6);
            put(3.5, 0.4, root, 0.5);
        }
        BassLine::Driving => {
            for eighth in 0..character.beats * 2 {
                put(f32::from(eighth) / 2.0, 0.4, root, if eighth.is_multiple_of(4) { 0.75 } else { 0.6 });
            }
        }
        BassLine::Walking => {
            put(0.0, 0.8, root, 0.66);
            put(1.5, 0.4, fifth, 0.55);
            put(2.0, 0.8, root, 0.6);
            // A semitone below where the next bar begins.
            put(3.0, 0.7, near(tonic, bar.next.root, BASS_CENTRE) - 1, 0.55);
        }
    }
}

/// Writes one bar of drums.
pub(super) fn write(plan: &Plan, bar: &Bar, rng: &mut Pcg32, notes: &mut Vec<Note>) {
    let mut put = |drum: Drum, at: f32, velocity: f32| {
        notes.push(Note { part: Part::Drums(drum), at: bar.at + at, length: 0.25, pitch: 60, velocity });
    };
    let eighths = plan.character.beats * 2;
    let fills = bar.number == 3 && matches!(bar.phrase, Phrase::Varied | Phrase::Home);
    match plan.character.beat {
        Beat::Rest => {}
        _ if bar.thin => put(Drum::Shaker, 1.0, 0.4),
        Beat::Shaker => {
            for eighth in 0..eighths {
                put(Drum::Shaker, f32::from(eighth) / 2.0, if eighth % 4 == 2 { 0.55 } else { 0.3 });
            }
        }
        Beat::Pop => {
            put(Drum::Kick, 0.0, 0.7);
            put(Drum::Kick, if rng.random_range(0.0..1.0) < 0.5 { 2.0 } else { 2.5 }, 0.6);
            put(Drum::Snare, 1.0, 0.5);
            put(Drum::Snare, 3.0, 0.55);
            if fills {
                put(Drum::Snare, 3.5, 0.4);
                put(Drum::Snare, 3.75, 0.45);
            }
            for eighth in 0..eighths {
                put(Drum::Hat, f32::from(eighth) / 2.0, if eighth.is_multiple_of(2) { 0.32 } else { 0.42 });
            }
        }
        Beat::Drive => {
            for beat in 0..plan.character.beats {
                put(Drum::Kick, f32::from(beat), if beat == 0 { 0.75 } else { 0.6 });
            }
            for (at, velocity) in [(1.5, 0.45), (2.5, 0.5), (3.0, 0.45), (3.5, 0.6)] {
                put(Drum::Tom, at, velocity);
            }
            if fills {
                put(Drum::Snare, 3.5, 0.5);
            }
        }
        Beat::Heart => {
            put(Drum::Kick, 0.0, 0.5);
            put(Drum::Kick, 0.5, 0.35);
            if bar.number % 2 == 1 {
                put(Drum::Tom, 2.5, 0.25);
            }
        }
        Beat::Brushes => {
            for beat in 0..plan.character.beats {
                put(Drum::Shaker, f32::from(beat), if beat % 2 == 1 { 0.3 } else { 0.18 });
                if beat % 2 == 1 {
                    put(Drum::Hat, f32::from(beat) + 0.5, 0.15);
                }
            }
            put(Drum::Kick, 0.0, 0.45);
        }
    }
}
