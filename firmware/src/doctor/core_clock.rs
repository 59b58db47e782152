//! Whether the SPI bus keeps the time that WS2812 LEDs want. On a Raspberry Pi 3, Zero 2 W or 4 its clock comes from the
//! processor's core, which changes with the load unless config.txt holds it.

use super::{Finding, Verdict};
use crate::gpio::wiring::LightKind;
use std::path::Path;

/// Processors with such a clock: what the device tree calls them, the boards, and the line that holds it.
const CLOCKS: [(&str, &str, &str); 2] = [
    ("brcm,bcm2837", "a Raspberry Pi 3 or Zero 2 W", "core_freq=250"),
    ("brcm,bcm2711", "a Raspberry Pi 4", "core_freq_min=500"),
];

/// What was found about the light, with a word about the clock where that is not held. Reads the device tree and config.txt
/// below `root` (`/` on a board).
#[must_use]
pub fn with_clock(light: Finding, kind: LightKind, root: &Path) -> Finding {
    let tree = std::fs::read(root.join("proc/device-tree/compatible")).unwrap_or_default();
    let tree = String::from_utf8_lossy(&tree);
    let clock = CLOCKS.iter().find(|(processor, ..)| tree.split('\0').any(|it| it == *processor));
    let Some((_, board, line)) = clock.filter(|_| kind == LightKind::Ws2812 && light.verdict == Verdict::Fine) else {
        return light;
    };
    let files = ["boot/firmware/config.txt", "boot/config.txt"];
    let Some(text) = files.iter().find_map(|file| std::fs::read_to_string(root.join(file)).ok()) else { return light };
    let holds = |it: &str| it == *line || it == "force_turbo=1";
    if text.lines().any(|it| holds(&it.split('#').next().unwrap_or_default().replace(' ', ""))) {
        return light;
    }
    let mut finding = Finding::doubtful(
        format!("{}; on {board} the core's clock changes with the load, and colours may flicker", light.what),
        &format!("if they do: `{line}` in /boot/firmware/config.txt, then start the board again"),
    );
    finding.figures = light.figures;
    finding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_changes_is_told_where_it_matters_and_can_be_seen() {
        const THREE: &str = "raspberrypi,3-model-b\0brcm,bcm2837\0";
        const FOUR: &str = "raspberrypi,4-model-b\0brcm,bcm2711\0";
        const FIVE: &str = "raspberrypi,5-model-b\0brcm,bcm2712\0";
        let told = |tree: &str, config: Option<&str>, kind| {
            let root = tempfile::tempdir().unwrap();
            for folder in ["proc/device-tree", "boot/firmware"] {
                std::fs::create_dir_all(root.path().join(folder)).unwrap();
            }
            std::fs::write(root.path().join("proc/device-tree/compatible"), tree).unwrap();
            if let Some(config) = config {
                std::fs::write(root.path().join("boot/firmware/config.txt"), config).unwrap();
            }
            with_clock(Finding::fine("shown"), kind, root.path()).remedy
        };
        let strip = LightKind::Ws2812;
        let remedy = told(THREE, Some("dtparam=spi=on\n#core_freq=250\n"), strip).unwrap();
        assert!(remedy.contains("`core_freq=250`"), "{remedy}");
        assert!(told(FOUR, Some("core_freq=500\n"), strip).unwrap().contains("`core_freq_min=500`"));
        for (tree, config, kind) in [
            (THREE, Some("core_freq = 250 # for the ring\n"), strip),
            (FOUR, Some("core_freq_min=500\n"), strip),
            (FOUR, Some("force_turbo=1\n"), strip),
            (FIVE, Some(""), strip),
            (THREE, Some(""), LightKind::Rgb),
            (THREE, Some(""), LightKind::Apa102),
            (THREE, None, strip),
        ] {
            assert_eq!(told(tree, config, kind), None, "{tree:?} {config:?} {kind:?}");
        }
        let broken = with_clock(Finding::broken("dark", "wire it"), strip, Path::new("/nowhere"));
        assert_eq!(broken.verdict, Verdict::Broken);
    }
}
