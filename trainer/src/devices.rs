//! What the networks are trained on: the CPU by default, a graphics card where this build has a back end for it.
//!
//! Each back end of Burn is a cargo feature, off by default. A device is named `cpu`, `vulkan` or `vulkan:1`; without a
//! number it is the first of its kind, and cards come before drivers that compute on the CPU. The own kernels serve the
//! CPU alone, on every other device Burn's stock layers run (see [`kernels`]).

pub mod survey;
pub mod trial;

pub use burn::tensor::Device;

use crate::error::Error;
use burn::tensor::DeviceType;
use std::any::Any;
use std::fmt;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

const HINT: &str = "`trainer devices` lists what works here; `--device cpu` always does";

/// A back end of Burn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// `flex`, in pure Rust on all cores; the own kernels serve it.
    #[default]
    Cpu,
    /// NVIDIA's cards, through CUDA.
    Cuda,
    /// Apple's, through Metal.
    Metal,
    /// AMD's, through `ROCm`.
    Rocm,
    /// Any maker's, through Vulkan.
    Vulkan,
}

impl Backend {
    /// All of them, built in or not.
    pub const ALL: [Self; 5] = [Self::Cpu, Self::Cuda, Self::Metal, Self::Rocm, Self::Vulkan];

    /// The name on the command line; but for `cpu` also that of the cargo feature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
            Self::Rocm => "rocm",
            Self::Vulkan => "vulkan",
        }
    }

    /// Whether this build can speak to it.
    #[must_use]
    pub const fn built_in(self) -> bool {
        self.kind().is_some()
    }

    /// The command that builds a trainer with it.
    #[must_use]
    pub fn build_command(self) -> String {
        match self {
            Self::Cpu => "cargo build --release -p trainer".into(),
            card => format!("cargo build --release -p trainer --features {},tuned", card.name()),
        }
    }

    /// The devices there are, the best first. Loads the driver, which may end the process: [`survey`] asks in another.
    #[must_use]
    pub fn devices(self) -> Vec<Device> {
        self.kind().map_or_else(Vec::new, |kind| Device::enumerate(kind).into_vec())
    }

    const fn kind(self) -> Option<DeviceType> {
        match self {
            Self::Cpu => Some(DeviceType::Flex),
            #[cfg(feature = "cuda")]
            Self::Cuda => Some(DeviceType::Cuda),
            #[cfg(feature = "metal")]
            Self::Metal => Some(DeviceType::Metal),
            #[cfg(feature = "rocm")]
            Self::Rocm => Some(DeviceType::Rocm),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => Some(DeviceType::Vulkan),
            #[cfg(not(all(feature = "cuda", feature = "metal", feature = "rocm", feature = "vulkan")))]
            _ => None,
        }
    }
}

/// The device a person chose: a back end, and which of its devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    /// Whose.
    pub backend: Backend,
    /// Which, from 0.
    pub index: usize,
}

impl Choice {
    /// Opens it.
    ///
    /// # Errors
    /// When this build has no such back end, or there is no such device here, or its driver refuses.
    pub fn open(self) -> Result<Device, Error> {
        let Self { backend, index } = self;
        if !backend.built_in() {
            let hint = format!("build it with `{}`, or leave `--device` out for the CPU", backend.build_command());
            return Err(Error::usage(format!("this trainer was built without `{}`", backend.name()), hint));
        }
        let mut devices = self.guarded(|| backend.devices())?;
        if index >= devices.len() {
            let what = format!("there is no device `{self}` here, {} `{}` found", devices.len(), backend.name());
            return Err(Error::device(what, HINT));
        }
        let device = devices.swap_remove(index);
        self.guarded(|| device.sync().map_err(|error| format!("{error:?}")))?
            .map_err(|reason| self.refused(&reason))?;
        Ok(device)
    }

    /// What the driver calls the device, where Burn tells. The CPU has no driver: there it is the back end.
    #[must_use]
    pub fn driver(self, device: &Device) -> Option<String> {
        if self.backend == Backend::Cpu {
            let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
            return Some(format!("flex, pure Rust, {threads} threads"));
        }
        name(device)
    }

