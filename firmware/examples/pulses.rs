//! What software PWM costs, and how exactly it keeps time: `cargo run --release -p moodbox --example pulses [HZ] [SECONDS]`.
//! Three lines that go nowhere are lit dimly, as the ready light is, and each edge is compared with when it was due.

#![expect(clippy::print_stdout, reason = "an example prints its figures")]

use moodbox::gpio::pwm::Pulses;
use moodbox::gpio::{LineError, OutputLine};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The duty cycles of the three lines.
const DUTIES: [f32; 3] = [0.02, 0.05, 0.3];

/// Notes when it was switched.
struct Notebook(Arc<Mutex<Vec<(Instant, bool)>>>);

impl OutputLine for Notebook {
    fn set(&mut self, high: bool) -> Result<(), LineError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), high));
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let hz: u32 = arguments.next().map_or(Ok(240), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let notes: Vec<Arc<Mutex<Vec<_>>>> = DUTIES.iter().map(|_| Arc::default()).collect();
    let mut lines: Vec<Box<dyn OutputLine>> = Vec::new();
    for note in &notes {
        lines.push(Box::new(Notebook(Arc::clone(note))));
    }
    let pulses = Pulses::start(lines, false, hz)?;
    let before = ticks()?;
    pulses.set(&DUTIES)?;
    std::thread::sleep(Duration::from_secs(seconds));
    let share = f64::from(ticks()? - before) / 100.0 / Duration::from_secs(seconds).as_secs_f64();
    drop(pulses);
    println!("{hz} Hz for {seconds} s: {:.1} % of one core", 100.0 * share);
    let period = Duration::from_secs(1) / hz;
    for (duty, note) in DUTIES.iter().zip(notes) {
        let note = note.lock().unwrap_or_else(PoisonError::into_inner);
        let on = note.windows(2).filter(|pair| pair[0].1 && !pair[1].1).map(|pair| pair[1].0 - pair[0].0);
        let wanted = period.mul_f32(*duty);
        let mut off: Vec<Duration> = on.map(|on| on.abs_diff(wanted)).collect();
        off.sort_unstable();
        let at = |percent: usize| off.get(off.len() * percent / 100).copied().unwrap_or_default().as_secs_f64() * 1e6;
        let wanted = wanted.as_secs_f64() * 1e6;
        println!(
            "duty {duty:.2}: {wanted:.0} us a pulse, wrong by {:.1} us (median), {:.1} us (95 %), {:.1} us (99 %), {} pulses",
            at(50),
            at(95),
            at(99),
            off.len()
        );
    }
    Ok(())
}

/// Processor time of this process, in hundredths of a second (proc_pid_stat(5)).
fn ticks() -> Result<u32, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("no stat")?.1.split_whitespace().collect();
    Ok(fields.get(11).ok_or("no time")?.parse::<u32>()? + fields.get(12).ok_or("no time")?.parse::<u32>()?)
}
