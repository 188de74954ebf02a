//! What the page of prompt sheets remembers, and what it sends to the studio.

use std::{collections::HashSet, sync::Arc};

use crate::{
    prompt::sheet::{Headings, Table},
    recipe::{ImageId, Recipe, RowId, SheetHead, SheetSummary},
    studio::{
        Command, ExportEvent, GalleryEvent, ImportEvent, OrganizeEvent, ProviderEvent, QueueCommand, QueueEvent,
        SheetCommand, SheetEvent, TableFile,
    },
    ui::{
        actions::action::{Action, Actions},
        state::{studio_state::StudioState, view_context::ViewContext},
    },
};

use super::{
    dialogs::open_table_dialog::OpenTableDialog,
    model::{
        document::SheetDocument,
        export_state::SheetExportDialog,
        open_sheet::{self, OpenSheet, RunOrder},
        operations,
        results::RowFilter,
    },
};

/// Runs with more requests need a confirmation.
const CONFIRM_REQUESTS_ABOVE: u64 = 50;

/// The state of the page.
#[derive(Debug, Default)]
pub struct SheetPage {
    /// The saved sheets, after they were listed.
    pub(super) listed: Option<Vec<SheetSummary>>,
    pub(super) list_asked: bool,
    pub(super) open: Option<Box<OpenSheet>>,
    /// The number of plan requests.
    pub(super) wishes: u64,
    /// Whether the meaning of names has changed.
    pub(super) replan: bool,
    /// Whether images were deleted or restored.
    pub(super) look_again: bool,
    /// A table from a file that is still to be opened.
    pub(super) arrived: Option<Arc<TableFile>>,
    /// The preview of a table.
    pub(super) opening: Option<OpenTableDialog>,
    /// The images for the rows of a new sheet.
    pub(super) images: Vec<ImageId>,
    /// The run that needs a confirmation.
    pub(super) question: Option<RunOrder>,
    pub(super) exporting: Option<SheetExportDialog>,
}

impl SheetPage {
    /// Folds an event about prompt sheets into this state.
    pub fn fold_sheets(&mut self, event: &SheetEvent, known: &StudioState) {
        match event {
            SheetEvent::List(sheets) => self.listed = Some(sheets.clone()),
            SheetEvent::Opened(sheet) => {
                let document = SheetDocument::new(sheet.as_ref().clone());
                let kept = document.revision();
                self.open = Some(Box::new(OpenSheet { kept, ..OpenSheet::new(document, known) }));
            }
            SheetEvent::Table(file) if self.opening.is_some() || file.is_doubtful() => {
                self.opening = Some(OpenTableDialog::new(Arc::clone(file)));
            }
            SheetEvent::Table(file) => self.arrived = Some(Arc::clone(file)),
            SheetEvent::DecodeFailed(encoding, _) => {
                if let Some(opening) = &mut self.opening {
                    opening.refuse(*encoding);
                }
            }
            SheetEvent::OpenFailed(..)
            | SheetEvent::Plans { .. }
            | SheetEvent::Images(..)
            | SheetEvent::RowsRejected(..)
            | SheetEvent::TableFailed(..)
            | SheetEvent::TableSaved(_)
            | SheetEvent::ExportChecked(_)
            | SheetEvent::ExportProgress(..)
            | SheetEvent::Exported(_) => {}
        }
        if let Some(open) = &mut self.open {
            open.results.fold_sheets(event);
        }
        if let Some(exporting) = &mut self.exporting {
            exporting.fold_sheets(event);
        }
    }

