//! Near, liked, fresh; at every size of library.

use super::explain::TOLD;
use super::*;
use rand::SeedableRng;
use std::path::PathBuf;

const HAPPY: Affect = Affect { valence: 0.6, arousal: 0.5 };

/// Tracks all over the plane; each third has one of three artists.
fn pieces(count: u16) -> Vec<Piece> {
    (0..count)
        .map(|n| {
            let turn = |step: f32| (f32::from(n) * step).fract() * 2.0 - 1.0;
            Piece {
                path: PathBuf::from(format!("/music/{n:05}.mp3")),
                artist: Some(u32::from(n % 40)),
                affect: Affect { valence: turn(0.618_034), arousal: turn(0.414_214) },
                uncertainty: 0.4,
                rated: false,
            }
        })
        .collect()
}

fn play(chooser: &mut Chooser, target: Affect, count: usize, seed: u64) -> Vec<Choice> {
    let mut rng = Pcg32::seed_from_u64(seed);
    (0..count)
        .map(|_| {
            let choice = chooser.pick(target, &mut rng).unwrap();
            chooser.note(&choice.path, Event::Completed, Some(target), 0);
            choice
        })
        .collect()
}

fn chooser(count: u16) -> Chooser {
    Chooser::new(pieces(count), &Taste::default(), 0.5, 0)
}

#[test]
fn equal_seeds_choose_equally_and_others_don_t() {
    let of = |seed| play(&mut chooser(500), HAPPY, 20, seed);
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn choices_are_near_what_is_wanted() {
    let choices = play(&mut chooser(2_000), HAPPY, 50, 1);
    let mean = choices.iter().map(|choice| choice.distance).sum::<f32>() / 50.0;
    assert!(mean < 0.5, "{mean}; chance would be about 1.2");
}

#[test]
fn a_track_rests_before_it_comes_again_in_large_and_small_libraries() {
    for (count, least) in [(2, 1), (5, 1), (12, 3), (60, 15), (500, 15)] {
        let choices = play(&mut chooser(count), HAPPY, 40, 1);
        for (at, choice) in choices.iter().enumerate() {
            let gap = choices[..at].iter().rev().position(|before| before.path == choice.path);
            assert!(gap.is_none_or(|gap| gap >= least), "{count} tracks: again after {gap:?} others");
        }
    }
    let only = play(&mut chooser(1), HAPPY, 5, 1);
    assert_eq!(only.len(), 5);
    assert!(chooser(0).pick(HAPPY, &mut Pcg32::seed_from_u64(1)).is_none());
}

#[test]
fn skipped_tracks_come_seldom_and_liked_ones_often() {
    let plays = |event: Event| {
        let mut chooser = chooser(100);
        // The nearest track's fate.
        let favourite = (0..100).min_by(|&a, &b| {
            squared(chooser.pieces[a].affect, HAPPY).total_cmp(&squared(chooser.pieces[b].affect, HAPPY))
        });
        let path = chooser.pieces[favourite.unwrap()].path.clone();
        (0..6).for_each(|_| chooser.note(&path, event, Some(HAPPY), 0));
        play(&mut chooser, HAPPY, 200, 3).iter().filter(|choice| choice.path == path).count()
    };
    let (disliked, skipped, liked) = (plays(Event::Disliked), plays(Event::Skipped(0.05)), plays(Event::Liked));
    assert!(disliked <= skipped && skipped < liked, "{disliked} {skipped} {liked}");
}

#[test]
fn skips_under_one_mood_count_less_under_another() {
    let mut chooser = chooser(50);
    let sad = Affect { valence: -0.6, arousal: -0.4 };
    let path = chooser.pieces[0].path.clone();
    (0..3).for_each(|_| chooser.note(&path, Event::Skipped(0.0), Some(HAPPY), 0));
    let mut unlearnt = Chooser::new(pieces(50), &Taste::default(), 0.5, 0);
    let mut fit = |target: Affect| {
        chooser.weigh(target);
        unlearnt.weigh(target);
        chooser.weighed[0].fit / unlearnt.weighed[0].fit
    };
    assert!(fit(HAPPY) < 0.9 * fit(sad));
}

#[test]
fn more_variety_rests_tracks_longer_and_hears_more_of_the_library() {
    let heard = |variety: f32| {
        let mut chooser = Chooser::new(pieces(200), &Taste::default(), variety, 0);
        let mut paths: Vec<_> = play(&mut chooser, HAPPY, 200, 1).into_iter().map(|choice| choice.path).collect();
        paths.sort();
        paths.dedup();
        paths.len()
    };
    let counts = [0.0, 0.5, 1.0].map(heard);
    assert!(counts[0] < counts[1] && counts[1] < counts[2], "{counts:?}");
}

#[test]
fn a_choice_says_why_others_were_not_taken() {
    let mut chooser = chooser(300);
    let choices = play(&mut chooser, HAPPY, 10, 1);
    let last = choices.last().unwrap();
    assert_eq!(last.passed.len(), TOLD);
    assert!(last.passed.iter().all(|passed| !passed.why.is_empty()), "{:?}", last.passed);
    assert!(last.passed.windows(2).all(|pair| pair[0].distance <= pair[1].distance));
    assert!((last.score - last.fit * last.draw * last.freshness).abs() < 1e-5);
}

#[test]
fn broken_tracks_are_not_chosen() {
    let mut chooser = chooser(3);
    for _ in 0..3 {
        let choice = chooser.pick(HAPPY, &mut Pcg32::seed_from_u64(1)).unwrap();
        chooser.drop_broken(&choice.path);
    }
    assert!(chooser.pick(HAPPY, &mut Pcg32::seed_from_u64(1)).is_none());
}
