//! The mixing desk: where each part stands, and the way of all parts through amplifier, chorus and room to the bus.

#![expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a block has some dozen frames")]

use crate::compose::character::Drum;
use crate::compose::character::Instrument;
use crate::compose::effects::{Amplifier, BLOCK, Block, Bus, Chorus, HighPass, Reverb};
use crate::compose::plan::Plan;
use crate::compose::score::Part;
use crate::loudness::gain_factor;

/// Which way a part takes to the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Dry,
    /// Ducks the others.
    Drums,
    Amplifier,
}

/// Where a part stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    pub(super) gain_db: f32,
    /// Between left -1 and right 1.
    pub(super) pan: f32,
    /// Shares that room and chorus hear.
    pub(super) room: f32,
    pub(super) chorus: f32,
    bus: Way,
    /// How far its takes lie to both sides, for what is recorded twice.
    pub(super) doubled: Option<f32>,
}

const fn at(gain_db: f32, pan: f32, room: f32, chorus: f32) -> Stage {
    Stage { gain_db, pan, room, chorus, bus: Way::Dry, doubled: None }
}

/// The place of a part.
pub(super) const fn stage(part: Part) -> Stage {
    use Instrument::{Brass, Choir, DrivenBass, DrivenGuitar, ElectricPiano, Flute, Glass, Lead, Organ, Saws, Strings};
    match part {
        Part::Melody(DrivenGuitar) => Stage { bus: Way::Amplifier, ..at(-8.0, 0.1, 0.3, 0.0) },
        Part::Chords(DrivenGuitar) => Stage { bus: Way::Amplifier, doubled: Some(0.85), ..at(-14.0, 0.0, 0.1, 0.0) },
        Part::Melody(Instrument::Voice) => at(-3.5, 0.05, 0.9, 0.3),
        Part::Melody(Strings | Choir | Glass | Flute) => at(-6.0, 0.1, 1.0, 0.4),
        Part::Melody(Lead | Saws | Brass | Organ) => at(-9.0, 0.05, 0.7, 0.4),
        Part::Melody(Instrument::Celesta | Instrument::Marimba) => at(-9.0, 0.1, 1.0, 0.4),
        Part::Melody(_) => at(-5.0, 0.1, 0.8, 0.1),
        Part::Chords(Strings | Choir | Brass | Glass) => at(-10.0, -0.2, 0.9, 0.5),
        Part::Chords(Saws | Organ | ElectricPiano) => at(-13.0, 0.15, 0.6, 0.7),
        Part::Chords(_) => at(-9.0, -0.3, 0.7, 0.3),
        Part::Pad(_) => at(-20.0, 0.0, 1.0, 0.9),
        Part::Bass(DrivenBass) => at(-8.0, 0.0, 0.05, 0.1),
        Part::Bass(_) => at(-10.0, 0.0, 0.1, 0.1),
        Part::Drums(drum) => Stage { bus: Way::Drums, ..of_drum(drum) },
    }
}

const fn of_drum(drum: Drum) -> Stage {
    match drum {
        Drum::Kick | Drum::SoftKick => at(-5.0, 0.0, 0.1, 0.0),
        Drum::Snare | Drum::Ghost | Drum::Clap | Drum::Rim | Drum::Tap => at(-2.0, 0.05, 0.6, 0.0),
        Drum::ClosedHat | Drum::OpenHat => at(-2.5, 0.35, 0.3, 0.0),
        Drum::Ride | Drum::Crash => at(-8.0, -0.4, 0.5, 0.0),
        Drum::HighTom => at(-3.0, -0.3, 0.5, 0.0),
        Drum::LowTom | Drum::Rumble => at(-3.0, 0.3, 0.5, 0.0),
        Drum::Shaker | Drum::Conga => at(-6.0, 0.55, 0.5, 0.0),
        Drum::Tambourine => at(-9.0, -0.55, 0.5, 0.0),
        Drum::Brush | Drum::Riser => at(-6.0, -0.15, 0.5, 0.0),
    }
}

/// What the parts send.
#[derive(Debug)]
pub(super) struct Sends {
    dry: Block,
    drums: Block,
    driven: Block,
    chorus: Block,
    room: Block,
}

impl Sends {
    pub(super) const SILENT: Self = Self {
        dry: Block::SILENT,
        drums: Block::SILENT,
        driven: Block::SILENT,
        chorus: Block::SILENT,
        room: Block::SILENT,
    };

