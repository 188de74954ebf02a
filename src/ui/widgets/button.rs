//! Buttons, chips and icon buttons: one widget in several kinds.

use std::sync::Arc;

use egui::{
    Color32, CornerRadius, CursorIcon, FontId, Galley, Id, Key, KeyboardShortcut, Modifiers, Painter, Rect, Response,
    Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo, accesskit::Role, pos2, response::Flags, vec2,
};

use crate::ui::theme::{self, Palette, fonts, size};

use super::{
    label::keys_text,
    submit::{self, SubmitKey},
};

/// What a button looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// A plain button of a dialog.
    #[default]
    Plain,
    /// The primary button of a dialog.
    Primary,
    /// The large button that generates.
    Large,
    /// A button inside a card.
    Small,
    /// A choice among others.
    Chip,
    /// A choice among others, low enough for a parameter's row.
    LowChip,
    /// A tab of the top bar, or a section of the settings.
    Tab,
    /// Only text or an icon; a background appears on hover.
    Quiet,
    /// A small link at the right of a section's label.
    Link,
}

/// A button.
#[derive(Clone, Debug)]
#[must_use = "a button has to be added to a `Ui`"]
pub struct Button {
    label: String,
    icon: Option<&'static str>,
    trailing: Option<String>,
    badge: bool,
    cap: Option<String>,
    /// Whether Ctrl+Enter presses it, if it is the primary button of a dialog.
    is_delayed: bool,
    name: Option<String>,
    kind: ButtonKind,
    selected: Option<bool>,
    enabled: bool,
    width: Option<f32>,
    left_aligned: bool,
    aspect: Option<f32>,
    color: Option<Color32>,
    icon_size: f32,
    height: Option<f32>,
    highlighted: bool,
}

