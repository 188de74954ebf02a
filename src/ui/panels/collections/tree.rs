//! The tree of collections below its chip.

use egui::{DragAndDrop, Popup, PopupCloseBehavior, Response, ScrollArea, Ui};

use crate::{
    recipe::{Collection, CollectionEdit},
    studio::{Command, OrganizeCommand, Query, View, is_trash_search},
    ui::{
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        components::drag_source::DraggedImages,
        state::{selection::Selection, view_context::ViewContext},
        theme::{self, icons, size},
        widgets::{Button, ButtonKind, menu::menu_item},
    },
};

use super::{
    name_edit::{NameEdit, NameEditTarget},
    operations::{DraggedCollection, add, elsewhere, is_within, remove, term},
    row::{self, CollectionAction, CollectionRowState, INDENT},
    state::Collections,
};

/// Width of the tree.
const WIDTH: f32 = 300.0;

/// Opens the tree below a chip that was clicked, or that images are dragged over.
pub fn popup(
    chip: &Response,
    name: &str,
    collections: &mut Collections,
    view: &View,
    selection: &Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let id = Popup::default_response_id(chip);
    let dragging = DraggedImages::any(&chip.ctx);
    if dragging && chip.contains_pointer() && !Popup::is_id_open(&chip.ctx, id) {
        Popup::open_id(&chip.ctx, id);
        collections.sprung = true;
    }
    let shown = Popup::menu(chip)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .accessible_name(name)
        .gap(4.0)
        .width(WIDTH)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            contents(ui, collections, view, selection, cx, actions);
        });
    if shown.is_none() {
        collections.naming = None;
        collections.sprung = false;
    } else if collections.sprung && !dragging {
        Popup::close_id(&chip.ctx, id);
    }
}

fn contents(
    ui: &mut Ui,
    collections: &mut Collections,
    view: &View,
    selection: &Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let query = Query::parse(&view.search);
    let rest = elsewhere(&query);
    let carried = DragAndDrop::payload::<DraggedCollection>(ui.ctx()).map(|carried| carried.0);
    let any = ui.scope(|ui| menu_item(ui, cx.text.get("filter-any"), rest == query, ""));
    if any.inner {
        actions.push(Action::Search(rest.to_string()));
    }
    if let Some(id) = carried
        && dropped(ui, any.response.rect, true)
    {
        actions.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Move(id, None))));
    }
    let all = cx.known.collections_in_order();
    ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).show(ui, |ui| {
        for (depth, collection) in &all {
            line(ui, collections, collection, *depth, &query, cx, actions);
        }
        naming(ui, collections, |of| matches!(of, NameEditTarget::New { parent: None, .. }), 0, &query, cx, actions);
    });
    if all.is_empty() && collections.naming.is_none() {
        let palette = theme::palette(ui.visuals());
        let words = egui::RichText::new(cx.text.get("collections-none")).color(palette.faint);
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.add_space(8.0);
            ui.add(egui::Label::new(words).wrap());
        });
        ui.add_space(4.0);
    }
    ui.separator();
    footer(ui, collections, view, selection, cx, actions);
}

