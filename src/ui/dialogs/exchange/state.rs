//! The state of the dialog of requests and responses.

use std::sync::Arc;

use crate::{
    recipe::{Exchange, RequestId},
    studio::{Command, GalleryCommand, GalleryEvent},
};

use super::message::{MessageRow, message};

/// The state of the dialog.
#[derive(Debug, Default)]
pub struct ExchangeDialog {
    pub(super) request: Option<RequestId>,
    pub(super) told: ExchangeState,
    pub(super) panes: [Pane; 2],
    pub(super) find: String,
    pub(super) focus_wanted: bool,
}

/// What the studio has sent.
#[derive(Debug, Default)]
pub(super) enum ExchangeState {
    /// It was requested.
    #[default]
    Asked,
    /// Nothing was saved.
    Nothing,
    /// The saved request and response.
    Kept(Arc<Exchange>),
}

/// One side of the dialog.
#[derive(Debug, Default)]
pub(super) struct Pane {
    pub(super) text: String,
    /// Its rows for this number of columns.
    pub(super) rows: Vec<MessageRow>,
    pub(super) columns: usize,
    /// The searched text and the rows that contain it.
    pub(super) found: (String, Vec<usize>),
    /// The row that was shown last.
    pub(super) at: Option<usize>,
}

impl Pane {
    pub(super) fn lay_out(&mut self, columns: usize, find: &str) {
        if self.columns != columns {
            self.columns = columns;
            self.rows = message(&self.text, columns);
            self.found.0.clear();
        }
        if self.found.0 != find {
            let lower = find.to_lowercase();
            let hit = |(number, row): (usize, &MessageRow)| row.text.to_lowercase().contains(&lower).then_some(number);
            let found =
                if find.is_empty() { Vec::new() } else { self.rows.iter().enumerate().filter_map(hit).collect() };
            self.found = (find.to_owned(), found);
            self.at = None;
        }
    }

    /// The next row that contains the searched text.
    pub(super) fn next(&mut self) -> Option<usize> {
        let next = self.at.map_or(0, |at| at + 1);
        self.at = if self.found.1.is_empty() { None } else { Some(next % self.found.1.len()) };
        self.at.map(|at| self.found.1[at])
    }
}

impl ExchangeDialog {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        if let GalleryEvent::Exchange(id, kept) = event
            && self.request == Some(*id)
        {
            let text = |of: fn(&Exchange) -> String| kept.as_deref().map(of).unwrap_or_default();
            let pane = |text| Pane { text, ..Pane::default() };
            self.panes = [pane(text(Exchange::request_text)), pane(text(Exchange::answer_text))];
            self.told = kept.clone().map_or(ExchangeState::Nothing, ExchangeState::Kept);
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.request.is_some()
    }

    /// Opens it for a request, and requests the saved exchange from the studio.
    pub fn open(&mut self, request: RequestId) -> Command {
        *self = Self { request: Some(request), focus_wanted: true, ..Self::default() };
        Command::Gallery(GalleryCommand::LoadExchange(request))
    }

    pub fn close(&mut self) {
        *self = Self::default();
    }
}
