//! The durable queue: every request is recorded before it is sent, and its status only ever moves forward.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::{
    error_chain::chain,
    library::{
        index::{database::IndexDb, write_batch::IndexWrite},
        io::{error::LibraryError, file_identity::record_identity, library_folder::LibraryFolder, lock::Lock},
    },
    recipe::{Failure, Money, Recipe, RequestId},
};

use super::request_record::{ENDED_RANK, QueueEntry, RequestRecord, RequestStatus};

/// The requests of a library that are queued or running, and those that failed.
#[derive(Debug)]
pub struct RequestTable {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    lock: Arc<Lock>,
}

impl RequestTable {
    /// The requests of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>, index: Arc<IndexDb>, lock: Arc<Lock>) -> Self {
        Self { folder, index, lock }
    }

    /// Records requests, all or none, before any of them is sent.
    ///
    /// # Errors
    /// The index cannot be written, and no request may be sent.
    pub fn record(&self, records: &[RequestRecord]) -> Result<(), LibraryError> {
        self.enqueue(records.iter().map(|record| (record, QueueEntry::default())))
    }

    /// Records requests with their positions in the queue. If one of them repeats a request that has ended, that
    /// request is removed in the same transaction, so that exactly one of the two exists at any time.
    ///
    /// # Errors
    /// The index cannot be written, and no request may be sent.
    pub fn enqueue<'a>(
        &self,
        records: impl IntoIterator<Item = (&'a RequestRecord, QueueEntry)>,
    ) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        {
            let state = serde_json::to_string(&RequestStatus::Queued)?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO intents (request, created, recipe, rank, state, place, paused, not_before, repeats, estimate)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            let mut forget = transaction.prepare_cached(
                "DELETE FROM intents WHERE request = ?1 AND rank = ?2
                 AND state NOT LIKE '{\"put_away\":%'",
            )?;
            for (record, entry) in records {
                let recipe = serde_json::to_string(&record.recipe)?;
                insert.execute(params![
                    record.request.uuid().as_bytes(),
                    record.created.as_millisecond(),
                    recipe,
                    state,
                    entry.position,
                    entry.paused,
                    entry.not_before.map(Timestamp::as_millisecond),
                    entry.repeats.map(|repeats| repeats.uuid().into_bytes()),
                    entry.estimate.map(Money::micros),
                ])?;
                if let Some(repeats) = entry.repeats {
                    forget.execute(params![repeats.uuid().as_bytes(), ENDED_RANK])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// The position of a request in the queue; `None` if the request is not known.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn queue_entry(&self, request: RequestId) -> Result<Option<QueueEntry>, LibraryError> {
        let entry = self
            .index
            .reader()
            .prepare_cached("SELECT place, paused, not_before, repeats, estimate FROM intents WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| {
                let not_before: Option<i64> = row.get(2)?;
                let repeats: Option<[u8; 16]> = row.get(3)?;
                Ok(QueueEntry {
                    position: row.get(0)?,
                    paused: row.get(1)?,
                    not_before: not_before.and_then(|at| Timestamp::from_millisecond(at).ok()),
                    repeats: repeats.map(|bytes| RequestId::from_uuid(Uuid::from_bytes(bytes))),
                    estimate: row.get::<_, Option<i64>>(4)?.map(Money::from_micros),
                })
            })
            .optional()?;
        Ok(entry)
    }

    /// Changes the queue entries of requests that were not sent, all or none. A request that was sent is not changed.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn update_entries(&self, turns: &[(RequestId, QueueEntry)]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for (request, entry) in turns {
            transaction
                .prepare_cached(
                    "UPDATE intents SET place = ?2, paused = ?3, not_before = ?4 WHERE request = ?1 AND rank = 0",
                )?
                .execute(params![
                    request.uuid().as_bytes(),
                    entry.position,
                    entry.paused,
                    entry.not_before.map(Timestamp::as_millisecond),
                ])?;
        }
        Ok(transaction.commit()?)
    }

    /// Changes the recipe of a request that was not sent; durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it was sent or is not known; otherwise the index cannot be written.
    pub fn change_recipe(
        &self,
        request: RequestId,
        recipe: &Recipe,
        estimate: Option<Money>,
    ) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let changed = self
            .index
            .writer()
            .prepare_cached("UPDATE intents SET recipe = ?2, estimate = ?3 WHERE request = ?1 AND rank = 0")?
            .execute(params![request.uuid().as_bytes(), serde_json::to_string(recipe)?, estimate.map(Money::micros)])?;
        if changed == 1 { Ok(()) } else { Err(LibraryError::Backward(request)) }
    }

    /// Cancels requests that were not sent, all or none. A request that was sent is not changed.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn cancel_queued(&self, requests: &[RequestId]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let state = RequestStatus::Cancelled { sent: false };
        let text = serde_json::to_string(&state)?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for request in requests {
            transaction
                .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank = 0")?
                .execute(params![request.uuid().as_bytes(), state.rank(), text])?;
        }
        Ok(transaction.commit()?)
    }

    /// Whether a person has paused the queue.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn is_paused(&self) -> Result<bool, LibraryError> {
        if self.folder.is_read_only() {
            return Ok(false);
        }
        let paused = self.index.writer().query_row("SELECT paused FROM queue", [], |row| row.get(0)).optional()?;
        Ok(paused.unwrap_or(false))
    }

    /// Pauses or resumes the queue; durable when it returns.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn set_paused(&self, paused: bool) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        transaction.execute("DELETE FROM queue", [])?;
        transaction.execute("INSERT INTO queue (paused) VALUES (?1)", params![paused])?;
        Ok(transaction.commit()?)
    }

    /// Moves a request forward; durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it has this status or a later one, or is not known; otherwise the index cannot be
    /// written.
    pub fn set_status(&self, request: RequestId, state: &RequestStatus) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        if *state == RequestStatus::Sending {
            self.ensure_lock()?;
        }
        let status = serde_json::to_string(state)?;
        self.index.write(vec![IndexWrite::Status { request, rank: state.rank(), status }])
    }

    /// Resets a request that is being sent to queued. This is the only way back, for an attempt that was certainly not
    /// charged and will be sent again. Durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it is not being sent, because a response or an end is never undone; otherwise the
    /// index cannot be written.
    pub fn reset_to_queued(&self, request: RequestId) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let (from, to) = (RequestStatus::Sending, RequestStatus::Queued);
        let moved = self
            .index
            .writer()
            .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank = ?4")?
            .execute(params![request.uuid().as_bytes(), to.rank(), serde_json::to_string(&to)?, from.rank()])?;
        if moved == 1 { Ok(()) } else { Err(LibraryError::Backward(request)) }
    }

    /// Requests that had not ended, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn unfinished(&self) -> Result<Vec<(RequestRecord, RequestStatus)>, LibraryError> {
        self.select("rank < 3")
    }

    /// Requests that failed and whose cards were not removed, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn failed(&self) -> Result<Vec<(RequestRecord, Failure)>, LibraryError> {
        let ended = self.select("rank = 3 AND state LIKE '{\"failed\":%'")?;
        let failed = |(record, state)| match state {
            RequestStatus::Failed(failure) => Some((record, failure)),
            _ => None,
        };
        Ok(ended.into_iter().filter_map(failed).collect())
    }

    /// Failed requests whose cards were removed and whose responses are kept, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn dismissed(&self) -> Result<Vec<(RequestRecord, Failure)>, LibraryError> {
        let ended = self.select("rank = 3 AND state LIKE '{\"put_away\":%'")?;
        let dismissed = |(record, state)| match state {
            RequestStatus::Dismissed(failure) => Some((record, failure)),
            _ => None,
        };
        Ok(ended.into_iter().filter_map(dismissed).collect())
    }

    /// Ends a failed request whose response is kept, and shows or removes its card; durable when it returns.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn set_failed(&self, request: RequestId, failure: &Failure, has_card: bool) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let failure = failure.clone();
        let state = if has_card { RequestStatus::Failed(failure) } else { RequestStatus::Dismissed(failure) };
        self.index
            .writer()
            .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1")?
            .execute(params![request.uuid().as_bytes(), state.rank(), serde_json::to_string(&state)?])?;
        Ok(())
    }

    /// Removes requests that have ended.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn remove(&self, requests: &[RequestId]) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let mut writer = self.index.writer();
        let transaction = writer.transaction()?;
        for request in requests {
            transaction
                .prepare_cached("DELETE FROM intents WHERE request = ?1 AND rank = ?2")?
                .execute(params![request.uuid().as_bytes(), ENDED_RANK])?;
        }
        Ok(transaction.commit()?)
    }

    /// The status of a request, if it is known.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn status(&self, request: RequestId) -> Result<Option<RequestStatus>, LibraryError> {
        let state: Option<String> = self
            .index
            .writer()
            .prepare_cached("SELECT state FROM intents WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(state.map(|state| serde_json::from_str(&state)).transpose()?)
    }

    /// Makes sure that no other program can open the library, before a request is sent.
    fn ensure_lock(&self) -> Result<(), LibraryError> {
        if self.lock.ensure()? {
            record_identity(&self.lock.file(), &self.folder.database());
        }
        Ok(())
    }

    fn select(&self, condition: &str) -> Result<Vec<(RequestRecord, RequestStatus)>, LibraryError> {
        let writer = self.index.writer();
        let query = format!("SELECT request, created, recipe, state FROM intents WHERE {condition} ORDER BY request");
        let mut statement = writer.prepare_cached(&query)?;
        let texts = statement.query_map([], |row: &Row<'_>| {
            let request: [u8; 16] = row.get(0)?;
            Ok((request, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        })?;
        let mut records = Vec::new();
        for text in texts {
            let (request, created, recipe, state) = text?;
            let request = RequestId::from_uuid(Uuid::from_bytes(request));
            let created = Timestamp::from_millisecond(created).unwrap_or(Timestamp::UNIX_EPOCH);
            // A record that cannot be read must not hide all others.
            match (serde_json::from_str(&recipe), serde_json::from_str(&state)) {
                (Ok(recipe), Ok(state)) => records.push((RequestRecord { request, recipe, created }, state)),
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(%request, error = %chain(&error), "a request cannot be read");
                }
            }
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{library::Library, recipe::FailureKind};

    fn record(number: u128) -> RequestRecord {
        RequestRecord {
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            recipe: Recipe { prompt: format!("prompt {number}"), ..Recipe::default() },
            created: Timestamp::from_millisecond(1_700_000_000_000).unwrap(),
        }
    }

    #[test]
    fn requests_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Failure::new(FailureKind::NoMoney).words("balance_insufficient");
        {
            let library = Library::open(folder.path()).unwrap();
            library.requests().record(&[record(1), record(2), record(3)]).unwrap();
            library.requests().set_status(record(2).request, &RequestStatus::Sending).unwrap();
            library.requests().set_status(record(3).request, &RequestStatus::Failed(failure.clone())).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        let unfinished = library.requests().unfinished().unwrap();
        assert_eq!(unfinished, [(record(1), RequestStatus::Queued), (record(2), RequestStatus::Sending)]);
        assert_eq!(library.requests().failed().unwrap(), [(record(3), failure)]);
        library.requests().remove(&[record(3).request, record(1).request]).unwrap();
        assert!(library.requests().failed().unwrap().is_empty());
        assert_eq!(library.requests().unfinished().unwrap().len(), 2, "what has not ended is not forgotten");
    }

    #[test]
    fn unrecorded_request_has_no_status() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let request = record(9).request;
        assert_eq!(
            library.requests().set_status(request, &RequestStatus::Sending),
            Err(LibraryError::Backward(request))
        );
        assert_eq!(library.requests().status(request).unwrap(), None);
    }

    #[test]
    fn only_sending_requests_return_to_the_queue() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.requests().record(&[record(1)]).unwrap();
        let request = record(1).request;
        assert_eq!(library.requests().reset_to_queued(request), Err(LibraryError::Backward(request)));
        library.requests().set_status(request, &RequestStatus::Sending).unwrap();
        library.requests().reset_to_queued(request).unwrap();
        assert_eq!(library.requests().status(request).unwrap(), Some(RequestStatus::Queued));
        library.requests().set_status(request, &RequestStatus::Sending).unwrap();
        library.requests().set_status(request, &RequestStatus::Receiving).unwrap();
        assert_eq!(library.requests().reset_to_queued(request), Err(LibraryError::Backward(request)));
        assert_eq!(library.requests().status(request).unwrap(), Some(RequestStatus::Receiving));
    }

    #[test]
    fn queue_survives_a_restart_and_skips_sent_requests() {
        let folder = tempfile::tempdir().unwrap();
        let entry = QueueEntry {
            position: -4,
            paused: true,
            not_before: Some(Timestamp::from_second(1_800_000_000).unwrap()),
            repeats: None,
            estimate: Some(Money::from_dollars(0.039)),
        };
        {
            let library = Library::open(folder.path()).unwrap();
            assert!(!library.requests().is_paused().unwrap());
            library.requests().set_paused(false).unwrap();
            library.requests().set_paused(true).unwrap();
            library.requests().record(&[record(1), record(2), record(3)]).unwrap();
            library.requests().set_status(record(2).request, &RequestStatus::Sending).unwrap();
            let turns: Vec<_> = [1, 2].map(|number| (record(number).request, entry.clone())).into();
            library.requests().update_entries(&turns).unwrap();
            let other = Recipe { prompt: "another".to_owned(), ..Recipe::default() };
            assert_eq!(
                library.requests().change_recipe(record(2).request, &other, None),
                Err(LibraryError::Backward(record(2).request)),
            );
            library.requests().change_recipe(record(1).request, &other, entry.estimate).unwrap();
            library.requests().cancel_queued(&[record(2).request, record(3).request]).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        assert!(library.requests().is_paused().unwrap());
        assert_eq!(library.requests().queue_entry(record(1).request).unwrap(), Some(entry));
        assert_eq!(library.requests().queue_entry(record(2).request).unwrap(), Some(QueueEntry::default()));
        let unfinished = library.requests().unfinished().unwrap();
        let found: Vec<_> = unfinished.iter().map(|(record, state)| (record.recipe.prompt.as_str(), state)).collect();
        assert_eq!(found, [("another", &RequestStatus::Queued), ("prompt 2", &RequestStatus::Sending)]);
    }

    #[test]
    fn retried_request_is_replaced_by_its_successor() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.requests().record(&[record(1), record(2)]).unwrap();
        let failure = Failure::new(FailureKind::TimedOut);
        library.requests().set_status(record(1).request, &RequestStatus::Failed(failure)).unwrap();
        let (again, other) = (record(3), record(4));
        let repeats = |number| QueueEntry { repeats: Some(record(number).request), ..QueueEntry::default() };
        library.requests().enqueue([(&again, repeats(1)), (&other, repeats(2))]).unwrap();
        assert!(library.requests().failed().unwrap().is_empty());
        assert_eq!(library.requests().queue_entry(again.request).unwrap(), Some(repeats(1)));
        assert_eq!(library.requests().unfinished().unwrap().len(), 3, "what has not ended is not forgotten");
    }

    fn any_state() -> impl Strategy<Value = RequestStatus> {
        prop_oneof![
            Just(RequestStatus::Queued),
            Just(RequestStatus::Sending),
            Just(RequestStatus::Receiving),
            Just(RequestStatus::Stored),
            Just(RequestStatus::Failed(Failure::new(FailureKind::CutOff))),
            Just(RequestStatus::Cancelled { sent: true }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn request_status_never_moves_backward(states in prop::collection::vec(any_state(), 0..8)) {
            let folder = tempfile::tempdir().unwrap();
            let library = Library::open(folder.path()).unwrap();
            library.requests().record(&[record(1)]).unwrap();
            let mut expected = RequestStatus::Queued;
            for state in states {
                let moved = library.requests().set_status(record(1).request, &state);
                prop_assert_eq!(moved.is_ok(), state.rank() > expected.rank());
                if moved.is_ok() {
                    expected = state;
                }
                let now = library.requests().status(record(1).request).unwrap();
                prop_assert_eq!(now.as_ref(), Some(&expected));
            }
        }
    }
}
