//! Colors by what they are for: one set for dark, one for light, and one of high contrast.

use egui::Color32;

use crate::recipe::Label;

/// The colors of one theme. Text colors reach a contrast of 4.5 to 1 on every ground; edges, labels and the accent
/// reach 3 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Behind the gallery.
    pub ground: Color32,
    /// Behind panels and dialogs.
    pub panel: Color32,
    /// Behind fields, chips and secondary buttons.
    pub field: Color32,
    /// Behind what is under the pointer, chosen or raised.
    pub raised: Color32,
    /// Hair lines between panels and around what cannot be operated.
    pub line: Color32,
    /// Edges of fields, chips and buttons, and the rails of sliders.
    pub edge: Color32,
    /// Text that matters most.
    pub strong: Color32,
    /// Text of labels and secondary sentences.
    pub text: Color32,
    /// Hints and counts.
    pub faint: Color32,
    /// The one accent, for lines, rings and slider fills.
    pub accent: Color32,
    /// The accent as a text color.
    pub accent_text: Color32,
    /// The accent as a ground for text in [`Self::accent_ink`].
    pub accent_fill: Color32,
    /// Text on [`Self::accent_fill`].
    pub accent_ink: Color32,
    /// Ground of highlighted words; opaque, for use on [`Self::field`].
    pub accent_wash: Color32,
    /// Success.
    pub good: Color32,
    /// Failure.
    pub bad: Color32,
    /// Neutral information.
    pub info: Color32,
    /// The knob of a slider.
    pub knob: Color32,
    /// Color labels beside text, in the order of [`Label::ALL`].
    labels: [Color32; 5],
    /// Laid over everything behind a dialog.
    pub scrim: Color32,
    /// Shadows of dialogs, menus and knobs.
    pub shadow: Color32,
}

impl Palette {
    /// Light text on dark ground.
    pub const DARK: Self = Self {
        ground: hex(0x0012_1316),
        panel: hex(0x0018_191d),
        field: hex(0x0021_2329),
        raised: hex(0x002b_2e36),
        line: hex(0x002c_2f37),
        edge: hex(0x0074_7985),
        strong: hex(0x00ee_eff2),
        text: hex(0x00b4_b9c4),
        faint: hex(0x009a_a0ac),
        accent: hex(0x00ff_8a3d),
        accent_text: hex(0x00ff_8a3d),
        accent_fill: hex(0x00ff_8a3d),
        accent_ink: hex(0x001b_0e04),
        accent_wash: hex(0x0040_312c),
        good: hex(0x0052_c48a),
        bad: hex(0x00ff_6b62),
        info: hex(0x006f_b1ff),
        knob: Color32::WHITE,
        labels: LABELS_ON_IMAGES,
        scrim: Color32::from_black_alpha(0x99),
        shadow: Color32::from_black_alpha(0x80),
    };

    /// Dark text on light ground.
    pub const LIGHT: Self = Self {
        ground: hex(0x00f3_f3f4),
        panel: hex(0x00fb_fbfc),
        field: hex(0x00ff_ffff),
        raised: hex(0x00ec_ecef),
        line: hex(0x00dc_dde1),
        edge: hex(0x007d_828d),
        strong: hex(0x0017_181b),
        text: hex(0x0044_4952),
        faint: hex(0x0056_5b66),
        accent: hex(0x00d9_601a),
        accent_text: hex(0x00b5_4708),
        accent_fill: hex(0x00c2_510c),
        accent_ink: hex(0x00ff_ffff),
        accent_wash: hex(0x00fa_e9df),
        good: hex(0x0018_754a),
        bad: hex(0x00bd_3026),
        info: hex(0x001a_65c0),
        knob: Color32::WHITE,
        labels: [hex(0x00d2_3a40), hex(0x009a_7200), hex(0x001f_8a4c), hex(0x001f_6fe5), hex(0x007a_4be0)],
        scrim: Color32::from_black_alpha(0x99),
        shadow: Color32::from_black_alpha(0x40),
    };

    /// White on black with white edges: text reaches 7 to 1, and no ground differs only by a shade of gray.
    pub const HIGH_CONTRAST: Self = Self {
        ground: Color32::BLACK,
        // One step from black, so that a style can be told from the dark one by its panel.
        panel: hex(0x0001_0101),
        field: Color32::BLACK,
        raised: hex(0x002a_2a2a),
        line: hex(0x00a0_a0a0),
        edge: Color32::WHITE,
        strong: Color32::WHITE,
        text: hex(0x00f0_f0f0),
        faint: hex(0x00d6_d6d6),
        accent: hex(0x00ff_a94d),
        accent_text: hex(0x00ff_b366),
        accent_fill: hex(0x00ff_a94d),
        accent_ink: Color32::BLACK,
        accent_wash: hex(0x0045_2c10),
        good: hex(0x006e_f0a8),
        bad: hex(0x00ff_9d96),
        info: hex(0x009f_ccff),
        knob: Color32::WHITE,
        labels: [hex(0x00ff_7b80), hex(0x00ff_d75e), hex(0x0060_d892), hex(0x007a_b2ff), hex(0x00bb_97ff)],
        scrim: Color32::from_black_alpha(0xcc),
        shadow: Color32::TRANSPARENT,
    };

    /// The color of a label beside text. On images it is [`label_on_image`].
    pub fn label(&self, label: Label) -> Color32 {
        self.labels[index(label)]
    }
}

/// The colors of Atelier's mark, once around, the same in both themes.
pub const MARK: [Color32; 5] =
    [hex(0x00ff_8a3d), hex(0x00ff_5a5f), hex(0x007d_5cff), hex(0x003d_b2ff), hex(0x00ff_8a3d)];

/// The colors of labels on images, the same in every theme.
const LABELS_ON_IMAGES: [Color32; 5] =
    [hex(0x00e5_484d), hex(0x00f5_c542), hex(0x003f_b26d), hex(0x003d_8bff), hex(0x009b_6cff)];

/// The color of a label that lies on an image.
pub fn label_on_image(label: Label) -> Color32 {
    LABELS_ON_IMAGES[index(label)]
}

const fn index(label: Label) -> usize {
    match label {
        Label::Red => 0,
        Label::Yellow => 1,
        Label::Green => 2,
        Label::Blue => 3,
        Label::Purple => 4,
    }
}

const fn hex(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2.2 defines it.
    fn luminance(color: Color32) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_color_has_contrast_on_every_background() {
        for palette in [Palette::DARK, Palette::LIGHT, Palette::HIGH_CONTRAST] {
            let texts = [
                palette.strong,
                palette.text,
                palette.faint,
                palette.accent_text,
                palette.good,
                palette.bad,
                palette.info,
            ];
            for ground in [palette.ground, palette.panel, palette.field, palette.raised] {
                for text in texts {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio:.2}");
                }
            }
            assert!(contrast(palette.accent_ink, palette.accent_fill) >= 4.5);
            assert!(contrast(palette.accent_text, palette.accent_wash) >= 4.5);
            for ground in [palette.ground, palette.panel, palette.field] {
                assert!(contrast(palette.accent, ground) >= 3.0, "a focus ring must stand out");
                assert!(contrast(palette.edge, ground) >= 3.0, "a control must have an edge");
                for label in Label::ALL {
                    assert!(contrast(palette.label(label), ground) >= 3.0, "{label:?} on {ground:?}");
                }
            }
        }
    }
}
