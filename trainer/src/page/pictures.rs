//! The surest mistakes, as pictures inside the page.

use super::figures::Mistake;
use crate::dataset::SIDE;
use data_encoding::BASE64;
use image::{GrayImage, ImageFormat};
use maud::{Markup, html};
use std::io::Cursor;

/// A gallery of wrong answers, each with what its label says and what the network says.
pub(super) fn mistakes(mistakes: &[Mistake]) -> Markup {
    html! {
        ul .pictures {
            @for mistake in mistakes {
                @let sure = format!("{:.0} %", 100.0 * mistake.confidence);
                li {
                    img width="96" height="96" src=(data_uri(&mistake.pixels))
                        alt={ "A face labelled " (mistake.truth) ", read as " (mistake.answer) " with " (sure) };
                    p { b { (mistake.answer) } " " (sure) br; "labelled " (mistake.truth) br; small { "row " (mistake.row) } }
                }
            }
        }
    }
}

/// A PNG of 48x48 luminances, as an address that holds all of it; empty when the pixels are no such picture.
fn data_uri(pixels: &[u8]) -> String {
    let mut png = Cursor::new(Vec::new());
    let side = u32::try_from(SIDE).unwrap_or(u32::MAX);
    match GrayImage::from_raw(side, side, pixels.to_vec()).map(|picture| picture.write_to(&mut png, ImageFormat::Png)) {
        Some(Ok(())) => format!("data:image/png;base64,{}", BASE64.encode(&png.into_inner())),
        _ => "data:,".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::PIXELS;

    #[test]
    fn the_address_holds_the_very_pixels() {
        let pixels: Vec<u8> = (0..PIXELS).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let uri = data_uri(&pixels);
        let png = BASE64.decode(uri.strip_prefix("data:image/png;base64,").unwrap().as_bytes()).unwrap();
        assert_eq!(image::load_from_memory(&png).unwrap().into_luma8().into_raw(), pixels);
        assert_eq!(data_uri(&[1, 2, 3]), "data:,");
    }
}
