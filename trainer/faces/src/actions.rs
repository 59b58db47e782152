//! Expressions as facial action units with strengths.
//!
//! The units are those of the Facial Action Coding System (P. Ekman, W. V. Friesen, 1978; second edition with J. C.
//! Hager, 2002); which of them make an expression follows the prototypes and main variants of EMFACS (Friesen and
//! Ekman, 1983) as printed in the FACS Investigator's Guide. A strength of 1 is FACS intensity E, 0.2 is about B.

mod table;

use super::dice::Dice;
use mood::Expression;
use table::{Part, variants};

/// A facial action unit: what one muscle or a group of them does to the face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// AU 1, inner brow raiser.
    InnerBrow,
    /// AU 2, outer brow raiser.
    OuterBrow,
    /// AU 4, brow lowerer.
    BrowLowerer,
    /// AU 5, upper lid raiser.
    UpperLid,
    /// AU 6, cheek raiser.
    Cheek,
    /// AU 7, lid tightener.
    LidTightener,
    /// AU 9, nose wrinkler.
    NoseWrinkler,
    /// AU 10, upper lip raiser.
    UpperLip,
    /// AU 12, lip corner puller.
    CornerPuller,
    /// AU 14, dimpler.
    Dimpler,
    /// AU 15, lip corner depressor.
    CornerDepressor,
    /// AU 16, lower lip depressor.
    LowerLip,
    /// AU 17, chin raiser.
    Chin,
    /// AU 20, lip stretcher.
    LipStretcher,
    /// AU 23, lip tightener.
    LipTightener,
    /// AU 25, lips part.
    LipsPart,
    /// AU 26, jaw drop.
    JawDrop,
    /// AU 27, mouth stretch.
    MouthStretch,
}

/// How many units there are.
const UNITS: usize = 18;

/// How strongly each unit acts on each side of the face, 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Actions([[f32; 2]; UNITS]);

impl Actions {
    /// No unit acts.
    pub(super) const NONE: Self = Self([[0.0; 2]; UNITS]);

    /// One way of showing `expression`: a variant, its units' strengths, and a little more of them on one side.
    pub(super) fn showing(expression: Expression, dice: &mut Dice) -> Self {
        let mut actions = Self::NONE;
        let one_sided = matches!(expression, Expression::Contempt);
        let strong_side = usize::from(dice.chance(0.5));
        let variant = dice.pick(variants(expression)).copied().unwrap_or_default();
        for Part { unit, low, high, probability } in variant {
            let drawn = dice.chance(*probability);
            let strength = dice.between(*low, *high);
            let lean = if one_sided { 1.0 } else { dice.normal(0.0, 0.08).abs() };
            if drawn {
                let sides = actions.sides_mut(*unit);
                *sides = [strength * (1.0 - lean); 2];
                sides[strong_side] = strength;
            }
        }
        actions
    }

    /// The strength of `unit` on the image's left (0) or right (1) side.
    pub(super) const fn side(&self, unit: Unit, side: usize) -> f32 {
        self.0[Self::row(unit)][side % 2]
    }

    /// The mean strength of `unit`.
    pub(super) const fn both(&self, unit: Unit) -> f32 {
        let [left, right] = self.0[Self::row(unit)];
        f32::midpoint(left, right)
    }

    const fn sides_mut(&mut self, unit: Unit) -> &mut [f32; 2] {
        &mut self.0[Self::row(unit)]
    }

    #[expect(clippy::as_conversions, reason = "the number of a variant without fields")]
    const fn row(unit: Unit) -> usize {
        unit as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A unit beyond the table would be a panic in `side`.
    #[test]
    fn the_last_unit_has_a_row() {
        assert_eq!(Actions::row(Unit::MouthStretch) + 1, UNITS);
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
