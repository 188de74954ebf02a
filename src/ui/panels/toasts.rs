//! Toasts: short messages at the bottom of the window.

use std::path::PathBuf;

use egui::{Align2, Area, Id, Order, Ui, vec2};

use crate::{
    recipe::{MarkChange, SheetId},
    studio::{
        BulkOperation, Command, ExportEvent, ImportCommand, ImportEvent, ImportReport, Notice, OrganizeCommand,
        OrganizeEvent, SheetCommand, SheetEvent, TableError, UnsupportedSetting, export::ExportFailure,
    },
    ui::{
        accessibility::{self, Urgency},
        actions::{
            action::{Action, Actions},
            ui_command::UiCommand,
        },
        state::view_context::ViewContext,
        text::{ModelMapping, Text, has_more},
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

/// How long a toast stays, in seconds.
const TOAST_DURATION: f64 = 8.0;

/// How long a toast stays after the pointer has left it, in seconds.
const HOVERED_TOAST_DURATION: f64 = 3.0;

/// The place of the toasts in the order of Tab: after every panel.
const AREA: u8 = 9;

/// Maximum number of visible toasts.
const MAX_TOASTS: usize = 4;

/// The subject of a toast.
#[derive(Clone, Debug, PartialEq)]
pub enum ToastKind {
    /// Images were moved to the trash.
    Deleted(usize),
    /// The collection with this name was removed.
    CollectionRemoved(String),
    /// Images were deleted permanently.
    Emptied(usize),
    /// The ratings, tags or collections of images have changed.
    Organised(usize),
    /// An operation on many images: how many are done, of how many.
    Working(BulkOperation, usize, usize),
    /// An import runs: how many files are done, of how many.
    Importing(usize, usize),
    /// Images were imported.
    Imported(ImportReport),
    /// A recipe of another program was loaded: how its model was mapped, and the parameters without an equivalent.
    TakenOver(ModelMapping, Vec<UnsupportedSetting>),
    /// The sheet with this name was removed.
    SheetRemoved(SheetId, String),
    /// The file with this name cannot be read as a table.
    NoTable(String, TableError),
    /// A sheet cannot be opened; the error of the system.
    NoSheet(String),
    /// A table was written to a file.
    TableSaved(PathBuf),
    /// Whether the window goes on to the next image after each mark.
    AutoAdvance(bool),
    /// A sentence of another part of the window.
    Said(String),
    /// A grid was saved as a file, or could not be saved.
    GridSaved(Result<PathBuf, ExportFailure>),
    /// An image was copied to the clipboard.
    Copied,
    /// Files that were given to the program and cannot be opened.
    NotOpened(Vec<PathBuf>),
    /// A change was undone; the key of its name.
    Undone(&'static str),
    /// A notice of the studio.
    Notice(Notice),
}

impl ToastKind {
    /// Whether it stays until it is over or closed: progress, and errors that need attention.
    fn stays(&self) -> bool {
        match self {
            Self::Working(..) | Self::Importing(..) => true,
            Self::Imported(imported) => has_more(imported),
            _ => false,
        }
    }

    /// How soon a screen reader says it.
    fn urgency(&self) -> Urgency {
        match self {
            Self::NoTable(..)
            | Self::NoSheet(_)
            | Self::NotOpened(_)
            | Self::GridSaved(Err(_))
            | Self::Notice(
                Notice::InternalError
                | Notice::SaveFailed { .. }
                | Notice::OrganizeFailed { .. }
                | Notice::TrashFailed { .. }
                | Notice::LibraryFailed { .. }
                | Notice::ResponseSaveFailed { .. },
            ) => Urgency::Assertive,
            Self::Imported(imported) if imported.has_stopped_early() => Urgency::Assertive,
            _ => Urgency::Polite,
        }
    }

    /// Whether it is about an error that a person may want to report.
    fn is_error(&self) -> bool {
        match self {
            Self::NotOpened(_) => false,
            Self::Notice(notice) => {
                self.urgency() == Urgency::Assertive || matches!(notice, Notice::RevealFailed | Notice::DialogFailed)
            }
            _ => self.urgency() == Urgency::Assertive,
        }
    }

    /// Whether it is shown completely, on any number of lines.
    fn is_long(&self) -> bool {
        match self {
            Self::TakenOver(..)
            | Self::NoTable(..)
            | Self::NotOpened(_)
            | Self::Said(_)
            | Self::Notice(Notice::SettingsLost { .. }) => true,
            Self::Imported(imported) => imported.has_stopped_early(),
            _ => false,
        }
    }
}

#[derive(Debug)]
struct Toast {
    about: ToastKind,
    /// When it disappears, by the window's clock; set when it is first drawn.
    until: Option<f64>,
    /// Whether a screen reader has been given its words.
    spoken: bool,
}

/// The visible toasts, oldest first.
#[derive(Debug, Default)]
pub struct Toasts(Vec<Toast>);

impl Toasts {
    /// Folds an event about marks, collections and the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        if let Some(ended) = ended_operation(event) {
            self.0.retain(|toast| !matches!(toast.about, ToastKind::Working(bulk, ..) if bulk == ended));
        }
        match event {
            OrganizeEvent::MovedToTrash(ids) if ids.is_empty() => {}
            OrganizeEvent::MovedToTrash(ids) => self.push(ToastKind::Deleted(ids.len())),
            OrganizeEvent::Progress { operation, done, total } => {
                self.progress(ToastKind::Working(*operation, *done, *total));
            }
            OrganizeEvent::Changed { undo, images, change } => {
                // Undo affects the last change, so the toasts of earlier changes are removed.
                self.0.retain(|toast| !matches!(toast.about, ToastKind::Deleted(_) | ToastKind::Organised(_)));
                // Adding one image to a collection is not visible on its tile.
                let unseen = matches!(change, Some(MarkChange::AddTo(_) | MarkChange::RemoveFrom(_)));
                if undo.is_some() && (images.len() > 1 || (unseen && !images.is_empty())) {
                    self.push(ToastKind::Organised(images.len()));
                }
            }
            OrganizeEvent::TrashEmptied(count) => {
                self.0.retain(|toast| !matches!(toast.about, ToastKind::Deleted(_)));
                if *count > 0 {
                    self.push(ToastKind::Emptied(*count));
                }
            }
            OrganizeEvent::CollectionsEdited { .. } => {
                // The new toast replaces an earlier one about the same subject.
                self.0.retain(|toast| !matches!(toast.about, ToastKind::Deleted(_) | ToastKind::Organised(_)));
            }
            OrganizeEvent::RestoredFromTrash(_) => {
                self.0.retain(|toast| !matches!(toast.about, ToastKind::Deleted(_)));
            }
            OrganizeEvent::Collections(_) | OrganizeEvent::TagSuggestions(..) => {}
        }
    }

    /// Folds an event about imports into this state.
    pub fn fold_import(&mut self, event: &ImportEvent) {
        match event {
            ImportEvent::Progress { done, total } => self.progress(ToastKind::Importing(*done, *total)),
            ImportEvent::Done(imported) => {
                self.0.retain(|toast| !matches!(toast.about, ToastKind::Importing(..)));
                self.push(ToastKind::Imported(imported.clone()));
            }
            ImportEvent::Picked(_) => {}
        }
    }

    /// Folds an event about exports into this state.
    pub fn fold_export(&mut self, event: &ExportEvent) {
        if let ExportEvent::GridWritten(written) = event {
            self.push(ToastKind::GridSaved(written.clone()));
        }
    }

    /// Folds an event about prompt sheets into this state.
    pub fn fold_sheets(&mut self, event: &SheetEvent) {
        match event {
            SheetEvent::TableFailed(name, error) => self.push(ToastKind::NoTable(name.clone(), error.clone())),
            SheetEvent::OpenFailed(_, reason) => self.push(ToastKind::NoSheet(reason.clone())),
            SheetEvent::TableSaved(path) => self.push(ToastKind::TableSaved(path.clone())),
            SheetEvent::List(_)
            | SheetEvent::Opened(_)
            | SheetEvent::Plans { .. }
            | SheetEvent::Images(..)
            | SheetEvent::RowsRejected(..)
            | SheetEvent::Table(_)
            | SheetEvent::DecodeFailed(..)
            | SheetEvent::ExportChecked(_)
            | SheetEvent::ExportProgress(..)
            | SheetEvent::Exported(_) => {}
        }
    }

    /// Updates the toast of an operation.
    fn progress(&mut self, about: ToastKind) {
        let same = |other: &ToastKind| match (&about, other) {
            (ToastKind::Working(bulk, ..), ToastKind::Working(other, ..)) => bulk == other,
            (about, other) => std::mem::discriminant(about) == std::mem::discriminant(other),
        };
        match self.0.iter_mut().find(|toast| same(&toast.about)) {
            Some(toast) => toast.about = about,
            None => self.push(about),
        }
    }

    /// The words of new toasts for a screen reader. Progress is left out, because it changes too often.
    pub fn take_unspoken(&mut self, text: &Text) -> Vec<(String, Urgency)> {
        let new =
            self.0.iter_mut().filter_map(|toast| (!std::mem::replace(&mut toast.spoken, true)).then_some(&*toast));
        let spoken = new.filter(|toast| !matches!(toast.about, ToastKind::Working(..) | ToastKind::Importing(..)));
        spoken.map(|toast| (sentence(&toast.about, text), toast.about.urgency())).collect()
    }

    /// Shows a toast.
    pub fn push(&mut self, about: ToastKind) {
        // The toast of a second deletion replaces the first one, because Undo restores the last.
        let undoable = |about: &ToastKind| {
            matches!(
                about,
                ToastKind::Deleted(_)
                    | ToastKind::CollectionRemoved(_)
                    | ToastKind::Organised(_)
                    | ToastKind::Imported(_)
            )
        };
        self.0.retain(|toast| {
            if undoable(&about) && undoable(&toast.about) {
                return false;
            }
            std::mem::discriminant(&toast.about) != std::mem::discriminant(&about)
                || matches!(about, ToastKind::Notice(_))
        });
        self.0.push(Toast { about, until: None, spoken: false });
        if self.0.len() > MAX_TOASTS {
            self.0.remove(0);
        }
    }
}

/// Draws the toasts above the status bar.
pub fn show(ui: &Ui, toasts: &mut Toasts, cx: &ViewContext<'_>, actions: &mut Actions) {
    if toasts.0.is_empty() {
        return;
    }
    let now = ui.input(|input| input.time);
    for toast in &mut toasts.0 {
        let stays = if toast.about.stays() { f64::INFINITY } else { TOAST_DURATION };
        toast.until.get_or_insert(now + stays);
    }
    toasts.0.retain(|toast| toast.until.is_none_or(|until| now < until));
    let mut gone = None;
    let mut hovered = false;
    // The newest one is the lowest.
    let mut above = 0.0;
    for (index, toast) in toasts.0.iter().enumerate().rev() {
        let area = Area::new(Id::unique(("toast", index)))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -size::STATUS_BAR - 12.0 - above))
            .show(ui.ctx(), |ui| {
                accessibility::area(ui, AREA);
                one(ui, &toast.about, cx, actions)
            });
        let rect = area.response.rect;
        // The toast is centered for its previous size, because nothing may move under the pointer.
        if (rect.center().x - ui.ctx().content_rect().center().x).abs() > 1.0 {
            ui.ctx().request_discard("a message has another size");
        }
        let height = rect.height();
        above += height + size::GAP_SMALL;
        hovered |= area.response.contains_pointer();
        if area.inner {
            gone = Some(index);
        }
    }
    if hovered {
        // A hovered toast does not disappear.
        for toast in &mut toasts.0 {
            toast.until = toast.until.map(|until| until.max(now + HOVERED_TOAST_DURATION));
        }
    }
    if let Some(index) = gone {
        toasts.0.remove(index);
    }
    if let Some(next) =
        toasts.0.iter().filter_map(|toast| toast.until).filter(|until| until.is_finite()).min_by(f64::total_cmp)
    {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64((next - now).max(0.0)));
    }
}

