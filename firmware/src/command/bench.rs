//! `moodbox bench`: milliseconds for each stage of a look on this board, processor time and memory.

mod report;

use crate::config::Config;
use crate::error::Failure;
use crate::eyes::{self, Eyes, Sight, Stages};
use crate::hw;
use crate::picture;
use crate::report::ms;
use crate::rig::Rig;
use mood::{Affect, Classifier, Crop, Expression, Frame, InputTensor, Rgb};
use music::{Composer, Mixer};
use report::Report;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The photograph that decoding and the networks are timed on: 640x480, one face.
const PHOTOGRAPH: &[u8] = include_bytes!("../../assets/frames/1-astronaut.jpg");
const RATE_HZ: u32 = 48_000;
/// The share of its full level at which a sound is heard.
const AUDIBLE: f32 = 0.003;
/// What a card keeps in store at most when the queue before it is full: three blocks of 10 ms, and two buffers.
const CARD_STORE: Duration = Duration::from_millis(30 + 2 * 21);

/// Times each stage of a look.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct BenchArgs {
    /// Runs of each stage
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub runs: u32,
    /// A configuration; `moodbox config` prints the template
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// An expression network instead of the built-in int8 one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// With simulated camera and light, as `moodbox run --simulate` has them
    #[arg(long)]
    pub simulate: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// Times the stages; the report goes to `out`.
///
/// # Errors
/// When a network is refused, or the report can't be written. A camera or light that is missing is left out.
pub fn bench(args: &BenchArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let config = Config::load(args.config.as_deref())?;
    let mut report = Report::of(report::board());
    let mut rig = if args.simulate { Rig::desk(&config, None) } else { Rig::real(&config) };
    frames(args, &mut rig, &mut report);
    networks(args, &config, &mut report)?;
    hands(args, &mut rig, &mut report);
    report.peak_memory_mib = report::peak_memory_mib();
    let written = if args.json { report.json(out) } else { report.text(out) };
    written.map_err(Failure::write("the report"))
}

fn frames(args: &BenchArgs, rig: &mut Rig<'_>, report: &mut Report) {
    match rig.camera() {
        Ok((mut camera, _)) => {
            let (opened, opening) = timed(|| camera.open());
            match opened {
                Ok(()) => {
                    report.add("sensor on, exposure settled", vec![opening]);
                    match times(args.runs, || camera.capture().map(drop)) {
                        Ok(times) => report.add("capture (next frame, decoded)", times),
                        Err(error) => report.leave_out("capture", error.to_string()),
                    }
                    report.camera = camera.describe();
                }
                Err(error) => report.leave_out("capture", error.to_string()),
            }
            camera.close();
        }
        Err(error) => report.leave_out("capture", why(&error)),
    }
    match times(args.runs, || photograph().map(drop)) {
        Ok(times) => report.add("decode (MJPG 640x480)", times),
        Err(error) => report.leave_out("decode", error.to_string()),
    }
}

fn why(error: &Failure) -> String {
    hw::ABSENT.map_or_else(|| error.to_string(), str::to_owned)
}

/// Find, crop, classify; and the same network in f32 beside its integers.
fn networks(args: &BenchArgs, config: &Config, report: &mut Report) -> Result<(), Failure> {
    let frame = photograph()?;
    let model = args.model.as_deref().or(config.model.as_deref());
    let before = report::cpu_time();
    let looks = looks(model, config, &frame, args.runs)?;
    if let (Some(before), Some(after)) = (before, report::cpu_time()) {
        report.cpu_ms_per_look = Some(ms(after.saturating_sub(before) / (args.runs + 1)));
    }
    let of = |stage: fn(&Stages) -> Duration| looks.iter().map(stage).collect::<Vec<_>>();
    report.add("find", of(|stages| stages.find));
    report.add("crop", of(|stages| stages.crop));
    integers_and_floats(model, &frame, args.runs, report)
}

