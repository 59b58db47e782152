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

fn simulated(cards: Cards, line: Line, music: MusicSettings) -> Remote {
    let work = move |inbox: &_, outbox: &_| run(&cards, Some(line), &music, inbox, outbox);
    Remote::start("simulated".to_owned(), work).unwrap()
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
        theirs.lock().unwrap().pop().flatten().ok_or(SpeakerError::NoDevice("not yet".into()))
    };
    let cards = Cards { open: Box::new(open), look_again: Duration::from_millis(1) };
    let mut speaker = simulated(cards, line, MusicSettings::default());

    speaker.send(Sound::Chime(Chime::Ready)).unwrap();
    assert!(is_heard(&mut pull));
    report.send("unplugged".to_owned()).unwrap();
    let mut told = speaker.check();
    while told.is_ok() {
        thread::sleep(Duration::from_millis(1));
        told = speaker.check();
    }
    assert_eq!(told, Err(SpeakerError::NoDevice("simulated: unplugged".to_owned())));
    while !tries.lock().unwrap().is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    speaker.send(Sound::Chime(Chime::Ready)).unwrap();
    assert!(is_heard(&mut pull_of_second), "the second card is fed");
    assert_eq!(speaker.check(), Ok(()), "told once");
}

#[test]
fn a_speaker_whose_card_never_was_there_takes_requests_and_ends_at_once() {
    let mut speaker = wait_for(Some("no card is called so"), &MusicSettings::default()).unwrap();
    speaker.send(Sound::Chime(Chime::Trouble)).unwrap();
    assert_eq!(speaker.check(), Ok(()));
    assert_eq!(speaker.describe(), "no card is called so");
}

/// What the card itself keeps, in frames: two buffers.
const IN_THE_CARD: usize = 2 * 1_024;

#[test]
fn after_a_skip_nothing_of_the_old_track_is_heard_for_more_than_a_tenth_of_a_second() {
    // One track sounds left, the other right.
    let folder = tempfile::TempDir::new().unwrap();
    let happy = folder.path().join("happy");
    std::fs::create_dir(&happy).unwrap();
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    for (name, levels) in [("left.wav", [9_000_i16, 0]), ("right.wav", [0, 9_000])] {
        let mut file = hound::WavWriter::create(happy.join(name), spec).unwrap();
        for n in 0..30 * 48_000 {
            let sign = if n / 40 % 2 == 0 { 1 } else { -1 };
            levels.into_iter().for_each(|level| file.write_sample(sign * level).unwrap());
        }
        file.finalize().unwrap();
    }
    let music = MusicSettings { folder: Some(folder.path().to_owned()), ..MusicSettings::default() };
    let (line, mut pull, _report) = Line::simulated(48_000);
    let cards = Cards { open: Box::new(|_| Err(SpeakerError::NoDevice("none".into()))), look_again: LOOK_AGAIN };
    let mut speaker = simulated(cards, line, music);
    let programme = crate::ports::Programme {
        expression: mood::Expression::Happy,
        affect: mood::Affect::of(mood::Expression::Happy),
        seed: 1,
    };
    speaker.send(Sound::Play(programme, Duration::ZERO)).unwrap();
    let sounds = |frame: [f32; 2]| frame.map(|sample| sample.abs() > 1e-3);
    let mut frame = || [pull.next().unwrap(), pull.next().unwrap()];
    // A second of the first track, as fast as it comes.
    let mut heard = 0;
    let mut old = [false; 2];
    while heard < 48_000 {
        match sounds(frame()) {
            [false, false] => thread::sleep(Duration::from_micros(50)),
            sides => (heard, old) = (heard + 1, sides),
        }
    }
    // While the card takes nothing, everything on the way to it fills up, and the request is followed.
    thread::sleep(Duration::from_millis(300));
    speaker.send(Sound::Skip(Duration::ZERO)).unwrap();
    thread::sleep(Duration::from_millis(300));
    let (mut last_of_old, mut first_of_new) = (0, None);
    for at in 0..9_600 {
        let sides = sounds(frame());
        if sides[0] && old[0] || sides[1] && old[1] {
            last_of_old = at;
        } else if sides != [false; 2] {
            first_of_new = first_of_new.or(Some(at));
        }
        if at % 480 == 0 {
            thread::sleep(Duration::from_millis(10));
        }
    }
    let ms = |frames: usize| (frames + IN_THE_CARD) / 48;
    assert!(first_of_new.is_some(), "the other track is heard");
    assert!(ms(last_of_old) <= 100, "{} ms, the card's buffers included", ms(last_of_old));
    eprintln!("old track ends after {} ms, the new one begins after {:?} ms", ms(last_of_old), first_of_new.map(ms));
}

#[test]
fn it_is_a_soft_a_that_begins_and_ends_in_silence() {
    let rate_hz = 48_000;
    let total = frames(Duration::from_secs(1), rate_hz);
    let wave: Vec<f32> = (0..=total).map(|at| sample(at, total, rate_hz)[0]).collect();
    assert!(wave[0].abs() < 1e-6 && wave[wave.len() - 1].abs() < 1e-6);
    let loudest = wave.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!((loudest - LEVEL).abs() < 0.01, "{loudest}");
    let rising = wave.windows(2).filter(|pair| pair[0] <= 0.0 && pair[1] > 0.0).count();
    assert!(rising.abs_diff(440) <= 1, "{rising} periods in a second");
}
