//! Everything that a person can do: menus, buttons, the keymap and its help page all read this list.

use super::payload::GridShape;
use super::{
    payload::{CloseChoice, Recall, SettingsSection},
    ui_command::UiCommand,
};
use crate::{
    recipe::{BatchId, ImageId, Order, ProfileId, Recipe, RequestId, SheetId, TrustedCertificate},
    settings::{Kit, Settings},
    studio::{Command, Details},
    ui::state::page::Page,
};
use std::{path::PathBuf, sync::Arc};

/// Something that a person can do, with what it needs to be done. Places on screen return these; only
/// [`super::App`] acts on them.
#[derive(Debug)]
pub enum Action {
    /// Do a verb to what is selected or in focus.
    Run(UiCommand),
    /// Tell the studio.
    SendCommand(Command),
    /// Change the settings and keep them.
    Settings(Box<Settings>),
    /// Change what is kept for writing prompts.
    Kit(Box<Kit>),
    /// Show a page of the window.
    ShowPage(Page),
    /// Open the settings at a section.
    OpenSettings(SettingsSection),
    /// Show what was spent.
    ShowSpending,
    /// Leave the program, or stay, as was answered.
    CloseWindow(CloseChoice),
    /// Put a recipe into the composer.
    Reuse(Box<Recipe>),
    /// Put a picture's recipe into the composer, as far as there is a place for it here.
    ReusePicture(Arc<Details>),
    /// Put a part of a picture's recipe into the composer.
    Recall(Recall, Arc<Details>),
    /// Put a recipe into the composer and open the list of models.
    ChooseModel(Box<Recipe>),
    /// Open the settings at a provider.
    OpenProvider(ProfileId),
    /// Ask whether this provider may accept this certificate.
    AskToTrust(ProfileId, TrustedCertificate),
    /// Open a page in the system's browser.
    OpenPage(String),
    /// Take back what was done to pictures last, whatever page is shown.
    UndoLast,
    /// Say something in a message.
    ShowToast(String),
    /// Take the keyboard away from whatever has it.
    LeaveFocus,
    /// Begin a sheet with a row for each of these pictures.
    NewSheetFromImages(Vec<ImageId>),
    /// Take a sheet of this name out of the list, with a way back.
    RemoveSheet(SheetId, String),
    /// Put an example into the prompt.
    FillPrompt(String),
    /// Ask this provider from now on, unless another one is in use already.
    UseProvider(ProfileId),
    /// Open a picture large.
    OpenImage(ImageId),
    /// Go to a picture: in the gallery if it is in view, else large.
    GoTo(ImageId),
    /// Search the library.
    Search(String),
    /// Show what was asked for together: a grid, or a blind comparison.
    ShowBatch(BatchId),
    /// Ask how a grid is to be exported as one picture.
    ExportGrid(GridShape),
    /// Say that the collection of this name is gone, with a way back.
    CollectionRemoved(String),
    /// Show pictures in another order.
    Sort(Order),
    /// Ask what becomes of files and folders that were dropped.
    Import {
        /// Which.
        paths: Vec<PathBuf>,
        /// It is not known on what they were dropped.
        unplaced: bool,
    },
    /// List what was not brought in the last time, below what has come of it.
    ShowNotImported(String),
    /// Show what went over the wire for a request.
    ShowExchange(RequestId),
    /// Put a text on the clipboard.
    CopyText(String),
}

impl Action {
    /// Whether what it does is to be seen among the pictures, or in the composer.
    pub fn is_about_creating(&self) -> bool {
        matches!(
            self,
            Self::Reuse(_)
                | Self::ReusePicture(_)
                | Self::Recall(..)
                | Self::ChooseModel(_)
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

/// Where actions are gathered while a frame is drawn.
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

    /// Adds a verb.
    pub fn run(&mut self, verb: UiCommand) {
        self.0.push(Action::Run(verb));
    }

    /// Adds a command to the studio.
    pub fn send(&mut self, command: Command) {
        self.0.push(Action::SendCommand(command));
    }

    /// Takes everything gathered so far, in order.
    pub fn take(&mut self) -> Vec<Action> {
        std::mem::take(&mut self.0)
    }
}
