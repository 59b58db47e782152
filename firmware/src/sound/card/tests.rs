//! A card that goes and comes back, on the real sound thread.

use super::*;
use crate::ports::{Chime, Speaker};
use std::sync::Mutex;

/// Pulls until something is heard; false when nothing comes for a long time.
fn is_heard(pull: &mut pull::Pull) -> bool {
    (0..20_000).any(|_| {
        // A card takes a block in 10 ms; here as fast as it is made.
        thread::sleep(Duration::from_millis(1));
        pull.by_ref().take(96).any(|sample| sample.abs() > 0.001)
    })
}

#[test]
fn a_card_that_is_pulled_out_is_told_once_and_plays_again_when_it_is_back() {
    let (line, mut pull, report) = Line::simulated(48_000);
    let (second, mut pull_of_second, _report) = Line::simulated(48_000);
    let tries = std::sync::Arc::new(Mutex::new(vec![Some(second), None]));
    let theirs = std::sync::Arc::clone(&tries);
    let open = move |rate_hz| {
        assert_eq!(rate_hz, Some(48_000), "the same rate as before");
        // Not at the first try.
        theirs.lock().unwrap().pop().flatten().ok_or(SpeakerError::NoDevice { detail: "not yet".into() })
    };
    let cards = Cards { open: Box::new(open), look_again: Duration::from_millis(1) };
    let (requests, inbox) = sync_channel(MOST_REQUESTS);
    let (outbox, faults) = sync_channel(MOST_REQUESTS);
    let thread = start(move || run(&cards, Some(line), &MusicSettings::default(), &inbox, &outbox)).unwrap();
    let mut speaker = Remote::new(requests, faults, thread, "simulated".to_owned());

    speaker.chime(Chime::Ready).unwrap();
    assert!(is_heard(&mut pull));
    report.send("unplugged".to_owned()).unwrap();
    let mut told = speaker.check();
    while told.is_ok() {
        thread::sleep(Duration::from_millis(1));
        told = speaker.check();
    }
    assert_eq!(told, Err(SpeakerError::NoDevice { detail: "simulated: unplugged".to_owned() }));
    while !tries.lock().unwrap().is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    speaker.chime(Chime::Ready).unwrap();
    assert!(is_heard(&mut pull_of_second), "the second card is fed");
    assert_eq!(speaker.check(), Ok(()), "told once");
}

#[test]
fn a_speaker_whose_card_never_was_there_takes_requests_and_ends_at_once() {
    let mut speaker = wait_for(Some("no card is called so"), &MusicSettings::default()).unwrap();
    speaker.chime(Chime::Trouble).unwrap();
    assert_eq!(speaker.check(), Ok(()));
    assert_eq!(speaker.describe(), "no card is called so");
}
