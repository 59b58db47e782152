//! WAV and AIFF whose sizes are wrong.

use super::*;

/// A second of the tone at 8 kHz in 16 bits, mono: half a scale up, half a scale down.
fn samples() -> Vec<i16> {
    (0..8_000).map(|n| if tone(n, 8_000) > 0.0 { 9_000 } else { -9_000 }).collect()
}

pub(super) fn wav(riff: u32, data: u32, after: &[u8]) -> Vec<u8> {
    let sound: Vec<u8> = samples().iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let format = [
        &16_u32.to_le_bytes()[..],
        b"\x01\0\x01\0",
        &8_000_u32.to_le_bytes(),
        &16_000_u32.to_le_bytes(),
        b"\x02\0\x10\0",
    ];
    [b"RIFF", &riff.to_le_bytes()[..], b"WAVEfmt ", &format.concat(), b"data", &data.to_le_bytes(), &sound, after]
        .concat()
}

pub(super) fn aiff(form: u32, frames: u32, sound: u32) -> Vec<u8> {
    let samples: Vec<u8> = samples().iter().flat_map(|sample| sample.to_be_bytes()).collect();
    // 8,000 as an extended float of 80 bits.
    let common =
        [&18_u32.to_be_bytes()[..], b"\0\x01", &frames.to_be_bytes(), b"\0\x10", b"\x40\x0b\xfa\0\0\0\0\0\0\0"]
            .concat();
    [b"FORM", &form.to_be_bytes()[..], b"AIFFCOMM", &common, b"SSND", &sound.to_be_bytes(), &[0; 8], &samples].concat()
}

#[test]
fn the_length_of_the_file_counts_where_its_sizes_can_not_be_true() {
    for (riff, data) in [
        (16_036, 16_000),
        (0, 0),
        (u32::MAX, u32::MAX),
        (0x7fff_ffff, 0x7fff_ffff - 36),
        // The header of a writer that was killed after a tenth of a second.
        (1_636, 1_600),
        (36, 0),
        (16_036, 17_000),
    ] {
        let bytes = wav(riff, data, b"");
        assert_eq!(all(&bytes).unwrap().0.len(), 8_000, "RIFF {riff}, data {data}");
        let file = file(&bytes);
        assert_eq!(AudioFile::open(file.path()).unwrap().length(), Some(Duration::from_secs(1)));
    }
    // What is behind the sound is no sound.
    assert_eq!(all(&wav(16_060, 16_000, b"LIST\x10\0\0\0INFOISFT\x04\0\0\0abc\0")).unwrap().0.len(), 8_000);
}

#[test]
fn large_wav_files_with_64_bit_sizes_are_read() {
    let plain = wav(u32::MAX, u32::MAX, b"");
    let sizes = [&b"ds64"[..], &28_u32.to_le_bytes(), &[0; 28]].concat();
    for name in [b"RF64", b"BW64"] {
        let bytes = [&name[..], &plain[4..12], &sizes, &plain[12..]].concat();
        assert_eq!(all(&bytes).unwrap().0.len(), 8_000);
    }
}

#[test]
fn aiff_is_read_with_sizes_of_a_writer_that_was_killed_too() {
    for (form, frames, sound) in [(16_062, 8_000, 16_008), (0, 0, 0), (u32::MAX, 0, u32::MAX)] {
        let bytes = aiff(form, frames, sound);
        assert_eq!(all(&bytes).unwrap().0.len(), 8_000, "FORM {form}, {frames} frames, SSND {sound}");
    }
}
