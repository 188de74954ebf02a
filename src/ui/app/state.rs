//! The window's whole state: plain data. Events are folded into it, places draw it, actions change it.

use std::sync::Arc;

use crate::{
    recipe::{ImageId, Order},
    settings::{Session, WindowPlace},
    studio::{Command, Event, Row, SheetNews, StartError, is_trash},
    ui::{
        actions::ui_command::UiCommand,
        dialogs::{
            batch::BatchDialog, blind_comparison::BlindDialog, certificate_trust::CertificateDialog,
            close_window::CloseState, exchange::ExchangeDialog, export::ExportDialog, grid::GridDialog,
            grid_image::GridImageDialog, import::ImportDialog, settings::SettingsDialog, spending::SpendingDialog,
        },
        pages::{batch_view::BatchView, gallery::Gallery, queue::QueuePage, sheet::SheetPage, viewer::Viewer},
        panels::{composer::Composer, inspector::Inspector, toasts::Toasts},
        state::{page::Page, selection::Selection, studio_state::StudioState, undo_stack::UndoStack},
        textures::Textures,
    },
};

/// How many selected pictures are selected again at the next start, at most.
const MAX_RESTORED_SELECTION: usize = 10_000;

/// Everything that the window remembers between two frames.
#[derive(Debug, Default)]
pub struct State {
    /// What the studio has told.
    pub known: StudioState,
    /// Thumbnails on the graphics card.
    pub textures: Textures,
    /// The page that is on screen.
    pub page: Page,
    /// Which pictures are selected.
    pub selection: Selection,
    /// What stands in the search box.
    pub search: String,
    /// The order of the pictures.
    pub order: Order,
    /// Whether the inspector is hidden.
    pub inspector_hidden: bool,
    /// The left panel.
    pub composer: Composer,
    /// The page of prompt sheets.
    pub sheet: SheetPage,
    /// The middle.
    pub gallery: Gallery,
    /// What takes its place while one batch is searched for.
    pub contact: BatchView,
    /// The right panel.
    pub inspector: Inspector,
    /// The large view of one picture.
    pub viewer: Viewer,
    /// The dialog that asks again for selected pictures.
    pub batch: BatchDialog,
    /// The dialog of parameter grids.
    pub grid: GridDialog,
    /// The dialog that exports a grid.
    pub grid_export: GridImageDialog,
    /// The dialog of blind comparisons.
    pub blind: BlindDialog,
    /// The dialog that writes pictures to disk.
    pub export: ExportDialog,
    /// The dialog that asks what becomes of files that are brought in.
    pub import: ImportDialog,
    /// The dialog that shows what went over the wire.
    pub exchange: ExchangeDialog,
    /// The queue's page.
    pub queue: QueuePage,
    /// The dialog that shows what was spent.
    pub spending: SpendingDialog,
    /// Whether the window is about to close.
    pub leaving: CloseState,
    /// The settings.
    pub settings: SettingsDialog,
    /// The dialog that asks whether to trust a certificate.
    pub trust: CertificateDialog,
    /// Short messages at the bottom.
    pub toasts: Toasts,
    /// What can be taken back.
    pub undo: UndoStack,
    /// The window's size.
    pub window: Option<WindowPlace>,
    /// Why the studio could not start, if so.
    pub refused: Option<StartError>,
    /// Whether the studio has stopped.
    pub stopped: bool,
}

