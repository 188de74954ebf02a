//! The dialog that asks what to do with files, and the one that lists the files that were not imported.

use std::path::PathBuf;

use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use crate::{
    studio::{Command, ImportCommand, ImportEvent, ImportFailure, ImportMode, ReferenceCommand},
    ui::{
        actions::action::Actions,
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{
            Button, ButtonKind,
            dialog::{Dialog, note},
            focus_ring,
        },
    },
};

/// Width of the dialog.
const WIDTH: f32 = 560.0;

/// Maximum number of file names before an import.
const NAMES: usize = 3;

/// Height of a file's row.
const LINE: f32 = 40.0;

/// Maximum number of references. No gateway accepts more.
const MAX_REFERENCES: usize = 16;

/// What to do with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ImportFate {
    Keep(ImportMode),
    /// They become references of the prompt and are not imported.
    References,
}

/// The state of the dialog. The choice between copying and linking is kept for the next import.
#[derive(Debug, Default)]
pub struct ImportDialog {
    paths: Vec<PathBuf>,
    keeping: ImportMode,
    /// Whether they can also become references, because the place of the drop is unknown.
    unplaced: bool,
    references: bool,
    focus_wanted: bool,
    /// The files that the last import skipped.
    failed: Vec<(PathBuf, ImportFailure)>,
    outcome: String,
    lists_failed: bool,
}

