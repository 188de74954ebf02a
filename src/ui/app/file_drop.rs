//! Files that are dragged over the window: shows what a drop does, and does it.
//!
//! Files that are dropped on the composer become references; elsewhere they are imported. Some systems do not report
//! the pointer while something is dragged from another program; a dialog then asks what to do with the files.

use std::path::PathBuf;

use egui::{
    Align2, Color32, CornerRadius, Id, Label, LayerId, Order, Rect, RichText, Stroke, StrokeKind, Ui, UiBuilder, vec2,
};

use crate::{
    studio::{Command, ReferenceCommand, SheetCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            file_list::OpenableKind,
        },
        state::view_context::ViewContext,
        theme::{self, fonts, size},
    },
};

/// Where files can be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DropTarget {
    Composer,
    Library,
    Unknown,
}

/// Shows what a drop does while files are dragged, and does it when they are released. `composer` is the rectangle of
/// the composer, `rest` the area beside it.
pub(in crate::ui) fn show(ui: &mut Ui, composer: Rect, rest: Rect, cx: &ViewContext<'_>, actions: &mut Actions) {
    let dropped: Vec<PathBuf> =
        ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    if dropped.is_empty() && !hovering || ui.memory(egui::Memory::top_modal_layer).is_some() {
        return;
    }
    let place = match ui.input(|input| input.pointer.latest_pos()) {
        Some(at) if composer.contains(at) => DropTarget::Composer,
        Some(_) => DropTarget::Library,
        None => DropTarget::Unknown,
    };
    if !dropped.is_empty() {
        match place {
            DropTarget::Composer => actions.send(Command::References(ReferenceCommand::AddFiles(dropped))),
            DropTarget::Library => actions.push(Action::Import { paths: dropped, unplaced: false }),
            DropTarget::Unknown => actions.push(Action::Import { paths: dropped, unplaced: true }),
        }
        return;
    }
    if place == DropTarget::Unknown {
        zone(ui, "drop anywhere", composer.union(rest), &cx.text.get("drop-anywhere"), true);
        return;
    }
    zone(ui, "drop on composer", composer, &cx.text.get("composer-drop"), place == DropTarget::Composer);
    zone(ui, "drop on library", rest, &cx.text.get("drop-import"), place == DropTarget::Library);
}

/// Handles drops on the page of prompt sheets: tables are opened, all other files are imported.
pub(in crate::ui) fn on_sheet(ui: &mut Ui, room: Rect, cx: &ViewContext<'_>, actions: &mut Actions) {
    let dropped: Vec<PathBuf> =
        ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    if ui.memory(egui::Memory::top_modal_layer).is_some() {
        return;
    }
    match dropped.iter().find(|path| OpenableKind::of(path) == OpenableKind::Table) {
        Some(table) => actions.send(Command::Sheets(SheetCommand::ReadTable { path: table.clone(), encoding: None })),
        None if !dropped.is_empty() => actions.push(Action::Import { paths: dropped, unplaced: false }),
        None if hovering => zone(ui, "drop on sheets", room, &cx.text.get("sheet-drop"), true),
        None => {}
    }
}

/// A part of the window in which a drop does one thing.
fn zone(ui: &mut Ui, id: &str, rect: Rect, words: &str, meant: bool) {
    let palette = theme::palette(ui.visuals());
    let inner = rect.shrink(size::GAP);
    let layer = LayerId::new(Order::Foreground, Id::unique(id));
    ui.scope_builder(UiBuilder::new().layer_id(layer).max_rect(rect), |ui| {
        ui.set_clip_rect(rect);
        let radius = CornerRadius::same(size::RADIUS_DIALOG);
        let ground = palette.ground.gamma_multiply(0.88);
        ui.painter().rect_filled(rect, 0.0, ground);
        let stroke = if meant { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
        ui.painter().rect(inner, radius, Color32::TRANSPARENT, stroke, StrokeKind::Inside);
        let ink = if meant { palette.strong } else { palette.text };
        let place = Align2::CENTER_CENTER.align_size_within_rect(vec2(inner.width() - 32.0, 48.0), inner);
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
            ui.vertical_centered(|ui| {
                let words = RichText::new(words).font(fonts::semibold(size::TEXT_HEADING)).color(ink);
                ui.add(Label::new(words).wrap().selectable(false));
            });
        });
    });
}
