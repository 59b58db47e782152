//! Which camera, and why; pure. The owner's, else the first that gives frames, the slower ribbon camera last.

use std::path::PathBuf;

/// The pixel formats the box can read (V4L2 fourcc), those first that take least of the bus and of time.
pub const FORMATS: [&str; 13] =
    ["MJPG", "JPEG", "YUYV", "UYVY", "YVYU", "VYUY", "GREY", "NV12", "NV21", "YU12", "YV12", "RGB3", "BGR3"];

/// How the codes of raw sensor data begin (Bayer): 8, 10, 12, 14 and 16 bits, each also packed or compressed.
const BAYER: [&str; 14] =
    ["BA81", "GBRG", "GRBG", "RGGB", "BG1", "GB1", "BA1", "RG1", "pB", "pG", "pg", "pR", "BYR2", "bBA8"];

/// Drivers of a Raspberry Pi's camera interface and image processor, whose nodes give no usable frames.
const PARTS_OF_RPICAM: [&str; 6] = ["unicam", "rp1-cfe", "bcm2835-isp", "bcm2835-codec", "rpi-hevc-dec", "pispbe"];

/// A video device of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Its device file.
    pub path: PathBuf,
    /// What its driver calls it.
    pub name: String,
    /// The driver.
    pub driver: String,
    /// Its pixel formats (V4L2 fourcc); empty for what is no camera.
    pub formats: Vec<String>,
    /// Why it can't be asked, if it can't.
    pub trouble: Option<String>,
}

impl Found {
    /// Why it can't be the box's camera; `None` when it can.
    pub fn obstacle(&self) -> Option<String> {
        if let Some(trouble) = &self.trouble {
            return Some(trouble.clone());
        }
        if PARTS_OF_RPICAM.iter().any(|driver| self.driver.starts_with(driver)) {
            return Some("part of a Raspberry Pi's camera interface, which is reached through rpicam-vid".into());
        }
        if self.formats.is_empty() {
            return Some("it gives no frames".into());
        }
        if self.formats.iter().any(|format| FORMATS.contains(&format.as_str())) {
            return None;
        }
        let raw = self.formats.iter().any(|format| BAYER.iter().any(|start| format.starts_with(start)));
        let why = if raw {
            "raw sensor data (Bayer) that a camera program must develop first"
        } else {
            "which the box can't read"
        };
        Some(format!("it gives only {}, {why}", self.formats.join(", ")))
    }

    fn is_called(&self, name: &str) -> bool {
        self.path.as_os_str() == name || self.name.to_lowercase().contains(&name.to_lowercase())
    }
}

/// What to switch on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A device of the kernel.
    Video(Found),
    /// The camera at the ribbon cable of a Raspberry Pi, through this program.
    Rpicam(PathBuf),
}

/// The camera to use, and why it. `rpicam` is the program for the ribbon cable, if this machine has one.
///
/// # Errors
/// When there is none, or not the one that was asked for.
pub fn choose(
    found: &[Found],
    rpicam: Option<PathBuf>,
    wanted: Option<&str>,
) -> Result<(Choice, &'static str), String> {
    match wanted {
        Some("rpicam") => match rpicam {
            Some(program) => Ok((Choice::Rpicam(program), "it was asked for")),
            None => Err("the program rpicam-vid is not installed (package rpicam-apps-lite)".into()),
        },
        Some(wanted) => {
            let called: Vec<&Found> = found.iter().filter(|camera| camera.is_called(wanted)).collect();
            if let Some(camera) = called.iter().find(|camera| camera.obstacle().is_none()) {
                return Ok((Choice::Video((*camera).clone()), "it was asked for"));
            }
            Err(match called.first().and_then(|camera| Some((camera, camera.obstacle()?))) {
                Some((camera, obstacle)) => format!("{}: {obstacle}", camera.path.display()),
                None => format!("no camera is called `{wanted}`{}", listed(found)),
            })
        }
        None => {
            if let Some(camera) = found.iter().find(|camera| camera.obstacle().is_none()) {
                return Ok((Choice::Video(camera.clone()), "it is the first that can"));
            }
            match rpicam {
                Some(program) => Ok((Choice::Rpicam(program), "no other camera gives frames")),
                None => Err(format!("there is none{}", listed(found))),
            }
        }
    }
}

