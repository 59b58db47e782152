//! Times training steps on made-up pictures: forward, backward and AdamW, without augmentation and averages.
//!
//! `cargo run --release -p trainer --example step_speed -- vgg 20 3` prints images/s of 3 rounds of 20 steps, a line
//! each; a width and a depth may follow. `scripts/lab/compare-pytorch` runs it in turn with the same step in PyTorch.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what it is for")]

use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use clap::ValueEnum;
use kernels::AdamW;
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;
use trainer::net::{Name, Net, Size};

/// Pictures a step.
const BATCH: usize = 64;
/// Labels to tell apart.
const CLASSES: usize = 7;
/// Steps before the clock starts.
const WARM_UP: usize = 3;

struct Step {
    net: Net,
    optimiser: ModuleOptimizer,
    inputs: Tensor<4>,
    labels: Tensor<1, Int>,
}

impl Step {
    fn new(name: Name, size: Size) -> Self {
        let device = Device::flex().autodiff();
        device.seed(1);
        let labels: Vec<i64> = (0..).map(|index| index % 7).take(BATCH).collect();
        Self {
            net: Net::new(name, size, CLASSES, 0.4, &device),
            optimiser: AdamW::new(0.9, 0.05).into(),
            inputs: Tensor::random([BATCH, 1, 48, 48], Distribution::Normal(0.0, 1.0), &device),
            labels: Tensor::from_data(TensorData::new(labels, [BATCH]), &device),
        }
    }

    /// One step of gradient descent; gives the loss.
    fn run(&mut self) -> f32 {
        let log = log_softmax(self.net.forward(self.inputs.clone()), 1);
        let loss = log.gather(1, self.labels.clone().reshape([BATCH, 1])).mean().neg();
        let value = loss.clone().into_scalar::<f32>();
        let gradients = GradientsParams::from_grads(loss.backward(), &self.net);
        self.net = self.optimiser.step(1e-3, self.net.clone(), gradients);
        value
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let name = Name::from_str(&words.next().ok_or("which network?")?, false)?;
    let steps: u32 = words.next().ok_or("how many steps?")?.parse()?;
    let rounds: u32 = words.next().map_or(Ok(1), |word| word.parse())?;
    let mut size = name.default_size();
    for part in [&mut size.width, &mut size.depth] {
        *part = words.next().map_or(Ok(*part), |word| word.parse())?;
    }
    let mut step = Step::new(name, size);
    for _ in 0..WARM_UP {
        let loss = step.run();
        eprintln!("loss {loss:.6}");
    }
    for _ in 0..rounds {
        let began = Instant::now();
        let mut loss = 0.0;
        for _ in 0..steps {
            loss = step.run();
        }
        let seconds = began.elapsed().as_secs_f64();
        let pictures = f64::from(steps) * f64::from(u32::try_from(BATCH)?);
        println!("{:.1}", pictures / seconds);
        eprintln!("loss {loss:.6}");
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}\n  hint: step_speed classic|vgg|repvgg|residual STEPS [ROUNDS [WIDTH [DEPTH]]]");
            ExitCode::from(2)
        }
    }
}
