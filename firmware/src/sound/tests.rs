//! The speaker's promises: fades, chimes, silence, and what happens when there is no card or no disk.

use super::engine::AudioEngine;
use super::{MusicSettings, SpeakerChoice, open};
use crate::ports::{Chime, Programme, Sound, SpeakerError};
use mood::{Affect, Expression};
use music::{Composer, Mixer, Stereo};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

const RATE: u32 = 48_000;
const FADE: Duration = Duration::from_millis(500);

fn music(expression: Expression) -> Box<Composer> {
    Box::new(Composer::new(expression, Affect::of(expression), 3, RATE))
}

fn seconds(mixer: &mut Mixer, count: usize) -> Vec<Stereo> {
    let mut out = vec![[9.0; 2]; count * 48_000];
    mixer.render(&mut out);
    out
}

fn power(frames: &[Stereo]) -> f32 {
    frames.iter().flatten().map(|sample| sample * sample).sum()
}

fn programme() -> Programme {
    Programme { expression: Expression::Happy, affect: Affect::of(Expression::Happy), seed: 1 }
}

#[test]
fn after_a_stop_there_is_silence_and_no_step_on_the_way() {
    let mut mixer = Mixer::new(RATE, 0.0);
    mixer.play(music(Expression::Sad), FADE);
    seconds(&mut mixer, 3);
    mixer.stop(FADE);
    let out = seconds(&mut mixer, 1);
    assert!(power(&out[..4_800]) > 0.0 && power(&out[25_000..]) <= 0.0);
    let jump = |out: &[Stereo]| out.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
    let mut unstopped = Mixer::new(RATE, 0.0);
    unstopped.play(music(Expression::Sad), FADE);
    let own = jump(&seconds(&mut unstopped, 4)[3 * 48_000..]);
    assert!(jump(&out) <= own, "{} where the piece itself steps by {own}", jump(&out));
    assert!(mixer.is_idle());
}

#[test]
fn a_press_in_the_middle_of_a_piece_cross_fades_without_a_hole_or_a_burst() {
    let mut mixer = Mixer::new(RATE, 0.0);
    mixer.play(music(Expression::Happy), FADE);
    let before = power(&seconds(&mut mixer, 4)[2 * 48_000..]) / 2.0;
    mixer.play(music(Expression::Angry), Duration::from_secs(2));
    let during = power(&seconds(&mut mixer, 2)) / 2.0;
    let after = power(&seconds(&mut mixer, 2)) / 2.0;
    assert!(during > 0.4 * before.min(after) && during < 2.5 * before.max(after), "{before} {during} {after}");
}

#[test]
fn chimes_sound_over_silence_and_over_music_and_end() {
    use Chime::{Farewell, NoFace, Nothing, Ready, Taken, Trouble, Unsure};
    for chime in [Ready, NoFace, Trouble, Unsure, Taken, Nothing, Farewell] {
        let mut mixer = Mixer::new(RATE, 0.0);
        mixer.chime(chime);
        let out = seconds(&mut mixer, 2);
        assert!(power(&out[..24_000]) > 5.0 && mixer.is_idle(), "{chime:?}");
        assert!(out[1][0].abs() < 0.001, "{chime:?} begins with a click");
    }
}

#[test]
fn gain_is_applied_and_the_ceiling_holds_at_any() {
    let peak = |gain_db: f32| {
        let mut mixer = Mixer::new(RATE, gain_db);
        mixer.play(music(Expression::Happy), FADE);
        mixer.chime(Chime::Ready);
        seconds(&mut mixer, 3).iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
    };
    assert!(peak(-20.0) < 0.12);
    assert!(peak(12.0) <= 0.891);
}