/// Draws a collection or the field that renames it, and the field of a new one in it.
fn line(
    ui: &mut Ui,
    collections: &mut Collections,
    collection: &Collection,
    depth: usize,
    query: &Query,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let id = collection.id;
    if collections.naming.as_ref().is_some_and(|naming| naming.of == NameEditTarget::Name(id)) {
        naming(ui, collections, |_| true, depth, query, cx, actions);
        return;
    }
    let carried = DragAndDrop::payload::<DraggedCollection>(ui.ctx()).map(|carried| carried.0);
    let takes = carried.is_some_and(|carried| collection.query.is_none() && !is_within(id, carried, cx.known));
    let standing = CollectionRowState { depth, shown: query.has(&term(&collection.name)), takes };
    let (rect, asked) = ui.push_id(id, |ui| row::show(ui, collection, standing, cx)).inner;
    if collection.query.is_none()
        && let Some(images) = DraggedImages::let_go(ui, rect)
    {
        add(images, id, actions);
    }
    if let Some(carried) = carried.filter(|_| takes)
        && dropped(ui, rect, false)
    {
        actions.send(Command::Organize(OrganizeCommand::EditCollections(CollectionEdit::Move(carried, Some(id)))));
    }
    match asked {
        Some(CollectionAction::Show) => {
            let shown = term(&collection.name);
            let rest = elsewhere(query);
            let search = if query.has(&shown) { rest } else { rest.with(&shown) };
            actions.push(Action::Search(search.to_string()));
        }
        Some(CollectionAction::Rename) => {
            collections.naming = Some(NameEdit::new(NameEditTarget::Name(id), &collection.name));
        }
        Some(CollectionAction::Search) => {
            let search = collection.query.clone().unwrap_or_default();
            collections.naming = Some(NameEdit::new(NameEditTarget::Search(id), search));
        }
        Some(CollectionAction::Inside) => {
            let of = NameEditTarget::New { parent: Some(id), query: None, images: Vec::new() };
            collections.naming = Some(NameEdit::new(of, ""));
        }
        Some(CollectionAction::Remove) => remove(collection, query, actions),
        Some(CollectionAction::Carry) => DragAndDrop::set_payload(ui.ctx(), DraggedCollection(id)),
        None => {}
    }
    let below = |of: &NameEditTarget| match of {
        NameEditTarget::New { parent, .. } => *parent == Some(id),
        NameEditTarget::Search(searched) => *searched == id,
        NameEditTarget::Name(_) => false,
    };
    naming(ui, collections, below, depth + 1, query, cx, actions);
}

/// Draws the field of a name, if it belongs here.
fn naming(
    ui: &mut Ui,
    collections: &mut Collections,
    here: impl Fn(&NameEditTarget) -> bool,
    depth: usize,
    query: &Query,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let Some(mut naming) = collections.naming.take_if(|naming| here(&naming.of)) else { return };
    if naming.show(ui, INDENT * depth as f32, query, cx, actions) {
        collections.naming = Some(naming);
    }
}

/// Whether the dragged collection was dropped on an area.
fn dropped(ui: &Ui, place: egui::Rect, outlined: bool) -> bool {
    if !ui.rect_contains_pointer(place) {
        return false;
    }
    if outlined {
        let palette = theme::palette(ui.visuals());
        let stroke = egui::Stroke::new(1.5, palette.accent);
        ui.painter().rect_stroke(place, f32::from(size::RADIUS_CHIP), stroke, egui::StrokeKind::Inside);
    }
    let released = ui.input(|input| input.pointer.any_released());
    if released {
        DragAndDrop::take_payload::<DraggedCollection>(ui.ctx());
    }
    released
}

/// Draws the buttons that create collections.
fn footer(
    ui: &mut Ui,
    collections: &mut Collections,
    view: &View,
    selection: &Selection,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let mut begin = |query: Option<String>, images| {
        collections.naming = Some(NameEdit::new(NameEditTarget::New { parent: None, query, images }, ""));
    };
    if item(ui, icons::ADD, text.get("collection-new")) {
        begin(None, Vec::new());
    }
    if !selection.is_empty() {
        if item(ui, icons::ADD, text.with("collection-new-with", [("count", selection.len().into())])) {
            begin(None, selection.shared(&cx.known.ids()).to_vec());
        }
        if item(ui, icons::COLLECTION, text.with("collection-add-selected", [("count", selection.len().into())])) {
            actions.run(UiCommand::AddToCollection);
        }
    }
    if !view.search.trim().is_empty()
        && !is_trash_search(&view.search)
        && item(ui, icons::SMART, text.get("collection-save-search"))
    {
        begin(Some(view.search.clone()), Vec::new());
    }
}

fn item(ui: &mut Ui, icon: &'static str, label: String) -> bool {
    let button = Button::new(label).kind(ButtonKind::Quiet).with_icon(icon).left_aligned().width(ui.available_width());
    ui.add(button).clicked()
}
