//! A camera that is shown pictures: the bundled ones, or those of a folder; the next one at each press.

use super::{Entry, Faults, Journal};
use crate::picture::{self, PictureError};
use crate::ports::{Camera, CameraError};
use mood::{Frame, FrameError, PixelFormat};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

macro_rules! bundled {
    ($($name:literal = $file:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../assets/frames/", $file)))),*]
    };
}

/// The bundled frames by name; `assets/frames/README.md` credits them.
const BUNDLED: &[(&str, &[u8])] = bundled! {
    "astronaut" = "1-astronaut.jpg",
    "empty desk" = "2-desk.jpg",
    "admiral" = "3-admiral.jpg",
    "cat" = "4-cat.jpg",
};

/// What a cheap camera has left indoors, by exposure and gain together.
const MOST_GAIN: f32 = 4.0;

#[derive(Debug, Clone)]
enum Picture {
    Bundled(&'static str, &'static [u8]),
    File(PathBuf),
}

impl Picture {
    fn name(&self) -> String {
        match self {
            Self::Bundled(name, _) => (*name).to_owned(),
            Self::File(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    fn frame(&self, timestamp: Duration) -> Result<Frame, PictureError> {
        let name = self.name();
        let picture = match self {
            Self::Bundled(_, bytes) => picture::decode(bytes, &name)?,
            Self::File(path) => picture::read(path)?,
        };
        picture::camera_frame(&picture, &name, timestamp)
    }
}

/// The camera. Each opening of the sensor shows it the next picture, from the first again after the last.
///
/// Stricter than a real one: a frame asked for while the sensor is off is an error.
pub struct FolderCamera {
    pictures: Vec<Picture>,
    shown: Option<usize>,
    sensor_on: bool,
    /// How much more light it takes in than at first.
    gain: f32,
    began: Instant,
    faults: Faults,
    journal: Option<Journal>,
    source: String,
}

impl FolderCamera {
    /// Shows the bundled frames.
    pub fn bundled() -> Self {
        let pictures = BUNDLED.iter().map(|(name, bytes)| Picture::Bundled(name, bytes)).collect();
        Self::new(pictures, format!("{} bundled frames", BUNDLED.len()))
    }

    /// Shows the pictures of a folder, by name, or one picture again and again. A file that turns out to be damaged is a
    /// bad frame when its turn comes.
    ///
    /// # Errors
    /// When the folder can't be read or holds no pictures.
    pub fn folder(path: &Path) -> Result<Self, PictureError> {
        if path.is_file() {
            return Ok(Self::new(vec![Picture::File(path.to_path_buf())], format!("the picture {}", path.display())));
        }
        let pictures: Vec<Picture> = picture::in_folder(path)?.into_iter().map(Picture::File).collect();
        let count = if pictures.len() == 1 { "1 picture".into() } else { format!("{} pictures", pictures.len()) };
        let source = format!("{count} of {}", path.display());
        Ok(Self::new(pictures, source))
    }

    fn new(pictures: Vec<Picture>, source: String) -> Self {
        Self {
            pictures,
            shown: None,
            sensor_on: false,
            gain: 1.0,
            began: Instant::now(),
            faults: Faults::default(),
            journal: None,
            source,
        }
    }

    /// Also writes what happens to `journal`.
    #[must_use]
    pub fn recorded(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    /// What makes it fail.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// How many pictures it shows before the first comes again.
    pub fn pictures(&self) -> usize {
        self.pictures.len()
    }

    fn note(&self, entry: Entry) {
        if let Some(journal) = &self.journal {
            journal.add(entry);
        }
    }

    fn lost(&self, detail: &str) -> CameraError {
        CameraError::Lost { camera: self.describe(), detail: detail.into() }
    }
}

impl Camera for FolderCamera {
    fn open(&mut self) -> Result<(), CameraError> {
        self.shown = Some(self.shown.map_or(0, |shown| (shown + 1) % self.pictures.len().max(1)));
        if self.faults.call() {
            return Err(self.lost("failed on demand"));
        }
        self.sensor_on = true;
        self.note(Entry::SensorOn);
        Ok(())
    }

    fn capture(&mut self) -> Result<Frame, CameraError> {
        if self.faults.call() {
            return Err(self.lost("failed on demand"));
        }
        if !self.sensor_on {
            return Err(self.lost("a frame was asked for while the sensor was off"));
        }
        let bad = |detail: String| CameraError::BadFrame { camera: self.describe(), detail };
        if self.faults.takes_short() {
            // A driver's buffer that ends in mid-frame.
            let half = vec![0; 640 * 480];
            let short = Frame::packed(640, 480, PixelFormat::Rgb, Duration::ZERO, half);
            return short.map_err(|error| bad(error.to_string()));
        }
        let picture = self.shown.and_then(|shown| self.pictures.get(shown)).ok_or_else(|| self.lost("no picture"))?;
        let frame = picture.frame(self.began.elapsed()).map_err(|error| bad(error.to_string()))?;
        self.note(Entry::Frame);
        if self.gain > 1.0 { brighter(frame, self.gain).map_err(|error| bad(error.to_string())) } else { Ok(frame) }
    }

    fn close(&mut self) {
        self.gain = 1.0;
        if std::mem::take(&mut self.sensor_on) {
            self.note(Entry::SensorOff);
        }
    }

    fn brighten(&mut self, times: f32) -> bool {
        let could = self.sensor_on && self.gain < MOST_GAIN;
        if could {
            self.gain = (self.gain * times).min(MOST_GAIN);
        }
        could
    }

    fn describe(&self) -> String {
        self.source.clone()
    }

    fn caption(&self) -> Option<String> {
        self.shown.and_then(|shown| self.pictures.get(shown)).map(Picture::name)
    }
}

/// The same frame with so much more light; what was bright burns out, as in a real one.
fn brighter(frame: Frame, gain: f32) -> Result<Frame, FrameError> {
    let (width, height, format, timestamp) = (frame.width(), frame.height(), frame.format(), frame.timestamp());
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let bytes = frame.into_bytes().into_iter().map(|value| (f32::from(value) * gain) as u8).collect();
    Frame::packed(width, height, format, timestamp, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_look_shows_the_next_picture_and_all_bundled_ones_decode() {
        let mut camera = FolderCamera::bundled();
        let mut names = Vec::new();
        for _ in 0..=camera.pictures() {
            camera.open().unwrap();
            let frame = camera.capture().unwrap();
            assert_eq!((frame.width(), frame.height(), frame.format()), (640, 480, PixelFormat::Rgb));
            let again = camera.capture().unwrap();
            assert!((0..480).all(|y| frame.line(y) == again.line(y)), "the same picture as long as the sensor is on");
            camera.close();
            names.push(camera.caption().unwrap());
        }
        assert_eq!(names, ["astronaut", "empty desk", "admiral", "cat", "astronaut"]);
    }

    #[test]
    fn it_fails_on_demand_and_refuses_what_a_sensor_that_is_off_can_not_do() {
        let mut camera = FolderCamera::bundled();
        assert!(matches!(camera.capture(), Err(CameraError::Lost { .. })), "the sensor is off");
        camera.open().unwrap();
        camera.faults().short_buffer();
        let short = camera.capture().unwrap_err().to_string();
        assert!(short.contains("holds 307200 bytes, 640x480 RGB3 needs 921600"), "{short}");
        camera.faults().fail_after(1);
        camera.capture().unwrap();
        assert!(matches!(camera.capture(), Err(CameraError::Lost { .. })));
        camera.capture().unwrap();
        camera.faults().unplug();
        assert!(camera.capture().is_err() && camera.capture().is_err());
        camera.faults().heal();
        camera.capture().unwrap();
    }
}
