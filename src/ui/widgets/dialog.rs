//! The frame of dialogs: a scrim over everything, a title, a body and a row of buttons.

use egui::{
    Align, Color32, CornerRadius, Frame, Id, Layout, Margin, Modal, Popup, Rect, RichText, ScrollArea, Sense, Shadow,
    Stroke, Ui, accesskit::Role, pos2, vec2,
};

use crate::ui::{
    accessibility,
    theme::{self, fonts, size},
};

use super::submit::{self, SubmitKey};

/// Heights of the parts around the body, in points.
const TITLE: f32 = 54.0;
const FOOTER: f32 = 62.0;
const EDGE: f32 = 20.0;
/// Free space above and below the dialog.
const AROUND: f32 = 24.0;

/// The places of body and footer in the order of Tab; panels have lower ones.
const BODY: u8 = 100;
const BUTTONS: u8 = 101;

/// A dialog over everything else.
#[derive(Clone, Debug)]
#[must_use = "a dialog has to be shown"]
pub struct Dialog<'a> {
    id: &'static str,
    title: &'a str,
    width: f32,
    flush: bool,
}

/// The result of drawing a dialog.
#[derive(Debug)]
pub struct Shown<B, F> {
    /// Whether Esc or a click beside the dialog closes it.
    pub close: bool,
    /// The result of the body.
    pub body: B,
    /// The result of the footer.
    pub footer: F,
}

impl<'a> Dialog<'a> {
    /// Creates a dialog of the default width. Each dialog needs a unique id.
    pub fn new(id: &'static str, title: &'a str) -> Self {
        Self { id, title, width: size::DIALOG, flush: false }
    }

    /// Sets the width in points.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Draws the body without margins and without scrolling, for one that lays itself out.
    pub fn flush(mut self) -> Self {
        self.flush = true;
        self
    }

    /// Draws the dialog. Body and footer get `state` one after the other; the footer is laid out from right to left.
    pub fn show<S, B, F>(
        self,
        ui: &Ui,
        state: &mut S,
        body: impl FnOnce(&mut Ui, &mut S) -> B,
        footer: impl FnOnce(&mut Ui, &mut S) -> F,
    ) -> Shown<B, F> {
        let palette = theme::palette(ui.visuals());
        let window = ui.ctx().content_rect();
        let width = self.width.min(window.width() - AROUND * 2.0);
        let room = window.height() - AROUND * 2.0 - TITLE - FOOTER;
        let frame = Frame::new()
            .fill(palette.panel)
            .stroke(Stroke::new(1.0, palette.line))
            .corner_radius(CornerRadius::same(size::RADIUS_DIALOG))
            .shadow(Shadow { offset: [0, 24], blur: 80, spread: 0, color: palette.shadow });
        let layer = Modal::default_area(Id::unique(self.id)).layer();
        hide_tooltips_behind(ui);
        let modal = Modal::new(Id::unique(self.id)).backdrop_color(palette.scrim).frame(frame).show(ui.ctx(), |ui| {
            let is_top = ui.memory(|memory| memory.top_modal_layer() == Some(layer));
            ui.set_width(width);
            ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
            let scope = ui.unique_id();
            ui.ctx().accesskit_node_builder(scope, |node| {
                node.set_role(Role::Dialog);
                node.set_label(self.title);
                node.set_modal();
            });
            title(ui, self.title);
            line(ui, palette.line);
            let body = if self.flush {
                let inner = egui::UiBuilder::new()
                    .max_rect(Rect::from_min_size(ui.cursor().min, vec2(width, room)))
                    .layout(Layout::top_down(Align::Min));
                ui.scope_builder(inner, |ui| {
                    accessibility::area(ui, BODY);
                    ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
                    body(ui, state)
                })
                .inner
            } else {
                ScrollArea::vertical()
                    .id_salt(self.id)
                    .max_height(room)
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        accessibility::area(ui, BODY);
                        Frame::new().inner_margin(Margin::symmetric(EDGE as i8, 18)).show(ui, |ui| {
                            ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
                            ui.set_width(width - EDGE * 2.0);
                            body(ui, state)
                        })
                    })
                    .inner
                    .inner
            };
            line(ui, palette.line);
            let pressed = is_top && submit::take_pressed(ui.ctx());
            submit::set_key(ui.ctx(), if pressed { SubmitKey::Pressed } else { SubmitKey::Released });
            let footer = ui
                .allocate_ui_with_layout(vec2(width, FOOTER), Layout::right_to_left(Align::Center), |ui| {
                    accessibility::area(ui, BUTTONS);
                    ui.set_min_height(FOOTER);
                    ui.spacing_mut().item_spacing.x = 10.0;
                    ui.add_space(EDGE);
                    let footer = footer(ui, state);
                    ui.add_space(EDGE);
                    footer
                })
                .inner;
            submit::set_key(ui.ctx(), SubmitKey::Outside);
            (body, footer)
        });
        let close = modal.should_close();
        let (body, footer) = modal.inner;
        Shown { close, body, footer }
    }
}

/// Hides the tooltips of the page behind a dialog. egui keeps a tooltip as long as the pointer rests on its widget,
/// unless a pop-up is open in the same layer, so an empty one is opened there.
fn hide_tooltips_behind(ui: &Ui) {
    let corner = Rect::from_min_size(ui.ctx().content_rect().min, egui::Vec2::ZERO);
    Popup::new(Id::unique("behind a dialog"), ui.ctx().clone(), corner, ui.layer_id())
        .frame(Frame::NONE)
        .interactable(false)
        .show(|_| {});
}

/// Draws a note at the left of a footer, in the space beside the buttons.
pub fn note(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let gap = std::mem::take(&mut ui.spacing_mut().item_spacing.x);
    let room = ui.available_width() - EDGE;
    ui.allocate_ui_with_layout(vec2(room.max(0.0), size::BUTTON), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(room.max(0.0));
        ui.spacing_mut().item_spacing.x = gap;
        contents(ui);
    });
}

fn title(ui: &mut Ui, title: &str) {
    let palette = theme::palette(ui.visuals());
    ui.allocate_ui_with_layout(vec2(ui.available_width(), TITLE), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_height(TITLE);
        ui.add_space(EDGE);
        let text = RichText::new(title).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
        ui.add(egui::Label::new(text).truncate());
    });
}

/// Draws a thin horizontal line.
pub fn line(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().rect_filled(Rect::from_min_max(rect.min, pos2(rect.max.x, rect.min.y + 1.0)), 0.0, color);
}
