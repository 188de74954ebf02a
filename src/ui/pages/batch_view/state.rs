//! What is known of the batch that is shown.

use std::sync::Arc;

use crate::{
    recipe::{BatchId, ImageId},
    studio::{
        Ballot, BatchMember, Command, ComparisonCommand, Filter, GalleryCommand, GalleryEvent, Query, QueueEvent,
    },
    ui::{
        actions::ui_command::UiCommand,
        state::{selection::Selection, studio_state::StudioState},
    },
};

use super::{
    candidates::{BlindComparison, MAX_CANDIDATES},
    cells::{BatchTable, CellPosition},
};

/// The state of the view of one batch.
#[derive(Debug, Default)]
pub struct BatchView {
    pub(super) batch: Option<BatchId>,
    pub(super) members: Arc<[BatchMember]>,
    pub(super) table: BatchTable,
    pub(super) comparison: BlindComparison,
    /// Whether table and comparison have to be rebuilt.
    pub(super) stale: bool,
    /// The focused cell.
    pub(super) at: CellPosition,
    /// Whether to scroll to it.
    pub(super) reveal: bool,
    /// The focused image of the last frame.
    pub(super) seen: Option<ImageId>,
    /// Whether the button that retries many failed cells was clicked once and waits for a confirmation.
    pub(super) asking: bool,
    /// The previous search.
    pub(super) before: String,
    /// Commands to send with the next frame.
    pub(super) wanted: Vec<Command>,
}

impl BatchView {
    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        match event {
            GalleryEvent::View(view) | GalleryEvent::ViewPreview(view) => {
                let batch = batch_of(&view.search);
                if batch != self.batch {
                    let before = std::mem::take(&mut self.before);
                    *self = Self { batch, before, stale: true, ..Self::default() };
                }
                // Images were added or removed.
                self.wanted.extend(batch.map(|batch| Command::Gallery(GalleryCommand::LoadBatch(batch))));
            }
            GalleryEvent::Batch(batch, members) if Some(*batch) == self.batch => {
                self.members = Arc::clone(members);
                self.stale = true;
            }
            GalleryEvent::ImageStored(_)
            | GalleryEvent::Rows { .. }
            | GalleryEvent::RowsChanged
            | GalleryEvent::Thumbnail { .. }
            | GalleryEvent::Image { .. }
            | GalleryEvent::ClipboardImage { .. }
            | GalleryEvent::Batch(..)
            | GalleryEvent::Details(_)
            | GalleryEvent::Exchange(..) => {}
        }
    }

    /// Folds an event about requests into this state.
    pub fn fold_queue(&mut self, event: &QueueEvent) {
        match event {
            QueueEvent::RequestChanged(job) => self.stale |= job.recipe.batch == self.batch,
            QueueEvent::RequestRemoved(_) => self.stale = true,
            QueueEvent::Status(_) | QueueEvent::RunEnded(_) => {}
        }
    }

    /// Rebuilds the table with the next frame.
    pub fn refresh_later(&mut self) {
        self.stale = true;
    }

    /// Rebuilds what has changed. Called once per frame.
    pub fn refresh(&mut self, known: &StudioState) {
        let Some(batch) = self.batch.filter(|_| std::mem::take(&mut self.stale)) else { return };
        self.table = BatchTable::of(batch, &self.members, known.requests.iter());
        self.comparison = BlindComparison::of(batch, &self.members, known.requests.iter());
    }

    /// Commands to send with the next frame.
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.wanted)
    }

    /// Stores the search before a batch is shown.
    pub fn opened_from(&mut self, search: &str) {
        if batch_of(search).is_none() {
            search.clone_into(&mut self.before);
        }
    }

    /// The search to go back to.
    pub fn back(&self) -> String {
        self.before.clone()
    }

    /// Whether it replaces the gallery.
    pub fn is_shown(&self) -> bool {
        self.batch.is_some() && !(self.table.is_empty() && self.comparison.is_empty())
    }

    /// Whether the arrow keys move among its cells.
    pub fn is_grid(&self) -> bool {
        self.batch.is_some() && !self.table.is_empty()
    }

    /// Moves the focus to the neighbor in the direction of a command.
    pub fn step(&mut self, verb: UiCommand, selection: &mut Selection) {
        self.follow(selection);
        let (row, column) = self.at;
        let last = |labels: &[String]| labels.len().saturating_sub(1) as u32;
        self.at = match verb {
            UiCommand::MoveLeft => (row, column.saturating_sub(1)),
            UiCommand::MoveRight => (row, (column + 1).min(last(&self.table.columns))),
            UiCommand::MoveUp => (row.saturating_sub(1), column),
            _ => ((row + 1).min(last(&self.table.rows)), column),
        };
        match self.table.cells.get(&self.at).and_then(|cell| cell.images.first()) {
            Some(first) => selection.only(first.image),
            None => selection.set([], None),
        }
        self.seen = selection.focus();
        self.reveal = true;
    }

    /// Follows the focused image, which the viewer or a click may have changed.
    pub(super) fn follow(&mut self, selection: &Selection) {
        let focus = selection.focus();
        if focus == self.seen {
            return;
        }
        self.seen = focus;
        let holds = |member: &BatchMember| Some(member.image) == focus;
        let found = self.table.cells.iter().find(|(_, cell)| cell.images.iter().any(holds));
        if let Some((at, _)) = found {
            self.at = *at;
            self.reveal = true;
        }
    }
}

/// The batch of a search that is for one batch and nothing else.
fn batch_of(search: &str) -> Option<BatchId> {
    match Query::parse(search).terms() {
        [term] if !term.negated => match term.filter {
            Filter::Batch(batch) => Some(batch),
            _ => None,
        },
        _ => None,
    }
}

/// The search for a batch.
pub fn search(batch: BatchId) -> String {
    crate::studio::Term::of(Filter::Batch(batch)).to_string()
}

impl BatchView {
    /// The vote that a digit key means while a blind comparison is open.
    pub fn ballot(&self, verb: UiCommand, known: &StudioState) -> Option<Command> {
        let batch = self.batch.filter(|batch| !known.votes.contains_key(batch))?;
        let place = match verb {
            UiCommand::Rate(0) => None,
            UiCommand::Rate(digit) => Some(usize::from(digit) - 1),
            // This label has the next digit as its key.
            UiCommand::Label(crate::recipe::Label::Red) => Some(MAX_CANDIDATES - 1),
            _ => return None,
        };
        if !self.comparison.can_vote() {
            return None;
        }
        let ballot = place.map_or(Some(Ballot::Tie), |place| self.comparison.best(place))?;
        Some(Command::Comparison(ComparisonCommand::Vote { batch, ballot }))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_a_search_for_exactly_one_batch_shows_it() {
        let batch = BatchId::from_uuid(Uuid::from_u128(7));
        assert_eq!(batch_of(&search(batch)), Some(batch));
        for other in [format!("fox {}", search(batch)), format!("-{}", search(batch)), String::new(), "batch:x".into()]
        {
            assert_eq!(batch_of(&other), None, "{other}");
        }
    }
}
