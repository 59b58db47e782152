//! Any number of channels as two.

use crate::track::Stereo;

/// One frame of all channels, folded to stereo: the centre goes to both sides, the low-frequency channel to none, the
/// rest by turns (ITU-R BS.775, halved). What is no number is silence.
pub(crate) fn stereo(channels: &[f32]) -> Stereo {
    let clean = |sample: f32| if sample.is_finite() { sample.clamp(-2.0, 2.0) } else { 0.0 };
    match *channels {
        [] => [0.0; 2],
        [one] => [clean(one); 2],
        [left, right, ref more @ ..] => {
            let mut frame = [clean(left), clean(right)];
            for (channel, &sample) in more.iter().enumerate() {
                let half = 0.5 * clean(sample);
                match channel {
                    0 => frame = frame.map(|side| side + half),
                    1 => {}
                    _ if channel % 2 == 0 => frame[0] += half,
                    _ => frame[1] += half,
                }
            }
            frame
        }
    }
}

#[cfg(test)]
mod tests {
    use super::stereo;

    #[test]
    fn each_channel_goes_where_it_stood() {
        let cases: [(&[f32], [f32; 2]); 6] = [
            (&[], [0.0, 0.0]),
            (&[0.4], [0.4, 0.4]),
            (&[0.1, 0.2], [0.1, 0.2]),
            (&[0.0, 0.0, 0.4, 0.9], [0.2, 0.2]),
            (&[0.0, 0.0, 0.0, 0.0, 0.4, 0.2], [0.2, 0.1]),
            (&[f32::NAN, f32::INFINITY], [0.0, 0.0]),
        ];
        for (channels, expected) in cases {
            let found = stereo(channels);
            let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6);
            assert!(near, "{channels:?} gives {found:?}");
        }
    }
}
