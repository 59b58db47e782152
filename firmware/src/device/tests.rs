//! Stories of the state machine alone, in plain milliseconds.

mod touch;

use super::*;
use crate::gesture::Hold;
use mood::cue::mood_light;
use mood::{Affect, Contract, Expression, LabelSet, Logits, Mood, NoFaceReason, Probabilities, UnsureReason, Verdict};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn device() -> Device {
    Device::new(Settings {
        time_limit: ms(3_000),
        fades: Fades {
            fade_in: ms(800),
            crossfade: ms(1_500),
            fade_out: ms(1_000),
            play_for: Some(ms(60_000)),
            sleep_fade: ms(10_000),
        },
        volume: Volume { start_db: -8.0, min_db: -24.0, max_db: -2.0 },
        choice: ms(500),
        seed: 40,
    })
}

fn mood(expression: Expression) -> Mood {
    Mood { expression, confidence: 0.9, affect: Affect::of(expression) }
}

fn seen(answer: Answer, guesses: &[Expression]) -> Event {
    seen_among(answer, guesses, false)
}

fn seen_among(answer: Answer, guesses: &[Expression], several: bool) -> Event {
    let contract = Contract { labels: guesses.to_vec(), ..Contract::new(LabelSet::FerPlus) };
    let logits = Logits((0..guesses.len()).map(|rank| -f32::from(u8::try_from(rank).unwrap())).collect());
    let probabilities = Some(Probabilities::from_logits(&logits, &contract));
    Event::Looked(Ok(Verdict { answer, faces: Vec::new(), several, probabilities, reading: None }))
}

fn saw(expression: Expression) -> Event {
    seen(Answer::Mood(mood(expression)), &[expression, Expression::Fear, Expression::Sad])
}

fn nobody() -> Event {
    seen(Answer::NoFace { reason: NoFaceReason::NothingFound }, &[])
}

const TOUCHED: Event = Event::Gesture(Gesture::Touched);
const LET_GO: Event = Event::Gesture(Gesture::LetGo);
const PRESS: Event = Event::Gesture(Gesture::Press);
const DOUBLE: Event = Event::Gesture(Gesture::Double);
const TRIPLE: Event = Event::Gesture(Gesture::Triple);
const NOTHING: Command = Command::Sound(Sound::Chime(Chime::Nothing));

const fn held(hold: Hold) -> Event {
    Event::Gesture(Gesture::Held(hold))
}

const fn released(hold: Hold) -> Event {
    Event::Gesture(Gesture::Released(hold))
}

/// A single press that is known to be one at once.
fn press(device: &mut Device, now: Duration) -> Vec<Command> {
    [TOUCHED, LET_GO, PRESS].iter().flat_map(|event| device.handle(event, now)).collect()
}

const fn corrected(look: u64, label: Expression) -> Command {
    Command::Learn(Lesson { look, label, corrected: true })
}

fn playing(expression: Expression) -> Device {
    let mut device = device();
    press(&mut device, ms(0));
    device.handle(&saw(expression), ms(100));
    device
}

fn lit(commands: &[Command]) -> Option<LightPattern> {
    commands.iter().rev().find_map(|c| if let Command::Light(light) = c { Some(*light) } else { None })
}

#[test]
fn one_press_one_look() {
    let mut device = device();
    let looks = |commands: Vec<Command>| commands.iter().filter(|c| **c == Command::Look).count();
    assert_eq!(looks(device.handle(&Event::Started, ms(0))), 0);
    assert_eq!(looks(press(&mut device, ms(10))), 1);
    for at in 11..200 {
        assert_eq!(press(&mut device, ms(at)), [], "dropped at {at} ms");
    }
    assert_eq!(looks(device.handle(&saw(Expression::Happy), ms(300))), 0, "nothing was queued");
    assert_eq!(looks(press(&mut device, ms(301))), 1);
}

