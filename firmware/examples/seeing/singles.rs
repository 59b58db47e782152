//! Single frames against a burst.

use crate::sequence::{FRAMES, Motion, Sequence, frames, packed};
use crate::subjects::{self, Subject};
use crate::{Failure, LIMITS};
use mood::{Answer, DecisionRule, Expression, Frame, Glimpse, ModelError, Search};
use moodbox::eyes::{Eyes, Sight, Stages};
use moodbox::runner::{Look, take_look};
use std::path::Path;
use std::time::Duration;

pub(crate) fn against_bursts(eyes: &mut Eyes, photos: &Path, variants: u32, traced: bool) -> Result<(), Failure> {
    let people = subjects::expressions(eyes, photos)?;
    println!("Single frames against a burst, of 12 frames, 640x480, {variants} variants of {} faces", people.len());
    println!(
        "{:<32} {:>4} {:>12} {:>12} {:>6} {:>6} {:>6} {:>8} {:>7}",
        "", "n", "mean single", "best moment", "burst", "wrong", "unsure", "frames", "whole"
    );
    let mut sum = Row::default();
    for motion in Motion::ALL {
        let mut row = Row::default();
        for subject in &people {
            for variant in 0..variants {
                row.add(eyes, subject, frames(subject, motion, variant), motion, traced)?;
            }
        }
        row.print(motion.words());
        sum.merge(&row);
    }
    sum.print("all");
    if let Some(least) = sum.clearest.iter().copied().reduce(f32::min) {
        println!("the clearest frame of a sequence has a score of {least:.2} at least\n");
    }
    Ok(())
}

/// What came of the sequences of one kind.
#[derive(Default)]
struct Row {
    /// Right single frames, by place in the sequence.
    singles: [usize; FRAMES],
    sequences: usize,
    right: usize,
    wrong: usize,
    unsure: usize,
    frames: u32,
    searches: u32,
    /// The finder's best score in each sequence.
    clearest: Vec<f32>,
}

impl Row {
    fn add(
        &mut self,
        eyes: &mut Eyes,
        subject: &Subject,
        shown: Vec<image::RgbImage>,
        motion: Motion,
        traced: bool,
    ) -> Result<(), Failure> {
        let mut told = Told::new(eyes);
        let seen = look(&mut told, &mut Sequence::new(shown.clone(), motion, None));
        let answer = seen.result.as_ref().map_err(ToString::to_string)?.answer;
        let right = is_right(&answer, subject.truth);
        let clearest = told.clearest();
        if traced && !right {
            told.print(subject, motion, &answer);
        }
        for (place, frame) in self.singles.iter_mut().zip(shown) {
            let single = eyes.look(&packed(frame.into_raw())?, &mut Stages::default(), &|| Duration::ZERO)?;
            *place += usize::from(is_right(&single.answer, subject.truth));
        }
        self.sequences += 1;
        self.right += usize::from(right);
        self.wrong += usize::from(!right && matches!(answer, Answer::Mood(_)));
        self.unsure += usize::from(matches!(answer, Answer::Unsure { .. }));
        self.frames += seen.frames;
        self.searches += seen.searches;
        self.clearest.push(clearest);
        assert!(seen.searches <= mood::burst::MOST_SEARCHES);
        Ok(())
    }

    fn merge(&mut self, other: &Self) {
        self.singles.iter_mut().zip(other.singles).for_each(|(sum, it)| *sum += it);
        self.sequences += other.sequences;
        self.right += other.right;
        self.wrong += other.wrong;
        self.unsure += other.unsure;
        self.frames += other.frames;
        self.searches += other.searches;
        self.clearest.extend(&other.clearest);
    }

    fn print(&self, words: &str) {
        let n = self.sequences;
        let percent = |count: usize, of: usize| format!("{:.0} %", 100.0 * count as f32 / of as f32);
        println!(
            "{words:<32} {n:>4} {:>12} {:>12} {:>6} {:>6} {:>6} {:>8.1} {:>7.1}",
            percent(self.singles.iter().sum(), n * FRAMES),
            percent(self.singles.iter().copied().max().unwrap_or(0), n),
            percent(self.right, n),
            percent(self.wrong, n),
            percent(self.unsure, n),
            self.frames as f32 / n as f32,
            self.searches as f32 / n as f32,
        );
    }
}

