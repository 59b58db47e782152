//! Lights that go dark when they are dropped.

use crate::ports::Lights;
use mood::Rgb;

/// INVARIANT: however the loop ends (asked to, by an error, by a panic), light and privacy lamp are off afterwards.
pub(super) struct DarkOnDrop(pub(super) Box<dyn Lights>);

impl Drop for DarkOnDrop {
    fn drop(&mut self) {
        // Both are tried; there is nobody left to tell about a failure.
        let _ = self.0.show(Rgb::OFF);
        let _ = self.0.privacy(false);
    }
}
