//! The color palettes of times of day, and color mixing.

use tiny_skia::Color;

/// A color in sRGB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rgb(pub(super) [u8; 3]);

impl Rgb {
    pub(super) const fn hex(hex: u32) -> Self {
        Self([(hex >> 16) as u8, (hex >> 8) as u8, hex as u8])
    }

    /// Interpolates towards another color: 0 is this one, 1 the other.
    pub(super) fn mix(self, other: Self, part: f32) -> Self {
        Self(std::array::from_fn(|channel| {
            let (one, two) = (f32::from(self.0[channel]), f32::from(other.0[channel]));
            (one + (two - one) * part.clamp(0.0, 1.0)).round() as u8
        }))
    }

    /// The color with an opacity from 0 to 1.
    pub(super) fn alpha(self, coverage: f32) -> Color {
        let [r, g, b] = self.0;
        Color::from_rgba8(r, g, b, (coverage.clamp(0.0, 1.0) * 255.0).round() as u8)
    }

    pub(super) fn solid(self) -> Color {
        self.alpha(1.0)
    }
}

/// The colors of a scene.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ScenePalette {
    /// The top of the sky.
    pub(super) zenith: Rgb,
    /// The middle of the sky.
    pub(super) sky: Rgb,
    /// The sky at the horizon, and the haze before distant things.
    pub(super) haze: Rgb,
    /// Sun or moon.
    pub(super) light: Rgb,
    /// The nearest ground.
    pub(super) ground: Rgb,
    /// Lamps, windows and other highlights.
    pub(super) accent: Rgb,
}

const fn palette(zenith: u32, sky: u32, haze: u32, light: u32, ground: u32, accent: u32) -> ScenePalette {
    ScenePalette {
        zenith: Rgb::hex(zenith),
        sky: Rgb::hex(sky),
        haze: Rgb::hex(haze),
        light: Rgb::hex(light),
        ground: Rgb::hex(ground),
        accent: Rgb::hex(accent),
    }
}

impl ScenePalette {
    pub(super) const DAWN: Self = palette(0x2e_4a73, 0x9a_86a8, 0xf6_c9a5, 0xff_f1d6, 0x2a_3348, 0xff_b36b);
    pub(super) const DAY: Self = palette(0x2f_6fb0, 0x7f_b4dc, 0xe2_eef2, 0xff_fdf2, 0x2c_4a3e, 0xf2_6b4b);
    pub(super) const GOLDEN: Self = palette(0x4a_3b66, 0xd9_7a4f, 0xff_d08a, 0xff_f3c9, 0x3a_2330, 0xff_9a3d);
    pub(super) const DUSK: Self = palette(0x1b_1f45, 0x7a_3f72, 0xf2_8c6e, 0xff_d9b0, 0x17_1427, 0xff_c36b);
    pub(super) const NIGHT: Self = palette(0x07_0b1e, 0x16_2447, 0x3c_5a7d, 0xee_f2ff, 0x06_0a16, 0xff_d27a);
    pub(super) const STORM: Self = palette(0x1d_242e, 0x3f_4b58, 0x8d_99a0, 0xd8_e2e6, 0x14_1a20, 0xf4_d35e);
    pub(super) const SNOW: Self = palette(0x6d_86a5, 0xa9_bfd2, 0xee_f3f7, 0xff_ffff, 0x4a_5c70, 0xd9_5f4b);
    pub(super) const JADE: Self = palette(0x06_2f2a, 0x1d_8a6d, 0x9b_e8c4, 0xe9_ffef, 0x07_211d, 0xff_b86b);
    pub(super) const VIOLET: Self = palette(0x23_0c4d, 0x8a_35b8, 0xff_a6e0, 0xff_e6fb, 0x19_0a2e, 0x8c_f0ff);

    /// The palette tinted with a color of the prompt or of a reference.
    pub(super) fn tinted(self, color: Rgb, part: f32) -> Self {
        Self {
            zenith: self.zenith.mix(color, part * 0.6),
            sky: self.sky.mix(color, part),
            haze: self.haze.mix(color, part * 0.7),
            ground: self.ground.mix(color, part * 0.6),
            accent: color,
            ..self
        }
    }

    /// The palette with another ground color, which also tints the haze above it.
    pub(super) fn on_ground(self, color: Rgb, part: f32) -> Self {
        let dust = color.mix(Rgb::hex(0x00ff_f0dc), 0.6);
        Self { ground: self.ground.mix(color, part), haze: self.haze.mix(dust, part * 0.3), ..self }
    }

    /// The palette of ink on paper: almost gray except for the accent.
    pub(super) fn washed(self) -> Self {
        let wash = |color: Rgb, part: f32| {
            let [r, g, b] = color.0.map(f32::from);
            let ink = Rgb::hex(0x0024_2a33).mix(Rgb::hex(0x00f6_f1e6), (0.3 * r + 0.59 * g + 0.11 * b) / 255.0);
            color.mix(ink, part)
        };
        Self {
            zenith: wash(self.zenith, 0.85),
            sky: wash(self.sky, 0.85),
            haze: wash(self.haze, 0.85),
            light: wash(self.light, 0.7),
            ground: wash(self.ground, 0.9),
            accent: wash(self.accent, 0.25),
        }
    }
}
