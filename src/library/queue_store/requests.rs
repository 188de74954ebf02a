//! Intents: every request is written down before it is sent, and only ever moves forward.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    library::{index::write_batch::IndexWrite, io::error::LibraryError, library::Library},
    recipe::{Failure, Money, Recipe, RequestId},
};

/// A request that somebody wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Its name.
    pub request: RequestId,
    /// What is asked.
    pub recipe: Recipe,
    /// When it was asked.
    pub created: Timestamp,
}

/// How a request stands in the line, as far as that outlives the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The lower the sooner; below zero before all that are not.
    pub place: i64,
    /// A person holds it back.
    pub paused: bool,
    /// It is not sent before this time.
    pub not_before: Option<Timestamp>,
    /// The request that it asks again, because a person said so.
    pub repeats: Option<RequestId>,
    /// What it is thought to cost, where that is known.
    pub estimate: Option<Money>,
}

/// How far a request has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Not sent.
    Queued,
    /// Being sent: from here on it may cost money.
    Sending,
    /// The gateway has answered.
    Receiving,
    /// Its pictures are stored.
    Stored,
    /// It did not work.
    Failed(Failure),
    /// It did not work, and a person has removed its card; its response is still kept.
    PutAway(Failure),
    /// A person stopped it.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl IntentState {
    /// States are left in this order only, but for [`Library::put_back`].
    pub(in crate::library) fn rank(&self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Receiving => 2,
            Self::Stored | Self::Failed(_) | Self::PutAway(_) | Self::Cancelled { .. } => ENDED,
        }
    }
}

/// Rank of the states that are final.
const ENDED: u8 = 3;

impl Library {
    /// Writes requests down, all or none, before any of them is sent.
    ///
    /// # Errors
    /// The index cannot be written; nothing must be sent then.
    pub fn record_intents(&self, intents: &[Intent]) -> Result<(), LibraryError> {
        self.enqueue(intents.iter().map(|intent| (intent, Turn::default())))
    }

