//! Whether memory stays flat.

use crate::Failure;
use crate::sequence::{Motion, Sequence, frames};
use crate::singles::look;
use crate::subjects;
use moodbox::eyes::Eyes;
use std::path::Path;
use std::time::Instant;

/// Bursts of three kinds: a face that is answered at once, and now and then one that is blurred in every second frame, and
/// one for nobody that is searched to its end.
pub(crate) fn over_bursts(eyes: &mut Eyes, photos: &Path, count: u32) -> Result<(), Failure> {
    let face = subjects::expression(eyes, &photos.join("expressions/happy.jpg"))?;
    let nobody = subjects::without(&photos.join("no_face/n04548280_wall_clock.jpg"))?;
    let camera = |subject, motion| Sequence::new(frames(subject, motion, 1), motion, None);
    let mut still = camera(&face, Motion::Still);
    let mut blurred = camera(&face, Motion::Blur);
    let mut empty = camera(&nobody, Motion::Still);
    let began = Instant::now();
    let mut next = 1;
    let mut taken = 0;
    for burst in 1..=count {
        let camera = match burst % 20 {
            7 => &mut blurred,
            13 => &mut empty,
            _ => &mut still,
        };
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
