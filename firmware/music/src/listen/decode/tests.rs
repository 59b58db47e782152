//! Files as people have them: joined, cut off, from pipes, in odd containers. Each sounds for as long as it should.

mod damaged;
mod joined;
mod mp4;
mod riff;

use super::*;
use crate::track::Stereo;
use std::fs;
use std::path::PathBuf;
use tempfile::NamedTempFile;

/// A file of ours that is kept beside the tests.
fn kept(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/tracks").join(name)).unwrap()
}

fn file(bytes: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    file
}

/// Everything that a file gives, and its rate.
fn all(bytes: &[u8]) -> Result<(Vec<Stereo>, u32), String> {
    let file = file(bytes);
    let mut decoder = AudioFile::open(file.path())?;
    let rate_hz = decoder.rate_hz();
    Ok((std::iter::from_fn(|| decoder.next()).collect(), rate_hz))
}

fn tone(n: u32, rate_hz: u32) -> f32 {
    // A whole number of periods later it is the same.
    let n = u16::try_from(n % (rate_hz / 40)).unwrap();
    let rate = f32::from(u16::try_from(rate_hz).unwrap());
    (std::f32::consts::TAU * 440.0 * f32::from(n) / rate).sin()
}

fn seconds(frames: usize, rate_hz: u32) -> f64 {
    f64::from(u32::try_from(frames).unwrap()) / f64::from(rate_hz)
}

/// How long a file plays, and how much of that is the tone of 440 Hz.
#[track_caller]
fn heard(bytes: &[u8]) -> (f64, f64) {
    let (frames, rate_hz) = all(bytes).unwrap();
    // A piece of 50 ms sounds when it has the right number of upward crossings, within two.
    let piece = usize::try_from(rate_hz / 20).unwrap();
    let sounds = |piece: &&[Stereo]| {
        let rises = piece.windows(2).filter(|pair| pair[0][0] <= 0.0 && pair[1][0] > 0.0).count();
        let loud = piece.iter().any(|frame| frame[0] > 0.02);
        loud && rises.abs_diff(22) <= 2
    };
    let sounding = frames.chunks(piece).filter(sounds).count() * piece;
    (seconds(frames.len(), rate_hz), seconds(sounding, rate_hz))
}

/// Asserts that a file plays for so long, and sounds all the time, but for what encoders put between joined files.
#[track_caller]
fn plays(bytes: &[u8], expected_s: f64) {
    let (all_s, tone_s) = heard(bytes);
    assert!((all_s - expected_s).abs() < 0.12, "plays {all_s} s, not {expected_s}");
    assert!(all_s - tone_s < 0.35, "of {all_s} s only {tone_s} s are the tone");
}

/// The MPEG frames of a file, without its header frame.
fn frames_of(name: &str) -> Vec<u8> {
    let bytes = kept(name);
    let first = |from: usize| {
        bytes[from..].windows(2).position(|pair| pair[0] == 0xff && pair[1] & 0xe0 == 0xe0).unwrap() + from
    };
    let start = first(0);
    let is_header = bytes[start..start + 64].windows(4).any(|word| word == b"Xing" || word == b"Info");
    bytes[if is_header { first(start + 4) } else { start }..].to_vec()
}

#[test]
fn a_header_that_is_understood_is_trimmed_to_the_frame() {
    for (name, frames) in
        [("tone.mp3", 22_050), ("tone-stereo.mp3", 32_000), ("tone.ogg", 22_050), ("tone.flac", 22_050)]
    {
        assert_eq!(all(&kept(name)).unwrap().0.len(), frames, "{name}");
    }
}

#[test]
fn files_without_a_header_or_with_a_false_one_play_to_their_end() {
    // Quiet frames of 24 kbit/s first, so that the estimate is far too short or too long.
    let (low, high) = (frames_of("tone-mono.mp3"), frames_of("tone-stereo.mp3"));
    plays(&[&high[..], &high, &low].concat(), 4.2);
    plays(&[&low[..], &high, &high].concat(), 4.2);
    // A header that knows of no frames, or of ten of them.
    for count in [0, 10] {
        let mut bytes = kept("tone-stereo.mp3");
        let at = bytes.windows(4).position(|word| word == b"Info").unwrap();
        bytes[at + 8..at + 12].copy_from_slice(&[0, 0, 0, count]);
        plays(&bytes, 1.03);
    }
}

#[test]
fn joined_files_play_whole() {
    let (mp3, ogg) = (kept("tone-stereo.mp3"), kept("tone.ogg"));
    plays(&[&mp3[..], &mp3].concat(), 2.06);
    plays(&[&ogg[..], &ogg, &ogg].concat(), 1.5);
    // With other rates and channels than the first.
    plays(&[&kept("tone-low.ogg")[..], &ogg].concat(), 1.5);
    plays(&[&kept("tone-mono.mp3")[..], &mp3].concat(), 3.1);
    plays(&[&mp3[..], &kept("tone-mono.mp3")].concat(), 3.1);
}

