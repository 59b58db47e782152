//! What the button means: press, double, triple, held.

use super::*;

#[test]
fn an_answer_waits_until_the_touch_is_known_to_be_a_press() {
    let mut device = playing(Expression::Happy);
    let touched = device.handle(&TOUCHED, ms(1_000));
    assert_eq!(touched, [Command::Privacy(true), Command::Light(lights::looking()), Command::Look], "light at once");
    assert_eq!(device.handle(&LET_GO, ms(1_100)), []);
    assert_eq!(device.handle(&saw(Expression::Sad), ms(1_200)), [Command::Privacy(false)], "kept back");
    assert_eq!(device.handle(&Event::Tick, ms(1_250)), []);
    let answer = device.handle(&PRESS, ms(1_400));
    let stood = Lesson { look: 1, label: Expression::Happy, corrected: false };
    assert!(matches!(
        answer[..2],
        [Command::Light(_), Command::Sound(Sound::Play(Programme { expression: Expression::Sad, .. }, _))]
    ));
    assert_eq!(answer[2..], [Command::Learn(stood)], "the answer before was let stand");
}

#[test]
fn in_silence_there_is_nothing_to_wait_for() {
    let mut device = device();
    device.handle(&TOUCHED, ms(0));
    assert_eq!(device.handle(&saw(Expression::Happy), ms(50)), [Command::Privacy(false)]);
    assert!(device.handle(&LET_GO, ms(120)).iter().any(|command| matches!(command, Command::Sound(Sound::Play(..)))));
    // A hasty second press has no other meaning then.
    assert_eq!(device.handle(&DOUBLE, ms(600)), []);
    assert!(matches!(device.state(), State::Playing { .. }));
}

#[test]
fn a_double_press_skips_and_takes_the_look_back() {
    let mut device = playing(Expression::Happy);
    device.handle(&TOUCHED, ms(1_000));
    device.handle(&LET_GO, ms(1_100));
    let commands = device.handle(&DOUBLE, ms(1_600));
    assert_eq!(commands[0], Command::Abandon);
    assert_eq!(lit(&commands), Some(mood_light(Expression::Happy)));
    assert_eq!(commands.last(), Some(&Command::Sound(Sound::Skip(ms(1_500)))));
    assert_eq!(device.handle(&saw(Expression::Sad), ms(1_700)), [Command::Privacy(false)], "what it saw is forgotten");
    assert!(matches!(device.state(), State::Playing { .. }));

    let mut silent = self::device();
    press(&mut silent, ms(0));
    silent.handle(&nobody(), ms(50));
    silent.handle(&TOUCHED, ms(1_000));
    assert!(silent.handle(&DOUBLE, ms(1_600)).contains(&NOTHING), "nothing to skip");
    assert_eq!(silent.handle(&Event::Skip, ms(3_000)), [NOTHING]);
}

#[test]
fn a_triple_press_is_the_next_guess_and_is_learnt() {
    let mut device = playing(Expression::Happy);
    let mut order = Vec::new();
    for at in [1_000, 3_000, 5_000, 7_000] {
        device.handle(&TOUCHED, ms(at));
        device.handle(&LET_GO, ms(at + 100));
        let commands = device.handle(&TRIPLE, ms(at + 400));
        device.handle(&Event::Looked(Err(Fault::CameraLost)), ms(at + 500));
        let learnt = commands.iter().find_map(|c| if let Command::Learn(it) = c { Some(it.label) } else { None });
        let played = commands
            .iter()
            .find_map(|c| if let Command::Sound(Sound::Play(it, _)) = c { Some(it.expression) } else { None });
        assert_eq!((learnt, lit(&commands)), (played, played.map(mood_light)));
        order.extend(learnt);
    }
    assert_eq!(order, [Expression::Fear, Expression::Sad, Expression::Happy, Expression::Fear]);
}

#[test]
fn after_a_doubt_the_next_guess_is_the_best_one() {
    let mut device = device();
    press(&mut device, ms(0));
    let unsure = Answer::Unsure { best: mood(Expression::Angry), reason: UnsureReason::LowConfidence };
    device.handle(&seen(unsure, &[Expression::Angry, Expression::Sad]), ms(100));
    assert!(device.handle(&TRIPLE, ms(1_000)).contains(&corrected(1, Expression::Angry)));
}

#[test]
fn a_correction_without_an_answer_changes_nothing() {
    let mut fresh = device();
    fresh.handle(&TOUCHED, ms(0));
    let commands = fresh.handle(&TRIPLE, ms(400));
    assert!(commands.contains(&NOTHING) && commands.contains(&Command::Abandon));
    assert!(!commands.iter().any(|c| matches!(c, Command::Learn(_) | Command::Sound(Sound::Play(..)))));
    let mut nobody_there = device();
    press(&mut nobody_there, ms(0));
    nobody_there.handle(&nobody(), ms(100));
    assert_eq!(nobody_there.handle(&TRIPLE, ms(900)), [NOTHING]);
}

