//! A workbench for stories: the real loop on simulated ports, in virtual time. Nothing waits, nothing is random.

use crate::sight::{Learnt, ScriptedSight, Sees};
use mood::Expression;
use moodbox::config::Config;
use moodbox::device::{Ending, Lesson};
use moodbox::error::Failure;
use moodbox::ports::{Level, Sound};
use moodbox::runner::threads::LessonCandidates;
use moodbox::runner::{BoxEvent, Inbox, Looker, Message, Observer, Parts, Runner, Settings, take_look};
use moodbox::sim::camera::FolderCamera;
use moodbox::sim::parts::Recorder;
use moodbox::sim::{Clock, Entry, Faults, Journal, parts};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a look takes on the bench.
pub(crate) const LOOK: Duration = Duration::from_millis(80);

pub(crate) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Messages that will come, in the order of their times.
type Post = Arc<Mutex<Vec<(Duration, Message)>>>;

fn deliver(post: &Post, at: Duration, message: Message) {
    let mut post = post.lock().unwrap();
    let place = post.partition_point(|(due, _)| *due <= at);
    post.insert(place, (at, message));
}

struct VirtualInbox {
    clock: Clock,
    post: Post,
    steps: u32,
}

impl Inbox for VirtualInbox {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn next(&mut self, until: Duration) -> Option<Message> {
        self.steps += 1;
        assert!(self.steps < 1_000_000, "the loop turns without end at {:?}", self.clock.now());
        let mut post = self.post.lock().unwrap();
        if post.first().is_some_and(|(due, _)| *due <= until.max(self.clock.now())) {
            let (due, message) = post.remove(0);
            self.clock.advance(due);
            return Some(message);
        }
        self.clock.advance(until);
        None
    }
}

/// Looks at once and reports later; a stalled camera never reports.
struct VirtualLooker {
    camera: FolderCamera,
    sight: ScriptedSight,
    pupil: LessonCandidates,
    /// How long a look takes.
    look: Duration,
    clock: Clock,
    post: Post,
}

impl Looker for VirtualLooker {
    fn begin(&mut self) -> Result<(), Failure> {
        if !self.camera.faults().is_stalled() {
            let clock = self.clock.clone();
            self.sight.turn(clock.now());
            let limits = Config::embedded().unwrap().look.limits;
            let look = take_look(&mut self.camera, &mut self.sight, limits, &|| clock.now(), &|| false);
            self.pupil.saw(&look);
            deliver(&self.post, self.clock.now() + self.look, Message::Looked(look));
        }
        Ok(())
    }

    fn learn(&mut self, lesson: Lesson) -> Result<(), Failure> {
        if let Some(learnt) = self.pupil.learn(lesson, &mut self.sight) {
            deliver(&self.post, self.clock.now(), Message::Learnt(learnt));
        }
        Ok(())
    }
}

/// Keeps what the owner is told, in short.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Observer for Told {
    fn observe(&mut self, _now: Duration, event: &BoxEvent<'_>) {
        let text = match event {
            BoxEvent::Looked(look) => format!("Looked({})", look.result.as_ref().map_or("failed", |o| o.answer.name())),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(text);
    }
}

/// The box on the bench.
pub(crate) struct Bench {
    pub(crate) camera: Faults,
    pub(crate) lights: Faults,
    pub(crate) speaker: Faults,
    clock: Clock,
    journal: Journal,
    post: Post,
    told: Told,
    learnt: Learnt,
    runner: Runner,
}

impl Bench {
    /// A box that sees `sees`, with presses at the times given, and that ends itself at `end`.
    pub(crate) fn new(sees: &[Sees], presses_ms: &[u64], end: u64) -> Self {
        let presses: Vec<Duration> = presses_ms.iter().copied().map(ms).collect();
        Self::build(ScriptedSight::new(sees), &parts::edges(&presses), end)
    }

    /// As [`Bench::new`], with the button's raw edges.
    pub(crate) fn with_edges(sees: &[Sees], edges: &[(Duration, Level)], end: u64) -> Self {
        Self::build(ScriptedSight::new(sees), edges, end)
    }

    /// As [`Bench::new`], with one press more, at `last`, when a happy face is there.
    pub(crate) fn with_happy_end(sees: &[Sees], presses_ms: &[u64], last: u64, end: u64) -> Self {
        let presses: Vec<Duration> = presses_ms.iter().copied().chain([last]).map(ms).collect();
        Self::build(ScriptedSight::new(sees).happy_from(ms(last)), &parts::edges(&presses), end)
    }

    /// As [`Bench::with_edges`], with looks that take so long.
    pub(crate) fn with_slow_looks(sees: &[Sees], edges: &[(Duration, Level)], look: Duration, end: u64) -> Self {
        Self::build_with(ScriptedSight::new(sees), edges, look, end)
    }

    fn build(sight: ScriptedSight, edges: &[(Duration, Level)], end: u64) -> Self {
        Self::build_with(sight, edges, LOOK, end)
    }

