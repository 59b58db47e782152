//! MP4 as phones, editors and cut-off downloads leave it.

use super::*;

fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], name, body].concat()
}

fn place(bytes: &[u8], name: &[u8; 4]) -> usize {
    bytes.windows(4).position(|word| word == name).unwrap() - 4
}

/// Puts atoms at the end of the movie, in front of the sound of a file whose sound comes first.
fn with_in_movie(bytes: &[u8], more: &[u8]) -> Vec<u8> {
    let at = place(bytes, b"moov");
    let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let end = at + usize::try_from(size).unwrap();
    assert!(place(bytes, b"mdat") < at, "the places of the sound must not move");
    let mut out = [&bytes[..end], more, &bytes[end..]].concat();
    let size = size + u32::try_from(more.len()).unwrap();
    out[at..at + 4].copy_from_slice(&size.to_be_bytes());
    out
}

#[test]
fn aac_and_apple_lossless_play() {
    plays(&kept("tone.m4a"), 2.05);
    plays(&kept("tone-alac.m4a"), 1.0);
}

#[test]
fn a_video_in_front_fragments_and_strange_tags_are_passed_over() {
    plays(&kept("tone-video-first.mp4"), 2.05);
    plays(&kept("tone-fragmented.mp4"), 2.05);
    let file = kept("tone.m4a");
    // A `meta` without version and flags, as QuickTime writes it, and one with nothing in it.
    let quicktime = atom(b"meta", &atom(b"hdlr", &[0; 24]));
    for strange in [quicktime, atom(b"meta", b""), atom(b"udta", b"\0\0\0\x02meta"), atom(b"uuid", &[0xff; 16])] {
        plays(&with_in_movie(&file, &strange), 2.05);
    }
}

#[test]
fn a_file_whose_sound_is_cut_off_plays_as_far_as_it_goes() {
    let file = kept("tone-fragmented.mp4");
    let (all_s, _) = heard(&file[..file.len() * 2 / 3]);
    assert!((0.8..1.7).contains(&all_s), "{all_s}");
    let file = kept("tone.m4a");
    let error = all(&file[..file.len() / 2]).unwrap_err();
    assert_eq!(error, "its table of contents is missing; the recording or the copy was cut off");
}

#[test]
fn tables_that_say_more_than_they_hold_cost_neither_memory_nor_the_file() {
    let file = kept("tone.m4a");
    for (name, count) in [(b"stsz", 12), (b"stts", 8), (b"stsc", 8), (b"stco", 8)] {
        let mut bytes = file.clone();
        let at = place(&bytes, name) + count + 4;
        bytes[at..at + 4].copy_from_slice(&0xffff_fff0_u32.to_be_bytes());
        plays(&bytes, 2.05);
    }
    // Sizes of atoms that lead out of their parents, and out of the file.
    for name in [b"udta", b"minf", b"stbl", b"mdat"] {
        let mut bytes = file.clone();
        let at = place(&bytes, name);
        bytes[at..at + 4].copy_from_slice(&0x7fff_ffff_u32.to_be_bytes());
        if let Ok((frames, _)) = all(&bytes) {
            assert!(frames.len() < 50_000);
        }
    }
}

#[test]
fn what_may_not_or_can_not_be_decoded_is_named() {
    let file = kept("tone.m4a");
    for (name, reason) in
        [(b"drms", "it is protected against copying"), (b"ac-3", "Dolby Digital can't"), (b"samr", "AMR")]
    {
        let mut bytes = file.clone();
        let at = place(&bytes, b"mp4a");
        bytes[at + 4..at + 8].copy_from_slice(name);
        let error = all(&bytes).unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
    let mut bytes = file;
    let at = bytes.windows(4).position(|word| word == b"soun").unwrap();
    bytes[at..at + 4].copy_from_slice(b"text");
    assert_eq!(all(&bytes).unwrap_err(), "there is no sound in it, only pictures or text");
}

/// The body of a tag of iTunes, with its atom.
fn tag(name: &str, value: &str) -> Vec<u8> {
    let mean = atom(b"mean", b"\0\0\0\0com.apple.iTunes");
    let name = atom(b"name", &[&[0; 4][..], name.as_bytes()].concat());
    let data = atom(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0][..], value.as_bytes()].concat());
    let items = atom(b"ilst", &atom(b"----", &[mean, name, data].concat()));
    atom(b"udta", &atom(b"meta", &[&[0; 4][..], &atom(b"hdlr", &[0; 25]), &items].concat()))
}

