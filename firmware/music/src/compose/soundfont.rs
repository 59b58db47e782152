//! A SoundFont of the owner (SF2) as the composer's instruments, played by rustysynth.

use crate::compose::character::Instrument;
use crate::compose::score::{Drum, Note, Part};
use crate::track::Stereo;
use rustysynth::{Synthesizer, SynthesizerSettings};
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

/// The largest SoundFont that is loaded, in bytes: a box has one GiB of memory.
const MOST_BYTES: u64 = 512 << 20;

/// MIDI channels of the parts; 9 is the drums' by General MIDI.
const MELODY: i32 = 0;
const CHORDS: i32 = 1;
const PAD: i32 = 2;
const BASS: i32 = 3;
const DRUMS: i32 = 9;

/// Frames rendered at once; as many as the composer's own block.
pub(super) const BLOCK: usize = 64;

/// A SoundFont in memory. Clones share it.
#[derive(Clone)]
pub struct SoundFont(Arc<rustysynth::SoundFont>);

impl fmt::Debug for SoundFont {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SoundFont")
    }
}

impl SoundFont {
    /// Reads a SoundFont.
    ///
    /// # Errors
    /// What the system or the reader says.
    pub fn open(path: &Path) -> Result<Self, String> {
        let about = path.metadata().map_err(|error| error.to_string())?;
        if !about.is_file() {
            return Err("it is no ordinary file".to_owned());
        }
        if about.len() > MOST_BYTES {
            return Err(format!("it is larger than {} MiB", MOST_BYTES >> 20));
        }
        let mut file = BufReader::new(File::open(path).map_err(|error| error.to_string())?);
        // A damaged file must not end the program.
        let font = files::caught(|| rustysynth::SoundFont::new(&mut file));
        let font = font.unwrap_or(Err(rustysynth::SoundFontError::SampleDataNotFound));
        font.map(|font| Self(Arc::new(font))).map_err(|error| error.to_string())
    }
}

/// A player of the composer's notes.
pub(super) struct Orchestra {
    synthesizer: Synthesizer,
    /// Notes that sound: when they end, their channel and key.
    held: Vec<(u64, i32, i32)>,
    left: [f32; BLOCK],
    right: [f32; BLOCK],
}

impl Orchestra {
    /// At `rate_hz`; what is wrong with the rate or the font otherwise.
    pub(super) fn new(font: &SoundFont, rate_hz: u32) -> Result<Self, String> {
        let rate = i32::try_from(rate_hz).map_err(|error| error.to_string())?;
        let mut settings = SynthesizerSettings::new(rate);
        settings.block_size = BLOCK;
        // The composer has a room of its own.
        settings.enable_reverb_and_chorus = false;
        let synthesizer = Synthesizer::new(&font.0, &settings).map_err(|error| error.to_string())?;
        Ok(Self { synthesizer, held: Vec::new(), left: [0.0; BLOCK], right: [0.0; BLOCK] })
    }

    /// Begins a note; `until` is the frame at which it is let go.
    pub(super) fn start(&mut self, note: &Note, velocity: f32, until: u64) {
        let (channel, program) = match note.part {
            Part::Melody(instrument) => (MELODY, program(instrument)),
            Part::Chords(instrument) => (CHORDS, program(instrument)),
            Part::Pad(instrument) => (PAD, program(instrument)),
            Part::Bass(instrument) => (BASS, program(instrument)),
            Part::Drums(_) => (DRUMS, 0),
        };
        let key = match note.part {
            Part::Drums(drum) => key(drum),
            _ => i32::from(note.pitch).clamp(0, 127),
        };
        const PROGRAM_CHANGE: i32 = 0xC0;
        self.synthesizer.process_midi_message(channel, PROGRAM_CHANGE, program, 0);
        self.synthesizer.note_on(channel, key, strength(velocity));
        self.held.push((until, channel, key));
    }

    /// Adds the next block, which begins at frame `now`.
    pub(super) fn render(&mut self, now: u64, out: &mut [Stereo; BLOCK]) {
        let synthesizer = &mut self.synthesizer;
        self.held.retain(|(until, channel, key)| {
            let sounds = *until > now;
            if !sounds {
                synthesizer.note_off(*channel, *key);
            }
            sounds
        });
        synthesizer.render(&mut self.left, &mut self.right);
        for (frame, (left, right)) in out.iter_mut().zip(self.left.iter().zip(&self.right)) {
            frame[0] += left;
            frame[1] += right;
        }
    }
}

/// The program of General MIDI that is nearest to an instrument.
const fn program(instrument: Instrument) -> i32 {
    match instrument {
        Instrument::Piano => 0,
        Instrument::ElectricPiano => 4,
        Instrument::Harp => 46,
        Instrument::Marimba => 12,
        Instrument::Celesta => 8,
        Instrument::Strings => 48,
        Instrument::Glass => 92,
        Instrument::SoftBass => 32,
        Instrument::DrivenBass => 38,
    }
}

/// The key of General MIDI's drum kit.
const fn key(drum: Drum) -> i32 {
    match drum {
        Drum::Kick => 36,
        Drum::Snare => 38,
        Drum::Hat => 42,
        Drum::Shaker => 70,
        Drum::Tom => 45,
    }
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "clamped to 1..=127 first")]
fn strength(velocity: f32) -> i32 {
    (velocity * 127.0).round().clamp(1.0, 127.0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_soundfont_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in
            [("empty", &b""[..]), ("text", b"milk, eggs, flour"), ("riff", b"RIFF\x10\0\0\0sfbkLIST\x04\0\0\0INFO")]
        {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            assert!(SoundFont::open(&path).is_err(), "{name}");
        }
        assert!(SoundFont::open(folder.path()).is_err());
        assert!(SoundFont::open(&folder.path().join("missing")).is_err());
    }
}
