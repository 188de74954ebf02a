//! The row above the gallery: its title, the commands for what is selected, and the size of thumbnails.

use egui::{Align, Layout, RichText, Stroke, Ui, UiBuilder, vec2};

use crate::{
    studio::{Filter, Query, is_trash_search},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::command_button,
        pages::gallery::state::GalleryPage,
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, fonts, icons, size},
        widgets::{
            Button, ButtonKind,
            slider::{Scale, slider},
        },
    },
};

use super::{filters, trash};

/// The range of tile sizes in points.
pub const SIDES: std::ops::RangeInclusive<f32> = 120.0..=384.0;

const SCALE: Scale = Scale::whole(120.0, 384.0, 186.0);

/// Width of the slider.
const SLIDER: f32 = 90.0;

/// Space for the three chips that are always shown.
const CHIPS: f32 = 224.0;

/// The commands for several images.
const VERBS: [UiCommand; 4] = [UiCommand::Batch, UiCommand::UseAsReference, UiCommand::Export, UiCommand::Delete];

/// Draws the bar.
pub fn show(
    ui: &mut Ui,
    gallery: &mut GalleryPage,
    selection: &Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let GalleryPage { emptying, collections, .. } = gallery;
    let selected = selection.len();
    let trash = cx.known.view.as_ref().filter(|view| is_trash_search(&view.search));
    *emptying &= trash.is_some_and(|view| view.total > 0);
    let palette = theme::palette(ui.visuals());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::TOP_BAR), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    let inner = rect.shrink2(vec2(size::EDGE, 0.0));
    let builder = UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        // The commands for a single image are in the inspector.
        if let Some(view) = trash {
            trash::show(ui, view, selection, emptying, cx, actions);
        } else if selected > 1 {
            chosen(ui, selected, cx, actions);
        } else {
            titles(ui, cx);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            thumbnail_size(ui, cx, actions);
            if let Some(view) = cx.known.view.as_ref().filter(|_| trash.is_none()) {
                ui.add_space(size::GAP_SMALL);
                let room = if selected > 1 { 0.0 } else { ui.available_width() };
                filters::chips(ui, view, room, (collections, selection), cx, actions);
            }
        });
    });
}

fn titles(ui: &mut Ui, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let search = cx.known.view.as_ref().map_or("", |view| view.search.as_str());
    let query = Query::parse(search);
    let words = query.without(|term| !matches!(term.filter, Filter::Word(_) | Filter::Phrase { .. }));
    let title = if !words.is_empty() {
        cx.text.with("gallery-found", [("search", words.to_string().into())])
    } else if !query.is_empty() {
        cx.text.get("gallery-matching")
    } else {
        cx.text.get("gallery-all")
    };
    let title = RichText::new(title).font(fonts::semibold(size::TEXT)).color(palette.strong);
    let whole = cx.known.view.as_ref().filter(|view| !view.is_preview);
    let width = (ui.available_width() - SLIDER - CHIPS).max(60.0);
    ui.scope(|ui| {
        ui.set_max_width(width);
        ui.add(egui::Label::new(title).truncate());
    });
    ui.add_space(2.0);
    if let Some(view) = whole {
        ui.label(RichText::new(cx.text.count(view.total)).color(palette.text));
    }
}

fn chosen(ui: &mut Ui, selected: usize, cx: &ViewContext<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let count = cx.text.with("gallery-selected", [("count", selected.into())]);
    ui.label(RichText::new(count).font(fonts::semibold(size::TEXT)).color(palette.strong));
    let none = cx.text.get("verb-select-none");
    if ui.add(Button::icon(icons::REMOVE, none.as_str())).on_hover_text(none).clicked() {
        actions.run(UiCommand::SelectNone);
    }
    let font = fonts::regular(size::TEXT_CHIP);
    let words: f32 = VERBS
        .iter()
        .map(|verb| {
            let word = ui.painter().layout_no_wrap(verb.name(cx.text), font.clone(), palette.text);
            word.size().x + 14.0 + 18.0 + size::GAP_SMALL * 2.0
        })
        .sum();
    let roomy = ui.available_width() >= words + CHIPS + SLIDER + size::GAP_SMALL;
    for verb in VERBS {
        let name = verb.name(cx.text);
        let button =
            if roomy { Button::new(name).with_icon(verb.icon()) } else { command_button::command_icon(verb, cx.text) };
        if ui.add(button.kind(ButtonKind::Chip)).on_hover_text(verb.tip(cx.text)).clicked() {
            actions.run(verb);
        }
    }
}

fn thumbnail_size(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let now = f64::from(cx.known.settings.thumbnail_height);
    let mut side = now;
    let name = cx.text.get("gallery-size");
    slider(ui, &name, &mut side, &SCALE, SLIDER).on_hover_text(name.as_str());
    if side != now {
        resize(side as f32, cx, actions);
    }
}

/// Changes the size of thumbnails.
pub fn resize(side: f32, cx: &ViewContext<'_>, actions: &mut Actions) {
    let mut settings = cx.known.settings.clone();
    settings.thumbnail_height = side.clamp(*SIDES.start(), *SIDES.end());
    if settings.thumbnail_height != cx.known.settings.thumbnail_height {
        actions.push(Action::Settings(Box::new(settings)));
    }
}
