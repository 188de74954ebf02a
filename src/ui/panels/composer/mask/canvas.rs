//! The canvas of the mask: painted with the pointer, or with arrows and Space.

use egui::{
    Color32, ColorImage, CursorIcon, Event, EventFilter, Id, Key, Modifiers, PointerButton, Pos2, Rect, Sense, Stroke,
    TextureOptions, Ui, Vec2, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::{
    recipe::{BrushStroke, Coverage},
    ui::{
        panels::composer::state::mask::{Canvas, OpenMask},
        state::view_context::ViewContext,
        textures,
        theme::{self, size},
    },
};

/// The id of the canvas.
fn canvas_id() -> Id {
    Id::unique("mask canvas")
}

/// Maximum enlargement of small images.
const MAX_ENLARGEMENT: f32 = 8.0;

/// Distance that an arrow key moves the brush, as a fraction of the image's longer side.
const KEY_STEP: f32 = 0.02;

/// Draws the canvas in the available space, and paints.
pub(in crate::ui::panels::composer) fn show(ui: &mut Ui, open: &mut OpenMask, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let (area, _) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    ui.painter().rect_filled(area, 0.0, palette.ground);
    let Some((pixels, _)) = &open.ground else {
        let words = egui::RichText::new(cx.text.get("mask-loading")).color(palette.text);
        ui.put(area, egui::Label::new(words));
        return;
    };
    let own = vec2(pixels.width as f32, pixels.height as f32);
    let image = open
        .canvas
        .image
        .get_or_insert_with(|| ui.ctx().load_texture("mask image", textures::image(pixels), TextureOptions::LINEAR));
    let shown = textures::contain(own, area.shrink(size::EDGE).size(), MAX_ENLARGEMENT);
    let rect = Rect::from_center_size(area.center(), shown);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(image.id(), rect, whole, Color32::WHITE);

    let response = ui.interact(rect, canvas_id(), Sense::click_and_drag());
    let name = cx.text.get("mask-canvas");
    response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &name));
    paint(ui, open, rect, &response);
    draw(ui, open, rect, palette.accent);
    let share = open.covered * 100 / open.coverage.covered.len().max(1);
    let said = cx.text.with("mask-covered", [("percent", share.into())]);
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(said));
    brush(ui, open, rect, &response);
}

/// Handles pointer and keyboard.
fn paint(ui: &Ui, open: &mut OpenMask, rect: Rect, response: &egui::Response) {
    let within = |at: Pos2| [(at.x - rect.left()) / rect.width(), (at.y - rect.top()) / rect.height()];
    let (radius, erases) = (open.brush as f32 / 200.0, open.erases);
    let fresh = || BrushStroke { points: Vec::new(), radius, erases };
    // All pointer positions since the last frame, so that fast strokes are smooth, too.
    let events = ui.input(|input| input.events.clone());
    for event in events {
        let (at, ends) = match event {
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } if rect.contains(pos) => {
                response.request_focus();
                open.canvas.stroke = Some(fresh());
                (pos, false)
            }
            Event::PointerMoved(pos) => (pos, false),
            Event::PointerButton { pos, button: PointerButton::Primary, pressed: false, .. } => (pos, true),
            _ => continue,
        };
        let Some(mut stroke) = open.canvas.stroke.take() else { continue };
        let at = within(at);
        if stroke.points.last() != Some(&at) {
            let known = stroke.points.len();
            stroke.points.push(at);
            open.canvas.stale |= open.coverage.paint_from(&stroke, known);
        }
        open.canvas.at = Some(at);
        if ends {
            open.keep(stroke);
        } else {
            open.canvas.stroke = Some(stroke);
        }
    }
    if !response.has_focus() {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let longer = rect.width().max(rect.height());
    let (mut by, mut dab) = (Vec2::ZERO, false);
    ui.input_mut(|input| {
        let mut press = |key| input.count_and_consume_key(Modifiers::NONE, key) as f32;
        by.x = press(Key::ArrowRight) - press(Key::ArrowLeft);
        by.y = press(Key::ArrowDown) - press(Key::ArrowUp);
        dab = press(Key::Space) > 0.0;
    });
    let at = open.canvas.at.get_or_insert([0.5, 0.5]);
    if by != Vec2::ZERO {
        at[0] = (at[0] + by.x * KEY_STEP * longer / rect.width()).clamp(0.0, 1.0);
        at[1] = (at[1] + by.y * KEY_STEP * longer / rect.height()).clamp(0.0, 1.0);
    }
    if dab {
        let stroke = BrushStroke { points: vec![*at], ..fresh() };
        open.canvas.stale |= open.coverage.paint(&stroke);
        open.keep(stroke);
    }
}

/// Draws the mask over the image.
fn draw(ui: &Ui, open: &mut OpenMask, rect: Rect, color: Color32) {
    let Canvas { cover, stale, .. } = &mut open.canvas;
    if std::mem::take(stale) || cover.is_none() {
        open.covered = open.coverage.count();
        let image = tinted(&open.coverage, color.gamma_multiply(0.55));
        match cover {
            Some(cover) => cover.set(image, TextureOptions::LINEAR),
            None => *cover = Some(ui.ctx().load_texture("mask cover", image, TextureOptions::LINEAR)),
        }
    }
    if let Some(cover) = cover {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(cover.id(), rect, whole, Color32::WHITE);
    }
}

fn tinted(coverage: &Coverage, color: Color32) -> ColorImage {
    let pixels = coverage.covered.iter().map(|covered| if *covered { color } else { Color32::TRANSPARENT });
    ColorImage::new([coverage.width as usize, coverage.height as usize], pixels.collect())
}

/// Draws the brush at the pointer, or at the keyboard's position.
fn brush(ui: &Ui, open: &OpenMask, rect: Rect, response: &egui::Response) {
    let by_keys = open.canvas.at.filter(|_| response.has_focus());
    let by_keys = by_keys.map(|at| rect.min + vec2(at[0] * rect.width(), at[1] * rect.height()));
    let Some(at) = response.hover_pos().or(by_keys) else { return };
    if response.hovered() {
        ui.set_cursor_icon(CursorIcon::None);
    }
    let radius = open.brush as f32 / 200.0 * rect.width().max(rect.height());
    let painter = ui.painter().with_clip_rect(rect.expand(radius));
    // Visible on light and on dark images.
    painter.circle_stroke(at, radius, Stroke::new(3.0, Color32::from_black_alpha(0xaa)));
    painter.circle_stroke(at, radius, Stroke::new(1.0, Color32::WHITE));
    if open.erases {
        let arm = vec2(radius.min(5.0), 0.0);
        painter.line_segment([at - arm, at + arm], Stroke::new(1.5, Color32::WHITE));
    }
}