#[test]
fn a_mood_is_light_and_music_and_the_next_one_cross_fades() {
    let mut device = device();
    press(&mut device, ms(0));
    let first = device.handle(&saw(Expression::Happy), ms(100));
    let programme = |expression, seed| Programme { expression, affect: Affect::of(expression), seed };
    assert_eq!(
        first,
        [
            Command::Privacy(false),
            Command::Light(mood_light(Expression::Happy)),
            Command::Sound(Sound::Play(programme(Expression::Happy, 40), ms(800))),
        ]
    );
    assert!(matches!(device.state(), State::Playing { .. }));
    press(&mut device, ms(5_000));
    let second = device.handle(&saw(Expression::Sad), ms(5_100));
    assert_eq!(second[2], Command::Sound(Sound::Play(programme(Expression::Sad, 41), ms(1_500))));
}

#[test]
fn nobody_there_leaves_the_music_and_its_light_comes_back() {
    let mut device = playing(Expression::Happy);
    press(&mut device, ms(1_000));
    let commands = device.handle(&nobody(), ms(1_100));
    assert!(commands.contains(&Command::Sound(Sound::Chime(Chime::NoFace))));
    assert!(!commands.iter().any(|c| matches!(c, Command::Sound(Sound::Play(..)) | Command::Sound(Sound::Stop(_)))));
    assert!(matches!(device.state(), State::Playing { .. }));
    assert_eq!(device.wake(), Some(ms(1_100) + lights::NOTICE));
    let after = device.handle(&Event::Tick, ms(1_100) + lights::NOTICE);
    assert_eq!(lit(&after), Some(mood_light(Expression::Happy)));
}

#[test]
fn nobody_there_in_silence_returns_to_ready() {
    let mut device = device();
    press(&mut device, ms(0));
    device.handle(&nobody(), ms(100));
    assert_eq!(device.state(), State::Idle);
    assert_eq!(lit(&device.handle(&Event::Tick, ms(4_100))), Some(lights::ready()));
    assert_eq!(device.wake(), None);
}

#[test]
fn unsure_plays_neutral_with_a_light_of_its_own() {
    let mut device = device();
    press(&mut device, ms(0));
    let unsure = Answer::Unsure { best: mood(Expression::Angry), reason: UnsureReason::LowConfidence };
    let commands = device.handle(&seen(unsure, &[Expression::Angry]), ms(100));
    assert!(
        commands.iter().any(|c| matches!(c, Command::Sound(Sound::Play(p, _)) if p.expression == Expression::Neutral))
    );
    assert_ne!(lit(&commands), Some(mood_light(Expression::Neutral)));
}

#[test]
fn a_stalled_camera_is_trouble_and_its_late_answer_is_dropped() {
    let mut device = device();
    press(&mut device, ms(0));
    assert_eq!(device.handle(&Event::Tick, ms(2_999)), []);
    let stalled = device.handle(&Event::Tick, ms(3_000));
    assert_eq!(stalled, [Command::Light(lights::trouble()), Command::Sound(Sound::Chime(Chime::Trouble))]);
    // The sensor may still be on: the privacy lamp stays, and no second look begins.
    assert!(!press(&mut device, ms(4_000)).contains(&Command::Look));
    assert_eq!(device.handle(&saw(Expression::Happy), ms(5_000)), [Command::Privacy(false)]);
    assert_eq!(device.state(), State::Trouble(Fault::CameraStalled));
    assert!(press(&mut device, ms(6_000)).contains(&Command::Look));
}

#[test]
fn a_failed_look_is_trouble_until_the_next_press() {
    for fault in [Fault::CameraLost, Fault::ModelRejected] {
        let mut device = device();
        press(&mut device, ms(0));
        let commands = device.handle(&Event::Looked(Err(fault)), ms(50));
        assert_eq!(commands[0], Command::Privacy(false));
        assert_eq!((device.state(), device.wake()), (State::Trouble(fault), None));
        press(&mut device, ms(9_000));
        device.handle(&saw(Expression::Happy), ms(9_100));
        assert!(matches!(device.state(), State::Playing { .. }));
    }
}

