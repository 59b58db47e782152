//! What music a face asks for: from where the listener is to where the music shall lead.

use mood::Affect;
use serde::Serialize;
use std::time::Duration;

/// How the music answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// Music that fits the mood.
    Match,
    /// From the listener's place in four tracks towards pleasant (iso principle; thin evidence: Starcke et al. 2021).
    #[default]
    Lift,
    /// Moves in four tracks towards calm.
    Calm,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Match, Self::Lift, Self::Calm];

    /// Its name, as in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Lift => "lift",
            Self::Calm => "calm",
        }
    }

    /// The policy of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// The target of track number `step`, from 0, for a listener who is at `from`.
    pub fn target(self, from: Affect, step: usize) -> Affect {
        let share = STEPS.get(step).copied().unwrap_or(1.0);
        match self {
            Self::Match => from,
            Self::Lift => lift(from, share),
            Self::Calm => {
                // No leap from loud to silent, and none upwards.
                let start = Affect { arousal: from.arousal.min(MOST_CALM_START), ..from };
                between(start, CALM, share)
            }
        }
    }
}

/// How far each track goes along the way.
const STEPS: [f32; 4] = [0.0, 0.35, 0.7, 1.0];

/// Where lifting and calming lead.
const PLEASANT: Affect = Affect { valence: 0.6, arousal: 0.2 };
const CALM: Affect = Affect { valence: 0.5, arousal: -0.5 };

/// Where an angry or fearful listener is led through: arousal first.
const SETTLED: Affect = Affect { valence: 0.2, arousal: -0.3 };

const MOST_CALM_START: f32 = 0.3;

fn lift(from: Affect, share: f32) -> Affect {
    match (from.valence < 0.0, from.arousal >= 0.0) {
        // Who is well already is met where they are.
        (false, _) if from.valence >= PLEASANT.valence => from,
        (false, _) => between(from, PLEASANT, share),
        // Upset: down first, then towards pleasant.
        (true, true) if share <= 0.7 => between(from, SETTLED, share / 0.7),
        (true, true) => between(SETTLED, PLEASANT, (share - 0.7) / 0.3),
        // Low: pleasant first, then livelier.
        (true, false) => Affect {
            valence: from.valence + (PLEASANT.valence - from.valence) * (share / 0.8).min(1.0),
            arousal: from.arousal + (PLEASANT.arousal - from.arousal) * ((share - 0.3) / 0.7).max(0.0),
        },
    }
}

fn between(from: Affect, to: Affect, share: f32) -> Affect {
    Affect {
        valence: from.valence + (to.valence - from.valence) * share,
        arousal: from.arousal + (to.arousal - from.arousal) * share,
    }
}

/// How long a look still counts: after this time by a third.
const MEMORY: Duration = Duration::from_secs(25);

/// The listener's place after a new look, `since` after the last: the mean of two looks in a row, without old ones.
pub fn smoothed(before: Affect, since: Duration, now: Affect) -> Affect {
    let old = (-since.as_secs_f32() / MEMORY.as_secs_f32()).exp();
    between(before, now, 1.0 - 0.5 * old)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(policy: Policy, valence: f32, arousal: f32) -> [Affect; 5] {
        [0, 1, 2, 3, 9].map(|step| policy.target(Affect { valence, arousal }, step))
    }

    fn near(a: Affect, b: Affect) -> bool {
        (a.valence - b.valence).abs() < 1e-5 && (a.arousal - b.arousal).abs() < 1e-5
    }

    #[test]
    fn lifting_begins_where_the_listener_is_and_ends_at_pleasant() {
        for (valence, arousal) in [(-0.6, -0.3), (-0.5, 0.6), (0.0, 0.0), (0.4, -0.8)] {
            let way = way(Policy::Lift, valence, arousal);
            assert!(near(way[0], Affect { valence, arousal }));
            assert!(near(way[3], PLEASANT) && near(way[4], PLEASANT), "{way:?}");
            assert!(way.windows(2).all(|pair| pair[1].valence >= pair[0].valence - 1e-5), "{way:?}");
        }
        let angry = way(Policy::Lift, -0.5, 0.6);
        assert!(angry[2].arousal < -0.2 && angry[2].valence < 0.3, "arousal goes first: {angry:?}");
        let sad = way(Policy::Lift, -0.6, -0.3);
        assert!(sad[1].valence > -0.2 && sad[1].arousal < -0.2, "valence goes first: {sad:?}");
        assert!(near(way(Policy::Lift, 0.9, 0.6)[3], Affect { valence: 0.9, arousal: 0.6 }), "happy stays happy");
    }

    #[test]
    fn calming_never_begins_loud_and_matching_never_moves() {
        let way_to_calm = way(Policy::Calm, -0.5, 0.9);
        assert!(way_to_calm[0].arousal <= 0.3 && near(way_to_calm[3], CALM));
        assert!(way(Policy::Match, -0.5, 0.9).iter().all(|at| near(*at, Affect { valence: -0.5, arousal: 0.9 })));
    }

    #[test]
    fn looks_in_a_row_are_averaged_and_old_ones_forgotten() {
        let (old, new) = (Affect { valence: -0.8, arousal: 0.0 }, Affect { valence: 0.8, arousal: 0.4 });
        assert!(smoothed(old, Duration::ZERO, new).valence.abs() < 1e-5);
        assert!(near(smoothed(old, Duration::from_secs(600), new), new));
    }

    #[test]
    fn names_are_read_back() {
        assert!(Policy::ALL.into_iter().all(|policy| Policy::from_name(policy.name()) == Some(policy)));
        assert_eq!(Policy::from_name("cure"), None);
    }
}
