//! Damaged files and files of other kinds end with a reason, whatever is in them.

use super::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg32;

#[test]
fn what_is_no_music_that_plays_here_is_named() {
    for (bytes, reason) in [
        (&b""[..], "the file is empty"),
        (&[0; 5_000], "it holds nothing but zeros; the copy may have failed"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11 and so on", "Windows Media (WMA) can't be played here"),
        (b"MAC \x96\x0f", "Monkey's Audio (APE) can't be played here"),
        (b"wvpk    ", "WavPack can't be played here"),
        (b"DSD \x1c", "DSD can't be played here"),
        (b"MThd\0\0\0\x06", "a MIDI file holds notes, not sound"),
        (b"<!DOCTYPE html><html>", "this is a page of text, not music; it may be a download that failed"),
        (b"this is a shopping list, not music; milk, eggs, flour", "it is no music that can be decoded here"),
    ] {
        assert_eq!(all(bytes).unwrap_err(), reason);
    }
    let tagged = [&b"ID3\x03\0\0\0\0\0\x0a          "[..], b"MAC \x96\x0f"].concat();
    assert_eq!(all(&tagged).unwrap_err(), "Monkey's Audio (APE) can't be played here");
}

#[test]
fn what_stands_in_front_of_the_sound_of_a_flac_file_can_not_stop_it() {
    let good = kept("tone.flac");
    let rest = 4 + 4 + 34;
    // A cue sheet and a picture that make no sense, and block sizes of an old encoder.
    let nonsense = [&b"\x05\0\0\x10"[..], &[0xff; 16], b"\x06\0\0\x08", &[0xff; 8]].concat();
    let mut bytes = [&good[..rest], &nonsense, &good[rest..]].concat();
    bytes[8..12].copy_from_slice(&[0, 1, 0, 0]);
    assert_eq!(all(&bytes).unwrap().0.len(), 22_050);
}

#[test]
fn damaged_copies_of_every_kind_end_well() {
    let mut rng = Pcg32::seed_from_u64(21);
    for name in ["tone.mp3", "tone.ogg", "tone.flac", "tone.wav", "tone.m4a", "tone-alac.m4a", "tone-fragmented.mp4"] {
        let good = kept(name);
        for _ in 0..60 {
            let mut bytes = good.clone();
            for _ in 0..rng.random_range(1..12) {
                let at = rng.random_range(0..bytes.len());
                bytes[at] = match rng.random_range(0..4) {
                    0 => 0,
                    1 => 0xff,
                    2 => bytes[at] ^ 1 << rng.random_range(0..8),
                    _ => rng.next_u32().to_le_bytes()[0],
                };
            }
            if rng.random_range(0..4) == 0 {
                bytes.truncate(rng.random_range(0..bytes.len()));
            }
            // Decoders may panic, which those who play and scan catch; nothing may take all memory or never end.
            let heard = files::caught(|| all(&bytes));
            if let Ok(Ok((frames, rate_hz))) = heard {
                assert!(seconds(frames.len(), rate_hz) < 60.0, "{name}: {} frames", frames.len());
            }
        }
    }
}
