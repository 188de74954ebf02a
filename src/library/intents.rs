//! Intents: every request is written down before it is sent, and only ever moves forward.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::recipe::{Failure, Recipe, RequestId};

use super::{Library, LibraryError};

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
    /// A person stopped it.
    Cancelled {
        /// Whether it had been sent.
        sent: bool,
    },
}

impl IntentState {
    /// States are left in this order only, but for [`Library::put_back`].
    fn rank(&self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sending => 1,
            Self::Receiving => 2,
            Self::Stored | Self::Failed(_) | Self::Cancelled { .. } => ENDED,
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
        self.writable()?;
        let mut writer = self.writer();
        let transaction = writer.transaction()?;
        {
            let state = serde_json::to_string(&IntentState::Queued)?;
            let mut insert = transaction.prepare_cached(
                "INSERT INTO intents (request, created, recipe, rank, state) VALUES (?1, ?2, ?3, 0, ?4)",
            )?;
            for intent in intents {
                let recipe = serde_json::to_string(&intent.recipe)?;
                let created = intent.created.as_millisecond();
                insert.execute(params![intent.request.uuid().as_bytes(), created, recipe, state])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Moves a request forward; durable when it returns.
    ///
    /// # Errors
    /// [`LibraryError::Backward`] if it has been there or beyond, or is not known; else the index cannot be written.
    pub fn set_intent_state(&self, request: RequestId, state: &IntentState) -> Result<(), LibraryError> {
        self.writable()?;
        let moved = self
            .writer()
            .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank < ?2")?
            .execute(params![request.uuid().as_bytes(), state.rank(), serde_json::to_string(state)?])?;
        if moved == 1 { Ok(()) } else { Err(LibraryError::Backward(request)) }
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
            let recipe = serde_json::from_str(&recipe)?;
            intents.push((Intent { request, recipe, created }, serde_json::from_str(&state)?));
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
