//! The real threads and the real clock, kept in step by channels; nothing here measures time.

use crate::sight::{ScriptedSight, Sees};
use mood::{DecisionRule, Expression, Frame, Glimpse, ModelError, Search};
use moodbox::eyes::{Sight, Stages};
use moodbox::ports::{Button, ButtonError, Level};
use moodbox::runner::{Inbox, Limits, Looker, Message, button, threads};
use moodbox::sim::camera::FolderCamera;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits { frames: 3, time: SOON };

fn sight(expression: Expression) -> Box<ScriptedSight> {
    Box::new(ScriptedSight::new(&[Sees::Face(expression, 0.9)]))
}

#[test]
fn a_look_is_reported_once_and_a_stalled_camera_holds_up_nobody_but_itself() {
    let began = Instant::now();
    let (outbox, mut inbox) = threads::inbox(began);
    let camera = FolderCamera::bundled();
    let faults = camera.faults();
    let mut looker = threads::start_looker(Box::new(camera), sight(Expression::Happy), LIMITS, began, outbox).unwrap();
    faults.stall();
    looker.begin().unwrap();
    // The loop is free meanwhile: asking for a message returns when the wait is over.
    assert!(inbox.next(inbox.now()).is_none());
    faults.heal();
    assert!(matches!(inbox.next(SOON), Some(Message::Looked(look)) if look.result.is_ok()));
    drop(looker);
    assert!(matches!(inbox.next(SOON), Some(Message::Ended("camera"))), "a thread tells when it ends");
}

struct PanickingSight(DecisionRule);

impl Sight for PanickingSight {
    fn rule(&self) -> &DecisionRule {
        &self.0
    }

    fn glance(
        &mut self,
        _frame: &Frame,
        _search: Search,
        _stages: &mut Stages,
        _clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        panic!("this panic is part of the test");
    }
}

#[test]
fn a_panicking_thread_is_reported_too() {
    let began = Instant::now();
    let (outbox, mut inbox) = threads::inbox(began);
    let camera = Box::new(FolderCamera::bundled());
    let rule = DecisionRule::new(mood::Contract::new(mood::LabelSet::Fer2013));
    let mut looker = threads::start_looker(camera, Box::new(PanickingSight(rule)), LIMITS, began, outbox).unwrap();
    looker.begin().unwrap();
    assert!(matches!(inbox.next(SOON), Some(Message::Ended("camera"))));
    assert_eq!(looker.begin().unwrap_err().to_string(), "thread `camera` ended; the box can't go on without it");
}

struct DyingButton(u32);

impl Button for DyingButton {
    fn wait(&mut self, _limit: Duration) -> Result<Option<Level>, ButtonError> {
        self.0 += 1;
        match self.0 {
            1 => Ok(None),
            2 => Ok(Some(Level::Down)),
            _ => Err(ButtonError { button: "test".into(), detail: "wire is off".into() }),
        }
    }

    fn describe(&self) -> String {
        "dying".into()
    }
}

#[test]
fn a_button_reports_its_levels_and_its_end() {
    let (outbox, mut inbox) = threads::inbox(Instant::now());
    button::start_button(Box::new(DyingButton(0)), outbox).unwrap();
    assert!(matches!(inbox.next(SOON), Some(Message::Button(Level::Down))));
    assert!(matches!(inbox.next(SOON), Some(Message::ButtonLost(_))));
    assert!(matches!(inbox.next(SOON), Some(Message::Ended("button"))));
}