/// Sequences without a person. Of the single frames every fourth is looked at, as one that shows nobody takes longest.
pub(crate) fn nobody(eyes: &mut Eyes, photos: &Path, variants: u32, traced: bool) -> Result<(), Failure> {
    let (mut sequences, mut bursts, mut read, mut singles, mut frames_right) = (0, 0, 0, 0, 0);
    for subject in &subjects::nobody(photos)? {
        for motion in Motion::ALL {
            for variant in 0..variants {
                let shown = frames(subject, motion, variant);
                for frame in shown.iter().step_by(4) {
                    let single =
                        eyes.look(&packed(frame.as_raw().clone())?, &mut Stages::default(), &|| Duration::ZERO)?;
                    singles += 1;
                    frames_right += usize::from(is_right(&single.answer, None));
                }
                let mut told = Told::new(eyes);
                let seen = look(&mut told, &mut Sequence::new(shown, motion, None));
                let answer = seen.result.map_err(|error| error.to_string())?.answer;
                sequences += 1;
                bursts += usize::from(is_right(&answer, None));
                read += usize::from(matches!(answer, Answer::Mood(_)));
                if traced && !is_right(&answer, None) {
                    told.print(subject, motion, &answer);
                }
            }
        }
    }
    println!(
        "nobody there: single frames right {frames_right} of {singles}, bursts {bursts} of {sequences} ({read} with a mood)\n"
    );
    Ok(())
}

/// Whether an answer is what the photograph shows: the expression, or nobody.
fn is_right(answer: &Answer, truth: Option<Expression>) -> bool {
    match (answer, truth) {
        (Answer::Mood(mood), Some(truth)) => mood.expression == truth,
        (Answer::NoFace { .. }, None) => true,
        _ => false,
    }
}

/// A look without an end in time, so that what it sees doesn't depend on how busy the machine is.
pub(crate) fn look(eyes: &mut dyn Sight, camera: &mut Sequence) -> Look {
    take_look(camera, eyes, LIMITS, &|| Duration::ZERO, &|| false)
}

/// Eyes that tell afterwards what they saw in each frame.
struct Told<'a> {
    eyes: &'a mut Eyes,
    glimpses: Vec<(Search, Glimpse)>,
}

impl<'a> Told<'a> {
    const fn new(eyes: &'a mut Eyes) -> Self {
        Self { eyes, glimpses: Vec::new() }
    }

    /// The finder's best score of a primary face; 0 when nobody was seen.
    fn clearest(&self) -> f32 {
        self.glimpses.iter().filter_map(|(_, it)| it.faces.faces.first()).map(|face| face.score).fold(0.0, f32::max)
    }

    fn print(&self, subject: &Subject, motion: Motion, answer: &Answer) {
        println!("  {}, {}: {answer:?}", subject.name, motion.words());
        for (search, glimpse) in &self.glimpses {
            let search = match search {
                Search::Whole => "whole",
                Search::Closer => "closer",
                Search::Shrunk => "shrunk",
                Search::All => "all",
                Search::Near(_) => "near",
            };
            print!("    {search:<6} luminance {:>3}", glimpse.luminance);
            if let (Some(face), Some((reading, quality))) = (glimpse.faces.faces.first(), &glimpse.reading) {
                print!(" score {:.2} at {:.0},{:.0} side {:.0}", face.score, face.x, face.y, face.side());
                print!(" weight {:.2}", quality.weight());
                let mut likely: Vec<_> = self.eyes.rule().probabilities(reading).iter().collect();
                likely.sort_by(|a, b| b.1.total_cmp(&a.1));
                likely.iter().take(3).for_each(|(expression, share)| print!(" {expression} {share:.2}"));
            }
            println!();
        }
    }
}

impl Sight for Told<'_> {
    fn rule(&self) -> &DecisionRule {
        self.eyes.rule()
    }

    fn glance(
        &mut self,
        frame: &Frame,
        search: Search,
        stages: &mut Stages,
        clock: &dyn Fn() -> Duration,
    ) -> Result<Glimpse, ModelError> {
        let glimpse = self.eyes.glance(frame, search, stages, clock)?;
        self.glimpses.push((search, glimpse.clone()));
        Ok(glimpse)
    }
}
