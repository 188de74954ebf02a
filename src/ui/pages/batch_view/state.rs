//! What is known of the batch that is shown.

use super::{
    cells::{BatchTable, CellPosition},
    contest::{BlindComparison, MAX_CANDIDATES},
};
use crate::{
    recipe::{BatchId, ImageId},
    studio::{Ballot, Command, Event, Filter, Member, Query},
    ui::{
        actions::ui_command::UiCommand,
        state::{selection::Selection, studio_state::StudioState},
    },
};
use std::sync::Arc;

/// What is known of the batch that is searched for.
#[derive(Debug, Default)]
pub struct BatchView {
    pub(super) batch: Option<BatchId>,
    pub(super) members: Arc<[Member]>,
    pub(super) table: BatchTable,
    pub(super) contest: BlindComparison,
    /// Whether table and contest have to be put together anew.
    pub(super) stale: bool,
    /// The cell that the keyboard is on.
    pub(super) at: CellPosition,
    /// Whether it is to be brought into sight.
    pub(super) reveal: bool,
    /// The picture in focus when it was looked at last.
    pub(super) seen: Option<ImageId>,
    /// Whether asking many failed cells again was pressed once, and waits for a second word.
    pub(super) asking: bool,
    /// What was searched for before.
    pub(super) before: String,
    /// What to ask of the studio.
    pub(super) wanted: Vec<Command>,
}

impl BatchView {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::View(view) | Event::Beginning(view) => {
                let batch = batch_of(&view.search);
                if batch != self.batch {
                    let before = std::mem::take(&mut self.before);
                    *self = Self { batch, before, stale: true, ..Self::default() };
                }
                // Pictures have come or gone.
                self.wanted.extend(batch.map(Command::WantBatch));
            }
            Event::Batch(batch, members) if Some(*batch) == self.batch => {
                self.members = Arc::clone(members);
                self.stale = true;
            }
            Event::Job(job) if job.recipe.batch == self.batch => self.stale = true,
            Event::JobGone(_) | Event::Votes(_) => self.stale = true,
            _ => {}
        }
    }

    /// Puts together what has changed. Called once a frame.
    pub fn refresh(&mut self, known: &StudioState) {
        let Some(batch) = self.batch.filter(|_| std::mem::take(&mut self.stale)) else { return };
        self.table = BatchTable::of(batch, &self.members, known.jobs.iter());
        self.contest = BlindComparison::of(batch, &self.members, known.jobs.iter());
    }

    /// What to ask of the studio.
    pub fn wishes(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.wanted)
    }

    /// Remembers what was searched for before a batch was shown.
    pub fn opened_from(&mut self, search: &str) {
        if batch_of(search).is_none() {
            search.clone_into(&mut self.before);
        }
    }

    /// What to search for when it is left.
    pub fn back(&self) -> String {
        self.before.clone()
    }

    /// Whether it takes the gallery's place.
    pub fn is_shown(&self) -> bool {
        self.batch.is_some() && !(self.table.is_empty() && self.contest.is_empty())
    }

    /// Whether the keyboard moves among its cells.
    pub fn is_grid(&self) -> bool {
        self.batch.is_some() && !self.table.is_empty()
    }

    /// Moves the keyboard to the neighbour that a moving verb names.
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
        match self.table.cells.get(&self.at).and_then(|cell| cell.pictures.first()) {
            Some(first) => selection.only(first.image),
            None => selection.set([], None),
        }
        self.seen = selection.focus();
        self.reveal = true;
    }

    /// Follows the picture in focus, which may have been moved in the viewer or by a click.
    pub(super) fn follow(&mut self, selection: &Selection) {
        let focus = selection.focus();
        if focus == self.seen {
            return;
        }
        self.seen = focus;
        let holds = |member: &Member| Some(member.image) == focus;
        let found = self.table.cells.iter().find(|(_, cell)| cell.pictures.iter().any(holds));
        if let Some((at, _)) = found {
            self.at = *at;
            self.reveal = true;
        }
    }
}

/// The batch that a search is for, if it is for nothing else.
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
    /// What a digit says about the pictures, while a blind comparison is shown that is still open.
    pub fn ballot(&self, verb: UiCommand, known: &StudioState) -> Option<Command> {
        let batch = self.batch.filter(|batch| !known.votes.contains_key(batch))?;
        let place = match verb {
            UiCommand::Rate(0) => None,
            UiCommand::Rate(digit) => Some(usize::from(digit) - 1),
            // It is on the digit that follows.
            UiCommand::Label(crate::recipe::Label::Red) => Some(MAX_CANDIDATES - 1),
            _ => return None,
        };
        if !self.contest.can_vote() {
            return None;
        }
        let ballot = place.map_or(Some(Ballot::Tie), |place| self.contest.best(place))?;
        Some(Command::Vote { batch, ballot })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_a_search_for_one_batch_and_nothing_else_shows_it() {
        let batch = BatchId::from_uuid(Uuid::from_u128(7));
        assert_eq!(batch_of(&search(batch)), Some(batch));
        for other in [format!("fox {}", search(batch)), format!("-{}", search(batch)), String::new(), "batch:x".into()]
        {
            assert_eq!(batch_of(&other), None, "{other}");
        }
    }
}
