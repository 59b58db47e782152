//! What the state machine is told, and what it says.

use crate::gesture::Gesture;
use crate::ports::Sound;
use mood::{Affect, Expression, LightPattern, Verdict};
use std::time::Duration;

/// What the owner chose about the box's behaviour.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Longest time from press to answer; then the camera counts as stalled.
    pub time_limit: Duration,
    /// Times of the music.
    pub fades: Fades,
    /// How loud the box is, and can become.
    pub volume: Volume,
    /// How long each mood shows while the owner chooses by hand.
    pub choice: Duration,
    /// The first piece's seed; the next piece has the next seed.
    pub seed: u64,
}

/// Times of the music.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fades {
    /// From silence to music.
    pub fade_in: Duration,
    /// From one mood's music to the next.
    pub crossfade: Duration,
    /// From music to silence.
    pub fade_out: Duration,
    /// Silence after this long without a press; `None` plays on.
    pub play_for: Option<Duration>,
    /// The last part of that, over which the music fades; at least [`Fades::fade_out`].
    pub sleep_fade: Duration,
}

/// How loud the box is, in dB below full.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Volume {
    /// When it starts.
    pub start_db: f32,
    /// The quietest that the button for the volume gives.
    pub min_db: f32,
    /// The loudest.
    pub max_db: f32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// All parts are there.
    Started,
    /// The owner did something with the button.
    Gesture(Gesture),
    /// The button for skipping was pressed.
    Skip,
    /// The button for the volume was pressed.
    Volume,
    /// The look that was asked for has ended, and the sensor is off again.
    Looked(Result<Verdict, Fault>),
    /// A part failed that the box can do without.
    Lost(Part),
    /// Something that was remembered can't be read; the box begins anew.
    Forgot,
    /// Nothing; time passed.
    Tick,
    /// The owner or the system wants the box to end.
    Stop,
}

/// Why a look gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No usable frame came.
    CameraLost,
    /// The camera did not answer in time.
    CameraStalled,
    /// A network could not be run.
    ModelRejected,
}

/// A part the box can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The light: the music goes on.
    Lights,
    /// The speaker: the light goes on.
    Speaker,
}

/// What can be learnt of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lesson {
    /// Which look it was: the first [`Command::Look`] is 1.
    pub look: u64,
    /// What its face shows.
    pub label: Expression,
    /// The owner said so.
    pub corrected: bool,
}

/// How the box ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The program ends.
    Stopped,
    /// The owner wants the whole computer switched off.
    ShutDown,
}

/// Where the box is in its story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    /// Ready, silent.
    Idle,
    /// Waiting for the answer to a press.
    Looking {
        /// When the press came.
        since: Duration,
    },
    /// Music plays.
    Playing {
        /// The light that goes with it.
        light: LightPattern,
    },
    /// The button is held and the moods go round; letting go takes the one that shows.
    Choosing {
        /// When the first mood showed.
        since: Duration,
        /// Which mood shows.
        place: usize,
    },
    /// The button was held until the music stopped, and is still down.
    Held,
    /// The last look failed; the next press tries again.
    Trouble(Fault),
    /// Fading out before the end.
    Stopping {
        /// When the fade has ended.
        until: Duration,
        /// What follows.
        ending: Ending,
    },
}

/// What plays, whatever the box does meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Music {
    pub(super) expression: Expression,
    pub(super) affect: Affect,
    pub(super) light: LightPattern,
    pub(super) until: Option<Duration>,
    /// It fades, as its time is nearly over.
    pub(super) falls_asleep: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Camera {
    Off,
    /// The sensor may be on: from [`Command::Look`] to [`Event::Looked`].
    Busy,
    /// As busy, but nobody waits for what it sees; `again` when a new look shall follow at once.
    Abandoned {
        again: bool,
    },
}

/// What to do now.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Sensor on, some frames, read them, sensor off; then report [`Event::Looked`].
    Look,
    /// End the look that goes on as soon as may be; [`Event::Looked`] still comes.
    Abandon,
    /// The privacy lamp. On before the sensor is, off after it.
    Privacy(bool),
    /// Show this pattern from now on.
    Light(LightPattern),
    /// Tell the speaker.
    Sound(Sound),
    /// What a look's face shows, by its owner's word or because the answer was let stand.
    Learn(Lesson),
    /// End the program.
    Quit(Ending),
}