impl Button {
    /// Creates a button with a text.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            icon: None,
            trailing: None,
            badge: false,
            cap: None,
            is_delayed: false,
            name: None,
            kind: ButtonKind::Plain,
            selected: None,
            enabled: true,
            width: None,
            left_aligned: false,
            aspect: None,
            color: None,
            icon_size: size::ICON,
            height: None,
            highlighted: false,
        }
    }

    /// Creates a button with only an icon; the name is for screen readers.
    pub fn icon(icon: &'static str, name: impl Into<String>) -> Self {
        Self { icon: Some(icon), name: Some(name.into()), kind: ButtonKind::Quiet, ..Self::new("") }
    }

    /// What it looks like.
    pub fn kind(mut self, kind: ButtonKind) -> Self {
        self.kind = kind;
        self
    }

    /// Adds an icon before the text.
    pub fn with_icon(mut self, icon: &'static str) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Adds an icon or a few faint words after the text.
    pub fn trailing(mut self, trailing: impl Into<String>) -> Self {
        self.trailing = Some(trailing.into());
        self
    }

    /// Adds a count in the accent color after the text.
    pub fn badge(mut self, count: impl Into<String>) -> Self {
        self.trailing = Some(count.into());
        self.badge = true;
        self
    }

    /// Adds a key cap after the text.
    pub fn cap(mut self, keys: impl Into<String>) -> Self {
        self.cap = Some(keys.into());
        self
    }

    /// Ignores Ctrl+Enter for [`CONFIRMATION_DELAY_SECONDS`] after it has appeared: the key that has opened a question
    /// about money must not answer it when it is pressed twice by mistake.
    pub fn after_delay(mut self) -> Self {
        self.is_delayed = true;
        self
    }

    /// Sets the name for screen readers, if it differs from the text.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Marks it as chosen or not chosen.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets the width in points instead of the width of the text.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Starts the text at the left edge.
    pub fn left_aligned(mut self) -> Self {
        self.left_aligned = true;
        self
    }

    /// Draws a small rectangle of this ratio of width to height before the text.
    pub fn aspect(mut self, ratio: f32) -> Self {
        self.aspect = Some(ratio);
        self
    }

    /// Sets the color of text and icon.
    pub fn color(mut self, color: Color32) -> Self {
        self.color = Some(color);
        self
    }

    /// Makes the button low enough to fit into a field.
    pub fn low(mut self) -> Self {
        self.height = Some(size::BUTTON_LOW);
        self.icon_size = size::TEXT;
        self
    }

    /// Draws the button as hovered, for lists that are navigated with the keyboard.
    pub fn highlighted(mut self) -> Self {
        self.highlighted = true;
        self
    }

    /// Sets the height in points.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// The width of its text and key cap in points, for rows that give the rest to a neighbor.
    pub fn wanted_width(&self, ui: &Ui) -> f32 {
        let metrics = self.metrics();
        let label = ui.painter().layout_no_wrap(self.label.clone(), metrics.font, Color32::PLACEHOLDER);
        let cap = self.cap.as_ref().map_or(0.0, |keys| {
            let keys = ui.painter().layout_no_wrap(keys.clone(), fonts::regular(size::TEXT_KEY), Color32::PLACEHOLDER);
            keys.size().x + 10.0 + size::GAP_SMALL
        });
        label.size().x + cap + metrics.edge * 2.0
    }

    /// Draws the bar of a chosen tab, menu item or icon: at the left of an entry of a list, else below.
    fn selection_bar(&self, painter: &Painter, rect: Rect, icon_only: bool, palette: &Palette) {
        let bar = if self.left_aligned {
            Rect::from_center_size(pos2(rect.left() + 2.0, rect.center().y), vec2(3.0, rect.height() * 0.5))
        } else if icon_only || self.kind == ButtonKind::Tab {
            let width = if icon_only { rect.width() * 0.5 } else { rect.width() - 24.0 };
            Rect::from_center_size(pos2(rect.center().x, rect.bottom() - 2.0), vec2(width, 2.0))
        } else {
            return;
        };
        painter.rect_filled(bar, 1.0, palette.accent);
    }

    fn metrics(&self) -> Metrics {
        let (height, edge, font, radius) = match self.kind {
            ButtonKind::Plain => (size::BUTTON, 14.0, fonts::regular(size::TEXT), size::RADIUS),
            ButtonKind::Primary => (size::BUTTON, 14.0, fonts::semibold(size::TEXT), size::RADIUS),
            ButtonKind::Large => (size::BUTTON_LARGE, 10.0, fonts::semibold(size::TEXT), size::RADIUS_CARD),
            ButtonKind::Small => (size::BUTTON_SMALL, 10.0, fonts::regular(size::TEXT_CHIP), size::RADIUS_CHIP),
            ButtonKind::Chip => (size::CHIP, 9.0, fonts::regular(size::TEXT_CHIP), size::RADIUS_CHIP),
            ButtonKind::LowChip => (size::NUMBER, 9.0, fonts::regular(size::TEXT_CHIP), size::RADIUS_CHIP),
            ButtonKind::Tab => (size::CHIP, 12.0, fonts::medium(size::TEXT), 6),
            ButtonKind::Quiet => (size::CHIP, 8.0, fonts::regular(size::TEXT_CHIP), size::RADIUS_CHIP),
            ButtonKind::Link => (18.0, 0.0, fonts::regular(size::TEXT_SMALL), 4),
        };
        let height = self.height.unwrap_or(height);
        Metrics { height, edge, font, radius: CornerRadius::same(radius) }
    }
}

struct Metrics {
    height: f32,
    edge: f32,
    font: FontId,
    radius: CornerRadius,
}

struct ButtonColors {
    ground: Color32,
    line: Color32,
    ink: Color32,
}