/// Draws one toast. Returns whether it is to be closed.
fn one(ui: &mut Ui, about: &ToastKind, cx: &ViewContext<'_>, actions: &mut Actions) -> bool {
    let palette = theme::palette(ui.visuals());
    let mut gone = false;
    let frame = egui::Frame::popup(ui.style())
        .fill(palette.raised)
        .stroke(egui::Stroke::new(1.0, palette.line))
        .corner_radius(size::RADIUS_CARD)
        .inner_margin(egui::Margin { left: 14, right: 6, top: 5, bottom: 5 });
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            let (icon, color) = match about {
                ToastKind::Deleted(_)
                | ToastKind::CollectionRemoved(_)
                | ToastKind::SheetRemoved(..)
                | ToastKind::Emptied(_) => (icons::DELETE, palette.text),

                ToastKind::Copied => (icons::CHECK, palette.good),
                ToastKind::Imported(imported) if imported.has_stopped_early() => (icons::WARNING, palette.bad),
                ToastKind::Organised(_)
                | ToastKind::TableSaved(_)
                | ToastKind::GridSaved(Ok(_))
                | ToastKind::Imported(_)
                | ToastKind::Notice(
                    Notice::ImagesRecovered { .. } | Notice::ProfilesExported { .. } | Notice::ProfilesImported { .. },
                ) => (icons::DONE, palette.good),
                ToastKind::Working(..)
                | ToastKind::Importing(..)
                | ToastKind::TakenOver(..)
                | ToastKind::AutoAdvance(_)
                | ToastKind::Undone(_)
                | ToastKind::Notice(Notice::RequestsInterrupted { .. } | Notice::RequestsOnHold { .. }) => {
                    (icons::INFO, palette.info)
                }
                ToastKind::GridSaved(Err(_))
                | ToastKind::NoTable(..)
                | ToastKind::NoSheet(_)
                | ToastKind::NotOpened(_)
                | ToastKind::Said(_)
                | ToastKind::Notice(_) => (icons::WARNING, palette.bad),
            };
            ui.label(egui::RichText::new(icon).font(fonts::icons(size::ICON)).color(color));
            let words = egui::RichText::new(sentence(about, cx.text)).color(palette.strong);
            ui.scope(|ui| {
                ui.set_max_width(size::TOAST);
                let wrap = if about.is_long() { egui::TextWrapMode::Wrap } else { egui::TextWrapMode::Truncate };
                ui.add(egui::Label::new(words).wrap_mode(wrap)).on_hover_text(sentence(about, cx.text));
            });
            let undoable = match about {
                ToastKind::Deleted(_) | ToastKind::CollectionRemoved(_) | ToastKind::Organised(_) => true,
                ToastKind::Imported(imported) => !imported.imported.is_empty(),
                _ => false,
            };
            if undoable {
                let undo = Button::new(cx.text.get("undo")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(undo.name(UiCommand::Undo.name(cx.text)).height(size::CHIP)).clicked() {
                    actions.push(Action::UndoLast);
                    gone = true;
                }
            }
            if let ToastKind::SheetRemoved(id, _) = about {
                let undo = Button::new(cx.text.get("undo")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(undo.height(size::CHIP)).clicked() {
                    actions.send(Command::Sheets(SheetCommand::Restore(*id)));
                    gone = true;
                }
            }
            if let ToastKind::Imported(imported) = about
                && has_more(imported)
            {
                let list = Button::new(cx.text.get("import-show")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(list.height(size::CHIP)).clicked() {
                    actions.push(Action::ShowNotImported(sentence(about, cx.text)));
                    gone = true;
                }
            }
            let stop = match about {
                ToastKind::Importing(..) => Some(Command::Import(ImportCommand::Cancel)),
                ToastKind::Working(bulk, ..) => Some(Command::Organize(OrganizeCommand::Stop(*bulk))),
                _ => None,
            };
            if let Some(command) = stop {
                let stop = Button::new(cx.text.get("stop")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(stop.height(size::CHIP)).clicked() {
                    actions.send(command);
                }
            }
            if about.is_error() {
                let copy = Button::new(cx.text.get("copy-report")).kind(ButtonKind::Link).color(palette.accent_text);
                if ui.add(copy.height(size::CHIP)).clicked() {
                    actions.push(Action::CopyReport(cx.text.report_of(&sentence(about, cx.text))));
                }
            }
            let close = cx.text.get("close-message");
            if ui.add(Button::icon(icons::REMOVE, close.as_str()).low()).on_hover_text(close).clicked() {
                gone = true;
            }
        });
    });
    gone
}