#[test]
fn music_ends_by_itself_even_in_trouble() {
    let mut device = playing(Expression::Happy);
    press(&mut device, ms(1_000));
    device.handle(&Event::Looked(Err(Fault::CameraLost)), ms(1_100));
    assert_eq!(device.wake(), Some(ms(50_100)));
    assert_eq!(device.handle(&Event::Tick, ms(60_100)), [Command::Sound(Sound::Stop(ms(1_000)))]);
    assert_eq!(device.state(), State::Trouble(Fault::CameraLost));
}

#[test]
fn a_lost_speaker_shows_and_a_lost_light_sounds() {
    let mut device = playing(Expression::Happy);
    assert_eq!(device.handle(&Event::Lost(Part::Speaker), ms(200)), [Command::Light(lights::silent())]);
    assert_eq!(lit(&device.handle(&Event::Tick, ms(4_200))), Some(mood_light(Expression::Happy)));
    assert_eq!(device.handle(&Event::Lost(Part::Lights), ms(5_000)), [Command::Sound(Sound::Chime(Chime::Trouble))]);
    assert!(matches!(device.state(), State::Playing { .. }));
}

#[test]
fn stop_darkens_at_once_fades_and_ends_and_a_second_stop_does_not_wait() {
    let mut playing = playing(Expression::Happy);
    let stop = playing.handle(&Event::Stop, ms(200));
    assert_eq!(stop, [Command::Light(lights::dark()), Command::Sound(Sound::Stop(lights::LONGEST_FAREWELL))]);
    let mut twice = playing.clone();
    assert_eq!(twice.handle(&Event::Stop, ms(201)), [Command::Quit(Ending::Stopped)]);
    assert_eq!(press(&mut playing, ms(300)), []);
    assert_eq!(playing.handle(&Event::Tick, ms(200) + lights::LONGEST_FAREWELL), [Command::Quit(Ending::Stopped)]);

    let mut idle = device();
    idle.handle(&Event::Stop, ms(0));
    assert_eq!(idle.handle(&Event::Tick, ms(0)), [Command::Quit(Ending::Stopped)]);
}

#[test]
fn two_people_are_shown_before_the_mood_of_the_one_that_was_read() {
    let mut device = device();
    press(&mut device, ms(0));
    let seen = seen_among(Answer::Mood(mood(Expression::Sad)), &[Expression::Sad], true);
    let commands = device.handle(&seen, ms(100));
    assert_eq!(lit(&commands), Some(lights::several()));
    let after = device.handle(&Event::Tick, ms(100) + lights::several().lasts.unwrap());
    assert_eq!(lit(&after), Some(mood_light(Expression::Sad)));
}

#[test]
fn what_can_not_be_read_is_told_by_a_light_that_yields_to_a_look() {
    let mut device = device();
    device.handle(&Event::Started, ms(0));
    assert_eq!(device.handle(&Event::Forgot, ms(1)), [Command::Light(lights::begins_anew())]);
    assert_eq!(device.handle(&Event::Tick, ms(4_001)), [Command::Light(lights::ready())]);
    press(&mut device, ms(5_000));
    assert_eq!(device.handle(&Event::Forgot, ms(5_001)), []);
}

#[test]
fn the_sleep_timer_fades_the_music_so_that_its_time_ends_in_silence() {
    let mut device = playing(Expression::Happy);
    assert_eq!(device.wake(), Some(ms(50_100)), "ten seconds before a minute is over");
    assert_eq!(device.handle(&Event::Tick, ms(50_100)), [Command::Sound(Sound::Stop(ms(10_000)))]);
    assert!(matches!(device.state(), State::Playing { .. }), "the light stays until it is silent");
    assert_eq!(device.handle(&Event::Tick, ms(55_000)), [], "told once");
    assert_eq!(device.wake(), Some(ms(60_100)));
    assert_eq!(device.handle(&Event::Tick, ms(60_100)), [Command::Light(lights::ready())]);
    assert_eq!((device.state(), device.wake()), (State::Idle, None));
}