impl ImportDialog {
    /// Folds an event about imports into this state.
    pub fn fold_import(&mut self, event: &ImportEvent) {
        match event {
            ImportEvent::Picked(paths) => self.open(paths.clone(), false),
            ImportEvent::Done(imported) => self.failed.clone_from(&imported.failed),
            ImportEvent::Progress { .. } => {}
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        !self.paths.is_empty() || self.lists_failed
    }

    /// Opens the dialog for files and folders. `unplaced`: the place of the drop is unknown.
    pub fn open(&mut self, paths: Vec<PathBuf>, unplaced: bool) {
        self.paths.extend(paths);
        self.unplaced = unplaced;
        self.references = false;
        self.focus_wanted = true;
        self.lists_failed = false;
    }

    /// Lists the files that were not imported.
    pub fn list_failed(&mut self, outcome: String) {
        self.outcome = outcome;
        self.lists_failed = !self.failed.is_empty();
    }

    pub fn close(&mut self) {
        self.paths.clear();
        self.lists_failed = false;
    }

    fn fate(&self) -> ImportFate {
        if self.references { ImportFate::References } else { ImportFate::Keep(self.keeping) }
    }

    fn choose(&mut self, fate: ImportFate) {
        self.references = fate == ImportFate::References;
        if let ImportFate::Keep(keeping) = fate {
            self.keeping = keeping;
        }
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut ImportDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    if dialog.paths.is_empty() {
        failures(ui, dialog, cx);
        return;
    }
    let title = cx.text.with("import-title", [("count", dialog.paths.len().into())]);
    let shown = Dialog::new("import", &title).width(WIDTH).show(
        ui,
        dialog,
        |ui, dialog| choices(ui, dialog, cx),
        |ui, dialog| footer(ui, dialog, cx),
    );
    let (start, cancel) = shown.footer;
    if start {
        let paths = std::mem::take(&mut dialog.paths);
        actions.send(match dialog.fate() {
            ImportFate::Keep(keeping) => Command::Import(ImportCommand::Start { paths, mode: keeping }),
            ImportFate::References => Command::References(ReferenceCommand::AddFiles(paths)),
        });
    } else if cancel || shown.close {
        dialog.close();
    }
}

fn choices(ui: &mut Ui, dialog: &mut ImportDialog, cx: &ViewContext<'_>) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    for path in dialog.paths.iter().take(NAMES) {
        small(ui, path.display().to_string(), palette.text);
    }
    if dialog.paths.len() > NAMES {
        small(ui, text.with("import-more", [("count", (dialog.paths.len() - NAMES).into())]), palette.faint);
    }
    ui.add_space(size::GAP_SMALL);
    let all = [
        (ImportFate::Keep(ImportMode::Copy), "import-copy", "import-copy-note"),
        (ImportFate::Keep(ImportMode::Link), "import-leave", "import-leave-note"),
        (ImportFate::References, "import-as-references", "import-as-references-note"),
    ];
    let offers = if dialog.unplaced && dialog.paths.len() <= MAX_REFERENCES { &all[..] } else { &all[..2] };
    for (fate, name, note) in offers {
        if choice(ui, dialog.fate() == *fate, &text.get(name), &text.get(note)) {
            dialog.choose(*fate);
            dialog.focus_wanted = true;
        }
    }
}

/// Draws one of several options with its explanation. Returns whether it was chosen.
fn choice(ui: &mut Ui, chosen: bool, name: &str, meaning: &str) -> bool {
    let palette = theme::palette(ui.visuals());
    let edge = 12.0;
    let inner = ui.available_width() - edge * 2.0 - 26.0;
    let head = ui.painter().layout(name.to_owned(), fonts::semibold(size::TEXT), palette.strong, inner);
    let body = ui.painter().layout(meaning.to_owned(), fonts::regular(size::TEXT_SMALL), palette.text, inner);
    let height = head.size().y + body.size().y + 4.0 + edge * 2.0;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    let radius = egui::CornerRadius::same(size::RADIUS);
    let stroke = egui::Stroke::new(1.0, if chosen { palette.accent } else { palette.edge });
    let ground = if chosen || response.hovered() { palette.raised } else { palette.field };
    let painter = ui.painter();
    painter.rect(rect, radius, ground, stroke, egui::StrokeKind::Inside);
    let dot = egui::pos2(rect.left() + edge + 8.0, rect.top() + edge + head.size().y / 2.0);
    painter.circle_stroke(dot, 7.0, egui::Stroke::new(1.5, if chosen { palette.accent } else { palette.faint }));
    if chosen {
        painter.circle_filled(dot, 3.5, palette.accent);
    }
    let at = rect.min + vec2(edge + 26.0, edge);
    let below = at + vec2(0.0, head.size().y + 4.0);
    painter.galley(at, head, palette.strong);
    painter.galley(below, body, palette.text);
    if response.has_focus() {
        focus_ring(painter, rect, radius, palette);
    }
    response.clicked()
}

/// Draws the footer. Returns whether to start, and whether to close.
fn footer(ui: &mut Ui, dialog: &mut ImportDialog, cx: &ViewContext<'_>) -> (bool, bool) {
    let palette = theme::palette(ui.visuals());
    let start = ui.add(Button::new(cx.text.get("import-do")).kind(ButtonKind::Primary));
    if std::mem::take(&mut dialog.focus_wanted) {
        // Enter takes the recommended option.
        start.request_focus();
    }
    let cancel = ui.add(Button::new(cx.text.get("cancel"))).clicked();
    note(ui, |ui| {
        let words = RichText::new(cx.text.get("import-note")).color(palette.faint);
        ui.add(Label::new(words).truncate());
    });
    (start.clicked(), cancel)
}

/// Draws the list of the files that were not imported.
fn failures(ui: &Ui, dialog: &mut ImportDialog, cx: &ViewContext<'_>) {
    let text = cx.text;
    let title = text.with("import-failures", [("count", dialog.failed.len().into())]);
    let shown = Dialog::new("import failures", &title).show(
        ui,
        dialog,
        |ui, dialog| {
            let palette = theme::palette(ui.visuals());
            ui.add(Label::new(RichText::new(&dialog.outcome).color(palette.strong)).wrap());
            ui.add_space(size::GAP_SMALL);
            let rows = dialog.failed.len();
            ScrollArea::vertical().max_height(size::MAX_LIST_HEIGHT).auto_shrink([false, true]).show_rows(
                ui,
                LINE,
                rows,
                |ui, range| {
                    for (path, trouble) in &dialog.failed[range] {
                        let room = vec2(ui.available_width(), LINE);
                        ui.allocate_ui_with_layout(room, Layout::top_down(Align::Min), |ui| {
                            ui.set_min_size(room);
                            ui.spacing_mut().item_spacing.y = 1.0;
                            let name = RichText::new(path.display().to_string()).color(palette.text);
                            ui.add(Label::new(name).truncate()).on_hover_text(path.display().to_string());
                            small(ui, text.not_imported(trouble), palette.faint);
                        });
                    }
                },
            );
        },
        |ui, _| ui.add(Button::new(text.get("done")).kind(ButtonKind::Primary)).clicked(),
    );
    if shown.footer || shown.close {
        dialog.close();
    }
}

fn small(ui: &mut Ui, words: String, ink: egui::Color32) {
    ui.add(Label::new(RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(ink)).truncate());
}