#[test]
fn held_for_a_second_the_moods_go_round_and_letting_go_takes_one() {
    let mut device = playing(Expression::Happy);
    device.handle(&TOUCHED, ms(1_000));
    let begun = device.handle(&held(Hold::Choose), ms(2_000));
    assert_eq!(begun, [Command::Abandon, Command::Light(owner::choice(0).1)]);
    device.handle(&saw(Expression::Angry), ms(2_100));
    for place in 1..4 {
        let at = ms(2_000 + 500 * place);
        assert_eq!(device.wake(), Some(at));
        let place = usize::try_from(place).unwrap();
        assert_eq!(lit(&device.handle(&Event::Tick, at)), Some(owner::choice(place).1));
    }
    let taken = device.handle(&released(Hold::Choose), ms(3_600));
    assert!(
        matches!(taken[1], Command::Sound(Sound::Play(Programme { expression: Expression::Sad, .. }, _))),
        "{taken:?}"
    );
    assert!(
        taken.contains(&Command::Sound(Sound::Chime(Chime::Taken))) && taken.contains(&corrected(1, Expression::Sad))
    );
    // Long after the answer it is a wish, not a correction.
    device.handle(&TOUCHED, ms(90_000));
    device.handle(&held(Hold::Choose), ms(91_000));
    let wished = device.handle(&released(Hold::Choose), ms(91_100));
    assert!(!wished.iter().any(|command| matches!(command, Command::Learn(_))), "{wished:?}");
}

#[test]
fn held_for_five_the_music_stops_and_for_ten_the_box_shuts_down() {
    let mut device = playing(Expression::Happy);
    device.handle(&TOUCHED, ms(1_000));
    device.handle(&held(Hold::Choose), ms(2_000));
    device.handle(&saw(Expression::Sad), ms(2_050));
    let stopped = device.handle(&held(Hold::Stop), ms(6_000));
    assert_eq!(stopped, [Command::Light(lights::stopped()), Command::Sound(Sound::Stop(ms(1_000)))]);
    let mut held_on = device.clone();
    assert_eq!(device.handle(&released(Hold::Stop), ms(7_000)), [Command::Light(lights::ready())]);
    assert_eq!(device.state(), State::Idle);
    let down = held_on.handle(&held(Hold::ShutDown), ms(11_000));
    assert_eq!(down[..2], [Command::Sound(Sound::Chime(Chime::Farewell)), Command::Light(lights::shutting_down())]);
    assert_eq!(held_on.handle(&released(Hold::ShutDown), ms(11_100)), []);
    assert_eq!(held_on.handle(&Event::Tick, ms(12_500)), [Command::Quit(Ending::ShutDown)]);
}

#[test]
fn a_press_right_after_an_abandoned_look_begins_its_own_when_that_one_has_ended() {
    let mut device = playing(Expression::Happy);
    device.handle(&TOUCHED, ms(1_000));
    device.handle(&DOUBLE, ms(1_500));
    let touched = device.handle(&TOUCHED, ms(1_600));
    assert_eq!(touched, [Command::Light(lights::looking())], "light at once, and the lamp is still on");
    assert_eq!(device.handle(&saw(Expression::Angry), ms(1_650)), [Command::Look], "the old look's answer is nobody's");
    device.handle(&PRESS, ms(2_000));
    let answer = device.handle(&saw(Expression::Sad), ms(2_100));
    assert!(
        answer
            .iter()
            .any(|c| matches!(c, Command::Sound(Sound::Play(Programme { expression: Expression::Sad, .. }, _))))
    );
}

#[test]
fn the_volume_button_goes_down_in_steps_and_then_up_again() {
    let mut device = device();
    let mut volumes = Vec::new();
    for at in 0..6 {
        let commands = device.handle(&Event::Volume, ms(at));
        volumes.extend(
            commands.iter().filter_map(|c| if let Command::Sound(Sound::Volume(db)) = c { Some(*db) } else { None }),
        );
    }
    assert_eq!(volumes, [-14.0, -20.0, -24.0, -2.0, -8.0, -14.0], "from the start down, and from the top again");
}

#[test]
fn privacy_lamp_is_on_exactly_from_look_to_looked() {
    use rand::{RngExt, SeedableRng};
    let mut random = rand_pcg::Pcg32::seed_from_u64(3);
    let holds = [Hold::Choose, Hold::Stop];
    let presses = vec![TOUCHED, TOUCHED, TOUCHED, LET_GO, PRESS, PRESS, DOUBLE, TRIPLE];
    let gestures = [presses, holds.map(held).into(), holds.map(released).into()].concat();
    for _ in 0..400 {
        let mut device = device();
        let (mut lamp, mut sensor) = (false, false);
        let mut now = ms(0);
        for _ in 0..200 {
            now += ms(random.random_range(1..2_000));
            let event = match random.random_range(0..6) {
                0..3 => gestures[random.random_range(0..gestures.len())].clone(),
                3 if sensor => saw(Expression::Fear),
                4 if sensor => Event::Looked(Err(Fault::CameraLost)),
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
