//! Everything that a person can do: menus, buttons, the keymap and its help page all read this list.

use std::{path::PathBuf, sync::Arc};

use crate::{
    recipe::{BatchId, ImageId, ProfileId, Recipe, RequestId, SheetId, SortOrder, TrustedCertificate},
    settings::{PromptLibrary, Settings},
    studio::{Command, ImageDetails},
    ui::state::page::Page,
};

use super::{
    payload::{CloseChoice, GridShape, Recall, SettingsSection},
    settings_row::SettingsRow,
    ui_command::UiCommand,
};

/// Something that a person can do, with its arguments. Pages, panels and dialogs return actions; only
/// [`crate::ui::App`] carries them out.
#[derive(Debug)]
pub enum Action {
    /// Run a command on the selected or focused images.
    Run(UiCommand),
    /// Rate, flag or label the selected images, and go on to the next one.
    MarkAndAdvance(UiCommand),
    /// Send a command to the studio.
    SendCommand(Command),
    /// Change and save the settings.
    Settings(Box<Settings>),
    /// Change and save the prompt library.
    SavePromptLibrary(Box<PromptLibrary>),
    /// Show a page of the window.
    ShowPage(Page),
    /// Open the settings at a section.
    OpenSettings(SettingsSection),
    /// Open the settings at a row.
    OpenSettingsRow(SettingsRow),
    /// Show what was spent.
    ShowSpending,
    /// Close the program or keep it open, as the person has answered.
    CloseWindow(CloseChoice),
    /// Put a recipe into the composer.
    Reuse(Box<Recipe>),
    /// Put the recipe of an image into the composer, as far as the current provider supports it.
    ReuseImage(Arc<ImageDetails>),
    /// Put a part of the recipe of an image into the composer.
    Recall(Recall, Arc<ImageDetails>),
    /// Put a recipe into the composer and open the list of models.
    ChooseModel(Box<Recipe>),
    /// Open the settings at a provider.
    OpenProvider(ProfileId),
    /// Ask whether this provider may accept this certificate.
    AskToTrust(ProfileId, TrustedCertificate),
    /// Open a page in the system's browser.
    OpenPage(String),
    /// Undo the last change to images, whatever page is shown.
    UndoLast,
    /// Show a sentence in a toast.
    ShowToast(String),
    /// Remove the keyboard focus from the widget that has it.
    LeaveFocus,
    /// Create a prompt sheet with a row for each of these images.
    NewSheetFromImages(Vec<ImageId>),
    /// Remove the sheet with this name, with a way to undo it.
    RemoveSheet(SheetId, String),
    /// Use this model of this provider.
    UseModel(ProfileId, String),
    /// Switch the style with this name on or off.
    ToggleStyle(String),
    /// Put a text into the prompt, where its cursor is.
    InsertIntoPrompt(String),
    /// Put an example into the prompt.
    FillPrompt(String),
    /// Switch to this provider, unless another one is in use already.
    UseProvider(ProfileId),
    /// Open an image in the viewer.
    OpenImage(ImageId),
    /// Go to an image: in the gallery if the view has it, else in the viewer.
    GoTo(ImageId),
    /// Search the library.
    Search(String),
    /// Show the images of one batch: a grid or a blind comparison.
    ShowBatch(BatchId),
    /// Open the dialog that exports a grid as one image.
    ExportGrid(GridShape),
    /// Show that the collection with this name was removed, with a way to undo it.
    CollectionRemoved(String),
    /// Show images in another order.
    Sort(SortOrder),
    /// Ask what to do with files and folders that were dropped.
    Import {
        /// The files and folders.
        paths: Vec<PathBuf>,
        /// Whether the place of the drop is unknown.
        unplaced: bool,
    },
    /// List the files that the last import skipped, below its summary.
    ShowNotImported(String),
    /// Show the raw request and response of a request.
    ShowExchange(RequestId),
    /// Put a text on the clipboard.
    CopyText(String),
    /// Put the report of an error on the clipboard, without the secrets in it.
    CopyReport(String),
    /// Open files that were given to the program.
    OpenFiles(Vec<PathBuf>),
}

impl Action {
    /// Whether its effect is visible on the page with composer and gallery.
    pub fn is_about_creating(&self) -> bool {
        matches!(
            self,
            Self::Reuse(_)
                | Self::ReuseImage(_)
                | Self::Recall(..)
                | Self::ChooseModel(_)
                | Self::UseModel(..)
                | Self::ToggleStyle(_)
                | Self::InsertIntoPrompt(_)
                | Self::FillPrompt(_)
                | Self::OpenImage(_)
                | Self::GoTo(_)
                | Self::ShowBatch(_)
                | Self::Search(_)
                | Self::Sort(_)
                | Self::Run(UiCommand::FocusPrompt | UiCommand::FocusSearch)
        )
    }
}

/// Collects actions while a frame is drawn.
#[derive(Debug, Default)]
pub struct Actions(Vec<Action>);

impl Actions {
    /// Adds an action.
    pub fn push(&mut self, action: Action) {
        self.0.push(action);
    }

    /// Adds some actions.
    pub fn extend(&mut self, actions: impl IntoIterator<Item = Action>) {
        self.0.extend(actions);
    }

    /// Adds a command of the window.
    pub fn run(&mut self, verb: UiCommand) {
        self.0.push(Action::Run(verb));
    }

    /// Adds a command to the studio.
    pub fn send(&mut self, command: Command) {
        self.0.push(Action::SendCommand(command));
    }

    /// Takes all actions in the order in which they were added.
    pub fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.0)
    }
}
