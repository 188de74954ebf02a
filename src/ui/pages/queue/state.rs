//! What the page of the queue remembers: what is selected, and its dialogs.

use std::collections::BTreeSet;

use crate::{
    recipe::RequestId,
    studio::{Command, QueueCommand, QueueEvent, QueuePosition},
    ui::{
        actions::action::Actions,
        state::{studio_state::StudioState, view_context::ViewContext},
    },
};

use super::{
    dialogs::{confirmation::QueueQuestion, edit_dialog::EditDialog, schedule_dialog::ScheduleDialog},
    rows_model::{QueueOrder, QueueRow, QueueRows, RowKey},
};

/// The state of the page.
#[derive(Debug, Default)]
pub struct QueuePage {
    pub(super) lines: QueueRows,
    /// The revisions of requests and queue that the rows were built from.
    pub(super) made: Option<(u64, u64)>,
    pub(super) arrangement: QueueOrder,
    pub(super) selected: BTreeSet<RequestId>,
    /// The row of the keyboard cursor.
    pub(super) cursor: Option<CursorTarget>,
    /// The start of a range.
    pub(super) anchor: Option<RequestId>,
    /// Whether to scroll to the cursor's row with the next frame.
    pub(super) reveal: bool,
    /// The dragged requests.
    pub(super) carried: Vec<RequestId>,
    pub(super) question: Option<QueueQuestion>,
    pub(super) later: Option<ScheduleDialog>,
    pub(super) editing: Option<EditDialog>,
}

/// What the cursor is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CursorTarget {
    Heading(RowKey),
    Job(RequestId),
}

impl QueuePage {
    /// Folds an event about requests into this state.
    pub fn fold_queue(&mut self, event: &QueueEvent) {
        if let QueueEvent::RequestRemoved(id) = event {
            self.selected.remove(id);
            if self.editing.as_ref().is_some_and(|editing| editing.request == *id) {
                self.editing = None;
            }
        }
    }

    /// Closes the dialogs of the page.
    pub fn close_dialogs(&mut self) {
        (self.question, self.later, self.editing) = (None, None, None);
    }

    /// Whether a dialog of the page is open.
    pub fn dialog_open(&self) -> bool {
        self.question.is_some() || self.later.is_some() || self.editing.is_some()
    }

    /// Rebuilds the rows if something has changed.
    pub(super) fn follow(&mut self, known: &StudioState) {
        let now = (known.requests.revision(), known.queue_revision);
        if self.made != Some(now) {
            self.remake(known);
        }
    }

    pub(super) fn remake(&mut self, known: &StudioState) {
        self.made = Some((known.requests.revision(), known.queue_revision));
        self.lines = QueueRows::make(&known.requests, &known.queue, &mut self.arrangement);
    }

    /// The requests that a command on this one applies to: all selected ones, if it is one of them.
    pub(super) fn targets(&self, id: RequestId) -> Vec<RequestId> {
        if self.selected.contains(&id) { self.several().unwrap_or_else(|| vec![id]) } else { vec![id] }
    }

    /// The selected requests from top to bottom, if there is more than one.
    pub(super) fn several(&self) -> Option<Vec<RequestId>> {
        (self.selected.len() > 1).then(|| self.lines.shown().filter(|id| self.selected.contains(id)).collect())
    }

    /// Moves requests to the front.
    pub(super) fn put_first(&mut self, requests: Vec<RequestId>, cx: &ViewContext<'_>, actions: &mut Actions) {
        let alone =
            |id: &RequestId| cx.known.requests.get(*id).map(QueueRows::key).filter(|key| self.stands_alone(*key));
        let keys: Vec<RowKey> = requests.iter().rev().filter_map(alone).collect();
        self.arrangement.put_first(keys);
        actions.send(Command::Queue(QueueCommand::Move { requests, to: QueuePosition::First }));
        self.made = None;
    }

    /// Moves requests before or behind a queued one.
    pub(super) fn put_beside(
        &mut self,
        requests: Vec<RequestId>,
        to: QueuePosition,
        cx: &ViewContext<'_>,
        actions: &mut Actions,
    ) {
        let (QueuePosition::Before(other) | QueuePosition::After(other)) = to else { return };
        let key = |id: RequestId| cx.known.requests.get(id).map(QueueRows::key);
        if let Some(there) = key(other) {
            for id in &requests {
                if let Some(here) = key(*id).filter(|here| *here != there && self.stands_alone(*here)) {
                    self.arrangement.put_beside(here, there, matches!(to, QueuePosition::After(_)));
                }
            }
        }
        actions.send(Command::Queue(QueueCommand::Move { requests, to }));
        self.made = None;
    }

    /// Whether a group is a single request without a heading.
    pub(super) fn stands_alone(&self, key: RowKey) -> bool {
        !(0..self.lines.len())
            .any(|index| matches!(self.lines.get(index), Some(QueueRow::Heading(group)) if group.key == key))
    }
}
