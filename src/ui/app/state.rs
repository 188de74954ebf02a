//! The state of the window: plain data. Events are folded into it, pages draw it, actions change it.

use std::sync::Arc;

use crate::{
    recipe::{ImageId, SortOrder},
    settings::{Session, WindowSize},
    studio::{Command, GalleryCommand, ImageRow, StartError, is_trash_search},
    ui::{
        actions::{payload::Obstacle, ui_command::UiCommand},
        dialogs::{
            batch::BatchDialog, blind_comparison::BlindDialog, certificate_trust::CertificateDialog,
            close_window::CloseState, exchange::ExchangeDialog, export::ExportDialog, grid::GridDialog,
            grid_image::GridImageDialog, import::ImportDialog, key_help::KeyHelp, maintenance::MaintenanceDialog,
            palette::CommandPalette, settings::SettingsDialog, spending::SpendingDialog, typed_path::TypedPathDialog,
        },
        pages::{batch_view::BatchView, gallery::GalleryPage, queue::QueuePage, sheet::SheetPage, viewer::Viewer},
        panels::{composer::Composer, inspector::Inspector, search_completion::SearchCompletion, toasts::Toasts},
        state::{page::Page, selection::Selection, studio_state::StudioState, undo_stack::UndoStack},
        textures::Textures,
    },
};

/// Maximum number of images whose selection is restored at the next start.
const MAX_RESTORED_SELECTION: usize = 10_000;

/// Everything that the window keeps between two frames.
#[derive(Debug, Default)]
pub struct State {
    /// The state that the studio has reported.
    pub known: StudioState,
    /// Thumbnails on the graphics card.
    pub textures: Textures,
    /// The page that is on screen.
    pub page: Page,
    /// Which images are selected.
    pub selection: Selection,
    /// The text of the search box.
    pub search: String,
    /// What the search box completes.
    pub search_completion: SearchCompletion,
    /// The order of the images.
    pub order: SortOrder,
    /// Whether the inspector is hidden.
    pub inspector_hidden: bool,
    /// The panel on the left.
    pub composer: Composer,
    /// The page of prompt sheets.
    pub sheet: SheetPage,
    /// The gallery in the middle.
    pub gallery: GalleryPage,
    /// The view of one batch, which replaces the gallery while the search is for that batch.
    pub batch_view: BatchView,
    /// The panel on the right.
    pub inspector: Inspector,
    /// The viewer of one image.
    pub viewer: Viewer,
    /// The dialog that generates again from selected images.
    pub batch: BatchDialog,
    /// The dialog of parameter grids.
    pub grid: GridDialog,
    /// The dialog that exports a grid.
    pub grid_image: GridImageDialog,
    /// The dialog of blind comparisons.
    pub blind: BlindDialog,
    /// The dialog that writes images to disk.
    pub export: ExportDialog,
    /// The dialog that asks what to do with files that were dropped or chosen for import.
    pub import: ImportDialog,
    /// The dialog that shows the raw request and response.
    pub exchange: ExchangeDialog,
    /// The keys of the place that a person is in.
    pub key_help: KeyHelp,
    /// The dialog that verifies the library.
    pub maintenance: MaintenanceDialog,
    /// The command palette.
    pub palette: CommandPalette,
    /// The queue's page.
    pub queue: QueuePage,
    /// The dialog that shows what was spent.
    pub spending: SpendingDialog,
    /// Whether the window is about to close.
    pub close: CloseState,
    /// The settings.
    pub settings: SettingsDialog,
    /// The dialog that asks whether to trust a certificate.
    pub trust: CertificateDialog,
    /// The dialog in which a path is typed.
    pub typed_path: TypedPathDialog,
    /// Short messages at the bottom.
    pub toasts: Toasts,
    /// The actions that can be undone.
    pub undo: UndoStack,
    /// The window's size.
    pub window: Option<WindowSize>,
    /// Why the studio could not start, if so.
    pub startup_error: Option<StartError>,
    /// Whether the studio has stopped.
    pub stopped: bool,
}

