//! Stories of the state machine alone, in plain milliseconds.

use super::*;
use mood::{Affect, Expression, Mood, NoFaceReason, UnsureReason};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn device() -> Device {
    Device::new(Settings {
        time_limit: ms(3_000),
        fade_in: ms(800),
        crossfade: ms(1_500),
        fade_out: ms(1_000),
        play_for: Some(ms(60_000)),
        seed: 40,
    })
}

fn mood(expression: Expression) -> Mood {
    Mood { expression, confidence: 0.9, affect: Affect::of(expression) }
}

fn saw(expression: Expression) -> Event {
    Event::Looked(Ok(Answer::Mood(mood(expression))))
}

fn nobody() -> Event {
    Event::Looked(Ok(Answer::NoFace { reason: NoFaceReason::NothingFound }))
}

fn lit(commands: &[Command]) -> Option<LightPattern> {
    commands.iter().rev().find_map(|c| if let Command::Light(light) = c { Some(*light) } else { None })
}

#[test]
fn one_press_one_look() {
    let mut device = device();
    let looks = |commands: Vec<Command>| commands.iter().filter(|c| **c == Command::Look).count();
    assert_eq!(looks(device.handle(&Event::Started, ms(0))), 0);
    assert_eq!(looks(device.handle(&Event::Pressed, ms(10))), 1);
    for at in 11..200 {
        assert_eq!(device.handle(&Event::Pressed, ms(at)), [], "dropped at {at} ms");
    }
    assert_eq!(looks(device.handle(&saw(Expression::Happy), ms(300))), 0, "nothing was queued");
    assert_eq!(looks(device.handle(&Event::Pressed, ms(301))), 1);
}

#[test]
fn a_mood_is_light_and_music_and_the_next_one_cross_fades() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    let first = device.handle(&saw(Expression::Happy), ms(100));
    let programme = |expression, seed| Programme { expression, affect: Affect::of(expression), seed };
    assert_eq!(
        first,
        [
            Command::Privacy(false),
            Command::Light(mood::cue::mood_light(Expression::Happy)),
            Command::Play(programme(Expression::Happy, 40), ms(800)),
        ]
    );
    assert!(matches!(device.state(), State::Playing { .. }));
    device.handle(&Event::Pressed, ms(5_000));
    let second = device.handle(&saw(Expression::Sad), ms(5_100));
    assert_eq!(second[2], Command::Play(programme(Expression::Sad, 41), ms(1_500)));
}

#[test]
fn nobody_there_leaves_the_music_and_its_light_comes_back() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    device.handle(&saw(Expression::Happy), ms(100));
    device.handle(&Event::Pressed, ms(1_000));
    let commands = device.handle(&nobody(), ms(1_100));
    assert!(commands.contains(&Command::Chime(Chime::NoFace)));
    assert!(!commands.iter().any(|c| matches!(c, Command::Play(..) | Command::Silence(_))));
    assert!(matches!(device.state(), State::Playing { .. }));
    assert_eq!(device.wake(), Some(ms(1_100) + lights::NOTICE));
    let after = device.handle(&Event::Tick, ms(1_100) + lights::NOTICE);
    assert_eq!(lit(&after), Some(mood::cue::mood_light(Expression::Happy)));
}

#[test]
fn nobody_there_in_silence_returns_to_ready() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    device.handle(&nobody(), ms(100));
    assert_eq!(device.state(), State::Idle);
    assert_eq!(lit(&device.handle(&Event::Tick, ms(4_100))), Some(lights::ready()));
    assert_eq!(device.wake(), None);
}

#[test]
fn unsure_plays_neutral_with_a_light_of_its_own() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    let unsure = Answer::Unsure { best: mood(Expression::Angry), reason: UnsureReason::LowConfidence };
    let commands = device.handle(&Event::Looked(Ok(unsure)), ms(100));
    assert!(commands.iter().any(|c| matches!(c, Command::Play(p, _) if p.expression == Expression::Neutral)));
    assert_ne!(lit(&commands), Some(mood::cue::mood_light(Expression::Neutral)));
}