#[test]
fn who_skips_while_the_music_falls_asleep_wakes_it() {
    let mut device = playing(Expression::Happy);
    device.handle(&Event::Tick, ms(50_100));
    let commands = device.handle(&Event::Skip, ms(52_000));
    assert!(matches!(
        commands[..],
        [Command::Sound(Sound::Play(Programme { expression: Expression::Happy, seed: 41, .. }, _))]
    ));
    assert_eq!(device.wake(), Some(ms(102_000)), "a minute from the skip");
    assert_eq!(device.handle(&Event::Skip, ms(53_000)), [Command::Sound(Sound::Skip(ms(1_500)))]);
}

#[test]
fn a_like_is_for_what_plays_takes_the_look_back_and_in_silence_is_nothing() {
    const LIKE: Event = Event::Gesture(Gesture::Like);
    let mut device = playing(Expression::Happy);
    [TOUCHED, LET_GO].iter().for_each(|event| drop(device.handle(event, ms(5_000))));
    let commands = device.handle(&LIKE, ms(6_300));
    assert_eq!(commands.first(), Some(&Command::Abandon));
    assert_eq!(commands.last(), Some(&Command::Sound(Sound::Like)));
    assert!(matches!(device.state(), State::Playing { .. }));
    let mut silent = self::device();
    assert_eq!(silent.handle(&LIKE, ms(0)), [NOTHING]);
}

#[test]
fn every_light_can_be_told_from_every_other_without_its_colour_or_by_it() {
    use UnsureReason::{Blurred, LowConfidence, TooDark, TooSmall, TurnedAway};
    let mut all = vec![
        ("boot", lights::boot()),
        ("ready", lights::ready()),
        ("looking", lights::looking()),
        ("several", lights::several()),
        ("trouble", lights::trouble()),
        ("silent", lights::silent()),
        ("begins anew", lights::begins_anew()),
        ("stopped", lights::stopped()),
        ("shutting down", lights::shutting_down()),
    ];
    all.extend(Expression::ALL.map(|expression| (expression.name(), mood_light(expression))));
    let unsure = [LowConfidence, TooDark, TooSmall, TurnedAway, Blurred];
    all.extend(unsure.map(|reason| ("unsure", mood::cue::unsure_light(reason))));
    let nobody =
        [NoFaceReason::NothingFound, NoFaceReason::TooSmall, NoFaceReason::TooClose, NoFaceReason::NotPlausible];
    all.extend(nobody.map(|reason| ("no face", mood::cue::no_face_light(reason))));
    let share = |light: &LightPattern| {
        let parts = [light.colour.red, light.colour.green, light.colour.blue].map(|part| part.get());
        let brightest = parts.iter().copied().fold(0.001, f32::max);
        parts.map(|part| part / brightest)
    };
    for (at, (name, light)) in all.iter().enumerate() {
        for (other_name, other) in &all[..at] {
            let hue: f32 = share(light).iter().zip(share(other)).map(|(a, b)| (a - b).abs()).sum();
            assert!(light.motion != other.motion || hue > 0.15, "{name} looks like {other_name}");
        }
    }
    // Moods: by motion alone, or by a clearly different pace of the same motion.
    for (at, one) in Expression::ALL.iter().enumerate() {
        for other in &Expression::ALL[..at] {
            let (a, b) = (mood_light(*one), mood_light(*other));
            let pace = a.period.max(b.period).div_duration_f32(a.period.min(b.period));
            assert!(a.motion != b.motion || pace >= 1.3, "{one} moves like {other}");
        }
    }
}