    /// The same, with how they stand in the line. A request that one of them repeats is forgotten with that, if it has
    /// ended: either of the two is there at any instant.
    ///
    /// # Errors
    /// The index cannot be written; nothing must be sent then.
    pub fn enqueue<'a>(&self, intents: impl IntoIterator<Item = (&'a Intent, Turn)>) -> Result<(), LibraryError> {
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        {
            let state = serde_json::to_string(&IntentState::Queued)?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO intents (request, created, recipe, rank, state, place, paused, not_before, repeats, estimate)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            let mut forget = transaction.prepare_cached(
                "DELETE FROM intents WHERE request = ?1 AND rank = ?2
                 AND state NOT LIKE '{\"put_away\":%'",
            )?;
            for (intent, turn) in intents {
                let recipe = serde_json::to_string(&intent.recipe)?;
                insert.execute(params![
                    intent.request.uuid().as_bytes(),
                    intent.created.as_millisecond(),
                    recipe,
                    state,
                    turn.place,
                    turn.paused,
                    turn.not_before.map(Timestamp::as_millisecond),
                    turn.repeats.map(|repeats| repeats.uuid().into_bytes()),
                    turn.estimate.map(Money::micros),
                ])?;
                if let Some(repeats) = turn.repeats {
                    forget.execute(params![repeats.uuid().as_bytes(), ENDED])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// How a request stands, or stood, in the line; `None` if it is not known.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn turn(&self, request: RequestId) -> Result<Option<Turn>, LibraryError> {
        let turn = self
            .reader()
            .prepare_cached("SELECT place, paused, not_before, repeats, estimate FROM intents WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| {
                let not_before: Option<i64> = row.get(2)?;
                let repeats: Option<[u8; 16]> = row.get(3)?;
                Ok(Turn {
                    place: row.get(0)?,
                    paused: row.get(1)?,
                    not_before: not_before.and_then(|at| Timestamp::from_millisecond(at).ok()),
                    repeats: repeats.map(|bytes| RequestId::from_uuid(Uuid::from_bytes(bytes))),
                    estimate: row.get::<_, Option<i64>>(4)?.map(Money::from_micros),
                })
            })
            .optional()?;
        Ok(turn)
    }

    /// Changes where requests stand that were not sent, whether they are held back, and until when; all or none. One
    /// that was sent stays as it is.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn set_turns(&self, turns: &[(RequestId, Turn)]) -> Result<(), LibraryError> {
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for (request, turn) in turns {
            transaction
                .prepare_cached(
                    "UPDATE intents SET place = ?2, paused = ?3, not_before = ?4 WHERE request = ?1 AND rank = 0",
                )?
                .execute(params![
                    request.uuid().as_bytes(),
                    turn.place,
                    turn.paused,
                    turn.not_before.map(Timestamp::as_millisecond),
                ])?;
        }
        Ok(transaction.commit()?)
    }

    /// Changes what a request asks that was not sent; durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it was sent or is not known; else the index cannot be written.
    pub fn change_intent(
        &self,
        request: RequestId,
        recipe: &Recipe,
        estimate: Option<Money>,
    ) -> Result<(), LibraryError> {
        self.writable()?;
        let changed = self
            .writer()
            .prepare_cached("UPDATE intents SET recipe = ?2, estimate = ?3 WHERE request = ?1 AND rank = 0")?
            .execute(params![request.uuid().as_bytes(), serde_json::to_string(recipe)?, estimate.map(Money::micros)])?;
        if changed == 1 { Ok(()) } else { Err(LibraryError::Backward(request)) }
    }

    /// Cancels requests that were not sent, all or none. One that was sent stays as it is.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn cancel_queued(&self, requests: &[RequestId]) -> Result<(), LibraryError> {
        self.writable()?;
        let state = IntentState::Cancelled { sent: false };
        let text = serde_json::to_string(&state)?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for request in requests {
            transaction
                .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank = 0")?
                .execute(params![request.uuid().as_bytes(), state.rank(), text])?;
        }
        Ok(transaction.commit()?)
    }

    /// Whether a person has said that nothing is to be sent.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn queue_paused(&self) -> Result<bool, LibraryError> {
        if self.is_newer() {
            return Ok(false);
        }
        let paused = self.writer().query_row("SELECT paused FROM queue", [], |row| row.get(0)).optional()?;
        Ok(paused.unwrap_or(false))
    }

    /// Says whether anything is to be sent; durable when it returns.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn pause_queue(&self, paused: bool) -> Result<(), LibraryError> {
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        transaction.execute("DELETE FROM queue", [])?;
        transaction.execute("INSERT INTO queue (paused) VALUES (?1)", params![paused])?;
        Ok(transaction.commit()?)
    }

    /// Moves a request forward; durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it has been there or beyond, or is not known; else the index cannot be written.
    pub fn set_intent_state(&self, request: RequestId, state: &IntentState) -> Result<(), LibraryError> {
        self.writable()?;
        if *state == IntentState::Sending {
            self.ensure_lock()?;
        }
        self.write_index(vec![IndexWrite::State { request, state: state.clone() }])
    }

    /// Puts a request that is being sent back to those that were not sent: the one way back there is, for a try that
    /// surely was not charged and is to be sent again. Durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it is not being sent: an answer or an end is never undone; else the index cannot
    /// be written.
    pub fn put_back(&self, request: RequestId) -> Result<(), LibraryError> {
        self.writable()?;
        let (from, to) = (IntentState::Sending, IntentState::Queued);
        let moved = self
            .writer()
            .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank = ?4")?
            .execute(params![request.uuid().as_bytes(), to.rank(), serde_json::to_string(&to)?, from.rank()])?;
        if moved == 1 { Ok(()) } else { Err(LibraryError::Backward(request)) }
    }

    /// Requests that had not ended, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn unfinished_intents(&self) -> Result<Vec<(Intent, IntentState)>, LibraryError> {
        self.intents("rank < 3")
    }

    /// Requests that failed and were not put away, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn failed_intents(&self) -> Result<Vec<(Intent, Failure)>, LibraryError> {
        let ended = self.intents("rank = 3 AND state LIKE '{\"failed\":%'")?;
        let failed = |(intent, state)| match state {
            IntentState::Failed(failure) => Some((intent, failure)),
            _ => None,
        };
        Ok(ended.into_iter().filter_map(failed).collect())
    }

    /// Failed requests whose cards were removed and whose responses are kept, oldest first.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn put_away_intents(&self) -> Result<Vec<(Intent, Failure)>, LibraryError> {
        let ended = self.intents("rank = 3 AND state LIKE '{\"put_away\":%'")?;
        let put_away = |(intent, state)| match state {
            IntentState::PutAway(failure) => Some((intent, failure)),
            _ => None,
        };
        Ok(ended.into_iter().filter_map(put_away).collect())
    }

    /// Ends a failed request whose response is kept, and has or takes away its card; durable when it returns.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn show_failed(&self, request: RequestId, failure: &Failure, has_card: bool) -> Result<(), LibraryError> {
        self.writable()?;
        let failure = failure.clone();
        let state = if has_card { IntentState::Failed(failure) } else { IntentState::PutAway(failure) };
        self.writer()
            .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1")?
            .execute(params![request.uuid().as_bytes(), state.rank(), serde_json::to_string(&state)?])?;
        Ok(())
    }

    /// How many pictures of a request the library has, those in the trash too.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn pictures_of(&self, request: RequestId) -> Result<usize, LibraryError> {
        let count: i64 = self
            .writer()
            .prepare_cached("SELECT count(*) FROM images WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Forgets requests that have ended.
    ///
    /// # Errors
    /// The index cannot be written.
    pub fn remove_intents(&self, requests: &[RequestId]) -> Result<(), LibraryError> {
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        for request in requests {
            transaction
                .prepare_cached("DELETE FROM intents WHERE request = ?1 AND rank = ?2")?
                .execute(params![request.uuid().as_bytes(), ENDED])?;
        }
        Ok(transaction.commit()?)
    }

    /// How far a request has come, if it is known.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn intent_state(&self, request: RequestId) -> Result<Option<IntentState>, LibraryError> {
        let state: Option<String> = self
            .writer()
            .prepare_cached("SELECT state FROM intents WHERE request = ?1")?
            .query_row(params![request.uuid().as_bytes()], |row| row.get(0))
            .optional()?;
        Ok(state.map(|state| serde_json::from_str(&state)).transpose()?)
    }

    fn intents(&self, condition: &str) -> Result<Vec<(Intent, IntentState)>, LibraryError> {
        let writer = self.writer();
        let query = format!("SELECT request, created, recipe, state FROM intents WHERE {condition} ORDER BY request");
        let mut statement = writer.prepare_cached(&query)?;
        let texts = statement.query_map([], |row: &Row<'_>| {
            let request: [u8; 16] = row.get(0)?;
            Ok((request, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        })?;
        let mut intents = Vec::new();
        for text in texts {
            let (request, created, recipe, state) = text?;
            let request = RequestId::from_uuid(Uuid::from_bytes(request));
            let created = Timestamp::from_millisecond(created).unwrap_or(Timestamp::UNIX_EPOCH);
            // One that cannot be read must not hide all others.
            match (serde_json::from_str(&recipe), serde_json::from_str(&state)) {
                (Ok(recipe), Ok(state)) => intents.push((Intent { request, recipe, created }, state)),
                (Err(error), _) | (_, Err(error)) => tracing::error!(%request, %error, "a request cannot be read"),
            }
        }
        Ok(intents)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recipe::FailureKind;

    fn intent(number: u128) -> Intent {
        Intent {
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            recipe: Recipe { prompt: format!("prompt {number}"), ..Recipe::default() },
            created: Timestamp::from_millisecond(1_700_000_000_000).unwrap(),
        }
    }

    #[test]
    fn intents_outlive_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Failure::new(FailureKind::NoMoney).words("balance_insufficient");
        {
            let library = Library::open(folder.path()).unwrap();
            library.record_intents(&[intent(1), intent(2), intent(3)]).unwrap();
            library.set_intent_state(intent(2).request, &IntentState::Sending).unwrap();
            library.set_intent_state(intent(3).request, &IntentState::Failed(failure.clone())).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        let unfinished = library.unfinished_intents().unwrap();
        assert_eq!(unfinished, [(intent(1), IntentState::Queued), (intent(2), IntentState::Sending)]);
        assert_eq!(library.failed_intents().unwrap(), [(intent(3), failure)]);
        library.remove_intents(&[intent(3).request, intent(1).request]).unwrap();
        assert!(library.failed_intents().unwrap().is_empty());
        assert_eq!(library.unfinished_intents().unwrap().len(), 2, "what has not ended is not forgotten");
    }

    #[test]
    fn what_was_not_written_down_has_no_state() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let request = intent(9).request;
        assert_eq!(library.set_intent_state(request, &IntentState::Sending), Err(LibraryError::Backward(request)));
        assert_eq!(library.intent_state(request).unwrap(), None);
    }

    #[test]
    fn only_what_is_being_sent_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.record_intents(&[intent(1)]).unwrap();
        let request = intent(1).request;
        assert_eq!(library.put_back(request), Err(LibraryError::Backward(request)));
        library.set_intent_state(request, &IntentState::Sending).unwrap();
        library.put_back(request).unwrap();
        assert_eq!(library.intent_state(request).unwrap(), Some(IntentState::Queued));
        library.set_intent_state(request, &IntentState::Sending).unwrap();
        library.set_intent_state(request, &IntentState::Receiving).unwrap();
        assert_eq!(library.put_back(request), Err(LibraryError::Backward(request)));
        assert_eq!(library.intent_state(request).unwrap(), Some(IntentState::Receiving));
    }

    #[test]
    fn the_line_outlives_the_program_and_leaves_alone_what_was_sent() {
        let folder = tempfile::tempdir().unwrap();
        let turn = Turn {
            place: -4,
            paused: true,
            not_before: Some(Timestamp::from_second(1_800_000_000).unwrap()),
            repeats: None,
            estimate: Some(Money::from_dollars(0.039)),
        };
        {
            let library = Library::open(folder.path()).unwrap();
            assert!(!library.queue_paused().unwrap());
            library.pause_queue(false).unwrap();
            library.pause_queue(true).unwrap();
            library.record_intents(&[intent(1), intent(2), intent(3)]).unwrap();
            library.set_intent_state(intent(2).request, &IntentState::Sending).unwrap();
            let turns: Vec<_> = [1, 2].map(|number| (intent(number).request, turn.clone())).into();
            library.set_turns(&turns).unwrap();
            let other = Recipe { prompt: "another".to_owned(), ..Recipe::default() };
            assert_eq!(
                library.change_intent(intent(2).request, &other, None),
                Err(LibraryError::Backward(intent(2).request)),
            );
            library.change_intent(intent(1).request, &other, turn.estimate).unwrap();
            library.cancel_queued(&[intent(2).request, intent(3).request]).unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        assert!(library.queue_paused().unwrap());
        assert_eq!(library.turn(intent(1).request).unwrap(), Some(turn));
        assert_eq!(library.turn(intent(2).request).unwrap(), Some(Turn::default()));
        let unfinished = library.unfinished_intents().unwrap();
        let found: Vec<_> = unfinished.iter().map(|(intent, state)| (intent.recipe.prompt.as_str(), state)).collect();
        assert_eq!(found, [("another", &IntentState::Queued), ("prompt 2", &IntentState::Sending)]);
    }

    #[test]
    fn a_request_that_is_asked_again_gives_way_to_the_one_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.record_intents(&[intent(1), intent(2)]).unwrap();
        let failure = Failure::new(FailureKind::TimedOut);
        library.set_intent_state(intent(1).request, &IntentState::Failed(failure)).unwrap();
        let (again, other) = (intent(3), intent(4));
        let repeats = |number| Turn { repeats: Some(intent(number).request), ..Turn::default() };
        library.enqueue([(&again, repeats(1)), (&other, repeats(2))]).unwrap();
        assert!(library.failed_intents().unwrap().is_empty());
        assert_eq!(library.turn(again.request).unwrap(), Some(repeats(1)));
        assert_eq!(library.unfinished_intents().unwrap().len(), 3, "what has not ended is not forgotten");
    }

    fn any_state() -> impl Strategy<Value = IntentState> {
        prop_oneof![
            Just(IntentState::Queued),
            Just(IntentState::Sending),
            Just(IntentState::Receiving),
            Just(IntentState::Stored),
            Just(IntentState::Failed(Failure::new(FailureKind::CutOff))),
            Just(IntentState::Cancelled { sent: true }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn no_request_ever_goes_back(states in prop::collection::vec(any_state(), 0..8)) {
            let folder = tempfile::tempdir().unwrap();
            let library = Library::open(folder.path()).unwrap();
            library.record_intents(&[intent(1)]).unwrap();
            let mut expected = IntentState::Queued;
            for state in states {
                let moved = library.set_intent_state(intent(1).request, &state);
                prop_assert_eq!(moved.is_ok(), state.rank() > expected.rank());
                if moved.is_ok() {
                    expected = state;
                }
                let now = library.intent_state(intent(1).request).unwrap();
                prop_assert_eq!(now.as_ref(), Some(&expected));
            }
        }
    }
}
