//! The lips and what lies between them.

use crate::actions::{Actions, unit};
use crate::identity::Identity;
use crate::painter::{at, between};
use tiny_skia::Point;

/// Points an edge of a lip is given by; the middle one is the mouth's middle.
const POINTS: u8 = 24;

/// A mouth: four edges from the image's left corner to the right one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mouth {
    /// Where the upper lip's red ends.
    pub upper_outer: Vec<Point>,
    /// The lower edge of the upper lip.
    pub upper_inner: Vec<Point>,
    /// The upper edge of the lower lip.
    pub lower_inner: Vec<Point>,
    /// Where the lower lip's red ends.
    pub lower_outer: Vec<Point>,
    /// The lower edge of the upper teeth.
    pub upper_teeth: Vec<Point>,
    /// The upper edge of the lower teeth.
    pub lower_teeth: Vec<Point>,
    /// How far the lips are apart in the middle.
    pub gap: f32,
    /// How deep the corners are pressed in, 0..=1 each.
    pub dimples: [f32; 2],
}

/// The mouth's middle line at rest, in eye distances below the eyes.
const REST: f32 = 1.06;

impl Mouth {
    pub(crate) fn new(own: &Identity, actions: &Actions, jaw: f32) -> Self {
        let act = |unit| actions.both(unit);
        let (parted, stretched, tight) = (act(unit::LIPS_PART), act(unit::LIP_STRETCHER), act(unit::LIP_TIGHTENER));
        let (pulled, chin, lowered) = (act(unit::CORNER_PULLER), act(unit::CHIN), act(unit::LOWER_LIP));
        let (raised, wrinkled) = (act(unit::UPPER_LIP), act(unit::NOSE_WRINKLER));
        let open = parted.max((jaw * 4.0).min(1.0));
        // How far each lip's inner edge is pulled off the line where the lips met.
        let raise = 0.13 * raised + 0.05 * wrinkled + 0.07 * pulled + 0.015 * parted + 0.06 * jaw;
        let lower = jaw + 0.10 * lowered + 0.035 * parted + 0.035 * parted * pulled;
        let upper_gap = open * raise;
        let lower_gap = open * lower;
        // What is raised without an opening moves the whole lip.
        let shut = (1.0 - open) * raise;
        let upper_red =
            0.085 * own.lips * (1.0 - 0.30 * pulled - 0.62 * tight - 0.25 * stretched - 0.15 * raised).max(0.15);
        let lower_red =
            0.125 * own.lips * (1.0 - 0.22 * pulled - 0.60 * tight - 0.30 * stretched + 0.20 * chin).max(0.15);
        let corner = |side: usize| {
            let side_act = |unit| actions.side(unit, side);
            let out = 0.11 * side_act(unit::CORNER_PULLER)
                + 0.15 * side_act(unit::LIP_STRETCHER)
                + 0.05 * side_act(unit::DIMPLER)
                + 0.02 * side_act(unit::CORNER_DEPRESSOR)
                - 0.04 * side_act(unit::LIP_TIGHTENER)
                - 0.10 * act(unit::MOUTH_STRETCH)
                - 0.09 * act(unit::JAW_DROP)
                - 0.03 * side_act(unit::CHIN);
            let down = 0.15 * side_act(unit::CORNER_DEPRESSOR)
                + 0.05 * side_act(unit::LIP_STRETCHER)
                + 0.5 * jaw
                + 0.05 * chin
                - 0.22 * side_act(unit::CORNER_PULLER)
                - 0.05 * side_act(unit::DIMPLER);
            (0.40 * own.mouth + out, down)
        };
        let corners = [corner(0), corner(1)];
        // Pulled-up corners bend the whole line, pressed-down ones its ends.
        let sharpness = 1.7 + 1.2 * act(unit::CORNER_DEPRESSOR);
        let square = 1.0 + 1.6 * raised.max(lowered).max(stretched);
        let mut mouth = Self {
            gap: upper_gap + lower_gap,
            dimples: [0, 1].map(|side| {
                (0.7 * actions.side(unit::CORNER_PULLER, side) + 0.9 * actions.side(unit::DIMPLER, side)).min(1.0)
            }),
            ..Self::default()
        };
        for step in 0..=POINTS {
            let t = f32::from(step) / f32::from(POINTS) * 2.0 - 1.0;
            let (half, down) = corners[usize::from(t > 0.0)];
            let x = t * half;
            let reach = t.abs();
            let line = REST + down * reach.powf(sharpness) - 0.05 * chin * (1.0 - t * t) - shut * (1.0 - t * t);
            let bow = (1.0 - reach.powf(2.0 * square)).max(0.0).powf(0.75 - 0.7 * jaw);
            let slim = (1.0 - t * t).max(0.0).powf(0.7);
            // The bow of Cupid: two peaks and a dip.
            let cupid =
                slim * (1.0 + 0.22 * (-((reach - 0.22) / 0.16).powi(2)).exp() - 0.16 * (-(t / 0.12).powi(2)).exp());
            let upper = line - upper_gap * bow;
            let lower = line + lower_gap * bow;
            mouth.upper_outer.push(at(x, upper - upper_red * cupid));
            mouth.upper_inner.push(at(x, upper));
            mouth.lower_inner.push(at(x, lower));
            mouth.lower_outer.push(at(x, lower + lower_red * slim));
            // Teeth stay with the skull and the jaw, whatever the lips do.
            let arch = 0.05 * t * t;
            mouth.upper_teeth.push(at(x, (REST + 0.045 - arch).clamp(upper, lower)));
            mouth.lower_teeth.push(at(x, (REST + 0.035 + jaw + arch).clamp(upper, lower)));
        }
        mouth
    }

    /// The middle of the lips' opening.
    pub(crate) fn centre(&self) -> Point {
        let middle = usize::from(POINTS / 2);
        between(self.upper_inner[middle], self.lower_inner[middle], 0.5)
    }

    /// The image's left (0) or right (1) corner.
    pub(crate) fn corner(&self, side: usize) -> Point {
        self.upper_inner[if side == 0 { 0 } else { self.upper_inner.len() - 1 }]
    }
}

/// The outline of the strip between two lines of equally many points; `lower` never gets above `upper`.
pub(crate) fn strip(upper: &[Point], lower: &[Point]) -> Vec<Point> {
    let back = upper.iter().zip(lower).map(|(upper, lower)| at(lower.x, lower.y.max(upper.y))).rev();
    upper.iter().copied().chain(back).collect()
}