#[test]
fn a_stalled_camera_is_trouble_and_its_late_answer_is_dropped() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    assert_eq!(device.handle(&Event::Tick, ms(2_999)), []);
    let stalled = device.handle(&Event::Tick, ms(3_000));
    assert_eq!(stalled, [Command::Light(lights::trouble()), Command::Chime(Chime::Trouble)]);
    // The sensor may still be on: the privacy lamp stays, and no second look begins.
    assert!(!device.handle(&Event::Pressed, ms(4_000)).contains(&Command::Look));
    assert_eq!(device.handle(&saw(Expression::Happy), ms(5_000)), [Command::Privacy(false)]);
    assert_eq!(device.state(), State::Trouble(Fault::CameraStalled));
    assert!(device.handle(&Event::Pressed, ms(6_000)).contains(&Command::Look));
}

#[test]
fn a_failed_look_is_trouble_until_the_next_press() {
    for fault in [Fault::CameraLost, Fault::ModelRejected] {
        let mut device = device();
        device.handle(&Event::Pressed, ms(0));
        let commands = device.handle(&Event::Looked(Err(fault)), ms(50));
        assert_eq!(commands[0], Command::Privacy(false));
        assert_eq!((device.state(), device.wake()), (State::Trouble(fault), None));
        device.handle(&Event::Pressed, ms(9_000));
        device.handle(&saw(Expression::Happy), ms(9_100));
        assert!(matches!(device.state(), State::Playing { .. }));
    }
}

#[test]
fn music_ends_by_itself_even_in_trouble() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    device.handle(&saw(Expression::Happy), ms(100));
    device.handle(&Event::Pressed, ms(1_000));
    device.handle(&Event::Looked(Err(Fault::CameraLost)), ms(1_100));
    assert_eq!(device.wake(), Some(ms(60_100)));
    assert_eq!(device.handle(&Event::Tick, ms(60_100)), [Command::Silence(ms(1_000))]);
    assert_eq!(device.state(), State::Trouble(Fault::CameraLost));
}

#[test]
fn a_lost_speaker_shows_and_a_lost_light_sounds() {
    let mut device = device();
    device.handle(&Event::Pressed, ms(0));
    device.handle(&saw(Expression::Happy), ms(100));
    assert_eq!(device.handle(&Event::Lost(Part::Speaker), ms(200)), [Command::Light(lights::silent())]);
    assert_eq!(lit(&device.handle(&Event::Tick, ms(4_200))), Some(mood::cue::mood_light(Expression::Happy)));
    assert_eq!(device.handle(&Event::Lost(Part::Lights), ms(5_000)), [Command::Chime(Chime::Trouble)]);
    assert!(matches!(device.state(), State::Playing { .. }));
}

#[test]
fn stop_darkens_at_once_fades_and_ends_and_a_second_stop_does_not_wait() {
    let mut playing = device();
    playing.handle(&Event::Pressed, ms(0));
    playing.handle(&saw(Expression::Happy), ms(100));
    let stop = playing.handle(&Event::Stop, ms(200));
    assert_eq!(stop, [Command::Light(lights::dark()), Command::Silence(lights::LONGEST_FAREWELL)]);
    let mut twice = playing.clone();
    assert_eq!(twice.handle(&Event::Stop, ms(201)), [Command::Quit]);
    assert_eq!(playing.handle(&Event::Pressed, ms(300)), []);
    assert_eq!(playing.handle(&Event::Tick, ms(200) + lights::LONGEST_FAREWELL), [Command::Quit]);

    let mut idle = device();
    idle.handle(&Event::Stop, ms(0));
    assert_eq!(idle.handle(&Event::Tick, ms(0)), [Command::Quit]);
}

#[test]
fn privacy_lamp_is_on_exactly_from_look_to_looked() {
    use rand::{RngExt, SeedableRng};
    let mut random = rand_pcg::Pcg32::seed_from_u64(3);
    for _ in 0..200 {
        let mut device = device();
        let (mut lamp, mut sensor) = (false, false);
        let mut now = ms(0);
        for _ in 0..100 {
            now += ms(random.random_range(1..2_000));
            let event = match random.random_range(0..5) {
                0 | 1 => Event::Pressed,
                2 if sensor => saw(Expression::Fear),
                3 if sensor => Event::Looked(Err(Fault::CameraLost)),
                _ => Event::Tick,
            };
            sensor &= !matches!(event, Event::Looked(_));
            for command in device.handle(&event, now) {
                match command {
                    Command::Privacy(on) => lamp = on,
                    Command::Look => {
                        assert!(!sensor, "never two looks at a time");
                        sensor = true;
                    }
                    _ => {}
                }
            }
            assert_eq!(lamp, sensor);
        }
    }
}
