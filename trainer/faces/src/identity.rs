//! Who the person is: proportions, colours, hair, glasses, age. Nothing here depends on the expression.

use super::dice::Dice;
use super::painter::Tint;

/// Proportions of a face, each relative to the average adult's (1.0), or a share 0..=1 where it says so.
#[derive(Debug, Clone)]
pub(super) struct Proportions {
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
    /// How much higher the outer corner of an eye lies than the inner one, in eye distances.
    pub cant: f32,
    /// Depth of the lid's fold, 0..=1.
    pub fold: f32,
    /// How far the brows lie above the eyes.
    pub brow_height: f32,
    /// Thickness of the brows.
    pub brow: f32,
    /// How strongly the brows are bent.
    pub brow_arch: f32,
    /// Length of the nose.
    pub nose_length: f32,
    /// Width of the nose.
    pub nose_width: f32,
    /// How far the nose stands out.
    pub nose_depth: f32,
    /// Width of the mouth.
    pub mouth: f32,
    /// Fullness of the lips.
    pub lips: f32,
    /// Height of the hairline, in eye distances above the eyes.
    pub hairline: f32,
    /// Depth of the furrows and folds, 0..=1.
    pub age: f32,
    /// Fullness of the cheeks.
    pub cheeks: f32,
}

/// The colours of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colours {
    /// Of the skin in full light.
    pub skin: Tint,
    /// Of the lips.
    pub lips: Tint,
    /// Of the hair on the head.
    pub hair: Tint,
    /// Of the brows and the beard.
    pub brows: Tint,
    /// Of the iris.
    pub iris: Tint,
    /// Of the clothes.
    pub clothes: Tint,
}

/// How the hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hair {
    /// None.
    Bald,
    /// At the sides only.
    Wreath,
    /// Millimetres long.
    Buzz,
    /// Short, combed back.
    Short,
    /// Short, parted at one side.
    Parted,
    /// Short or long with a fringe over the forehead.
    Fringe,
    /// Down to the shoulders.
    Long,
    /// Curls.
    Curly,
    /// Tied up on the head.
    Bun,
}

/// What grows on chin and cheeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beard {
    /// Nothing.
    None,
    /// A day old.
    Stubble,
    /// Upper lip only.
    Moustache,
    /// Upper lip and chin.
    Goatee,
    /// All of it.
    Full,
}

/// Glasses: half the width and height of a lens in eye distances, thickness of the rim, and its tint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glasses {
    /// Half the width of a lens.
    pub width: f32,
    /// Half the height of a lens.
    pub height: f32,
    /// Of the rim.
    pub thickness: f32,
    /// How angular a lens is, 0 (round) ..=1.
    pub angular: f32,
    /// Of the rim.
    pub tint: Tint,
    /// How strongly the glass reflects, 0..=1.
    pub glare: f32,
}

/// A person.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    /// The face's proportions.
    pub proportions: Proportions,
    /// The colours.
    pub colours: Colours,
    /// How the hair is worn.
    pub hair: Hair,
    /// How far it stands off the head, 0..=1.
    pub volume: f32,
    /// The side of the parting: -1 (image left) or 1.
    pub parting: f32,
    /// The beard.
    pub beard: Beard,
    /// Whether lips and lashes are made up, 0..=1.
    pub make_up: f32,
    /// The glasses, if any.
    pub glasses: Option<Glasses>,
    /// Number and strength of freckles and blemishes, 0..=1.
    pub freckles: f32,
}

impl Identity {
    /// A person drawn at random.
    pub(super) fn random(dice: &mut Dice) -> Self {
        // From 0 (angular: heavy brows, broad jaw, perhaps a beard) to 1 (soft: fuller lips, narrow jaw).
        let soft = dice.between(0.0, 1.0);
        let age = dice.between(0.0, 1.0);
        let skin = skin(dice);
        let hair_tint = hair_tint(age, &skin, dice);
        let beard_odds = if soft < 0.55 { 1.0 } else { 0.0 };
        let glasses = dice.chance(0.22);
        Self {
            proportions: proportions(soft, age, dice),
            colours: colours(skin, hair_tint, dice),
            hair: dice
                .weighted(&[
                    (Hair::Bald, (1.0 - soft) * (0.15 + 0.3 * age)),
                    (Hair::Wreath, (1.0 - soft) * 0.35 * age * age),
                    (Hair::Buzz, (1.0 - soft) * 0.5),
                    (Hair::Short, 0.9 - 0.5 * soft),
                    (Hair::Parted, 0.8 - 0.3 * soft),
                    (Hair::Fringe, 0.2 + 0.4 * soft),
                    (Hair::Long, 0.05 + 1.2 * soft),
                    (Hair::Curly, 0.4),
                    (Hair::Bun, 0.6 * soft),
                ])
                .unwrap_or(Hair::Short),
            volume: dice.between(0.0, 1.0),
            parting: if dice.chance(0.5) { 1.0 } else { -1.0 },
            beard: dice
                .weighted(&[
                    (Beard::None, 1.2),
                    (Beard::Stubble, 0.8 * beard_odds),
                    (Beard::Moustache, 0.25 * beard_odds),
                    (Beard::Goatee, 0.3 * beard_odds),
                    (Beard::Full, 0.45 * beard_odds),
                ])
                .unwrap_or(Beard::None),
            make_up: if soft > 0.55 { dice.between(0.0, 1.0) } else { 0.0 },
            glasses: glasses.then(|| random_glasses(dice)),
            freckles: dice.between(0.0, 1.0).powi(2),
        }
    }
}

