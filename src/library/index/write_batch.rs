//! What is written to the index while requests are under way: rows of images and states of requests, in one transaction
//! with what other threads write at that moment.

use rusqlite::{Connection, params};

use crate::{
    library::{
        images::{
            backfill::{self, Look},
            originals::insert,
        },
        io::{error::LibraryError, group_commit::GroupCommit},
        library::Library,
        queue_store::requests::IntentState,
        store::sidecar::Sidecar,
    },
    recipe::RequestId,
};

/// Something to be written.
#[derive(Debug)]
pub(in crate::library) enum IndexWrite {
    /// A row for a new image.
    Image {
        sidecar: Box<Sidecar>,
        /// From the library's folder on.
        path: String,
        look: Option<Look>,
    },
    /// A request moves forward.
    State { request: RequestId, state: IntentState },
}

/// The writes of several threads, all or none of each thread's.
pub(in crate::library) type IndexWrites = GroupCommit<Vec<IndexWrite>, Result<(), LibraryError>>;

impl Library {
    /// Writes to the index, all or nothing; durable when it returns.
    ///
    /// # Errors
    /// The index cannot be written, or one of the writes is refused. Those of other threads are not affected by a
    /// refusal.
    pub(in crate::library) fn write_index(&self, writes: Vec<IndexWrite>) -> Result<(), LibraryError> {
        let result = self.index_writes.submit(writes, |take| {
            // What comes while this waits for the connection is in the same group.
            let mut writer = self.writer();
            let group = take();
            let count = group.len();
            write_group(&mut writer, group).unwrap_or_else(|error| vec![Err(error); count])
        });
        result.unwrap_or_else(|| {
            let reason = "the thread that wrote it panicked".to_owned();
            Err(LibraryError::CannotWrite { path: self.folder.join("library.db"), reason })
        })
    }
}

/// Writes a group in one transaction, which is flushed once.
///
/// # Errors
/// Nothing of the group is written.
fn write_group(
    connection: &mut Connection,
    group: Vec<Vec<IndexWrite>>,
) -> Result<Vec<Result<(), LibraryError>>, LibraryError> {
    let mut transaction = connection.transaction()?;
    let mut results = Vec::with_capacity(group.len());
    for writes in group {
        let savepoint = transaction.savepoint()?;
        let result = writes.iter().try_for_each(|write| apply(&savepoint, write));
        match &result {
            Ok(()) => savepoint.commit()?,
            // A full disk makes the database give up the whole transaction. Another savepoint would begin a new one.
            Err(error) if savepoint.is_autocommit() => return Err(error.clone()),
            Err(_) => savepoint.finish()?,
        }
        results.push(result);
    }
    transaction.commit()?;
    Ok(results)
}

fn apply(connection: &Connection, write: &IndexWrite) -> Result<(), LibraryError> {
    match write {
        IndexWrite::Image { sidecar, path, look } => {
            insert(connection, sidecar, path)?;
            if look.is_some() { backfill::put_look(connection, sidecar.id, *look) } else { Ok(()) }
        }
        IndexWrite::State { request, state } => {
            let moved = connection
                .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank < ?2")?
                .execute(params![request.uuid().as_bytes(), state.rank(), serde_json::to_string(state)?])?;
            if moved == 1 { Ok(()) } else { Err(LibraryError::Backward(*request)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{library::queue_store::requests::Intent, recipe::Recipe};

    fn request(number: u128) -> RequestId {
        RequestId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_write_that_is_refused_does_not_take_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        let intent =
            |number| Intent { request: request(number), recipe: Recipe::default(), created: Timestamp::UNIX_EPOCH };
        library.record_intents(&(0..24).map(intent).collect::<Vec<_>>()).unwrap();
        let begin = Barrier::new(24);
        thread::scope(|scope| {
            for number in 0..24 {
                let (library, begin) = (&library, &begin);
                scope.spawn(move || {
                    begin.wait();
                    // Every third asks for what is refused, after a write that is not.
                    let back = number % 3 == 0;
                    let forward = IndexWrite::State { request: request(number), state: IntentState::Sending };
                    let unknown = IndexWrite::State { request: request(99), state: IntentState::Sending };
                    let writes = if back { vec![forward, unknown] } else { vec![forward] };
                    let expected = if back { Err(LibraryError::Backward(request(99))) } else { Ok(()) };
                    assert_eq!(library.write_index(writes), expected);
                });
            }
        });
        for number in 0..24 {
            let expected = if number % 3 == 0 { IntentState::Queued } else { IntentState::Sending };
            assert_eq!(library.intent_state(request(number)).unwrap(), Some(expected), "all or nothing of {number}");
        }
    }
}
