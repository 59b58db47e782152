//! The drums: soft, and silent where the mood asks for quiet.

use super::{Bar, Drum, Note, Part, Phrase};
use crate::compose::character::Beat;
use crate::compose::plan::Plan;
use rand::RngExt;
use rand_pcg::Pcg32;

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
