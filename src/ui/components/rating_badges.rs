//! Rating, flag and color label of an image: drawn on its tile, and set from its menu.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    accesskit::Role, pos2, vec2,
};

use crate::{
    recipe::{Flag, Label, MAX_STARS},
    studio::ImageRow,
    ui::{
        actions::ui_command::UiCommand,
        text::Text,
        theme::{self, fonts, icons, label_on_image, size},
        widgets::{field, focus_ring},
    },
};

/// Side of what can be clicked in the menu.
const SIDE: f32 = 28.0;

/// Dims rejected images, and draws stars, flag and label.
pub fn draw(ui: &Ui, rect: Rect, row: &ImageRow, bottom: f32) {
    let painter = ui.painter();
    if row.flag == Flag::Rejected {
        let ground = theme::palette(ui.visuals()).ground.gamma_multiply(0.66);
        painter.rect_filled(rect, CornerRadius::same(size::RADIUS_CARD), ground);
    }
    let mut at = pos2(rect.left() + 9.0, bottom - 14.0);
    match row.flag {
        Flag::Picked => at.x += on_image(painter, at, icons::FLAG, fonts::icons(14.0)) + 4.0,
        Flag::Rejected => {
            // The flag is drawn on the theme's background color, which dims the image.
            let ink = theme::palette(ui.visuals()).strong;
            at.x += painter.text(at, Align2::LEFT_CENTER, icons::REMOVE, fonts::icons(14.0), ink).width() + 4.0;
        }
        Flag::None => {}
    }
    if row.rating > 0 {
        let stars = "★".repeat(row.rating.min(MAX_STARS).into());
        on_image(painter, at, &stars, fonts::regular(size::TEXT_CHIP));
    }
    if let Some(label) = row.label {
        let center = pos2(rect.right() - 14.0, rect.bottom() - 14.0);
        label_mark(
            painter,
            center,
            5.0,
            label,
            label_on_image(label),
            Stroke::new(1.5, Color32::from_black_alpha(0xaa)),
        );
    }
}

/// Draws the mark of a color label. Each label has a shape of its own, so that it can be told without its color.
fn label_mark(painter: &Painter, center: Pos2, radius: f32, label: Label, fill: Color32, line: Stroke) {
    let polygon = |corners: usize, turn: f32, reach: f32| {
        let corner = |n: usize| {
            let angle = (n as f32 / corners as f32 + turn) * std::f32::consts::TAU;
            center + Vec2::angled(angle) * radius * reach
        };
        painter.add(Shape::convex_polygon((0..corners).map(corner).collect(), fill, line));
    };
    match label {
        Label::Red => {
            painter.circle(center, radius, fill, line);
        }
        Label::Yellow => polygon(3, -0.25, 1.25),
        Label::Green => {
            let square = Rect::from_center_size(center, Vec2::splat(radius * 1.8));
            painter.rect(square, 1.0, fill, line, StrokeKind::Middle);
        }
        Label::Blue => polygon(4, 0.0, 1.25),
        Label::Purple => polygon(6, 0.0, 1.1),
    }
}

/// Draws white text that is legible on any image. Returns its width.
fn on_image(painter: &Painter, at: egui::Pos2, words: &str, font: egui::FontId) -> f32 {
    for shift in [vec2(0.0, 1.0), vec2(1.0, 0.0), vec2(-1.0, 0.0), vec2(0.0, -1.0)] {
        painter.text(at + shift, Align2::LEFT_CENTER, words, font.clone(), Color32::from_black_alpha(0x70));
    }
    painter.text(at, Align2::LEFT_CENTER, words, font, Color32::WHITE).width()
}

/// The description of rating, flag and label for screen readers; empty if there are none.
pub fn spoken(row: &ImageRow, text: &Text) -> String {
    let mut said = Vec::new();
    if row.rating > 0 {
        said.push(text.with("marks-stars", [("stars", usize::from(row.rating).into())]));
    }
    match row.flag {
        Flag::Picked => said.push(text.get("marks-picked")),
        Flag::Rejected => said.push(text.get("marks-rejected")),
        Flag::None => {}
    }
    said.extend(row.label.map(|label| text.label(label)));
    said.join(", ")
}

/// Rows of a menu: stars, flags and labels. Returns what was chosen.
pub fn menu(ui: &mut Ui, row: Option<&ImageRow>, text: &Text) -> Option<UiCommand> {
    let rating = row.map_or(0, |row| row.rating);
    let flag = row.map_or(Flag::None, |row| row.flag);
    mark_bar(ui, rating, flag, row.and_then(|row| row.label), text)
}

/// Stars and flags in a row, and labels below. Returns what was chosen.
pub fn mark_bar(ui: &mut Ui, rating: u8, flag: Flag, label: Option<Label>, text: &Text) -> Option<UiCommand> {
    let mut chosen = None;
    ui.spacing_mut().item_spacing.x = 2.0;
    ui.horizontal(|ui| {
        for stars in 1..=MAX_STARS {
            // A click on the current number of stars clears the rating.
            let verb = UiCommand::Rate(if stars == rating { 0 } else { stars });
            let font = if stars <= rating { fonts::icons_filled(17.0) } else { fonts::icons(17.0) };
            let name = UiCommand::Rate(stars).name(text);
            if mark(ui, &name, stars <= rating, MarkLook::Icon(icons::STAR, font)) {
                chosen = Some(verb);
            }
        }
        ui.add_space(10.0);
        for (verb, on) in [(UiCommand::Pick, flag == Flag::Picked), (UiCommand::Reject, flag == Flag::Rejected)] {
            let font = if on { fonts::icons_filled(17.0) } else { fonts::icons(17.0) };
            if mark(ui, &verb.name(text), on, MarkLook::Icon(verb.icon(), font)) {
                chosen = Some(verb);
            }
        }
    });
    ui.horizontal(|ui| {
        for color in Label::ALL {
            let verb = UiCommand::Label(color);
            if mark(ui, &verb.name(text), label == Some(color), MarkLook::Label(color)) {
                chosen = Some(verb);
            }
        }
    });
    chosen
}

/// What a button of the bar shows.
enum MarkLook {
    Icon(&'static str, egui::FontId),
    Label(Label),
}

fn mark(ui: &mut Ui, name: &str, on: bool, look: MarkLook) -> bool {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    field::name(ui, response.id, name);
    let radius = CornerRadius::same(size::RADIUS_CHIP);
    if response.hovered() {
        ui.painter().rect_filled(rect, radius, palette.raised);
    }
    match look {
        MarkLook::Icon(icon, font) => {
            let ink = if on { palette.accent_text } else { palette.text };
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon, font, ink);
        }
        MarkLook::Label(label) => {
            label_mark(ui.painter(), rect.center(), 6.5, label, palette.label(label), Stroke::NONE);
            if on {
                // A frame and not only a brighter color.
                let frame = rect.shrink(2.0);
                ui.painter().rect_stroke(frame, radius, Stroke::new(2.0, palette.strong), StrokeKind::Inside);
            }
        }
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect, radius, palette);
    }
    response.on_hover_text(name).clicked()
}