    /// Folds an event about requests into this state.
    pub fn fold_queue(&mut self, event: &QueueEvent) {
        if let Some(open) = &mut self.open {
            open.results.fold_queue(event);
        }
    }

    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        if let Some(open) = &mut self.open {
            open.results.fold_gallery(event);
        }
    }

    /// Folds an event about the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        self.look_again |= matches!(event, OrganizeEvent::MovedToTrash(_) | OrganizeEvent::RestoredFromTrash(_));
    }

    /// Folds an event about imports into this state.
    pub fn fold_import(&mut self, event: &ImportEvent) {
        self.look_again |= matches!(event, ImportEvent::Done(_));
    }

    /// Folds an event about exports into this state.
    pub fn fold_export(&mut self, event: &ExportEvent) {
        if let Some(exporting) = &mut self.exporting {
            exporting.fold_export(event);
        }
    }

    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent) {
        self.replan |= matches!(event, ProviderEvent::Models(..));
    }

    /// Plans the rows again with the next frame, because something that their recipes depend on has changed.
    pub fn replan_later(&mut self) {
        self.replan = true;
    }

    /// Handles a change of styles or variables.
    pub fn follow_prompt_library(&mut self) {
        self.replan = true;
    }

    /// Creates a sheet with a row for each of these images, with the image as its reference.
    pub fn begin_with(&mut self, images: Vec<ImageId>) {
        self.images = images;
    }

    /// Whether one of its dialogs is open.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.exporting.is_some() || self.opening.is_some()
    }

    /// Whether there is something to generate.
    pub fn can_run(&self, known: &StudioState) -> bool {
        let Some(open) = &self.open else { return false };
        !known.read_only && (!open.read.left.rows.is_empty() || open.editing.is_some() || !open.is_planned())
    }

    /// Whether a change of the open sheet can be undone, or redone.
    pub fn can_undo(&self, undo: bool) -> bool {
        self.open.as_ref().is_some_and(|open| open.document.can(undo))
    }

    /// Undoes or redoes the last change of the open sheet.
    pub fn undo(&mut self, undo: bool) {
        if let Some(open) = &mut self.open {
            operations::undo(open, undo);
        }
    }

    /// Generates the rows that are left, as soon as their plan is known.
    pub fn run(&mut self) {
        if let Some(open) = &mut self.open {
            open.commit();
            open.wanted = Some(RowFilter::Left);
        }
    }

    /// Opens a table as a new sheet, with the composer's settings as its base.
    pub(super) fn open_table(
        &mut self,
        name: String,
        file: Option<&TableFile>,
        table: Table,
        base: &SheetBase<'_>,
        known: &StudioState,
    ) {
        let (columns, rows) = table.into_parts();
        let own_prompts = Headings::read(&columns).has_prompt();
        let template = if own_prompts { String::new() } else { base.recipe.prompt.clone() };
        let folder = file.and_then(|file| file.folder.clone());
        let head = SheetHead { name, template, folder, ..base.head() };
        self.open = Some(Box::new(OpenSheet::new(SheetDocument::of(head, columns, rows), known)));
    }

    /// Sends changes to the studio.
    pub(super) fn tell(&mut self, actions: &mut Actions) {
        if !std::mem::replace(&mut self.list_asked, true) {
            actions.push(Action::SendCommand(Command::Sheets(SheetCommand::List)));
        }
        let Some(open) = &mut self.open else { return };
        if std::mem::take(&mut self.look_again) {
            actions.send(Command::Sheets(SheetCommand::LoadImages(open.document.sheet().id)));
        }
        let revision = open.document.revision();
        if revision == open.asked && revision == open.kept && !self.replan {
            return;
        }
        let sheet = Arc::new(open.document.sheet().clone());
        if revision != open.kept {
            open.kept = revision;
            actions.send(Command::Sheets(SheetCommand::Save(Arc::clone(&sheet))));
        }
        self.replan = false;
        self.wishes += 1;
        (open.asked, open.wish) = (revision, self.wishes);
        actions.send(Command::Sheets(SheetCommand::Plan { sheet, revision: self.wishes }));
    }

    /// Sends the wanted run, or asks for a confirmation.
    pub(super) fn order_wanted(&mut self, cx: &ViewContext<'_>, actions: &mut Actions) {
        let Some(open) = self.open.as_mut().filter(|open| open.is_planned()) else { return };
        let Some(which) = open.wanted.take() else { return };
        let rows = match which {
            RowFilter::Chosen => open.chosen(),
            which => open.results.rows(open.document.sheet(), which),
        };
        let order = open.order(rows);
        if order.rows.is_empty() || open_sheet::blocker(&order, cx).is_some() {
            return;
        }
        if order.requests > CONFIRM_REQUESTS_ABOVE {
            self.question = Some(order);
        } else {
            send(open, &order, actions);
        }
    }
}

/// Sends a run. A failed request that is the same as the row's current one is retried, so that a response that was paid
/// for already is not paid for twice; a different one is dismissed.
pub(super) fn send(open: &mut OpenSheet, order: &RunOrder, actions: &mut Actions) {
    let wanted: HashSet<RowId> = order.rows.iter().copied().collect();
    let mut to_generate = Vec::new();
    let sheet = Arc::new(open.document.sheet().clone());
    for row in sheet.rows.iter().filter(|row| wanted.contains(&row.id)) {
        let ended = open.results.ended(row);
        let again = ended.iter().any(|(_, same)| *same);
        for (request, same) in ended {
            actions.send(if same {
                Command::Queue(QueueCommand::Retry(request))
            } else {
                Command::Queue(QueueCommand::Dismiss(request))
            });
        }
        if !again {
            to_generate.push(row.id);
        }
    }
    if !to_generate.is_empty() {
        open.results.send(to_generate.iter().copied());
        actions.send(Command::Sheets(SheetCommand::Generate { sheet, rows: to_generate }));
    }
}

/// What rows use where they set nothing themselves: the composer's settings.
#[derive(Clone, Copy, Debug)]
pub struct SheetBase<'a> {
    /// Model, parameters and references.
    pub recipe: &'a Recipe,
    /// The styles that are on.
    pub styles: &'a [String],
}

impl SheetBase<'_> {
    /// The head of a sheet with this base, without name and template.
    pub(super) fn head(&self) -> SheetHead {
        // Settings of one image or one conversation do not apply to every row.
        let Recipe { negative, profile, model, parameters, references, .. } = self.recipe.clone();
        let base = Recipe { negative, profile, model, parameters, references, ..Recipe::default() };
        SheetHead { base, styles: self.styles.to_vec(), ..SheetHead::default() }
    }
}
