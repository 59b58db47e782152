//! Whether memory stays flat.

use crate::Failure;
use crate::sequence::{Motion, Sequence, frames};
use crate::singles::look;
use crate::subjects;
use moodbox::eyes::Eyes;
use std::path::Path;
use std::time::Instant;

/// Bursts of each kind in turn: answered, and searched to the end for nobody.
pub(crate) fn over_bursts(eyes: &mut Eyes, photos: &Path, count: u32) -> Result<(), Failure> {
    let people = subjects::expressions(eyes, photos)?;
    let nobody = subjects::nobody(photos)?;
    let camera = |subject: Option<&subjects::Subject>, motion| {
        let subject = subject.ok_or("there are no photographs")?;
        Ok::<_, Failure>(Sequence::new(frames(subject, motion, 1), motion, None))
    };
    let mut cameras = [
        camera(people.last(), Motion::Still)?,
        camera(people.last(), Motion::Zoom)?,
        camera(people.first(), Motion::Blur)?,
        camera(nobody.first(), Motion::Still)?,
    ];
    drop((people, nobody));
    let began = Instant::now();
    let mut next = 1;
    let mut taken = 0;
    for burst in 1..=count {
        let places = cameras.len();
        let camera = &mut cameras[burst as usize % places];
        camera.shown = 0;
        let seen = look(eyes, camera);
        taken += seen.frames;
        seen.result.map_err(|error| error.to_string())?;
        if burst == next || burst == count {
            next = if next < 1_000 { next * 10 } else { next + 1_000 };
            let status = std::fs::read_to_string("/proc/self/status")?;
            let line =
                |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?").trim().to_owned();
            println!(
                "{burst:>6} bursts, {taken:>6} frames, {:>7.1} s: resident {}, most {}",
                began.elapsed().as_secs_f64(),
                line("VmRSS:"),
                line("VmHWM:")
            );
        }
    }
    Ok(())
}
