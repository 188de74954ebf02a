//! Draws the gallery: only the visible part is laid out, requested and drawn, however large the library is.

use std::sync::Arc;

use egui::{Rect, Ui, vec2};
use jiff::{Timestamp, Zoned};

use crate::{
    recipe::ImageId,
    studio::{RequestCard, View, is_trash_search},
    ui::{
        actions::action::{Action, Actions},
        pages::welcome,
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, fonts, size},
        widgets::Button,
    },
};

use super::{
    frame::Frame,
    go_to_date, header,
    keyboard::keys,
    layout, request_card,
    state::{GalleryPage, LayoutKey},
};

/// Draws an image's tile outside the gallery's own rows, with the same behavior.
pub fn tile_in(
    ui: &Ui,
    (gallery, selection, view): (&mut GalleryPage, &mut Selection, &View),
    rect: Rect,
    id: ImageId,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let area = ui.clip_rect();
    Frame { gallery, selection, cx, actions, view, area, scroll: 0.0 }.tile(ui, rect, id);
}

/// Draws a request's card outside the gallery's own rows.
pub fn card_in(
    ui: &mut Ui,
    gallery: &mut GalleryPage,
    rect: Rect,
    job: &RequestCard,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    request_card::show(ui, rect, job, &mut gallery.cards, cx, actions);
}

/// Draws the gallery.
pub fn show(
    ui: &mut Ui,
    gallery: &mut GalleryPage,
    selection: &mut Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let jobs = gallery.cards.shown(&cx.known.requests);
    let Some(view) = &cx.known.view else {
        header::show(ui, gallery, selection, cx, actions);
        return;
    };
    let trash = is_trash_search(&view.search);
    if jobs.is_empty() && view.library_total == 0 && !trash {
        welcome::show(ui, cx, actions);
        return;
    }
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    header::show(ui, gallery, selection, cx, actions);
    let area = ui.available_rect_before_wrap();
    gallery.page = area.height();
    let shape = LayoutKey {
        revision: view.revision,
        cards: jobs.len(),
        today: Zoned::now().date(),
        width: area.width(),
        side: cx.known.settings.thumbnail_height.clamp(*header::SIDES.start(), *header::SIDES.end()),
    };
    let moved = gallery.drawn && gallery.seen != selection.focus();
    // Selected images may be in the rest of the view, which follows in a moment.
    if !view.is_preview && gallery.carry_selection(view, selection) {
        ui.ctx().request_repaint();
    }
    gallery.follow(view, shape);
    if !view.is_preview {
        gallery.choose_new(view, selection);
    }
    if let Some(index) = gallery.focus_place(view, selection).filter(|_| moved) {
        // The focus was moved elsewhere, in the viewer for example.
        gallery.reveal = Some(index);
    }
    keys(ui, gallery, view, selection);
    if view.ids.is_empty() && jobs.is_empty() {
        nothing_found(ui, area, &view.search, cx, actions);
        return;
    }
    reuse_when_known(gallery, cx, actions);
    if let Some(tick) = request_card::next_tick(&jobs, Timestamp::now()) {
        ui.ctx().request_repaint_after(tick);
    }
    go_to_date::show(ui, gallery, view, selection, area, cx);
    bring_into_sight(gallery, area);
    let most = gallery.layout.height() - f64::from(area.height());
    gallery.scroll.step(ui, area, most, !view.is_preview);
    ui.scope_builder(egui::UiBuilder::new().max_rect(area), |ui| {
        ui.shrink_clip_rect(area);
        let bar = gallery.scroll.bar(ui, area, most, &cx.text.get("gallery-scroll-bar"));
        let scroll = gallery.scroll.on_pixels(ui.ctx().pixels_per_point());
        Frame { gallery, selection, cx, actions, view, area, scroll }.draw(ui, &jobs, bar.as_ref());
    });
    gallery.seen = selection.focus();
    gallery.drawn = true;
    if ui.rect_contains_pointer(area) {
        let zoom = ui.input(egui::InputState::zoom_delta);
        if zoom != 1.0 {
            header::resize(cx.known.settings.thumbnail_height * zoom, cx, actions);
        }
    }
}

fn bring_into_sight(gallery: &mut GalleryPage, area: Rect) {
    let Some((top, with)) = gallery.reveal.take().and_then(|index| gallery.layout.top_of(index)) else { return };
    let bottom = top + f64::from(gallery.layout.tile() + layout::GAP);
    let scroll = gallery.scroll.next();
    if with - f64::from(layout::GAP) < scroll {
        gallery.scroll.go(with - f64::from(layout::GAP));
    } else if bottom > scroll + f64::from(area.height()) {
        gallery.scroll.go(bottom - f64::from(area.height()));
    }
}

fn reuse_when_known(gallery: &mut GalleryPage, cx: &ViewContext<'_>, actions: &mut Actions) {
    if let Some(details) = gallery.reuse.and_then(|id| cx.known.details(id)) {
        gallery.reuse = None;
        actions.push(Action::ReuseImage(Arc::clone(details)));
    }
}

fn nothing_found(ui: &mut Ui, area: Rect, search: &str, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let middle = Rect::from_center_size(area.center(), vec2(area.width().min(420.0), 90.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            let words = if is_trash_search(search) {
                cx.text.get("trash-nothing")
            } else {
                cx.text.with("gallery-nothing-found", [("search", search.into())])
            };
            let words = egui::RichText::new(words).font(fonts::semibold(size::TEXT_HEADING)).color(palette.strong);
            ui.add(egui::Label::new(words).wrap());
            ui.add_space(size::SECTION);
            if ui.add(Button::new(cx.text.get("gallery-show-all"))).clicked() {
                actions.push(Action::Search(String::new()));
            }
        });
    });
}
