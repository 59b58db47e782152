//! WAV files for tests.

use std::path::Path;

/// Writes interleaved samples of so many bits each.
pub(crate) fn write(path: &Path, channels: u16, rate_hz: u32, bits: u16, samples: impl IntoIterator<Item = i32>) {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate_hz,
        bits_per_sample: bits,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).unwrap();
    samples.into_iter().for_each(|sample| file.write_sample(sample).unwrap());
    file.finalize().unwrap();
}

/// A square wave that changes its sign every `half` samples: that needs no arithmetic.
pub(crate) fn square(half: u32, level: i32, samples: u32) -> impl Iterator<Item = i32> {
    (0..samples).map(move |n| if (n / half).is_multiple_of(2) { level } else { -level })
}
