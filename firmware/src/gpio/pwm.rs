//! PWM by software: one thread that switches lines on and off so fast that the eye sees their mean. And where the kernel
//! has hardware PWM for a pin.
//!
//! It sleeps while every line is either dark or full. Else each edge is slept for, and the last 60 us of the wait are
//! spent spinning, as a sleep may end that much too late and a dim light would flicker. The thread asks for real-time
//! priority, as on a busy board each pulse it is kept waiting for is seen; where it may not have it, the log says so.

use super::wiring::pwm_channel;
use super::{LineError, OutputLine, Pin};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use thread_priority::ThreadPriority;
use thread_priority::unix::{
    RealtimeThreadSchedulePolicy, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};

/// How much later than asked a sleep may end: Linux's default timer slack and a little more.
const SPIN: Duration = Duration::from_micros(60);

/// Lines in pulses. They are dark when it is dropped.
pub struct Pulses {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    order: Mutex<Order>,
    news: Condvar,
}

#[derive(Default)]
struct Order {
    duties: Vec<f32>,
    fault: Option<LineError>,
    end: bool,
}

impl Shared {
    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pulses {
    /// Starts the thread with all lines dark: at 3.3 V if `off_high`. `hz` pulses a second.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut lines: Vec<Box<dyn OutputLine>>, off_high: bool, hz: u32) -> Result<Self, LineError> {
        let period = Duration::from_secs(1) / hz.max(1);
        let shared = Arc::new(Shared::default());
        shared.order().duties = vec![0.0; lines.len()];
        let theirs = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("light".into())
            .spawn(move || {
                hurry();
                play(&theirs, &mut lines, off_high, period);
                for line in &mut lines {
                    // There is nobody left to tell about a failure.
                    let _ = line.set(off_high);
                }
            })
            .map_err(LineError::of)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Shows these duty cycles, 0..=1, from the next period on.
    ///
    /// # Errors
    /// What a line said since the last call.
    pub fn set(&self, duties: &[f32]) -> Result<(), LineError> {
        let mut order = self.shared.order();
        order.duties = duties.to_vec();
        self.shared.news.notify_one();
        order.fault.take().map_or(Ok(()), Err)
    }
}

impl Drop for Pulses {
    fn drop(&mut self) {
        self.shared.order().end = true;
        self.shared.news.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there has been told already; the lines were dropped with it.
            let _ = thread.join();
        }
    }
}

/// The lowest real-time priority: before all others, for about 5 % of a core.
fn hurry() {
    let fifo = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    match set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, fifo) {
        Ok(()) => tracing::debug!("The light's pulses have real-time priority"),
        Err(error) => tracing::info!(
            %error,
            "The light's pulses have no real-time priority and may flicker while the board is busy; LimitRTPRIO of the service allows it"
        ),
    }
}

fn play(shared: &Shared, lines: &mut [Box<dyn OutputLine>], off_high: bool, period: Duration) {
    let mut start = Instant::now();
    let mut shown: Option<Vec<f32>> = None;
    loop {
        let order = shared.order();
        let resting = |order: &mut Order| {
            !order.end && shown.as_ref() == Some(&order.duties) && order.duties.iter().all(|duty| is_steady(*duty))
        };
        let order = shared.news.wait_while(order, resting).unwrap_or_else(PoisonError::into_inner);
        if order.end {
            return;
        }
        let duties = order.duties.clone();
        drop(order);
        // A thread that was kept waiting begins anew instead of catching up with a burst.
        let now = Instant::now();
        start = if now > start + period { now } else { start };
        for edge in edges(&duties, period) {
            wait_until(start + edge.at);
            let set = lines.get_mut(edge.line).map_or(Ok(()), |line| line.set(edge.on != off_high));
            if let Err(error) = set {
                shared.order().fault = Some(error);
            }
        }
        start += period;
        if !duties.iter().all(|duty| is_steady(*duty)) {
            wait_until(start);
        }
        shown = Some(duties);
    }
}

