//! Fields for width and height in pixels, for models that accept any size within limits.

use egui::{Id, Label, RichText, Ui};

use crate::{
    recipe::{Abilities, AspectRatio, Parameters, PixelSize},
    ui::{
        text::Text,
        theme::{self, fonts, size},
        widgets::{field::Field, row_label},
    },
};

/// Maximum number of digits of a side.
const MAX_DIGITS: usize = 5;

/// The text of both fields, and the size that it was written for.
#[derive(Clone, Debug, Default)]
struct PixelDraft {
    width: String,
    height: String,
    of: Option<PixelSize>,
    /// The shape that was chosen before anything was typed.
    shape: Option<AspectRatio>,
}

impl PixelDraft {
    fn of(pixels: Option<PixelSize>) -> Self {
        let (width, height) = pixels.map(PixelSize::sides).unzip();
        let written = |side: Option<u16>| side.map(|side| side.to_string()).unwrap_or_default();
        Self { width: written(width), height: written(height), of: pixels, shape: None }
    }

    /// Reads the typed size. If only one side is given the other follows from the chosen aspect ratio; a pasted size
    /// sets both.
    fn read(&mut self) -> Option<PixelSize> {
        let pasted = [&self.width, &self.height].into_iter().find_map(|field| field.parse::<PixelSize>().ok());
        if pasted.is_some() {
            *self = Self { shape: self.shape, ..Self::of(pasted) };
            return pasted;
        }
        for field in [&mut self.width, &mut self.height] {
            field.retain(|letter| letter.is_ascii_digit());
            field.truncate(MAX_DIGITS);
        }
        let side = |field: &str| field.parse::<u16>().ok().filter(|side| *side > 0).map(f64::from);
        let ratio = f64::from(self.shape.unwrap_or(AspectRatio::SQUARE).value());
        match (side(&self.width), side(&self.height)) {
            (Some(width), Some(height)) => Some(PixelSize::near(width, height)),
            (Some(width), None) => Some(PixelSize::near(width, width / ratio)),
            (None, Some(height)) => Some(PixelSize::near(height * ratio, height)),
            (None, None) => None,
        }
    }
}

/// Draws the fields if the model accepts sizes in pixels, or if a size is set.
pub(super) fn show(ui: &mut Ui, parameters: &mut Parameters, abilities: &Abilities, text: &Text) {
    if abilities.pixels.is_none() && parameters.pixels.is_none() {
        return;
    }
    let id: Id = ui.scope_id().with("pixels");
    let mut draft = ui.data(|data| data.get_temp::<PixelDraft>(id)).unwrap_or_default();
    if draft.of != parameters.pixels {
        draft = PixelDraft::of(parameters.pixels);
    }
    if parameters.pixels.is_none() {
        draft.shape = parameters.aspect;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_ROW;
        ui.set_height(size::ROW);
        row_label(ui, &text.get("composer-pixels"), size::ROW_LABEL);
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        let other = |side: fn((u16, u16)) -> u16| {
            parameters.pixels.map_or_else(|| "—".to_owned(), |pixels| side(pixels.sides()).to_string())
        };
        let (width, height) = (text.get("composer-width"), text.get("composer-height"));
        let palette = theme::palette(ui.visuals());
        let wide = Field::number(&width).hint(other(|sides| sides.0)).show(ui, &mut draft.width);
        ui.label(RichText::new("×").font(fonts::regular(size::TEXT_CHIP)).color(palette.faint));
        let high = Field::number(&height).hint(other(|sides| sides.1)).show(ui, &mut draft.height);
        if wide.changed() || high.changed() {
            if let Some(pixels) = draft.read() {
                parameters.set_pixels(pixels);
            } else {
                (parameters.pixels, parameters.aspect, parameters.size) = (None, draft.shape, None);
            }
            draft.of = parameters.pixels;
        }
    });
    ui.data_mut(|data| data.insert_temp(id, draft));
    if let Some(words) = text.sent_as(parameters, abilities) {
        let palette = theme::palette(ui.visuals());
        let words = RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.text);
        ui.add(Label::new(words).wrap());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_a_valid_size_or_none() {
        for (width, height, read) in [
            ("1536", "1024", Some("1536x1024")),
            ("1536", "", Some("1536x1024")),
            ("", "1024", Some("1536x1024")),
            ("15a36", "1024px", Some("1536x1024")),
            ("1536 × 1024", "7", Some("1536x1024")),
            ("0", "0", None),
            ("wide", "", None),
            ("999999", "", None),
        ] {
            let mut draft =
                PixelDraft { shape: "3:2".parse().ok(), width: width.to_owned(), height: height.to_owned(), of: None };
            assert_eq!(draft.read(), read.and_then(|size| size.parse().ok()), "{width} {height}");
        }
    }
}