fn listed(found: &[Found]) -> String {
    let one = |camera: &Found| {
        let why = camera.obstacle().map(|why| format!(" ({why})")).unwrap_or_default();
        format!("{} `{}`{why}", camera.path.display(), camera.name)
    };
    match found {
        [] => String::new(),
        found => format!("; found: {}", found.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

/// The pixel formats to ask a camera for, the best first.
pub fn formats(offered: &[String], wanted: Option<&'static str>) -> Vec<&'static str> {
    let offers = |format: &&&'static str| offered.iter().any(|it| it == **format);
    // Two codes for a JPEG a frame.
    let is_wanted = |format: &&str| wanted.is_none_or(|it| it == *format || (it, *format) == ("MJPG", "JPEG"));
    FORMATS.iter().filter(offers).copied().filter(is_wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(number: u32, name: &str, driver: &str, formats: &[&str]) -> Found {
        Found {
            path: format!("/dev/video{number}").into(),
            name: name.into(),
            driver: driver.into(),
            formats: formats.iter().map(|format| (*format).to_owned()).collect(),
            trouble: None,
        }
    }

    /// A Raspberry Pi 4 with a camera at the ribbon cable and two webcams.
    fn desk() -> Vec<Found> {
        vec![
            camera(0, "unicam", "unicam", &["pRAA", "BA81"]),
            camera(10, "bcm2835-codec-decode", "bcm2835-codec", &["YU12"]),
            camera(13, "bcm2835-isp", "bcm2835-isp", &["YUYV"]),
            camera(1, "HD Pro Webcam C920", "uvcvideo", &["YUYV", "MJPG"]),
            camera(2, "HD Pro Webcam C920", "uvcvideo", &[]),
            camera(3, "Lamp Cam", "uvcvideo", &["H264"]),
        ]
    }

    #[test]
    fn the_first_that_gives_readable_frames_is_taken_and_the_ribbon_cable_last() {
        let rpicam = || Some(PathBuf::from("/usr/bin/rpicam-vid"));
        let path = |choice: Result<(Choice, &str), String>| match choice {
            Ok((Choice::Video(camera), why)) => format!("{}: {why}", camera.path.display()),
            Ok((Choice::Rpicam(program), why)) => format!("{}: {why}", program.display()),
            Err(error) => error,
        };
        assert_eq!(path(choose(&desk(), rpicam(), None)), "/dev/video1: it is the first that can");
        assert_eq!(path(choose(&desk()[..3], rpicam(), None)), "/usr/bin/rpicam-vid: no other camera gives frames");
        assert_eq!(path(choose(&desk(), rpicam(), Some("rpicam"))), "/usr/bin/rpicam-vid: it was asked for");
        for wanted in ["c920", "/dev/video1"] {
            assert_eq!(path(choose(&desk(), None, Some(wanted))), "/dev/video1: it was asked for");
        }
        assert_eq!(path(choose(&[], None, None)), "there is none");
        assert_eq!(
            path(choose(&[], None, Some("rpicam"))),
            "the program rpicam-vid is not installed (package rpicam-apps-lite)"
        );
        assert_eq!(
            path(choose(&desk(), None, Some("lamp"))),
            "/dev/video3: it gives only H264, which the box can't read"
        );
        assert_eq!(
            path(choose(&desk()[..1], None, Some("C920"))),
            "no camera is called `C920`; found: /dev/video0 `unicam` (part of a Raspberry Pi's camera interface, which \
             is reached through rpicam-vid)"
        );
        for raw in [&["BA81"][..], &["pRAA", "RG10"], &["GB16"]] {
            let error = path(choose(&[camera(0, "Sensor", "sun6i-csi", raw)], None, None));
            assert!(error.contains("raw sensor data (Bayer)") && error.contains(raw[0]), "{error}");
        }
        let locked = Found { trouble: Some("Permission denied".into()), ..camera(0, "", "", &[]) };
        assert_eq!(path(choose(&[locked], None, None)), "there is none; found: /dev/video0 `` (Permission denied)");
    }

    #[test]
    fn formats_go_by_preference_or_by_order() {
        let offered = ["YUYV", "H264", "NV12", "MJPG"].map(str::to_owned);
        assert_eq!(formats(&offered, None), ["MJPG", "YUYV", "NV12"]);
        assert_eq!(formats(&offered, Some("YUYV")), ["YUYV"]);
        assert!(formats(&offered, Some("GREY")).is_empty());
        let others = ["BGR3", "YVYU", "UYVY", "JPEG"].map(str::to_owned);
        assert_eq!(formats(&others, None), ["JPEG", "UYVY", "YVYU", "BGR3"]);
        assert_eq!(formats(&others, Some("MJPG")), ["JPEG"]);
    }
}