fn colors(button: &Button, palette: &Palette, response: &Response) -> ButtonColors {
    let hovered = response.hovered() || response.has_focus() || button.highlighted;
    let pressed = response.is_pointer_button_down_on();
    let clear = Color32::TRANSPARENT;
    let (ground, line, ink) = match button.kind {
        ButtonKind::Primary | ButtonKind::Large if button.enabled => {
            let towards = if pressed {
                0.16
            } else if hovered {
                0.08
            } else {
                0.0
            };
            (palette.accent_fill.lerp_to_gamma(palette.strong, towards), clear, palette.accent_ink)
        }
        ButtonKind::Primary | ButtonKind::Large => (palette.raised, clear, palette.faint),
        ButtonKind::Small => (
            if hovered { palette.line } else { palette.raised },
            if hovered { palette.faint } else { palette.edge },
            palette.strong,
        ),
        ButtonKind::Plain => (
            if hovered { palette.raised } else { palette.field },
            if hovered { palette.faint } else { palette.edge },
            palette.strong,
        ),
        ButtonKind::Chip | ButtonKind::LowChip => {
            let on = button.selected == Some(true);
            let line = if on {
                palette.accent
            } else if hovered {
                palette.faint
            } else {
                palette.edge
            };
            let ink = if on || hovered { palette.strong } else { palette.text };
            let ground = if hovered {
                palette.raised
            } else if on {
                palette.accent_wash
            } else {
                palette.field
            };
            (ground, line, ink)
        }
        ButtonKind::Tab => {
            let on = button.selected == Some(true);
            (
                if on || hovered { palette.raised } else { clear },
                clear,
                if on || hovered { palette.strong } else { palette.text },
            )
        }
        ButtonKind::Quiet => {
            let on = button.selected == Some(true);
            let ink = if on {
                palette.accent_text
            } else if hovered {
                palette.strong
            } else {
                palette.text
            };
            (if hovered { palette.raised } else { clear }, clear, ink)
        }
        ButtonKind::Link => (clear, clear, if hovered { palette.strong } else { palette.faint }),
    };
    let ground = if pressed && !matches!(button.kind, ButtonKind::Primary | ButtonKind::Large | ButtonKind::Link) {
        palette.line
    } else {
        ground
    };
    if button.enabled {
        ButtonColors { ground, line, ink: button.color.unwrap_or(ink) }
    } else {
        ButtonColors { ground, line, ink: palette.faint }
    }
}

/// The primary button of a question about money ignores Ctrl+Enter for this time after it has appeared.
const CONFIRMATION_DELAY_SECONDS: f64 = 0.7;

/// Returns the time since a widget appeared. A pass in which it is not drawn starts the time again.
fn seconds_on_screen(ui: &Ui, id: Id) -> f64 {
    let (now, pass) = (ui.input(|input| input.time), ui.ctx().cumulative_pass_nr());
    ui.data_mut(|data| {
        let (last_pass, since) = data.get_temp_mut_or(id.with("on screen"), (pass, now));
        if pass > *last_pass + 1 {
            *since = now;
        }
        *last_pass = pass;
        now - *since
    })
}

/// Draws the ring around the widget that has the keyboard.
pub fn focus_ring(painter: &Painter, rect: Rect, radius: CornerRadius, palette: &Palette) {
    painter.rect_stroke(
        rect.expand(2.0),
        radius + CornerRadius::same(2),
        Stroke::new(2.0, palette.accent),
        StrokeKind::Middle,
    );
}

