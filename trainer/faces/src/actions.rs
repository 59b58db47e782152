//! Expressions as facial action units with strengths.
//!
//! The units are those of the Facial Action Coding System (P. Ekman, W. V. Friesen, 1978; second edition with J. C.
//! Hager, 2002); which of them make an expression follows the prototypes and main variants of EMFACS (Friesen and
//! Ekman, 1983) as printed in the FACS Investigator's Guide. A strength of 1 is FACS intensity E, 0.2 is about B.

use crate::dice::Dice;
use mood::Expression;

/// The units that are drawn, by their numbers in FACS.
pub(crate) mod unit {
    pub(crate) const INNER_BROW: usize = 1;
    pub(crate) const OUTER_BROW: usize = 2;
    pub(crate) const BROW_LOWERER: usize = 4;
    pub(crate) const UPPER_LID: usize = 5;
    pub(crate) const CHEEK: usize = 6;
    pub(crate) const LID_TIGHTENER: usize = 7;
    pub(crate) const NOSE_WRINKLER: usize = 9;
    pub(crate) const UPPER_LIP: usize = 10;
    pub(crate) const CORNER_PULLER: usize = 12;
    pub(crate) const DIMPLER: usize = 14;
    pub(crate) const CORNER_DEPRESSOR: usize = 15;
    pub(crate) const LOWER_LIP: usize = 16;
    pub(crate) const CHIN: usize = 17;
    pub(crate) const LIP_STRETCHER: usize = 20;
    pub(crate) const LIP_TIGHTENER: usize = 23;
    pub(crate) const LIPS_PART: usize = 25;
    pub(crate) const JAW_DROP: usize = 26;
    pub(crate) const MOUTH_STRETCH: usize = 27;
    /// One more than the largest.
    pub(crate) const COUNT: usize = 28;
}

/// The variants an expression is shown in, each about equally often: `unit:least-greatest` strength in percent, with a
/// question mark where the unit acts in every other face only.
const fn variants(expression: Expression) -> &'static [&'static str] {
    match expression {
        Expression::Angry => &[
            "4:75-100 5?:20-70 7:40-90 23:70-100",
            "4:80-100 5:20-70 7:40-90 10:15-35 25:60-100 16:40-90 26?:30-90",
            "4:75-100 7:40-90 17:30-80 23:70-100",
        ],
        Expression::Disgust => &[
            "9:75-100 10:40-80 4?:10-40 17:30-80 15?:20-60",
            "9:75-100 10:60-100 25:30-80 16?:20-70 7?:30-80",
            "9:65-100 10:80-100 17:30-70 15?:30-70 6?:20-60",
        ],
        Expression::Fear => &[
            "1:75-100 2:25-60 4:30-60 5:75-100 20:75-100 25:70-100 26?:20-40",
            "1:75-100 2:20-50 4:35-70 5:75-100 7?:10-40 20:75-100 16:20-60 25:70-100",
        ],
        Expression::Happy => {
            &["6:50-90 12:70-100", "6:50-100 12:70-100 25:50-100", "6:50-100 12:70-100 25:60-100 26:30-90"]
        }
        Expression::Sad => &["1:75-100 4:30-60 15:70-100 17?:20-70", "1:70-100 4:10-50 15:75-100 7?:10-40"],
        Expression::Surprise => {
            &["1:75-100 2:80-100 5:40-90 25:60-100 26:80-100", "1:75-100 2:80-100 5:50-100 25:80-100 27:50-100"]
        }
        // A resting face is rarely quite at rest.
        Expression::Neutral => &["", "15:0-12 4:0-12", "12:0-12 2:0-15", "25:0-30 7:0-15"],
        Expression::Contempt => &["12:35-65 14:60-100"],
    }
}

/// One unit of a variant.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    unit: usize,
    strength: [f32; 2],
    always: bool,
}

fn parse(text: &str) -> Option<Part> {
    let (unit, range) = text.split_once(':')?;
    let (low, high) = range.split_once('-')?;
    let share = |percent: &str| percent.parse::<f32>().ok().map(|percent| percent / 100.0);
    let always = !unit.ends_with('?');
    Some(Part { unit: unit.trim_end_matches('?').parse().ok()?, strength: [share(low)?, share(high)?], always })
}

/// How strongly each unit acts on each side of the face, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Actions([[f32; 2]; unit::COUNT]);

impl Actions {
    /// One way of showing `expression`: a variant, its units' strengths, and a little more of them on one side.
    pub(crate) fn showing(expression: Expression, dice: &mut Dice) -> Self {
        let mut actions = Self([[0.0; 2]; unit::COUNT]);
        let strong_side = usize::from(dice.chance(0.5));
        let variant = dice.pick(variants(expression)).copied().unwrap_or_default();
        for Part { unit, strength: [low, high], always } in variant.split_whitespace().filter_map(parse) {
            let drawn = dice.chance(0.5) || always;
            let strength = dice.between(low, high);
            let lean = if expression == Expression::Contempt { 1.0 } else { dice.normal(0.0, 0.08).abs() };
            if drawn {
                actions.0[unit] = [strength * (1.0 - lean); 2];
                actions.0[unit][strong_side] = strength;
            }
        }
        actions
    }

    /// The strength of `unit` on the image's left (0) or right (1) side.
    pub(crate) const fn side(&self, unit: usize, side: usize) -> f32 {
        self.0[unit][side % 2]
    }

    /// The mean strength of `unit`.
    pub(crate) const fn both(&self, unit: usize) -> f32 {
        let [left, right] = self.0[unit];
        f32::midpoint(left, right)
    }

    /// How far the upper lip is lifted on one side, by itself or by the nose, 0..=1.
    pub(crate) const fn lifted(&self, side: usize) -> f32 {
        self.side(unit::UPPER_LIP, side).max(self.side(unit::NOSE_WRINKLER, side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_can_be_read() {
        for expression in Expression::ALL {
            for part in variants(expression).iter().flat_map(|variant| variant.split_whitespace()) {
                let Some(Part { unit, strength: [low, high], .. }) = parse(part) else {
                    panic!("{expression}: {part}")
                };
                assert!(unit < unit::COUNT && 0.0 <= low && low <= high && high <= 1.0, "{expression}: {part}");
            }
        }
    }

    #[test]
    fn strengths_are_shares_and_only_contempt_is_one_sided() {
        for expression in Expression::ALL {
            for index in 0..50 {
                let actions = Actions::showing(expression, &mut Dice::new(1, index));
                for [left, right] in actions.0 {
                    assert!(
                        (0.0..=1.0).contains(&left) && (0.0..=1.0).contains(&right),
                        "{expression}: {left} {right}"
                    );
                    let one_sided = left.min(right) <= 0.0 && left.max(right) > 0.0;
                    assert_eq!(one_sided, one_sided && expression == Expression::Contempt, "{expression}");
                }
            }
        }
    }
}