/// The network of the box, and itself in floating point, in turn, so that both have the same share of a busy board.
fn integers_and_floats(model: Option<&Path>, frame: &Frame, runs: u32, report: &mut Report) -> Result<(), Failure> {
    let (bytes, name) = eyes::network(model)?;
    let refused = |error| eyes::refused(&name, &error);
    let int8 = Classifier::from_onnx(&bytes).map_err(refused)?;
    let f32 = Classifier::from_onnx_in_float(&bytes).map_err(refused)?;
    let contract = int8.contract();
    let mut input = InputTensor::new(&Crop::centred(frame, contract.side), contract);
    let mut both = [Vec::new(), Vec::new()];
    for run in 0..=runs {
        for (network, times) in [&int8, &f32].into_iter().zip(&mut both) {
            let (reading, took) = timed(|| network.read_both_ways(&mut input));
            reading.map_err(refused)?;
            // The first run is not counted.
            times.extend((run > 0).then_some(took));
        }
    }
    let [integers, floats] = both;
    if int8.float_convolutions() == 0 {
        report.add("classify, int8", integers);
    } else {
        report.leave_out("classify, int8", "this network is in f32");
    }
    report.add("classify, f32 (the same network, not rounded)", floats);
    Ok(())
}

/// The times of `runs` looks at a frame, after one that is not counted.
fn looks(model: Option<&Path>, config: &Config, frame: &Frame, runs: u32) -> Result<Vec<Stages>, Failure> {
    let mut eyes = Eyes::open(model, config.look.unsure_below)?;
    let began = Instant::now();
    let name = model.map_or_else(|| "built in".into(), |path| path.display().to_string());
    let mut looked = Vec::new();
    for _ in 0..=runs {
        let mut stages = Stages::default();
        let seen = eyes.look(frame, &mut stages, &|| began.elapsed());
        seen.map_err(|error| eyes::refused(&name, &error))?;
        looked.push(stages);
    }
    looked.remove(0);
    Ok(looked)
}

fn hands(args: &BenchArgs, rig: &mut Rig<'_>, report: &mut Report) {
    match rig.lights() {
        Ok(mut lights) => {
            let mut lit = false;
            let step = || {
                lit = !lit;
                lights.show(if lit { Rgb::new(0.1, 0.1, 0.1) } else { Rgb::OFF })
            };
            match times(args.runs, step) {
                Ok(times) => report.add("light", times),
                Err(error) => report.leave_out("light", error.to_string()),
            }
        }
        Err(error) => report.leave_out("light", why(&error)),
    }
    let onsets: Vec<Onset> = (0..args.runs).map(|seed| onset(seed.into())).collect();
    report.add("sound: first audible block computed", onsets.iter().map(|it| it.computed).collect());
    report.add(
        "sound onset (with music's own, queue and card)",
        onsets.iter().map(|it| it.computed + it.rests + CARD_STORE).collect(),
    );
}

/// From the request for music to its first sound.
struct Onset {
    /// Time it took to compute all blocks up to the first that is heard.
    computed: Duration,
    /// Time the music itself is silent before.
    rests: Duration,
}

/// Renders a happy piece until it is heard, or for two seconds.
fn onset(seed: u64) -> Onset {
    let mut mixer = Mixer::new(RATE_HZ, 0.0);
    let mut block = vec![[0.0; 2]; 480];
    let began = Instant::now();
    mixer
        .play(Box::new(Composer::new(Expression::Happy, Affect::of(Expression::Happy), seed, RATE_HZ)), Duration::ZERO);
    for blocks in 0..200 {
        mixer.render(&mut block);
        if block.iter().flatten().any(|sample| sample.abs() > AUDIBLE) {
            return Onset { computed: began.elapsed(), rests: Duration::from_millis(10) * blocks };
        }
    }
    Onset { computed: began.elapsed(), rests: Duration::from_secs(2) }
}

fn photograph() -> Result<Frame, Failure> {
    let picture = picture::decode(PHOTOGRAPH, "astronaut")?;
    Ok(picture::frame(picture, "astronaut", Duration::ZERO)?)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}

fn times<E>(runs: u32, mut work: impl FnMut() -> Result<(), E>) -> Result<Vec<Duration>, E> {
    (0..runs)
        .map(|_| {
            let (result, took) = timed(&mut work);
            result.map(|()| took)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn music_is_heard_soon_after_it_is_asked_for() {
        let onset = onset(1);
        assert!(onset.rests < Duration::from_secs(1), "{:?}", onset.rests);
    }
}
