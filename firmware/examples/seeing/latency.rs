//! The time from a press to the answer, by stage.

use crate::sequence::{Motion, Sequence, frames};
use crate::subjects;
use crate::{Failure, LIMITS};
use moodbox::eyes::Eyes;
use moodbox::runner::take_look;
use std::path::Path;
use std::time::{Duration, Instant};

/// Looks at each photograph.
const LOOKS: usize = 6;

const PACE: Option<Duration> = Some(Duration::from_micros(33_333));

pub(crate) fn by_stage(eyes: &mut Eyes, photos: &Path) -> Result<(), Failure> {
    println!("From press to answer, ms of wall time: median and 95th percentile; processor time of a look in the mean");
    println!(
        "{:<28} {:>4} {:>14} {:>14} {:>14} {:>14} {:>7} {:>8}",
        "", "n", "all", "find", "crop", "classify", "frames", "cpu"
    );
    let (people, nobody) = (subjects::expressions(eyes, photos)?, subjects::nobody(photos)?);
    for (name, pace, motion, subjects) in [
        ("a face, frames at once", None, Motion::Still, &people),
        ("a face that moves, at once", None, Motion::Pan, &people),
        ("a face, 30 frames a second", PACE, Motion::Still, &people),
        ("nobody, frames at once", None, Motion::Still, &nobody),
        ("nobody, 30 frames a second", PACE, Motion::Still, &nobody),
    ] {
        let mut rows: [Vec<f64>; 5] = Default::default();
        let mut processor = Duration::ZERO;
        for subject in subjects {
            let frames = frames(subject, motion, 0);
            let mut camera = Sequence::new(frames, motion, pace);
            for _ in 0..LOOKS {
                camera.shown = 0;
                let before = processor_time()?;
                let began = Instant::now();
                let seen = take_look(&mut camera, eyes, LIMITS, &|| began.elapsed(), &|| false);
                processor += processor_time()?.saturating_sub(before);
                seen.result.map_err(|error| error.to_string())?;
                let stages = seen.stages;
                let ms = |time: Duration| time.as_secs_f64() * 1e3;
                let values =
                    [ms(seen.took), ms(stages.find), ms(stages.crop), ms(stages.classify), f64::from(seen.frames)];
                rows.iter_mut().zip(values).for_each(|(row, value)| row.push(value));
            }
        }
        rows.iter_mut().for_each(|row| row.sort_by(f64::total_cmp));
        let n = rows[0].len();
        let text = |row: &Vec<f64>| format!("{:>7.1} {:>6.1}", row[n / 2], row[(n * 95 / 100).min(n - 1)]);
        let [all, find, crop, classify] = [0, 1, 2, 3].map(|at: usize| text(&rows[at]));
        let mean = processor.as_secs_f64() * 1e3 / n as f64;
        println!("{name:<28} {n:>4} {all} {find} {crop} {classify} {:>7.0} {mean:>8.1}", rows[4][n / 2]);
    }
    println!();
    Ok(())
}

/// What this thread has used of the processor, from `/proc` (nanoseconds on the processor come first).
fn processor_time() -> Result<Duration, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}