impl Widget for Button {
    fn ui(mut self, ui: &mut Ui) -> Response {
        let submit = if self.kind == ButtonKind::Primary { submit::key(ui.ctx()) } else { SubmitKey::Outside };
        if submit != SubmitKey::Outside && self.cap.is_none() {
            let keys = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);
            self.cap = Some(keys_text(keys, cfg!(target_os = "macos")));
        }
        let metrics = self.metrics();
        let lay = |text: &str, font: FontId| -> Arc<Galley> {
            ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER)
        };
        let icon_only = self.label.is_empty();
        let icon = self.icon.map(|icon| {
            let side = if icon_only { self.icon_size } else { metrics.font.size + 2.0 };
            lay(icon, fonts::icons(side))
        });
        let trailing = self.trailing.as_deref().map(|trailing| {
            // The text font has other glyphs at the code points of the icons.
            let icon = trailing.starts_with(|c| ('\u{e000}'..='\u{f8ff}').contains(&c));
            lay(trailing, if icon { fonts::icons(metrics.font.size) } else { fonts::regular(metrics.font.size) })
        });
        let cap = self.cap.as_deref().map(|keys| lay(keys, fonts::regular(size::TEXT_KEY)));
        let aspect = self.aspect.map(aspect_size);
        let gap = size::GAP_SMALL;
        let beside = icon.as_ref().map_or(0.0, |icon| icon.size().x + gap)
            + aspect.map_or(0.0, |size| size.x + gap)
            + trailing.as_ref().map_or(0.0, |trailing| trailing.size().x + gap)
            + cap.as_ref().map_or(0.0, |cap| cap.size().x + 10.0 + gap);
        let mut label = lay(&self.label, metrics.font.clone());
        let wanted = if icon_only { metrics.height } else { label.size().x + beside + metrics.edge * 2.0 };
        let width = self.width.unwrap_or(wanted).min(ui.available_width().max(metrics.height));
        let room = (width - beside - metrics.edge * 2.0).max(0.0);
        if !icon_only && label.size().x > room + 0.5 {
            let mut job = egui::text::LayoutJob::simple_singleline(
                self.label.clone(),
                metrics.font.clone(),
                Color32::PLACEHOLDER,
            );
            job.wrap = egui::text::TextWrapping::truncate_at_width(room);
            label = ui.painter().layout_job(job);
        }
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, mut response) = ui.allocate_exact_size(vec2(width, metrics.height), sense);
        let is_ready = !self.is_delayed || seconds_on_screen(ui, response.id) >= CONFIRMATION_DELAY_SECONDS;
        if submit == SubmitKey::Pressed && self.enabled && ui.is_enabled() && is_ready {
            response.flags |= Flags::FAKE_PRIMARY_CLICKED;
            submit::set_key(ui.ctx(), SubmitKey::Released);
        }
        if response.gained_focus() {
            // The focused widget is scrolled into view.
            ui.scroll_to_rect(rect.expand(size::GAP), None);
        }
        let name = self.name.as_deref().unwrap_or(&self.label);
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, self.enabled && ui.is_enabled(), name);
            info.selected = self.selected;
            info
        });
        if ui.is_rect_visible(rect) {
            let palette = theme::palette(ui.visuals());
            let colors = colors(&self, palette, &response);
            let painter = ui.painter();
            // A chosen chip has a thicker edge, and a chosen tab a bar, so that the choice is not told by color alone.
            let chip = matches!(self.kind, ButtonKind::Chip | ButtonKind::LowChip);
            let line = if chip && self.selected == Some(true) { 2.0 } else { 1.0 };
            painter.rect(rect, metrics.radius, colors.ground, Stroke::new(line, colors.line), StrokeKind::Inside);
            if self.selected == Some(true) && !chip {
                self.selection_bar(painter, rect, icon_only, palette);
            }
            if response.has_focus() {
                focus_ring(painter, rect, metrics.radius, palette);
            }
            let content =
                if icon_only { icon.as_ref().map_or(0.0, |icon| icon.size().x) } else { label.size().x + beside };
            let middle = rect.center().y;
            let mut x = if self.left_aligned { rect.left() + metrics.edge } else { rect.center().x - content / 2.0 };
            let put = |galley: &Arc<Galley>, x: f32, color: Color32| {
                painter.galley(pos2(x, (middle - galley.size().y / 2.0).round()), Arc::clone(galley), color);
            };
            if let Some(icon) = &icon {
                put(icon, x, colors.ink);
                x += icon.size().x + gap;
            }
            if let Some(size) = aspect {
                let shape = Rect::from_center_size(pos2(x + size.x / 2.0, middle), size);
                painter.rect_stroke(shape, 2.0, Stroke::new(1.5, colors.ink), StrokeKind::Inside);
                x += size.x + gap;
            }
            put(&label, x, colors.ink);
            x += label.size().x + gap;
            if self.left_aligned && (trailing.is_some() || cap.is_some()) {
                x = rect.right()
                    - metrics.edge
                    - trailing.as_ref().map_or(0.0, |trailing| trailing.size().x)
                    - cap.as_ref().map_or(0.0, |cap| cap.size().x + 10.0 + gap);
            }
            if let Some(trailing) = &trailing {
                let quiet = matches!(self.kind, ButtonKind::Chip | ButtonKind::LowChip | ButtonKind::Plain);
                let ink = if quiet { palette.faint } else { colors.ink };
                put(trailing, x, if self.badge { palette.accent_text } else { ink });
                x += trailing.size().x + gap;
            }
            if let Some(cap) = &cap {
                let frame = Rect::from_min_size(pos2(x, middle - 8.0), Vec2::new(cap.size().x + 10.0, 16.0));
                painter.rect_stroke(frame, 4.0, Stroke::new(1.0, colors.ink.gamma_multiply(0.45)), StrokeKind::Inside);
                put(cap, x + 5.0, colors.ink);
            }
        }
        if self.enabled { response.on_hover_cursor(CursorIcon::PointingHand) } else { response }
    }
}

/// The size of a rectangle with an aspect ratio, about as high as a letter.
fn aspect_size(ratio: f32) -> Vec2 {
    let area: f32 = 144.0;
    let width = (area * ratio).sqrt().clamp(5.0, 20.0).round();
    let height = (area / ratio).sqrt().clamp(5.0, 16.0).round();
    vec2(width, height)
}
