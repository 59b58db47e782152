//! Who the person is: proportions, colours, hair, glasses, age. Nothing here depends on the expression.

use crate::dice::Dice;
use crate::painter::Tint;

/// A person. Proportions are relative to the average adult's (1.0), or a share 0..=1 where it says so.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Width of the head.
    pub head: f32,
    /// Width of the jaw.
    pub jaw: f32,
    /// From the mouth to the chin.
    pub chin: f32,
    /// Width of the eyes' openings.
    pub eye: f32,
    /// Height of the eyes' openings.
    pub open: f32,
    /// How far the brows lie above the eyes.
    pub brow_height: f32,
    /// Thickness of the brows.
    pub brow: f32,
    /// Length of the nose.
    pub nose_length: f32,
    /// Width of the nose.
    pub nose_width: f32,
    /// Width of the mouth.
    pub mouth: f32,
    /// Fullness of the lips.
    pub lips: f32,
    /// Height of the hairline, in eye distances above the eyes.
    pub hairline: f32,
    /// Depth of the folds, 0..=1.
    pub age: f32,
    pub colours: Colours,
    pub hair: Hair,
    /// How far it stands off the head, 0..=1.
    pub volume: f32,
    pub beard: Beard,
    pub glasses: Option<Glasses>,
}

/// The colours of a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colours {
    pub skin: Tint,
    pub lips: Tint,
    pub hair: Tint,
    /// Of the brows and the beard.
    pub brows: Tint,
    pub iris: Tint,
    pub clothes: Tint,
}

/// How the hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hair {
    Bald,
    Short,
    /// With a fringe over the forehead.
    Fringe,
    /// Down to the shoulders.
    Long,
    Curly,
}

/// What grows on chin and cheeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beard {
    None,
    Stubble,
    Full,
}

/// Glasses: half the width and height of a lens and the rim's thickness in eye distances, and the rim's tint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glasses {
    pub width: f32,
    pub height: f32,
    pub thickness: f32,
    pub tint: Tint,
}

impl Identity {
    /// A person drawn at random.
    pub(crate) fn random(dice: &mut Dice) -> Self {
        // From 0 (angular: heavy brows, broad jaw, perhaps a beard) to 1 (soft: fuller lips, narrow jaw).
        let soft = dice.between(0.0, 1.0);
        let age = dice.between(0.0, 1.0);
        let bearded = if soft < 0.55 { 1.0 } else { 0.0 };
        let glasses = dice.chance(0.22);
        let hair = [
            (Hair::Bald, (1.0 - soft) * (0.15 + 0.4 * age)),
            (Hair::Short, 1.8 - 0.9 * soft),
            (Hair::Fringe, 0.2 + 0.4 * soft),
            (Hair::Long, 0.05 + 1.6 * soft),
            (Hair::Curly, 0.4),
        ];
        let beard = [(Beard::None, 1.2), (Beard::Stubble, 0.9 * bearded), (Beard::Full, 0.7 * bearded)];
        Self {
            head: dice.normal(1.0, 0.045),
            jaw: dice.normal(1.06 - 0.12 * soft, 0.05),
            chin: dice.normal(1.03 - 0.06 * soft, 0.07),
            eye: dice.normal(0.97 + 0.07 * soft, 0.05),
            open: dice.normal(1.0, 0.12),
            brow_height: dice.normal(0.96 + 0.1 * soft, 0.07),
            brow: dice.normal(1.3 - 0.6 * soft, 0.15).max(0.4),
            nose_length: dice.normal(1.0, 0.06),
            nose_width: dice.normal(1.06 - 0.12 * soft, 0.1),
            mouth: dice.normal(1.0, 0.07),
            lips: dice.normal(0.85 + 0.35 * soft, 0.15).max(0.4),
            hairline: dice.normal(1.12, 0.08) + 0.12 * age * (1.0 - soft),
            age,
            colours: Colours::random(age, dice),
            hair: dice.weighted(&hair).unwrap_or(Hair::Short),
            volume: dice.between(0.0, 1.0),
            beard: dice.weighted(&beard).unwrap_or(Beard::None),
            glasses: glasses.then(|| Glasses::random(dice)),
        }
    }
}

impl Colours {
    /// Skin along the six types of Fitzpatrick's scale, every depth equally often. Dark hair and eyes go with dark skin,
    /// grey hair with age.
    fn random(age: f32, dice: &mut Dice) -> Self {
        const SKINS: [[u8; 3]; 6] =
            [[244, 214, 196], [232, 194, 168], [213, 168, 136], [185, 136, 102], [142, 98, 70], [98, 66, 50]];
        const HAIRS: [[u8; 3]; 6] =
            [[28, 23, 22], [46, 33, 26], [77, 53, 38], [113, 78, 50], [166, 124, 78], [124, 62, 36]];
        const IRISES: [[u8; 3]; 4] = [[52, 34, 24], [84, 56, 36], [96, 92, 58], [86, 116, 140]];
        let tint = |[red, green, blue]: [u8; 3]| Tint::rgb(red, green, blue);
        let mut depth = dice.between(0.0, 5.0);
        let mut skin = tint(SKINS[0]);
        for next in &SKINS[1..] {
            skin = skin.mix(tint(*next), depth.clamp(0.0, 1.0));
            depth -= 1.0;
        }
        let light = skin.luminance() > 0.6;
        let mut of = |all: &[[u8; 3]]| tint(dice.pick(if light { all } else { &all[..2] }).copied().unwrap_or(all[0]));
        let (natural, iris) = (of(&HAIRS), of(&IRISES));
        let grey = ((age - 0.6) * 2.5).clamp(0.0, 1.0) * dice.between(0.0, 1.0);
        let hair = natural.mix(Tint::rgb(176, 174, 172), grey);
        Self {
            skin,
            lips: skin.darker(0.9).mix(Tint::rgb(176, 72, 76), dice.between(0.25, 0.7)),
            hair,
            brows: hair.mix(skin.darker(0.55), 0.25).darker(0.85),
            iris,
            clothes: Tint::hue(dice.between(0.0, 6.0), dice.between(0.0, 0.5), dice.between(0.12, 0.85)),
        }
    }
}

impl Glasses {
    fn random(dice: &mut Dice) -> Self {
        Self {
            width: dice.between(0.34, 0.42),
            height: dice.between(0.22, 0.34),
            thickness: dice.between(0.02, 0.055),
            tint: Tint::hue(dice.between(0.0, 6.0), dice.between(0.0, 0.4), dice.between(0.08, 0.55)),
        }
    }
}
