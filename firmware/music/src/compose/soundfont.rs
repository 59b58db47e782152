//! A SoundFont of the owner (SF2) as the composer's instruments, played by rustysynth.

use crate::compose::character::Drum;
use crate::compose::character::Instrument;
use crate::compose::effects::{BLOCK, Block};
use crate::compose::score::{Note, Part};
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
        Ok(Self { synthesizer, held: Vec::new() })
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
            _ => Some(i32::from(note.pitch).clamp(0, 127)),
        };
        let Some(key) = key else { return };
        const PROGRAM_CHANGE: i32 = 0xC0;
        self.synthesizer.process_midi_message(channel, PROGRAM_CHANGE, program, 0);
        self.synthesizer.note_on(channel, key, strength(velocity));
        self.held.push((until, channel, key));
    }

    /// The next block, which begins at frame `now`.
    pub(super) fn render(&mut self, now: u64) -> Block {
        let synthesizer = &mut self.synthesizer;
        self.held.retain(|(until, channel, key)| {
            let sounds = *until > now;
            if !sounds {
                synthesizer.note_off(*channel, *key);
            }
            sounds
        });
        let mut block = Block::SILENT;
        synthesizer.render(&mut block.left, &mut block.right);
        block
    }
}

/// The program of General MIDI that is nearest to an instrument.
const fn program(instrument: Instrument) -> i32 {
    match instrument {
        Instrument::Piano => 0,
        Instrument::ElectricPiano => 4,
        Instrument::Marimba => 12,
        Instrument::Celesta => 8,
        Instrument::Vibraphone => 11,
        Instrument::Harp => 46,
        Instrument::Guitar => 25,
        Instrument::MutedGuitar => 28,
        Instrument::DrivenGuitar => 30,
        Instrument::Strings => 48,
        Instrument::Brass => 61,
        Instrument::Flute => 73,
        Instrument::Voice => 54,
        Instrument::Choir => 52,
        Instrument::Glass => 92,
        Instrument::Organ => 16,
        Instrument::Lead => 81,
        Instrument::Saws => 90,
        Instrument::SoftBass => 32,
        Instrument::DrivenBass => 38,
    }
}

/// The key of General MIDI's drum kit; `None` for what it hasn't.
const fn key(drum: Drum) -> Option<i32> {
    Some(match drum {
        Drum::Kick => 36,
        Drum::SoftKick => 35,
        Drum::Snare | Drum::Tap => 38,
        Drum::Ghost => 40,
        Drum::Rim => 37,
        Drum::Clap => 39,
        Drum::ClosedHat | Drum::Brush => 42,
        Drum::OpenHat => 46,
        Drum::Ride => 51,
        Drum::Crash => 49,
        Drum::HighTom => 50,
        Drum::LowTom => 45,
        Drum::Shaker => 70,
        Drum::Tambourine => 54,
        Drum::Conga => 63,
        Drum::Riser | Drum::Rumble => return None,
    })
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