fn proportions(soft: f32, age: f32, dice: &mut Dice) -> Proportions {
    Proportions {
        head: dice.normal(1.0, 0.045),
        jaw: dice.normal(1.06 - 0.12 * soft, 0.05),
        chin: dice.normal(1.03 - 0.06 * soft, 0.07),
        eye: dice.normal(0.97 + 0.07 * soft, 0.05),
        open: dice.normal(1.0, 0.12),
        cant: dice.normal(0.015 + 0.02 * soft, 0.02),
        fold: dice.between(0.0, 1.0),
        brow_height: dice.normal(0.96 + 0.1 * soft, 0.07),
        brow: dice.normal(1.3 - 0.6 * soft, 0.15).max(0.4),
        brow_arch: dice.normal(0.8 + 0.5 * soft, 0.3),
        nose_length: dice.normal(1.0, 0.06),
        nose_width: dice.normal(1.06 - 0.12 * soft, 0.1),
        nose_depth: dice.normal(1.0, 0.12),
        mouth: dice.normal(1.0, 0.07),
        lips: dice.normal(0.85 + 0.35 * soft, 0.15).max(0.4),
        hairline: dice.normal(1.12, 0.08) + 0.12 * age * (1.0 - soft),
        age,
        cheeks: dice.normal(1.0, 0.3),
    }
}

/// Skin tones along the six types of Fitzpatrick's scale, every depth equally often.
fn skin(dice: &mut Dice) -> Tint {
    const TYPES: [Tint; 6] = [
        Tint::rgb(244, 214, 196),
        Tint::rgb(232, 194, 168),
        Tint::rgb(213, 168, 136),
        Tint::rgb(185, 136, 102),
        Tint::rgb(142, 98, 70),
        Tint::rgb(98, 66, 50),
    ];
    let depth = dice.between(0.0, 5.0);
    let mut tone = TYPES[0];
    let mut left = depth;
    for next in &TYPES[1..] {
        tone = tone.mix(*next, left.clamp(0.0, 1.0));
        left -= 1.0;
    }
    tone.mix(Tint::rgb(205, 120, 110), dice.between(0.0, 0.1))
}

/// Dark hair goes with dark skin, grey hair with age.
fn hair_tint(age: f32, skin: &Tint, dice: &mut Dice) -> Tint {
    const TINTS: [Tint; 6] = [
        Tint::rgb(28, 23, 22),
        Tint::rgb(46, 33, 26),
        Tint::rgb(77, 53, 38),
        Tint::rgb(113, 78, 50),
        Tint::rgb(166, 124, 78),
        Tint::rgb(124, 62, 36),
    ];
    let light = skin.luminance();
    let natural = if light > 0.6 { dice.pick(&TINTS) } else { dice.pick(&TINTS[..2]) };
    let natural = natural.copied().unwrap_or(TINTS[0]);
    let grey = ((age - 0.6) * 2.5).clamp(0.0, 1.0) * dice.between(0.0, 1.0);
    natural.mix(Tint::rgb(176, 174, 172), grey)
}

fn colours(skin: Tint, hair: Tint, dice: &mut Dice) -> Colours {
    const IRISES: [Tint; 5] = [
        Tint::rgb(52, 34, 24),
        Tint::rgb(84, 56, 36),
        Tint::rgb(96, 92, 58),
        Tint::rgb(86, 116, 140),
        Tint::rgb(104, 124, 122),
    ];
    let light = skin.luminance() > 0.6;
    let iris = if light { dice.pick(&IRISES) } else { dice.pick(&IRISES[..2]) };
    let red = Tint::rgb(176, 82, 82);
    Colours {
        skin,
        lips: skin.darker(0.9).mix(red, dice.between(0.25, 0.55)),
        hair,
        brows: hair.mix(skin.darker(0.55), 0.25).darker(0.85),
        iris: iris.copied().unwrap_or(IRISES[0]),
        clothes: Tint::hue(dice.between(0.0, 6.0), dice.between(0.0, 0.5), dice.between(0.12, 0.85)),
    }
}

fn random_glasses(dice: &mut Dice) -> Glasses {
    const RIMS: [Tint; 4] =
        [Tint::rgb(26, 24, 24), Tint::rgb(70, 44, 28), Tint::rgb(120, 118, 116), Tint::rgb(150, 118, 60)];
    Glasses {
        width: dice.between(0.34, 0.42),
        height: dice.between(0.22, 0.34),
        thickness: dice.between(0.02, 0.055),
        angular: dice.between(0.0, 1.0),
        tint: dice.pick(&RIMS).copied().unwrap_or(RIMS[0]),
        glare: dice.between(0.0, 1.0),
    }
}
