//! Several files in one, as `cat` and recorders leave them, also where the second is of another kind.

use super::riff::{aiff, wav};
use super::*;

/// The frames of a file of AAC in MP4, each with a header of its own (ADTS).
fn adts(mp4: &[u8]) -> Vec<u8> {
    let number = |at: usize| usize::try_from(u32::from_be_bytes(mp4[at..at + 4].try_into().unwrap())).unwrap();
    let table = |name: &[u8; 4]| mp4.windows(4).position(|word| word == name).unwrap() + 8;
    let sizes = table(b"stsz");
    let mut at = number(table(b"stco") + 4);
    let mut bytes = Vec::new();
    for frame in 0..number(sizes + 4) {
        let size = number(sizes + 8 + 4 * frame);
        let length = u32::try_from(size + 7).unwrap();
        let [_, _, high, low] = (length << 5 | 0x1f).to_be_bytes();
        // AAC-LC at 22,050 Hz, one channel.
        bytes.extend([0xff, 0xf1, 0x5c, 0x40 | u8::try_from(length >> 11).unwrap(), high, low, 0xfc]);
        bytes.extend(&mp4[at..at + size]);
        at += size;
    }
    bytes
}

#[test]
fn flac_of_several_rates_and_channels() {
    let (flac, stereo) = (kept("tone.flac"), kept("tone-stereo.flac"));
    plays(&[&flac[..], &flac, &flac].concat(), 1.5);
    plays(&[&flac[..], &stereo].concat(), 0.8);
    plays(&[&stereo[..], &flac].concat(), 0.8);
    assert_eq!(all(&[&flac[..], &flac].concat()).unwrap().0.len(), 44_100);
}

#[test]
fn wav_and_aiff_also_from_pipes_and_of_odd_sizes() {
    let sizes = [(16_036, 16_000), (0, 0), (u32::MAX, u32::MAX)];
    for (riff, data) in sizes {
        let first = wav(riff, data, b"");
        for next in [wav(16_036, 16_000, b""), wav(0, 0, b"")] {
            assert_eq!(all(&[&first[..], &next, &first].concat()).unwrap().0.len(), 24_000, "{data}");
        }
        // At another rate.
        plays(&[&first[..], &kept("tone.wav")].concat(), 1.5);
    }
    // Chunks behind the sound, and an odd size that was not filled up.
    let (tagged, odd) = (wav(16_060, 16_000, b"LIST\x10\0\0\0INFOISFT\x04\0\0\0abc\0"), wav(16_037, 16_001, b"\0"));
    assert_eq!(all(&[&tagged[..], &odd, &tagged].concat()).unwrap().0.len(), 24_000);
    let (known, unknown) = (aiff(16_062, 8_000, 16_008), aiff(0, 0, 0));
    assert_eq!(all(&[&known[..], &unknown, &known].concat()).unwrap().0.len(), 24_000);
}

#[test]
fn aac_that_changes_its_rate_and_channels() {
    let (mono, stereo) = (adts(&kept("tone.m4a")), kept("tone-stereo.aac"));
    plays(&[&mono[..], &mono].concat(), 4.1);
    plays(&[&mono[..], &stereo].concat(), 2.6);
    plays(&[&stereo[..], &mono, &stereo].concat(), 3.1);
    // A damaged header in between is no other file.
    let mut damaged = [&mono[..], &stereo].concat();
    let half = mono.len() / 2;
    let place = damaged[half..].windows(4).position(|bytes| bytes[..3] == [0xff, 0xf1, 0x5c]).unwrap() + half;
    damaged[place + 2] = 0x50;
    plays(&damaged, 2.6);
}

#[test]
fn mp4() {
    let (aac, lossless) = (kept("tone.m4a"), kept("tone-alac.m4a"));
    plays(&[&aac[..], &lossless, &aac].concat(), 5.0);
    plays(&[&kept("tone-fragmented.mp4")[..], &aac].concat(), 4.0);
}

/// A file of Ogg whose pages say the same serial number as another's.
fn with_serial(ogg: &[u8], serial: [u8; 4]) -> Vec<u8> {
    let mut bytes = ogg.to_vec();
    let places: Vec<usize> =
        ogg.windows(5).enumerate().filter(|(_, word)| word == b"OggS\0").map(|(at, _)| at).collect();
    for (at, end) in places.iter().zip(places.iter().skip(1).chain([&ogg.len()])) {
        bytes[at + 14..at + 18].copy_from_slice(&serial);
        bytes[at + 22..at + 26].fill(0);
        let sum = bytes[*at..*end].iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| sum << 1 ^ if sum >> 31 == 0 { 0 } else { 0x04c1_1db7 })
        });
        bytes[at + 22..at + 26].copy_from_slice(&sum.to_le_bytes());
    }
    bytes
}

