//! Draws one row of the tree.

use egui::{
    Align, CornerRadius, CursorIcon, Key, Layout, Rect, RichText, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    accesskit::Role, vec2,
};

use crate::{
    recipe::Collection,
    ui::{
        components::drag_source::DraggedImages,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, focus_ring},
    },
};

use super::operations::DraggedCollection;

/// Indentation of each level in points.
pub const INDENT: f32 = 16.0;

/// The command of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionAction {
    Show,
    Rename,
    Search,
    Inside,
    Remove,
    /// Begin to drag it.
    Carry,
}

/// The state of a row.
#[derive(Clone, Copy, Debug)]
pub struct CollectionRowState {
    /// Its depth.
    pub depth: usize,
    /// Whether the view shows it.
    pub shown: bool,
    /// Whether the dragged collection can be dropped on it.
    pub takes: bool,
}

/// Draws a row. Returns its rectangle and its command.
pub fn show(
    ui: &mut Ui,
    collection: &Collection,
    standing: CollectionRowState,
    cx: &ViewContext<'_>,
) -> (Rect, Option<CollectionAction>) {
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::CHIP), Sense::click() | Sense::DRAG);
    let smart = collection.query.is_some();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TreeItem, true, &collection.name);
        info.selected = Some(standing.shown);
        info
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_level(standing.depth + 1);
        node.set_selected(standing.shown);
        if smart {
            node.set_description(cx.text.get("collection-smart"));
        }
    });
    let radius = CornerRadius::same(size::RADIUS_CHIP);
    let dragging =
        DraggedImages::any(ui.ctx()) || egui::DragAndDrop::has_payload_of_type::<DraggedCollection>(ui.ctx());
    let under = ui.rect_contains_pointer(rect);
    let takes = standing.takes || (DraggedImages::over(ui, rect) && !smart);
    if takes && under {
        ui.painter().rect(rect, radius, palette.raised, Stroke::new(1.5, palette.accent), StrokeKind::Inside);
    } else if !dragging && (under || response.has_focus()) {
        ui.painter().rect_filled(rect, radius, palette.raised);
    }
    if response.has_focus() {
        focus_ring(ui.painter(), rect.shrink(2.0), radius, palette);
    }
    let mut asked = None;
    let inner =
        Rect::from_min_max(rect.min + vec2(8.0 + INDENT * standing.depth as f32, 0.0), rect.max - vec2(4.0, 0.0));
    let tools = !dragging && (under || response.has_focus());
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if tools {
            asked = buttons(ui, collection, cx);
        } else if !smart {
            let count = RichText::new(cx.text.count(collection.count)).font(fonts::regular(size::TEXT_CHIP));
            ui.add_space(4.0);
            ui.add(egui::Label::new(count.color(palette.faint)).selectable(false));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
            let ink = if standing.shown { palette.accent_text } else { palette.strong };
            let icon = if smart { icons::SMART } else { icons::COLLECTION };
            let icon =
                RichText::new(icon).font(fonts::icons(14.0)).color(if standing.shown { ink } else { palette.text });
            ui.add(egui::Label::new(icon).selectable(false));
            let name = RichText::new(&collection.name).font(fonts::regular(size::TEXT_CHIP)).color(ink);
            ui.add(egui::Label::new(name).truncate().selectable(false));
        });
    });
    if let Some(query) = collection.query.as_deref().filter(|_| !dragging) {
        response.clone().on_hover_text(query);
    }
    if asked.is_none() && response.has_focus() {
        asked = ui.input(|input| match () {
            () if input.key_pressed(Key::F2) => Some(CollectionAction::Rename),
            () if input.key_pressed(Key::Delete) => Some(CollectionAction::Remove),
            () => None,
        });
    }
    if response.drag_started() {
        asked = Some(CollectionAction::Carry);
    } else if response.double_clicked() {
        asked = Some(CollectionAction::Rename);
    } else if response.clicked() {
        asked = asked.or(Some(CollectionAction::Show));
    }
    response.on_hover_cursor(CursorIcon::PointingHand);
    (rect, asked)
}

/// Draws the buttons of a row from right to left.
fn buttons(ui: &mut Ui, collection: &Collection, cx: &ViewContext<'_>) -> Option<CollectionAction> {
    let mut asked = None;
    let mut offer = |ui: &mut Ui, icon, key, what| {
        let name = cx.text.with(key, [("name", collection.name.as_str().into())]);
        if ui.add(Button::icon(icon, name.as_str()).low()).on_hover_text(name).clicked() {
            asked = Some(what);
        }
    };
    offer(ui, icons::DELETE, "collection-remove", CollectionAction::Remove);
    if collection.query.is_some() {
        offer(ui, icons::SEARCH, "collection-edit-search", CollectionAction::Search);
    } else {
        offer(ui, icons::ADD, "collection-inside", CollectionAction::Inside);
    }
    offer(ui, icons::PROMPT, "collection-rename", CollectionAction::Rename);
    asked
}
