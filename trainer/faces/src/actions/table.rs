//! Which action units make an expression: the prototypes and main variants of EMFACS.

use super::Unit::{
    self, BrowLowerer, Cheek, Chin, CornerDepressor, CornerPuller, Dimpler, InnerBrow, JawDrop, LidTightener,
    LipStretcher, LipTightener, LipsPart, LowerLip, MouthStretch, NoseWrinkler, OuterBrow, UpperLid, UpperLip,
};
use mood::Expression;

/// One unit of a variant: drawn with a probability, and then with a strength from a range.
pub(super) struct Part {
    /// The unit.
    pub unit: Unit,
    /// Its least strength.
    pub low: f32,
    /// Its greatest strength.
    pub high: f32,
    /// How often it takes part, 0..=1.
    pub probability: f32,
}

/// `unit` always, with a strength from `low` to `high`.
const fn must(unit: Unit, low: f32, high: f32) -> Part {
    Part { unit, low, high, probability: 1.0 }
}

/// `unit` in every other face, with a strength from `low` to `high`.
const fn may(unit: Unit, low: f32, high: f32) -> Part {
    Part { unit, low, high, probability: 0.5 }
}

/// A way of showing an expression.
type Variant = &'static [Part];

/// The variants an expression is shown in, each about equally often.
pub(super) const fn variants(expression: Expression) -> &'static [Variant] {
    match expression {
        Expression::Angry => ANGRY,
        Expression::Disgust => DISGUST,
        Expression::Fear => FEAR,
        Expression::Happy => HAPPY,
        Expression::Sad => SAD,
        Expression::Surprise => SURPRISE,
        Expression::Neutral => NEUTRAL,
        Expression::Contempt => CONTEMPT,
    }
}

/// 4+5+7+23 lips tight; 4+5+7+10+25(+16+26) teeth bared; 4+7+17+23 chin up.
const ANGRY: &[Variant] = &[
    &[
        must(BrowLowerer, 0.75, 1.0),
        may(UpperLid, 0.2, 0.7),
        must(LidTightener, 0.4, 0.9),
        must(LipTightener, 0.7, 1.0),
    ],
    &[
        must(BrowLowerer, 0.8, 1.0),
        must(UpperLid, 0.2, 0.7),
        must(LidTightener, 0.4, 0.9),
        must(UpperLip, 0.15, 0.35),
        must(LipsPart, 0.6, 1.0),
        must(LowerLip, 0.4, 0.9),
        may(JawDrop, 0.3, 0.9),
    ],
    &[must(BrowLowerer, 0.75, 1.0), must(LidTightener, 0.4, 0.9), must(Chin, 0.3, 0.8), must(LipTightener, 0.7, 1.0)],
];

/// 9 or 10, with 15, 16, 17 and 25.
const DISGUST: &[Variant] = &[
    &[
        must(NoseWrinkler, 0.75, 1.0),
        must(UpperLip, 0.4, 0.8),
        may(BrowLowerer, 0.1, 0.4),
        must(Chin, 0.3, 0.8),
        may(CornerDepressor, 0.2, 0.6),
    ],
    &[
        must(NoseWrinkler, 0.75, 1.0),
        must(UpperLip, 0.6, 1.0),
        must(LipsPart, 0.3, 0.8),
        may(LowerLip, 0.2, 0.7),
        may(LidTightener, 0.3, 0.8),
    ],
    &[
        must(NoseWrinkler, 0.65, 1.0),
        must(UpperLip, 0.8, 1.0),
        must(Chin, 0.3, 0.7),
        may(CornerDepressor, 0.3, 0.7),
        may(Cheek, 0.2, 0.6),
    ],
];

/// 1+2+4+5+20, with 25, 26 or 27.
const FEAR: &[Variant] = &[
    &[
        must(InnerBrow, 0.75, 1.0),
        must(OuterBrow, 0.25, 0.6),
        must(BrowLowerer, 0.3, 0.6),
        must(UpperLid, 0.75, 1.0),
        must(LipStretcher, 0.75, 1.0),
        must(LipsPart, 0.7, 1.0),
        may(JawDrop, 0.2, 0.4),
    ],
    &[
        must(InnerBrow, 0.75, 1.0),
        must(OuterBrow, 0.2, 0.5),
        must(BrowLowerer, 0.35, 0.7),
        must(UpperLid, 0.75, 1.0),
        may(LidTightener, 0.1, 0.4),
        must(LipStretcher, 0.75, 1.0),
        must(LowerLip, 0.2, 0.6),
        must(LipsPart, 0.7, 1.0),
    ],
];

/// 6+12, with 25 and 26.
const HAPPY: &[Variant] = &[
    &[must(Cheek, 0.5, 0.9), must(CornerPuller, 0.7, 1.0)],
    &[must(Cheek, 0.5, 1.0), must(CornerPuller, 0.7, 1.0), must(LipsPart, 0.5, 1.0)],
    &[must(Cheek, 0.5, 1.0), must(CornerPuller, 0.7, 1.0), must(LipsPart, 0.6, 1.0), must(JawDrop, 0.3, 0.9)],
];

/// 1+4, with 15, 17 and 11.
const SAD: &[Variant] = &[
    &[must(InnerBrow, 0.75, 1.0), must(BrowLowerer, 0.3, 0.6), must(CornerDepressor, 0.7, 1.0), may(Chin, 0.2, 0.7)],
    &[
        must(InnerBrow, 0.7, 1.0),
        must(BrowLowerer, 0.1, 0.5),
        must(CornerDepressor, 0.75, 1.0),
        may(LidTightener, 0.1, 0.4),
    ],
];

/// 1+2+5+26 or 27.
const SURPRISE: &[Variant] = &[
    &[
        must(InnerBrow, 0.75, 1.0),
        must(OuterBrow, 0.8, 1.0),
        must(UpperLid, 0.4, 0.9),
        must(LipsPart, 0.6, 1.0),
        must(JawDrop, 0.8, 1.0),
    ],
    &[
        must(InnerBrow, 0.75, 1.0),
        must(OuterBrow, 0.8, 1.0),
        must(UpperLid, 0.5, 1.0),
        must(LipsPart, 0.8, 1.0),
        must(MouthStretch, 0.5, 1.0),
    ],
];

/// A resting face is rarely quite at rest.
const NEUTRAL: &[Variant] = &[
    &[],
    &[must(CornerDepressor, 0.0, 0.12), must(BrowLowerer, 0.0, 0.12)],
    &[must(CornerPuller, 0.0, 0.12), must(OuterBrow, 0.0, 0.15)],
    &[must(LipsPart, 0.0, 0.3), must(LidTightener, 0.0, 0.15)],
];

/// 12 and 14 on one side.
const CONTEMPT: &[Variant] = &[&[must(CornerPuller, 0.35, 0.65), must(Dimpler, 0.6, 1.0)]];