impl State {
    /// Restores what the last session has saved.
    pub(super) fn restore(&mut self, session: &Session) {
        self.composer.restore(session);
        self.selection = Selection::restore(&session.selection, session.focus);
        self.search.clone_from(&session.search);
        self.order = session.order;
        self.palette.restore(&session.recent);
        self.gallery.restore(session.scroll);
    }

    /// Looks for changes of the composer that can be undone.
    pub fn follow_composer(&mut self, by_person: bool) {
        if self.known.ready {
            self.undo.follow_composer(self.composer.recipe(), self.composer.styles(), by_person);
        }
    }

    /// The session to save: what is selected, open and being written.
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
            recent: self.palette.recent().to_vec(),
        }
    }

    /// The command that opens the view for the current search and order.
    pub fn open_view_command(&self) -> Command {
        Command::Gallery(GalleryCommand::OpenView { search: self.search.clone(), order: self.order })
    }

    /// Whether the trash is shown.
    pub fn in_trash(&self) -> bool {
        self.known.view.as_ref().is_some_and(|view| is_trash_search(&view.search))
    }

    /// Whether a dialog is open.
    pub fn dialog_open(&self) -> bool {
        self.composer.dialog_open()
            || self.batch.is_open()
            || self.grid.is_open()
            || self.grid_image.is_open()
            || self.blind.is_open()
            || self.export.is_open()
            || self.import.is_open()
            || self.exchange.is_open()
            || self.palette.is_open()
            || self.key_help.is_open()
            || self.maintenance.is_open()
            || self.gallery.collections.chooser.is_open()
            || self.queue.dialog_open()
            || self.spending.is_open()
            || self.close.dialog_open()
            || self.settings.is_open()
            || self.trust.is_open()
            || self.typed_path.is_open()
            || self.sheet.dialog_open()
    }

    /// Whether the page of sheets is shown without the viewer over it.
    pub fn on_sheet(&self) -> bool {
        self.page == Page::Sheet && self.viewer.image().is_none()
    }

    /// The images that a command applies to: the one in the viewer, else the selected ones, else the focused one, which
    /// the inspector shows with its buttons.
    pub fn subjects(&self) -> Arc<[ImageId]> {
        match self.viewer.image() {
            Some(id) => [id].into(),
            None if self.selection.is_empty() => self.selection.focus().into_iter().collect(),
            None => self.selection.shared(&self.known.ids()),
        }
    }

    /// The single image that a command applies to, which the inspector shows: the one in the viewer, else a selected
    /// one, else the focused one.
    pub fn subject(&self) -> Option<ImageId> {
        let selected = || self.selection.subject(&self.known.ids());
        self.viewer.image().or_else(selected).or_else(|| self.selection.focus())
    }

    /// Whether nothing in the gallery marks an image as the one that a key would act on.
    fn marks_nothing(&self) -> bool {
        self.viewer.image().is_none() && self.selection.is_empty()
    }

    /// The gallery row of [`Self::subject`], if it is loaded.
    pub fn subject_row(&self) -> Option<&ImageRow> {
        self.gallery.row(self.subject()?)
    }

    /// Whether the arrow keys move among the cells of a grid.
    pub fn moves_in_grid(&self) -> bool {
        self.viewer.image().is_none() && self.batch_view.is_grid()
    }

    /// Whether [`Self::subject`] belongs to a blind comparison that is still open.
    fn subject_is_blind(&self) -> bool {
        let details = self.subject().and_then(|id| self.known.details(id));
        details.is_some_and(|details| self.known.is_blind(&details.facts.recipe))
    }

    /// Why a command is not available now, if it is not.
    pub fn obstacle(&self, verb: UiCommand) -> Option<Obstacle> {
        if self.can_by_key(verb) {
            None
        } else if (self.page == Page::Queue && !verb.works_on_every_page()) || self.on_sheet() {
            Some(Obstacle::OtherPage)
        } else if verb.needs_images() && self.marks_nothing() {
            Some(Obstacle::NoSelection)
        } else {
            Some(Obstacle::NotNow)
        }
    }

    /// Whether a command is available now to a key or the command palette. In contrast to the buttons of the inspector,
    /// which stand beside their image, they act on an image only if it is selected or shown large.
    pub fn can_by_key(&self, verb: UiCommand) -> bool {
        let is_marked = !verb.needs_images() || verb == UiCommand::Open || !self.marks_nothing();
        let is_vote = self.batch_view.ballot(verb, &self.known).is_some();
        (is_marked || is_vote) && self.can(verb)
    }

    /// Whether a command is available now.
    pub fn can(&self, verb: UiCommand) -> bool {
        if !self.known.ready || self.dialog_open() {
            return false;
        }
        // Commands that change images or spend money are disabled on pages that do not show the images.
        if self.page == Page::Queue && !verb.works_on_every_page() {
            return false;
        }
        let viewing = self.viewer.image().is_some();
        // The composer is hidden, so nothing may be sent from it.
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
            // The images are hidden, and their keys belong to the table.
            return match verb {
                UiCommand::Generate => self.sheet.can_run(&self.known),
                UiCommand::Undo => self.sheet.can_undo(true),
                UiCommand::Redo => self.sheet.can_undo(false),
                UiCommand::OpenPalette
                | UiCommand::OpenShortcuts
                | UiCommand::OpenSettings
                | UiCommand::NextTheme
                | UiCommand::LargerText
                | UiCommand::SmallerText
                | UiCommand::UsualText
                | UiCommand::NextPanel
                | UiCommand::PreviousPanel
                | UiCommand::Show(_)
                | UiCommand::PauseQueue => true,
                _ => false,
            };
        }
        match verb {
            UiCommand::Generate | UiCommand::GenerateFirst => self.composer.blocker(&self.known).is_none(),
            UiCommand::ParameterGrid | UiCommand::CompareBlind | UiCommand::RebuildIndex => !self.known.read_only,
            UiCommand::EarlierPrompt => self.composer.can_go(true),
            UiCommand::LaterPrompt => self.composer.can_go(false),
            UiCommand::OpenPalette
            | UiCommand::Show(_)
            | UiCommand::FocusPrompt
            | UiCommand::FocusSearch
            | UiCommand::NextPanel
            | UiCommand::PreviousPanel
            | UiCommand::AddReference
            | UiCommand::Import
            | UiCommand::ImportFolders
            | UiCommand::PauseQueue
            | UiCommand::OpenSettings
            | UiCommand::OpenShortcuts
            | UiCommand::NextTheme
            | UiCommand::ToggleAutoAdvance
            | UiCommand::VerifyLibrary
            | UiCommand::LargerText
            | UiCommand::SmallerText
            | UiCommand::UsualText
            | UiCommand::ToggleInspector => true,
            UiCommand::Reset => self.composer.can_reset(),
            UiCommand::Open | UiCommand::ToggleSelected => !viewing && self.selection.focus().is_some(),
            UiCommand::OpenMenu => !viewing && !self.batch_view.is_shown() && !self.selection.is_empty(),
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
                if !viewing && self.batch_view.ballot(verb, &self.known).is_some() =>
            {
                true
            }
            // Images in the trash cannot be moved to the trash.
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
            | UiCommand::Unflag
            | UiCommand::Label(_) => self.subject().is_some() || !self.selection.is_empty(),
            UiCommand::Back if self.batch_view.is_shown() => true,
            UiCommand::Back | UiCommand::SelectNone => viewing || !self.selection.is_empty(),
            UiCommand::Batch => !viewing && !self.selection.is_empty(),
            UiCommand::Undo => self.undo.can_undo(),
            UiCommand::Redo => self.undo.can_redo(),
        }
    }
}
