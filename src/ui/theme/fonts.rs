//! The bundled fonts: Inter in three weights, Phosphor for icons. Fonts of other scripts come from the system.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId, FontTweak};

const REGULAR: &str = "Inter";
const MEDIUM: &str = "Inter Medium";
const SEMIBOLD: &str = "Inter SemiBold";
const ICONS: &str = "Phosphor";
const ICONS_FILLED: &str = "Phosphor Fill";

/// Regular text of a size in points.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Medium text, for labels.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Semi-bold text, for headings and the main button.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Text of equal-width letters, for JSON and addresses.
pub fn monospace(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Icons drawn in lines.
pub fn icons(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

/// Icons drawn solid.
pub fn icons_filled(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS_FILLED.into()))
}

/// The weight of a family, from 1 to 1000.
pub(super) fn weight(family: &FontFamily) -> f32 {
    match family {
        FontFamily::Name(name) if &**name == MEDIUM => 500.0,
        FontFamily::Name(name) if &**name == SEMIBOLD => 600.0,
        FontFamily::Name(_) | FontFamily::Proportional | FontFamily::Monospace => 400.0,
    }
}

/// All fonts, with egui's own behind them for what Inter lacks.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    // Phosphor's glyphs fill the em square from top to bottom, which puts them above the text's middle.
    let icon_tweak = FontTweak { y_offset_factor: 0.0, ..FontTweak::default() };
    let bundled: [(&str, &'static [u8], Option<FontTweak>); 5] = [
        (REGULAR, include_bytes!("../../../assets/fonts/Inter-Regular.otf"), None),
        (MEDIUM, include_bytes!("../../../assets/fonts/Inter-Medium.otf"), None),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"), None),
        (ICONS, include_bytes!("../../../assets/fonts/Phosphor.ttf"), Some(icon_tweak.clone())),
        (ICONS_FILLED, include_bytes!("../../../assets/fonts/Phosphor-Fill.ttf"), Some(icon_tweak)),
    ];
    for (name, bytes, tweak) in bundled {
        let data = FontData::from_static(bytes);
        let data = match tweak {
            Some(tweak) => data.tweak(tweak),
            None => data,
        };
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let chain = |first: &str| -> Vec<String> {
        [first, REGULAR, ICONS].into_iter().map(str::to_owned).chain(fallback.iter().cloned()).collect()
    };
    fonts.families.insert(FontFamily::Proportional, chain(REGULAR));
    for name in [MEDIUM, SEMIBOLD, ICONS, ICONS_FILLED] {
        fonts.families.insert(FontFamily::Name(name.into()), chain(name));
    }
    fonts
}