    /// Burn's back ends panic where a driver refuses: such a panic becomes an error here.
    fn guarded<T>(self, ask: impl FnOnce() -> T) -> Result<T, Error> {
        catch_unwind(AssertUnwindSafe(ask)).map_err(|panic| self.refused(&words(&*panic)))
    }

    fn refused(self, reason: &str) -> Error {
        let first = reason.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
        Error::device(format!("device `{self}` can't be opened: {first}"), HINT)
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.backend {
            Backend::Cpu => f.write_str("cpu"),
            card => write!(f, "{}:{}", card.name(), self.index),
        }
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, number) = text.split_once(':').map_or((text, None), |(name, number)| (name, Some(number)));
        let backend = Backend::ALL.into_iter().find(|backend| backend.name() == name);
        let backend = backend.ok_or_else(|| {
            let names = Backend::ALL.map(Backend::name).join(", ");
            format!("a device is one of {names}; all but cpu may carry a number, as in vulkan:1")
        })?;
        let index = match number {
            None => 0,
            Some(_) if backend == Backend::Cpu => return Err("there is one cpu, it has no number".into()),
            Some(number) => {
                number.parse().map_err(|_| format!("`{number}` is no number; devices are counted from 0"))?
            }
        };
        Ok(Self { backend, index })
    }
}

#[cfg(any(feature = "cuda", feature = "metal", feature = "rocm", feature = "vulkan"))]
fn name(device: &Device) -> Option<String> {
    device.identity().map(|identity| identity.name)
}

#[cfg(not(any(feature = "cuda", feature = "metal", feature = "rocm", feature = "vulkan")))]
const fn name(_: &Device) -> Option<String> {
    None
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> String {
    let fixed = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    fixed.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_a_back_end_and_perhaps_a_number() {
        let cases = [
            ("cpu", Backend::Cpu, 0, "cpu"),
            ("vulkan", Backend::Vulkan, 0, "vulkan:0"),
            ("vulkan:1", Backend::Vulkan, 1, "vulkan:1"),
            ("cuda:12", Backend::Cuda, 12, "cuda:12"),
            ("metal:0", Backend::Metal, 0, "metal:0"),
            ("rocm", Backend::Rocm, 0, "rocm:0"),
        ];
        for (text, backend, index, written) in cases {
            let choice: Choice = text.parse().expect(text);
            assert_eq!(choice, Choice { backend, index }, "{text}");
            assert_eq!(choice.to_string(), written);
            assert_eq!(choice.to_string().parse(), Ok(choice), "{text} there and back");
        }
    }

    #[test]
    fn anything_else_is_no_device() {
        let cases = [
            (
                "gpu",
                "a device is one of cpu, cuda, metal, rocm, vulkan; all but cpu may carry a number, as in vulkan:1",
            ),
            ("", "a device is one of cpu, cuda, metal, rocm, vulkan; all but cpu may carry a number, as in vulkan:1"),
            ("cpu:0", "there is one cpu, it has no number"),
            ("cuda:", "`` is no number; devices are counted from 0"),
            ("cuda:-1", "`-1` is no number; devices are counted from 0"),
            ("vulkan:one", "`one` is no number; devices are counted from 0"),
        ];
        for (text, told) in cases {
            assert_eq!(text.parse::<Choice>(), Err(told.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_cpu_opens_and_is_served_by_the_own_kernels() {
        let device = Choice::default().open().expect("the CPU is always there");
        assert!(kernels::serve(&device));
    }

    #[test]
    fn a_back_end_that_was_not_built_in_is_told_apart_from_a_missing_device() {
        for backend in Backend::ALL {
            let Err(error) = (Choice { backend, index: 99 }).open() else { panic!("a hundred devices") };
            assert_eq!(error.exit_code(), if backend.built_in() { 4 } else { 2 }, "{error}");
            if !backend.built_in() {
                let name = backend.name();
                assert_eq!(error.to_string(), format!("this trainer was built without `{name}`"));
                assert!(error.hint().contains(&format!("--features {name}")), "{}", error.hint());
            }
        }
    }
}