/// Neither pulses nor needs a thread.
fn is_steady(duty: f32) -> bool {
    duty <= 0.0 || duty >= 1.0
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Edge {
    at: Duration,
    line: usize,
    on: bool,
}

/// The edges of one period, in order of time: what is lit at all goes on at the start, and off after its share.
fn edges(duties: &[f32], period: Duration) -> Vec<Edge> {
    let share = |duty: f32| if duty.is_nan() { 0.0 } else { duty.clamp(0.0, 1.0) };
    let mut edges = Vec::with_capacity(2 * duties.len());
    for (line, duty) in duties.iter().map(|duty| share(*duty)).enumerate() {
        edges.push(Edge { at: Duration::ZERO, line, on: duty > 0.0 });
        if !is_steady(duty) {
            edges.push(Edge { at: period.mul_f32(duty), line, on: false });
        }
    }
    edges.sort_by_key(|edge| edge.at);
    edges
}

fn wait_until(moment: Instant) {
    let left = moment.saturating_duration_since(Instant::now());
    if left > SPIN {
        thread::sleep(left - SPIN);
    }
    while Instant::now() < moment {
        std::hint::spin_loop();
    }
}

/// A channel of a PWM chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PwmPlace {
    /// N of `/sys/class/pwm/pwmchipN`.
    pub chip: u8,
    /// The channel.
    pub channel: u8,
}

/// How the name of the chip's device ends whose channels reach the header: of a Raspberry Pi up to 4 (`fe20c000.pwm`; the
/// one at `20c800` makes the sound of the jack), and of a 5 (the one at `9c000` drives its fan).
const OLD: &str = "20c000.pwm";
const FIVE: &str = "1f00098000.pwm";

/// The channel of a pin, looked for below `root` (`/` on a board).
///
/// # Errors
/// When the pin has none, or no such chip is switched on; in words.
pub fn find(root: &Path, pin: Pin) -> Result<PwmPlace, String> {
    let channel = pwm_channel(pin).ok_or("it has no hardware PWM")?;
    let chips = chips(root);
    let of = |end: &str| chips.iter().find(|(_, device)| device.ends_with(end)).map(|(chip, _)| *chip);
    if let Some(chip) = of(FIVE) {
        // Its four channels are 12, 13, and 18, 19.
        let channel = if pin.0 >= 18 { channel + 2 } else { channel };
        return Ok(PwmPlace { chip, channel });
    }
    if let Some(chip) = of(OLD) {
        return Ok(PwmPlace { chip, channel });
    }
    let others: Vec<&str> = chips.iter().map(|(_, device)| device.as_str()).collect();
    let there = if others.is_empty() { String::new() } else { format!(", only {}", others.join(", ")) };
    Err(format!("the hardware PWM of the header is not switched on (dtoverlay=pwm-2chan){there}"))
}