    /// Adds a block of a part, at its gains left and right.
    pub(super) fn add(&mut self, mono: &[f32; BLOCK], stage: &Stage, pan: [f32; 2]) {
        match stage.bus {
            Way::Dry => &mut self.dry,
            Way::Drums => &mut self.drums,
            Way::Amplifier => &mut self.driven,
        }
        .add(mono, pan);
        for (bus, share) in [(&mut self.room, stage.room), (&mut self.chorus, stage.chorus)] {
            if share > 0.0 && stage.bus != Way::Amplifier {
                bus.add(mono, pan.map(|gain| gain * share));
            }
        }
    }

    /// Adds what a SoundFont's instruments play, `share` of it to the room.
    pub(super) fn add_block(&mut self, block: &Block, share: f32) {
        self.dry.add_block(block, 1.0);
        self.room.add_block(block, share);
    }
}

/// How far a full-scale drum turns the others down: to 1 / (1 + this).
const DUCKING: f32 = 3.5;

/// How loud the amplifier stands in the mix, and how much of it the room hears.
const AMPLIFIER: f32 = 0.3;
const AMPLIFIER_ROOM: f32 = 0.2;

/// What all parts pass.
#[derive(Debug)]
pub(super) struct Desk {
    amplifier: Amplifier,
    chorus: Chorus,
    room: Reverb,
    low_cut: [HighPass; 2],
    bus: Bus,
    /// How loud the drums are: rises at once, falls within a fifth of a second.
    struck: f32,
    duck: f32,
    fall: f32,
}

impl Desk {
    pub(super) fn new(plan: &Plan, rate_hz: f32) -> Self {
        Self {
            amplifier: Amplifier::new(rate_hz),
            chorus: Chorus::new(rate_hz),
            room: Reverb::new(decay_s(plan), 2_500.0 + 6_000.0 * plan.brightness, rate_hz),
            low_cut: [HighPass::new(28.0, rate_hz); 2],
            bus: Bus::new(rate_hz),
            struck: 0.0,
            duck: 1.0,
            fall: (-(BLOCK as f32) / (0.09 * rate_hz)).exp(),
        }
    }

    /// The room of another bar.
    pub(super) fn enter(&mut self, plan: &Plan) {
        self.room.set_decay(decay_s(plan));
    }

    /// All parts together.
    pub(super) fn process(&mut self, sends: &mut Sends, plan: &Plan) -> Block {
        self.amplifier.process(&mut sends.driven, plan.production.drive);
        self.chorus.process(&mut sends.chorus);
        let mut out = sends.dry;
        out.add_block(&sends.driven, AMPLIFIER);
        out.add_block(&sends.chorus, 0.8);
        self.make_way(&mut out, &sends.drums);
        out.add_block(&sends.drums, 1.0);
        sends.room.add_block(&sends.driven, AMPLIFIER * AMPLIFIER_ROOM);
        self.room.process(&mut sends.room);
        out.add_block(&sends.room, plan.character.room);
        self.bus.process(&mut out, &plan.production);
        for (samples, low_cut) in [&mut out.left, &mut out.right].into_iter().zip(&mut self.low_cut) {
            samples.iter_mut().for_each(|sample| *sample = low_cut.next(*sample));
        }
        out
    }
}

impl Desk {
    /// Turns everything else down while a drum is struck, so that it is heard without being louder.
    fn make_way(&mut self, others: &mut Block, drums: &Block) {
        let most = drums.left.iter().zip(&drums.right).map(|(l, r)| l.abs().max(r.abs())).fold(0.0, f32::max);
        self.struck = most.max(self.struck * self.fall);
        let step = (1.0 / (1.0 + DUCKING * self.struck) - self.duck) / BLOCK as f32;
        for (left, right) in others.left.iter_mut().zip(&mut others.right) {
            self.duck += step;
            *left *= self.duck;
            *right *= self.duck;
        }
    }
}

fn decay_s(plan: &Plan) -> f32 {
    0.9 + 2.2 * plan.character.room
}

/// The gains left and right of a place, with equal power.
pub(super) fn panned(pan: f32, gain_db: f32) -> [f32; 2] {
    let angle = (pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
    let gain = gain_factor(gain_db);
    [gain * angle.cos(), gain * angle.sin()]
}
