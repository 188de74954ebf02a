//! The style that egui draws with: fonts, spacing, corners and colors for every theme.

use egui::{
    Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, ThemePreference, Vec2, Visuals,
    style::{ScrollStyle, Selection, WidgetVisuals, Widgets},
};

use crate::{settings::Theme, studio::SystemAppearance};

use super::{fonts, palette::Palette, size};

/// The colors of the theme that is on.
pub fn palette(visuals: &Visuals) -> &'static Palette {
    if !visuals.dark_mode {
        &Palette::LIGHT
    } else if visuals.panel_fill == Palette::HIGH_CONTRAST.panel {
        &Palette::HIGH_CONTRAST
    } else {
        &Palette::DARK
    }
}

/// Gives a context Atelier's fonts and its dark and light themes.
pub fn install(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(egui::Theme::Dark, style(&Palette::DARK, &Visuals::dark()));
    ctx.set_style_of(egui::Theme::Light, style(&Palette::LIGHT, &Visuals::light()));
}

/// Follows the system's theme or holds one of them.
pub fn choose(ctx: &Context, theme: Theme, system: SystemAppearance) {
    let high_contrast = theme == Theme::HighContrast || theme == Theme::System && system.high_contrast;
    // egui has a dark and a light style; that of high contrast takes the place of the dark one.
    let dark = if high_contrast { &Palette::HIGH_CONTRAST } else { &Palette::DARK };
    if palette(&ctx.style_of(egui::Theme::Dark).visuals) != dark {
        ctx.set_style_of(egui::Theme::Dark, style(dark, &Visuals::dark()));
    }
    ctx.set_theme(match theme {
        _ if high_contrast => ThemePreference::Dark,
        Theme::System => match system.dark {
            Some(true) => ThemePreference::Dark,
            Some(false) => ThemePreference::Light,
            None => ThemePreference::System,
        },
        Theme::Dark | Theme::HighContrast => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
    });
}

/// Scales text and controls. egui's own shortcuts for this are off, because the size is a setting.
pub fn set_text_scale(ctx: &Context, scale: f32) {
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    if (ctx.zoom_factor() - scale).abs() > f32::EPSILON {
        ctx.set_zoom_factor(scale);
    }
}

/// Switches motion on or off.
pub fn set_motion(ctx: &Context, reduced: bool) {
    let seconds = if reduced { 0.0 } else { size::MOTION };
    ctx.all_styles_mut(|style| {
        style.animation_time = seconds;
        style.scroll_animation = if reduced {
            egui::style::ScrollAnimation::none()
        } else {
            egui::style::ScrollAnimation::duration(size::MOTION)
        };
    });
}

fn style(palette: &Palette, base: &Visuals) -> Style {
    let mut style = Style { visuals: visuals(palette, base), animation_time: size::MOTION, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, fonts::regular(size::TEXT_SMALL)),
        (TextStyle::Body, fonts::regular(size::TEXT)),
        (TextStyle::Button, fonts::regular(size::TEXT)),
        (TextStyle::Heading, fonts::semibold(size::TEXT_HEADING)),
        (TextStyle::Monospace, fonts::monospace(size::TEXT_SMALL + 0.5)),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Body;
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(size::GAP);
    spacing.button_padding = Vec2::new(10.0, 5.0);
    spacing.interact_size = Vec2::new(40.0, size::CHIP);
    spacing.menu_margin = Margin::same(6);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 8.0;
    spacing.slider_rail_height = size::RAIL;
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating_width: 4.0, ..ScrollStyle::floating() };
    spacing.tooltip_width = 320.0;
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(palette: &Palette, base: &Visuals) -> Visuals {
    let radius = CornerRadius::same(size::RADIUS);
    let widget = |ground: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: ground,
        weak_bg_fill: ground,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    Visuals {
        widgets: Widgets {
            noninteractive: widget(palette.panel, palette.line, palette.text),
            inactive: widget(palette.field, palette.edge, palette.strong),
            hovered: widget(palette.raised, palette.faint, palette.strong),
            active: widget(palette.raised, palette.accent, palette.strong),
            open: widget(palette.raised, palette.edge, palette.strong),
        },
        selection: Selection { bg_fill: palette.accent.gamma_multiply(0.35), stroke: Stroke::new(1.5, palette.accent) },
        weak_text_color: Some(palette.faint),
        hyperlink_color: palette.accent_text,
        faint_bg_color: palette.panel,
        extreme_bg_color: palette.field,
        text_edit_bg_color: Some(palette.field),
        code_bg_color: palette.raised,
        warn_fg_color: palette.accent_text,
        error_fg_color: palette.bad,
        window_corner_radius: CornerRadius::same(size::RADIUS_DIALOG),
        window_shadow: Shadow { offset: [0, 24], blur: 80, spread: 0, color: palette.shadow },
        window_fill: palette.panel,
        window_stroke: Stroke::new(1.0, palette.line),
        menu_corner_radius: radius,
        panel_fill: palette.panel,
        popup_shadow: Shadow { offset: [0, 8], blur: 24, spread: 0, color: palette.shadow },
        text_cursor: egui::style::TextCursorStyle {
            stroke: Stroke::new(1.5, palette.accent),
            // A blinking cursor would draw frames for ever.
            blink: false,
            ..base.text_cursor.clone()
        },
        slider_trailing_fill: true,
        interact_cursor: Some(egui::CursorIcon::PointingHand),
        ..base.clone()
    }
}
