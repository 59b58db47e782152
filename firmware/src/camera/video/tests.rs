//! What a camera is told.

use super::*;

#[test]
fn settings_say_what_is_automatic_and_what_is_not() {
    let told = |camera: &CameraSettings| {
        settings(camera).into_iter().map(|it| (it.name, it.id & 0xffff, it.values, it.asked)).collect::<Vec<_>>()
    };
    assert_eq!(
        told(&CameraSettings::default()),
        [
            ("exposure", 0x0901, vec![3, 0], false),
            ("gain", 0x0912, vec![1], false),
            ("flicker", 0x0918, vec![3], false)
        ]
    );
    let by_hand = CameraSettings {
        exposure: Some(Duration::from_millis(10)),
        gain: Some(64),
        flicker: Flicker::Hz50,
        ..CameraSettings::default()
    };
    assert_eq!(
        told(&by_hand),
        [
            ("exposure", 0x0901, vec![1], true),
            ("exposure", 0x0902, vec![100], true),
            ("gain", 0x0912, vec![0], false),
            ("gain", 0x0913, vec![64], true),
            ("flicker", 0x0918, vec![1], true)
        ]
    );
}