/// The operation on many images that ends with this event.
fn ended_operation(event: &OrganizeEvent) -> Option<BulkOperation> {
    match event {
        OrganizeEvent::Changed { .. } => Some(BulkOperation::ChangeMarks),
        OrganizeEvent::MovedToTrash(_) => Some(BulkOperation::MoveToTrash),
        OrganizeEvent::RestoredFromTrash(_) => Some(BulkOperation::Restore),
        OrganizeEvent::TrashEmptied(_) => Some(BulkOperation::EmptyTrash),
        OrganizeEvent::Progress { .. }
        | OrganizeEvent::Collections(_)
        | OrganizeEvent::CollectionsEdited { .. }
        | OrganizeEvent::TagSuggestions(..) => None,
    }
}

fn sentence(about: &ToastKind, text: &Text) -> String {
    match about {
        ToastKind::Deleted(count) => text.with("toast-deleted", [("count", (*count).into())]),
        ToastKind::CollectionRemoved(name) => text.with("toast-collection-removed", [("name", name.as_str().into())]),
        ToastKind::Emptied(count) => text.with("toast-emptied", [("count", (*count).into())]),
        ToastKind::Organised(count) => text.with("toast-organised", [("count", (*count).into())]),
        ToastKind::Working(bulk, done, total) => {
            let key = match bulk {
                BulkOperation::ChangeMarks => "toast-changing",
                BulkOperation::MoveToTrash => "toast-deleting",
                BulkOperation::Restore => "toast-restoring",
                BulkOperation::EmptyTrash => "toast-emptying",
            };
            text.with(key, [("done", (*done).into()), ("total", (*total).into())])
        }
        ToastKind::Importing(done, total) => {
            text.with("toast-importing", [("done", (*done).into()), ("total", (*total).into())])
        }
        ToastKind::Imported(imported) => text.imported(imported),
        ToastKind::TakenOver(model, left) => text.taken_over(model, left),
        ToastKind::SheetRemoved(_, name) => text.with("toast-sheet-removed", [("name", name.as_str().into())]),
        ToastKind::NoTable(name, error) => text.no_table(name, error),
        ToastKind::NoSheet(reason) => text.with("toast-no-sheet", [("reason", reason.as_str().into())]),
        ToastKind::TableSaved(path) => text.with("toast-table-saved", [("path", path.display().to_string().into())]),
        ToastKind::Said(words) => words.clone(),
        ToastKind::AutoAdvance(on) => text.get(if *on { "toast-auto-advance-on" } else { "toast-auto-advance-off" }),
        ToastKind::GridSaved(Ok(path)) => text.with("contact-saved", [("path", path.display().to_string().into())]),
        ToastKind::GridSaved(Err(failure)) => text.export_failure(failure),
        ToastKind::Copied => text.get("toast-copied"),
        ToastKind::NotOpened(files) => {
            let name = |file: &PathBuf| file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let names: Vec<String> = files.iter().map(name).collect();
            text.with("toast-not-opened", [("list", names.join(&text.get("list-separator")).into())])
        }
        ToastKind::Undone(change) => text.with("toast-undone", [("change", text.get(change).into())]),
        ToastKind::Notice(notice) => text.notice(notice),
    }
}