fn chips(root: &Path) -> Vec<(u8, String)> {
    let chips = files::below(&root.join("sys/class/pwm"), "pwmchip").into_iter();
    let told = |chip: PathBuf| {
        let number = chip.file_name()?.to_str()?.strip_prefix("pwmchip")?.parse().ok()?;
        let device = std::fs::read_link(chip.join("device")).ok()?;
        Some((number, device.file_name()?.to_str()?.to_owned()))
    };
    chips.filter_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpio::{Claim, Gpio, Pin};
    use crate::sim::gpio::SimGpio;

    fn line(gpio: &SimGpio, pin: u8, off_high: bool) -> Box<dyn OutputLine> {
        gpio.clone().output(Claim { pin: Pin(pin), role: "light" }, off_high).unwrap()
    }

    #[test]
    fn a_period_is_on_at_once_and_off_after_its_share() {
        let ms = Duration::from_millis;
        let edge = |at, line, on| Edge { at: ms(at), line, on };
        let cases: [(&[f32], &[Edge]); 5] = [
            (&[0.0, 1.0], &[edge(0, 0, false), edge(0, 1, true)]),
            (&[0.5], &[edge(0, 0, true), edge(500, 0, false)]),
            (
                &[0.75, 0.0, 0.25],
                &[edge(0, 0, true), edge(0, 1, false), edge(0, 2, true), edge(250, 2, false), edge(750, 0, false)],
            ),
            (&[f32::NAN, 7.0, -1.0], &[edge(0, 0, false), edge(0, 1, true), edge(0, 2, false)]),
            (&[], &[]),
        ];
        for (duties, expected) in cases {
            assert_eq!(edges(duties, ms(1_000)), expected, "{duties:?}");
        }
    }

    #[test]
    fn lines_pulse_rest_and_are_dark_at_the_end_with_either_polarity() {
        for off_high in [false, true] {
            let gpio = SimGpio::default();
            let lines = [5, 6].map(|pin| line(&gpio, pin, off_high)).into();
            let pulses = Pulses::start(lines, off_high, 1_000).unwrap();
            pulses.set(&[1.0, 0.5]).unwrap();
            gpio.wait_for_writes(Pin(6), 20);
            assert_eq!(gpio.level(Pin(5)), !off_high, "full is steady");
            assert!(gpio.writes(Pin(6)).windows(2).any(|pair| pair[0] != pair[1]), "half goes on and off");
            pulses.set(&[0.0, 1.0]).unwrap();
            gpio.wait_for_level(Pin(5), off_high);
            drop(pulses);
            assert_eq!((gpio.level(Pin(5)), gpio.level(Pin(6))), (off_high, off_high));
        }
    }

    #[test]
    fn a_line_that_fails_is_told_at_the_next_colour() {
        let gpio = SimGpio::default();
        let pulses = Pulses::start(vec![line(&gpio, 5, false)], false, 1_000).unwrap();
        gpio.faults().unplug();
        while pulses.set(&[0.5]).is_ok() {
            thread::yield_now();
        }
        gpio.faults().heal();
        while pulses.set(&[0.5]).is_err() {
            thread::yield_now();
        }
    }

    /// A tree with these chips, linked to their devices as in /sys.
    fn tree(chips: &[(u8, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (number, device) in chips {
            let chip = root.path().join(format!("sys/devices/platform/{device}/pwm/pwmchip{number}"));
            std::fs::create_dir_all(&chip).unwrap();
            std::os::unix::fs::symlink(format!("../../../{device}"), chip.join("device")).unwrap();
            let class = root.path().join("sys/class/pwm");
            std::fs::create_dir_all(&class).unwrap();
            std::os::unix::fs::symlink(&chip, class.join(format!("pwmchip{number}"))).unwrap();
        }
        root
    }

    #[test]
    fn a_chip_goes_by_its_device_whatever_its_number() {
        // (board and kernel, chips, pin, chip and channel)
        type Case = (&'static str, &'static [(u8, &'static str)], u8, Option<(u8, u8)>);
        let cases: [Case; 9] = [
            ("Pi 3", &[(0, "3f20c000.pwm")], 12, Some((0, 0))),
            ("Pi 3", &[(0, "3f20c000.pwm")], 19, Some((0, 1))),
            ("Pi 4, with its jack's", &[(0, "fe20c800.pwm"), (1, "fe20c000.pwm")], 13, Some((1, 1))),
            ("Pi 5, 6.6", &[(0, "107d517a80.pwm"), (2, "1f00098000.pwm"), (6, "1f0009c000.pwm")], 12, Some((2, 0))),
            ("Pi 5, 6.12", &[(0, "1f00098000.pwm"), (1, "1f0009c000.pwm")], 13, Some((0, 1))),
            ("Pi 5, other pins", &[(0, "1f00098000.pwm")], 18, Some((0, 2))),
            ("Pi 5, other pins", &[(0, "1f00098000.pwm")], 19, Some((0, 3))),
            ("Pi 5, only its fan's", &[(0, "1f0009c000.pwm")], 12, None),
            ("nothing", &[], 12, None),
        ];
        for (board, chips, pin, wanted) in cases {
            let root = tree(chips);
            let found = find(root.path(), Pin(pin)).ok().map(|it| (it.chip, it.channel));
            assert_eq!(found, wanted, "{board}, GPIO {pin}");
        }
        assert_eq!(find(Path::new("/nowhere"), Pin(16)).unwrap_err(), "it has no hardware PWM");
        let error = find(tree(&[(0, "1f0009c000.pwm")]).path(), Pin(12)).unwrap_err();
        assert!(error.ends_with("(dtoverlay=pwm-2chan), only 1f0009c000.pwm"), "{error}");
    }
}