    fn build_with(sight: ScriptedSight, edges: &[(Duration, Level)], look: Duration, end: u64) -> Self {
        let clock = Clock::default();
        let journal = Journal::new(clock.clone());
        let (camera, lights, speaker) = (
            FolderCamera::bundled().recorded(journal.clone()),
            Recorder::new(journal.clone()),
            Recorder::new(journal.clone()),
        );
        let post = Post::default();
        for (at, level) in edges {
            deliver(&post, *at, Message::Button(*level));
        }
        let config = Config::embedded().unwrap();
        let settings = Settings {
            device: config.device(100),
            debounce: config.debounce,
            gestures: config.gestures,
            brightness: config.brightness,
            stop_at: Some(ms(end)),
        };
        let told = Told::default();
        let learnt = Arc::clone(&sight.learnt);
        let faults = (camera.faults(), lights.faults(), speaker.faults());
        let parts = Parts {
            lights: Box::new(lights),
            speaker: Box::new(speaker),
            looker: Box::new(VirtualLooker {
                camera,
                sight,
                pupil: LessonCandidates::default(),
                look,
                clock: clock.clone(),
                post: Arc::clone(&post),
            }),
            inbox: Box::new(VirtualInbox { clock: clock.clone(), post: Arc::clone(&post), steps: 0 }),
            observer: Box::new(told.clone()),
        };
        let runner = Runner::new(settings, parts);
        Self { camera: faults.0, lights: faults.1, speaker: faults.2, clock, journal, post, told, learnt, runner }
    }

    /// Another message at its time.
    pub(crate) fn post(&self, at: u64, message: Message) {
        deliver(&self.post, ms(at), message);
    }

    /// Runs the story to its end.
    pub(crate) fn run(self) -> Story {
        let result = self.runner.run();
        Story {
            result,
            ended: self.clock.now(),
            entries: self.journal.entries(),
            told: self.told.0.lock().unwrap().clone(),
            learnt: self.learnt.lock().unwrap().iter().map(|it| (it.label, it.corrected)).collect(),
        }
    }
}

/// What happened on the bench.
pub(crate) struct Story {
    pub(crate) result: Result<Ending, Failure>,
    pub(crate) ended: Duration,
    pub(crate) entries: Vec<(Duration, Entry)>,
    pub(crate) told: Vec<String>,
    /// What was learnt, and whether the owner said so.
    pub(crate) learnt: Vec<(Expression, bool)>,
}

impl Story {
    /// Everything the speaker was asked, as short words with their times in ms.
    pub(crate) fn sound(&self) -> Vec<(u64, String)> {
        let word = |entry: &Entry| match entry {
            Entry::Sound(Sound::Play(programme, fade)) => Some(format!("play {} over {fade:?}", programme.expression)),
            Entry::Sound(Sound::Skip(fade)) => Some(format!("skip over {fade:?}")),
            Entry::Sound(Sound::Like) => Some("like".to_owned()),
            Entry::Sound(Sound::Volume(gain_db)) => Some(format!("volume {gain_db}")),
            Entry::Sound(Sound::Chime(chime)) => Some(format!("chime {chime:?}")),
            Entry::Sound(Sound::Stop(fade)) => Some(format!("silence over {fade:?}")),
            _ => None,
        };
        self.entries
            .iter()
            .filter_map(|(at, entry)| Some((u64::try_from(at.as_millis()).unwrap(), word(entry)?)))
            .collect()
    }

    /// The colour that showed at a time, and whether the privacy lamp was on.
    pub(crate) fn seen_at(&self, at: u64) -> (mood::Rgb, bool) {
        let mut seen = (mood::Rgb::OFF, false);
        for (_, entry) in self.entries.iter().take_while(|(when, _)| *when <= ms(at)) {
            match entry {
                Entry::Light(colour) => seen.0 = *colour,
                Entry::Privacy(on) => seen.1 = *on,
                _ => {}
            }
        }
        seen
    }

    /// How often the owner was told this.
    pub(crate) fn times_told(&self, text: &str) -> usize {
        self.told.iter().filter(|told| told.as_str() == text).count()
    }

    /// What every story must end in and keep, whatever failed on the way.
    pub(crate) fn assert_sound_ending(&self, lights_worked: bool) {
        let mut sensor = false;
        let mut lamp = false;
        for (at, entry) in &self.entries {
            match entry {
                Entry::SensorOn => sensor = true,
                Entry::SensorOff => sensor = false,
                Entry::Privacy(on) => lamp = *on,
                Entry::Frame => assert!(!lights_worked || lamp, "a frame at {at:?} with the privacy lamp off"),
                _ => {}
            }
        }
        assert!(!sensor, "the sensor is off at the end");
        if lights_worked {
            assert_eq!(self.seen_at(u64::MAX), (mood::Rgb::OFF, false), "dark at the end");
        }
    }
}