#[test]
fn how_long_files_without_a_sound_header_play_is_measured() {
    let (mp3, ogg) = (kept("tone-stereo.mp3"), kept("tone.ogg"));
    for (bytes, expected) in [
        ([&mp3[..], &mp3].concat(), 2.08),
        ([&ogg[..], &kept("tone-low.ogg")].concat(), 1.5),
        ([&frames_of("tone-mono.mp3")[..], &mp3].concat(), 3.1),
        (kept("tone-fragmented.mp4"), 2.05),
    ] {
        let file = file(&bytes);
        assert_eq!(AudioFile::open(file.path()).unwrap().length(), None);
        let measured = measure(file.path()).unwrap().as_secs_f64();
        assert!((measured - expected).abs() < 0.06, "{measured} s, not {expected}");
    }
    assert_eq!(AudioFile::open(file(&mp3).path()).unwrap().length(), Some(Duration::from_secs(1)));
}

#[test]
fn tags_around_the_music_are_no_music() {
    let mp3 = kept("tone-stereo.mp3");
    // An ID3v2 tag whose picture looks like frames, one behind it, and ID3v1 and APEv2 tags at the end.
    let picture = [&[0xff, 0xfb, 0x90, 0x64][..]; 400].concat();
    let size = u32::try_from(picture.len()).unwrap();
    let size7 = |shift: u32| u8::try_from(size >> shift & 0x7f).unwrap();
    let synchsafe = [size7(21), size7(14), size7(7), size7(0)];
    let id3 = [&b"ID3\x04\0\0"[..], &synchsafe, &picture].concat();
    let ape = [&picture[..], b"APETAGEX\xd0\x07\0\0", &(size + 32).to_le_bytes(), &[0; 16]].concat();
    let mut old = [0; 128];
    old[..3].copy_from_slice(b"TAG");
    let bytes = [&id3[..], &id3, &mp3, &ape, &old].concat();
    assert_eq!(all(&bytes).unwrap().0.len(), 32_000);
    // One whose size can't be true: the music is found behind it all the same.
    plays(&[&b"ID3\x04\0\0\x7f\x7f\x7f\x7f"[..], &mp3].concat(), 1.0);
}

#[test]
fn opus_sounds_without_the_frames_that_only_its_decoder_needs() {
    use opus_pure::{Application, OggOpusWriter, OpusEncoder, OpusHead};
    for channels in [1, 2] {
        let mut encoder = OpusEncoder::new(48_000, channels, Application::Audio).unwrap();
        encoder.bitrate_bps = 64_000;
        let mut bytes = Vec::new();
        let mut writer = OggOpusWriter::new(&mut bytes, OpusHead::for_encoder(&encoder, 48_000)).unwrap();
        let mut packet = vec![0; 4_000];
        for block in 0..100_u32 {
            let pcm: Vec<f32> =
                (block * 960..(block + 1) * 960).flat_map(|n| vec![0.4 * tone(n, 48_000); channels]).collect();
            let count = encoder.encode(&pcm, 960, &mut packet).unwrap();
            writer.write_packet(&packet[..count]).unwrap();
        }
        writer.finish().unwrap();
        plays(&bytes, 2.0);
        assert!((heard(&bytes).0 - 2.0).abs() < 0.021);
    }
}

#[test]
fn a_place_in_the_middle_is_found() {
    for name in ["tone-stereo.mp3", "tone.m4a", "tone.ogg", "tone.flac", "tone.wav"] {
        let file = file(&kept(name));
        let mut decoder = AudioFile::open(file.path()).unwrap();
        let whole = decoder.length().unwrap().as_secs_f64();
        assert!(decoder.seek(Duration::from_secs_f64(whole / 2.0)), "{name}");
        let rest = std::iter::from_fn(|| decoder.next()).count();
        let rest_s = seconds(rest, decoder.rate_hz());
        assert!((rest_s - whole / 2.0).abs() < 0.12, "{name}: {rest_s} of {whole} s are left");
    }
}

#[test]
fn music_is_known_by_its_ending() {
    for name in ["a.mp3", "b.FLAC", "c.m4b", "d.mp4", "e.opus", "f.AIFF", "g.wma", "h.ape", "i.wv", "j.dsf", "k.mid"] {
        assert!(is_music(Path::new(name)), "{name}");
    }
    for name in ["cover.jpg", "list.m3u", "mp3", "notes.txt", "a.mp3.part", ".mp3"] {
        assert!(!is_music(Path::new(name)), "{name}");
    }
}
