//! The drawn box as text, and how little of it changes.

use super::*;
use crate::eyes::Stages;
use crate::runner::LookError;
use mood::{Affect, Answer, Mood, NoFaceReason, Verdict};

fn look(result: Result<Verdict, LookError>, caption: Option<&str>) -> Look {
    let (stages, caption, took) = (Stages::default(), caption.map(str::to_owned), Duration::from_millis(21));
    Look { result, frames: 1, searches: 1, stages, caption, took }
}

fn answered() -> Scene {
    let mut scene = Scene { colour: Rgb::new(1.0, 0.65, 0.05), ..Scene::default() };
    let mood = Mood { expression: Expression::Happy, confidence: 0.93, affect: Affect::of(Expression::Happy) };
    let contract = mood::Contract::new(mood::LabelSet::Fer2013);
    let logits = mood::Logits(vec![0.0, -2.0, 0.0, 5.0, 0.5, 1.0, 2.0]);
    let verdict = Verdict {
        answer: Answer::Mood(mood),
        faces: Vec::new(),
        several: false,
        probabilities: Some(mood::Probabilities::from_logits(&logits, &contract)),
        reading: None,
    };
    let look = look(Ok(verdict), Some("astronaut"));
    let play = crate::ports::Programme { expression: Expression::Happy, affect: mood.affect, seed: 1 };
    for event in [
        BoxEvent::Note("camera: 4 bundled frames"),
        BoxEvent::Note("speaker: default card"),
        BoxEvent::Ready,
        BoxEvent::Looking,
        BoxEvent::Looked(&look),
        BoxEvent::Sound(Sound::Play(play, Duration::from_millis(800))),
    ] {
        scene.note(Duration::from_millis(80), &event);
    }
    scene
}

#[test]
fn the_box_as_drawn() {
    snapbox::assert_data_eq!(
        paint(&answered(), COLUMNS, ROWS).plain(),
        snapbox::str![[r#"
╭── moodbox ──────────────────────────────────────────────── simulated ──╮
│                                                                        │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   ○ camera off                             │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                            │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   your expression looks happy (93 %)       │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   astronaut, 21 ms                         │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                            │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                            │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   happy     █████████████████████    91 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   neutral   █                         5 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   surprise  ▍                         2 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   sad       ▎                         1 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   angry     ▏                         1 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀   fear      ▏                         1 %  │
│  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀                                            │
│                                                                        │
│  ♪ happy music                                                         │
│  camera: 4 bundled frames                                              │
│  speaker: default card                                                 │
╰── space: press   c: hold   n: skip   v: volume   q: quit ──────────────╯

"#]]
    );
}

#[test]
fn any_size_of_terminal_is_drawn_without_a_panic() {
    for (columns, rows) in [(0, 0), (1, 1), (20, 5), (COLUMNS, ROWS), (300, 100)] {
        let canvas = paint(&answered(), columns, rows);
        assert_eq!(canvas.changes(None).count(), usize::from(columns) * usize::from(rows));
    }
}

#[test]
fn a_light_that_moves_redraws_the_orb_alone() {
    let mut scene = answered();
    let before = paint(&scene, COLUMNS, ROWS);
    assert_eq!(paint(&scene, COLUMNS, ROWS).changes(Some(&before)).count(), 0);
    scene.colour = Rgb::new(0.5, 0.3, 0.02);
    let after = paint(&scene, COLUMNS, ROWS);
    let (x, y, width, height) = ORB;
    let mut changed = 0;
    for (column, row, _) in after.changes(Some(&before)) {
        changed += 1;
        assert!((x..x + width).contains(&column) && (y..y + height).contains(&row), "({column}, {row})");
    }
    assert!(changed > 100, "{changed} cells");
}

#[test]
fn the_next_look_clears_what_the_last_one_showed() {
    let mut scene = answered();
    scene.note(Duration::ZERO, &BoxEvent::Trouble(crate::device::Fault::CameraLost));
    assert!(paint(&scene, COLUMNS, ROWS).plain().contains("its cable, then press again"));
    scene.note(Duration::ZERO, &BoxEvent::Looking);
    let verdict = Verdict {
        answer: Answer::NoFace { reason: NoFaceReason::NothingFound },
        faces: Vec::new(),
        several: false,
        probabilities: None,
        reading: None,
    };
    scene.note(Duration::ZERO, &BoxEvent::Looked(&look(Ok(verdict), None)));
    let plain = paint(&scene, COLUMNS, ROWS).plain();
    assert!(plain.contains("I can't see anybody") && !plain.contains("cable") && !plain.contains('█'), "{plain}");
    assert!(plain.contains("♪ happy music"), "the music goes on: {plain}");
}

#[test]
fn a_chime_is_told_where_music_would_be_and_hides_no_reason() {
    let mut scene = Scene::default();
    let lost = crate::ports::CameraError::Lost { camera: "c".into(), detail: "unplugged".into() };
    let look = look(Err(lost.into()), Some("a\u{1b}[31m.png"));
    scene.note(Duration::ZERO, &BoxEvent::Looked(&look));
    scene.note(Duration::ZERO, &BoxEvent::Sound(Sound::Chime(crate::ports::Chime::Trouble)));
    let plain = paint(&scene, COLUMNS, ROWS).plain();
    assert!(plain.contains("a?[31m.png: camera c is lost: unplugged"), "a name steers no terminal: {plain}");
    assert!(plain.contains("chime: two low notes, trouble"), "{plain}");
    scene.note(Duration::ZERO, &BoxEvent::Looking);
    assert!(!paint(&scene, COLUMNS, ROWS).plain().contains("chime"));
}