#[test]
fn ogg_of_more_than_a_minute_with_one_serial_number() {
    let serial = [1, 2, 3, 4];
    let (ogg, low) = (with_serial(&kept("tone.ogg"), serial), with_serial(&kept("tone-low.ogg"), serial));
    let bytes = [ogg.repeat(70), low.repeat(40)].concat();
    plays(&bytes, 75.0);
    let file = file(&bytes);
    let mut decoder = AudioFile::open(file.path()).unwrap();
    assert_eq!(decoder.length(), None);
    assert!((measure(file.path()).unwrap().as_secs_f64() - 75.0).abs() < 0.1);
    // Places are found in all of it.
    assert!(decoder.seek(Duration::from_secs(70)));
    let rest = seconds(std::iter::from_fn(|| decoder.next()).count(), decoder.rate_hz());
    assert!((rest - 5.0).abs() < 0.2, "{rest}");
    assert!(decoder.seek_share(0.25));
    let rest = seconds(std::iter::from_fn(|| decoder.next()).count(), decoder.rate_hz());
    assert!((40.0..65.0).contains(&rest), "{rest}");
}

/// A file of FLAC with frames of 192 zeros, of more bytes than are searched for a second file in every file.
fn long_flac(seconds: u32) -> Vec<u8> {
    let sum8 = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0_u8, |sum, byte| (0..8).fold(sum ^ byte, |sum, _| sum << 1 ^ if sum & 0x80 == 0 { 0 } else { 7 }))
    };
    let sum16 = |bytes: &[u8]| {
        bytes.iter().fold(0_u16, |sum, byte| {
            (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| sum << 1 ^ if sum >> 15 == 0 { 0 } else { 0x8005 })
        })
    };
    // 8 kHz, mono, 16 bits; the samples as they are.
    let mut bytes =
        [&b"fLaC\x80\0\0\x22\0\xc0\0\xc0\0\0\0\0\0\0\x01\xf4\x00\xf0"[..], &(seconds * 8_000).to_be_bytes(), &[0; 16]]
            .concat();
    for number in 0..seconds * 8_000 / 192 {
        let letter = char::from_u32(number).unwrap();
        let mut frame = vec![0xff, 0xf8, 0x14, 0x08];
        frame.extend(letter.to_string().bytes());
        frame.push(sum8(&frame));
        frame.push(2);
        frame.extend(
            (0..192).flat_map(|n| if tone(number * 192 + n, 8_000) > 0.0 { [0x23, 0x28] } else { [0xdc, 0xd8] }),
        );
        frame.extend(sum16(&frame).to_be_bytes());
        bytes.extend(frame);
    }
    bytes
}

#[test]
fn a_second_file_is_found_in_the_middle_of_a_long_one() {
    let (long, short) = (long_flac(120), long_flac(72));
    for bytes in [[&long[..], &long].concat(), [&long[..], &short].concat(), [&short[..], &long].concat()] {
        let file = file(&bytes);
        let expected = bytes.len() / 16_100;
        let measured = usize::try_from(measure(file.path()).unwrap().as_secs()).unwrap();
        assert!(measured.abs_diff(expected) < 8, "{measured} s of {expected}");
    }
    // One file alone is not read whole for that: its length is what its header says.
    let file = file(&long);
    assert_eq!(AudioFile::open(file.path()).unwrap().length(), Some(Duration::from_secs(120)));
}

#[test]
fn a_decoder_that_comes_on_inside_of_a_file_has_the_bytes_that_its_first_frame_leans_on() {
    let frames = frames_of("tone-mono.mp3");
    // Each is 104 bytes long, and one more with padding.
    let next = |at: &usize| frames.get(at + 2).map(|about| at + 104 + usize::from(about >> 1 & 1));
    let starts: Vec<usize> = std::iter::successors(Some(0), next).take(10).collect();
    // A silent frame of stereo with five bytes of nothing, in front of one that leans on what comes before it, as does the next.
    let silent = [&[0xff, 0xf3, 0x10, 0x00][..], &[0; 22]].concat();
    let mut bytes = [&frames[..starts[8]], &silent, &frames[starts[8]..]].concat();
    for start in &starts[8..] {
        let begin = start + silent.len() + 4;
        assert!(bytes[begin] > 100, "it doesn't lean on anything");
        bytes[begin] += 5;
    }
    let expected = all(&frames).unwrap().0;
    let found = all(&bytes).unwrap().0;
    assert_eq!(found.len(), expected.len() + 576);
    let loud = |frames: &[Stereo]| frames.iter().map(|frame| frame[0].powi(2)).sum::<f32>();
    let (from, until) = (576 * 8, 576 * 9);
    assert!(loud(&found[from..until]) < 0.5 * loud(&expected[from..until]), "the silent frame");
    // A decoder's filters take a frame to fill; without those bytes four frames are lost.
    let (whole, with) = (loud(&expected[from..until]), loud(&found[from + 2 * 576..until + 2 * 576]));
    assert!(with > 0.5 * whole, "{with} of {whole}");
}