#[test]
fn what_only_the_encoder_put_in_front_and_behind_is_trimmed_to_the_frame() {
    // By an edit list.
    let file = kept("tone.m4a");
    let played = |bytes: &[u8]| all(bytes).unwrap().0.len();
    assert_eq!(played(&file), 44_100);
    assert_eq!(played(&kept("tone-video-first.mp4")), 44_100);
    let mut without = file.clone();
    let at = place(&file, b"edts");
    without[at + 4..at + 8].copy_from_slice(b"free");
    let whole = played(&without);
    assert_eq!(whole, 45 * 1024);
    // The tone begins where the encoder's delay ends.
    let (trimmed, all_of_it) = (all(&file).unwrap().0, all(&without).unwrap().0);
    assert!(trimmed[..20_000].iter().zip(&all_of_it[1_024..]).all(|(a, b)| (a[0] - b[0]).abs() < 1e-6));
    // By a tag, which has the last word where it speaks of this very track.
    let padding = whole - 2_112 - 43_000;
    let text = format!(" 00000000 00000840 {padding:08X} {:016X} 00000000 00000000", 43_000);
    for file in [&file, &without] {
        assert_eq!(played(&with_in_movie(file, &tag("iTunSMPB", &text))), 43_000);
    }
    let (length, path) = (with_in_movie(&file, &tag("iTunSMPB", &text)), Duration::from_secs_f64(43_000.0 / 22_050.0));
    let stated = AudioFile::open(super::file(&length).path()).unwrap().length().unwrap();
    assert!(stated.abs_diff(path) < Duration::from_micros(100), "{stated:?}");
}

#[test]
fn what_is_not_understood_is_not_trimmed() {
    let file = kept("tone.m4a");
    for text in
        [" 00000000 00000840 00000000 0000000000000400", "", " 1 2 3 x", " 0 FFFFFFFFFFFFFFFF 1 FFFFFFFFFFFFFFFF"]
    {
        let bytes = with_in_movie(&file, &tag("iTunSMPB", text));
        assert_eq!(all(&bytes).unwrap().0.len(), 44_100, "{text}");
    }
    let (at, whole) = (place(&file, b"elst") + 8, 45 * 1024);
    let lists: [&[u8]; 4] = [
        // Half the speed; a beginning behind the end; a list of which one entry is there; none at all.
        &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 7, 0xd0, 0, 0, 4, 0, 0, 0, 0x80, 0],
        &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 7, 0xd0, 0x7f, 0, 4, 0, 0, 1, 0, 0],
        &[9],
        &[0, 0, 0, 0, 0, 0, 0, 0],
    ];
    for list in lists.iter().take(2).chain(&lists[3..]) {
        let mut bytes = file.clone();
        bytes[at..at + list.len()].copy_from_slice(list);
        assert_eq!(all(&bytes).unwrap().0.len(), whole, "{list:?}");
    }
    // An end behind the end of the track, or none: to its end.
    for length in [[0, 1, 0, 0], [0; 4]] {
        let mut bytes = file.clone();
        bytes[at + 8..at + 12].copy_from_slice(&length);
        assert_eq!(all(&bytes).unwrap().0.len(), whole - 1_024, "{length:?}");
    }
}

#[test]
fn a_cut_that_leaves_out_a_long_beginning_is_heard_from_there_on() {
    let file = kept("tone.m4a");
    let at = place(&file, b"elst") + 16;
    let mut bytes = file;
    // From 1.5 s on, for a quarter of a second.
    bytes[at..at + 8].copy_from_slice(&[0, 0, 0, 250, 0, 0, 0x81, 0x33]);
    assert_eq!(all(&bytes).unwrap().0.len(), 5_513);
}