#[test]
fn a_skip_is_another_piece_and_in_silence_nothing() {
    let play = |sounds: &[Sound]| {
        let mut engine = AudioEngine::new(&MusicSettings::default(), RATE);
        let mut out = vec![[0.0; 2]; 4 * 48_000];
        for sound in sounds {
            engine.handle(*sound);
            engine.render(&mut out);
        }
        out
    };
    let begun = Sound::Play(programme(), FADE);
    let (on, skipped) = (play(&[begun, Sound::Volume(0.0)]), play(&[begun, Sound::Skip(FADE)]));
    assert!(power(&skipped) > 0.0 && on != skipped);
    assert!(power(&play(&[Sound::Skip(FADE)])) <= 0.0);
    assert!(power(&play(&[begun, Sound::Stop(FADE), Sound::Skip(FADE)])) <= 0.0);
}

#[test]
fn the_volume_moves_without_a_click_and_comes_back() {
    let mut mixer = Mixer::new(RATE, 0.0);
    mixer.play(music(Expression::Sad), FADE);
    let loud = power(&seconds(&mut mixer, 4)[48_000..]);
    mixer.volume(-20.0);
    let turned = seconds(&mut mixer, 4);
    let jump = turned.windows(2).map(|pair| (pair[1][0] - pair[0][0]).abs()).fold(0.0, f32::max);
    assert!(jump < 0.05, "{jump}");
    assert!(power(&turned[48_000..]) < 0.1 * loud);
    mixer.volume(0.0);
    assert!(power(&seconds(&mut mixer, 4)[48_000..]) > 0.1 * loud);
}

#[test]
fn a_missing_card_falls_back_to_the_wav_file_and_says_so() {
    let folder = TempDir::new().unwrap();
    let wav_fallback = folder.path().join("played.wav");
    let settings = MusicSettings { wav_fallback: wav_fallback.clone(), ..MusicSettings::default() };
    let mut opened = open(SpeakerChoice::Card(Some("no such card \u{1F3B5}".to_owned())), &settings).unwrap();
    let note = opened.note.unwrap();
    assert!(note.contains("writing what would play to") && note.contains("played.wav"), "{note}");
    opened.speaker.send(Sound::Chime(Chime::Ready)).unwrap();
    opened.speaker.send(Sound::Play(programme(), FADE)).unwrap();
    assert_eq!(opened.speaker.check(), Ok(()));
    drop(opened.speaker);
    // However soon it was let go, the file is a WAV file.
    assert_eq!(hound::WavReader::open(wav_fallback).unwrap().spec().channels, 2);
}

#[test]
fn without_card_and_without_disk_the_box_stays_silent_and_says_why() {
    let settings = MusicSettings { wav_fallback: PathBuf::from("no/such/folder/a.wav"), ..MusicSettings::default() };
    let mut opened = open(SpeakerChoice::Card(Some("no such card \u{1F3B5}".to_owned())), &settings).unwrap();
    let note = opened.note.unwrap();
    assert!(note.contains("no/such/folder/a.wav") && note.contains("stays silent"), "{note}");
    assert_eq!(opened.speaker.send(Sound::Play(programme(), FADE)), Ok(()));
}

#[test]
fn a_wav_file_on_a_full_disk_is_refused_at_once() {
    let full = PathBuf::from("/dev/full");
    if !full.exists() {
        eprintln!("skipped: /dev/full is not here");
        return;
    }
    let result = open(SpeakerChoice::Wav(full), &MusicSettings::default());
    assert!(matches!(result.map(drop), Err(SpeakerError::Write { path, .. }) if path == "/dev/full"));
}

#[test]
fn the_default_card_opens_and_takes_sound() {
    let opened = open(
        SpeakerChoice::Card(None),
        &MusicSettings { wav_fallback: PathBuf::from("no/such/folder/a.wav"), ..MusicSettings::default() },
    );
    let mut opened = opened.unwrap();
    if let Some(note) = opened.note {
        eprintln!("skipped: {note}");
        return;
    }
    opened.speaker.send(Sound::Chime(Chime::Ready)).unwrap();
    assert_eq!(opened.speaker.check(), Ok(()));
}