impl State {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        self.known.fold(event);
        self.textures.fold(event);
        self.undo.fold(event);
        match event {
            Event::Ready(ready) => self.restore(&ready.session),
            Event::CannotStart(error) => self.refused = Some(error.clone()),
            // There is nothing left to be on; the gallery gives way to the welcome.
            Event::View(view) if view.library_total == 0 && !is_trash(&view.search) => self.selection.set([], None),
            // A table was chosen or dropped to be opened.
            Event::Sheet(SheetNews::Table(_)) => self.page = Page::Sheet,
            Event::Ending { grace, .. } => self.leaving.end_within(*grace),
            Event::Stopped => self.stopped = true,
            _ => {}
        }
        self.composer.fold(event, &self.known);
        self.sheet.fold(event, &self.known);
        self.gallery.fold(event, &self.known);
        self.inspector.fold(event, &self.known);
        self.viewer.fold(event, &self.known);
        self.batch.fold(event, &self.known);
        self.contact.fold(event);
        self.grid.fold(event);
        self.grid_export.fold(event);
        self.blind.fold(event);
        self.export.fold(event, &self.known);
        self.import.fold(event);
        self.exchange.fold(event, &self.known);
        self.queue.fold(event);
        self.spending.fold(event);
        self.settings.fold(event, &self.known);
        self.trust.fold(event);
        self.toasts.fold(event);
    }

    fn restore(&mut self, session: &Session) {
        self.composer.restore(session);
        self.selection = Selection::restore(&session.selection, session.focus);
        self.search.clone_from(&session.search);
        self.order = session.order;
        self.gallery.restore(session.scroll);
    }

    /// Where the person is, to be kept.
    pub fn session(&self) -> Session {
        Session {
            composer: self.composer.recipe().clone(),
            selection: self.selection.first(&self.known.ids(), MAX_RESTORED_SELECTION),
            focus: self.selection.focus(),
            search: self.search.clone(),
            order: self.order,
            scroll: self.gallery.scroll(),
            window: self.window,
            advanced_open: self.composer.advanced_open,
            composing: self.composer.composing(),
            styles: self.composer.styles().to_vec(),
            history: self.composer.asked().to_vec(),
        }
    }

    /// The wish for the view that the search box and the order ask for.
    pub fn view_wish(&self) -> Command {
        Command::OpenView { search: self.search.clone(), order: self.order }
    }

    /// Whether the trash is shown.
    pub fn in_trash(&self) -> bool {
        self.known.view.as_ref().is_some_and(|view| is_trash(&view.search))
    }

    /// Whether a dialog lies over everything else.
    pub fn dialog_open(&self) -> bool {
        self.composer.dialog_open()
            || self.batch.is_open()
            || self.grid.is_open()
            || self.grid_export.is_open()
            || self.blind.is_open()
            || self.export.is_open()
            || self.import.is_open()
            || self.exchange.is_open()
            || self.gallery.collections.chooser.is_open()
            || self.queue.dialog_open()
            || self.spending.is_open()
            || self.leaving.dialog_open()
            || self.settings.is_open()
            || self.trust.is_open()
            || self.sheet.dialog_open()
    }

    /// Whether the page of sheets is on screen, and nothing lies over its table.
    pub fn on_sheet(&self) -> bool {
        self.page == Page::Sheet && self.viewer.image().is_none()
    }

    /// The pictures that a verb is about: the one in the viewer, else the selected ones, else the one in focus,
    /// which the inspector shows with its buttons.
    pub fn subjects(&self) -> Arc<[ImageId]> {
        match self.viewer.image() {
            Some(id) => [id].into(),
            None if self.selection.is_empty() => self.selection.focus().into_iter().collect(),
            None => self.selection.shared(&self.known.ids()),
        }
    }

    /// The one picture that a verb is about: the one in the viewer, else the one in focus.
    pub fn subject(&self) -> Option<ImageId> {
        self.viewer.image().or_else(|| self.selection.focus())
    }

    /// What the gallery knows of the picture that [`Self::subject`] names.
    pub fn subject_row(&self) -> Option<&Row> {
        self.gallery.row(self.subject()?)
    }

    /// Whether the arrows move among the cells of a grid.
    pub fn moves_in_grid(&self) -> bool {
        self.viewer.image().is_none() && self.contact.is_grid()
    }

    /// Whether the one picture that a verb is about belongs to a blind comparison that is still open.
    fn subject_is_blind(&self) -> bool {
        let details = self.subject().and_then(|id| self.known.details(id));
        details.is_some_and(|details| self.known.is_blind(&details.recipe))
    }

    /// Whether a verb can be done now.
    pub fn can(&self, verb: UiCommand) -> bool {
        if !self.known.ready || self.dialog_open() {
            return false;
        }
        // Where the pictures are not to be seen nothing is done to them, and nothing is spent.
        if self.page == Page::Queue && !verb.works_on_every_page() {
            return false;
        }
        let viewing = self.viewer.image().is_some();
        // The composer is not on screen: nothing is to be sent that nobody sees.
        let composes = matches!(
            verb,
            UiCommand::Generate
                | UiCommand::GenerateFirst
                | UiCommand::ParameterGrid
                | UiCommand::CompareBlind
                | UiCommand::EarlierPrompt
                | UiCommand::LaterPrompt
                | UiCommand::FocusPrompt
        );
        if self.page == Page::Sheet && viewing && composes {
            return false;
        }
        if self.on_sheet() {
            // The pictures are not on screen, and their keys are the table's.
            return match verb {
                UiCommand::Generate => self.sheet.can_run(&self.known),
                UiCommand::Undo => self.sheet.can_undo(),
                UiCommand::OpenSettings | UiCommand::NextTheme | UiCommand::Show(_) | UiCommand::PauseQueue => true,
                _ => false,
            };
        }
        match verb {
            UiCommand::Generate | UiCommand::GenerateFirst => self.composer.obstacle(&self.known).is_none(),
            UiCommand::ParameterGrid | UiCommand::CompareBlind => !self.known.look_only,
            UiCommand::EarlierPrompt => self.composer.can_go(true),
            UiCommand::LaterPrompt => self.composer.can_go(false),
            UiCommand::Show(_)
            | UiCommand::FocusPrompt
            | UiCommand::FocusSearch
            | UiCommand::AddReference
            | UiCommand::Import
            | UiCommand::ImportFolders
            | UiCommand::PauseQueue
            | UiCommand::OpenSettings
            | UiCommand::OpenShortcuts
            | UiCommand::NextTheme
            | UiCommand::ToggleInspector => true,
            UiCommand::Reset => self.composer.can_reset(),
            UiCommand::Open => !viewing && self.selection.focus().is_some(),
            UiCommand::MoveLeft | UiCommand::MoveRight | UiCommand::MoveUp | UiCommand::MoveDown
                if self.moves_in_grid() =>
            {
                true
            }
            UiCommand::MoveLeft | UiCommand::MoveRight => !self.known.ids().is_empty(),
            UiCommand::MoveUp | UiCommand::MoveDown | UiCommand::SelectAll | UiCommand::GoToDate => {
                !viewing && !self.known.ids().is_empty()
            }
            UiCommand::Reuse | UiCommand::ShowExchange if self.subject_is_blind() => false,
            UiCommand::Reuse | UiCommand::CopyPrompt | UiCommand::ShowExchange => {
                self.subject().is_some_and(|id| self.known.details(id).is_some())
            }
            UiCommand::CopyImage | UiCommand::Reveal | UiCommand::Edit => self.subject().is_some(),
            UiCommand::Rate(_) | UiCommand::Label(_)
                if !viewing && self.contact.ballot(verb, &self.known).is_some() =>
            {
                true
            }
            // What is deleted already cannot be deleted again.
            UiCommand::Delete if self.in_trash() => false,
            UiCommand::RemoveFromCollection if self.known.shown_collection().is_none() => false,
            UiCommand::UseAsReference
            | UiCommand::AddToCollection
            | UiCommand::RemoveFromCollection
            | UiCommand::Export
            | UiCommand::Delete
            | UiCommand::Rate(_)
            | UiCommand::Pick
            | UiCommand::Reject
            | UiCommand::Label(_) => self.subject().is_some() || !self.selection.is_empty(),
            UiCommand::Back if self.contact.is_shown() => true,
            UiCommand::Back | UiCommand::SelectNone => viewing || !self.selection.is_empty(),
            UiCommand::Batch => !viewing && !self.selection.is_empty(),
            UiCommand::Undo => !self.undo.is_empty(),
        }
    }
}
