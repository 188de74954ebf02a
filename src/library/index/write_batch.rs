//! Writes to the index while requests are running: rows of images and statuses of requests. Writes of several threads
//! at the same moment share a transaction.

use rusqlite::{Connection, params};

use crate::{
    library::{
        io::{error::LibraryError, group_commit::GroupCommit},
        store::sidecar::Sidecar,
    },
    recipe::RequestId,
};

use super::{
    insert::insert_image,
    visual_features::{VisualFeatures, store_features},
};

/// One write.
#[derive(Debug)]
pub(in crate::library) enum IndexWrite {
    /// Inserts the row of a new image.
    Image {
        sidecar: Box<Sidecar>,
        /// Relative to the library's folder.
        path: String,
        features: Option<VisualFeatures>,
    },
    /// Moves a request forward. A status is left only for one of higher rank.
    Status {
        request: RequestId,
        rank: u8,
        /// The status as JSON.
        status: String,
    },
}

/// Groups the writes of several threads. Of each thread, all writes succeed or none.
pub(super) type WriteGroups = GroupCommit<Vec<IndexWrite>, Result<(), LibraryError>>;

/// Executes a group in one transaction, which is flushed once.
///
/// # Errors
/// Nothing of the group was written.
pub(super) fn write_group(
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
            // On a full disk, the database rolls back the whole transaction. Another savepoint would start a new one.
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
        IndexWrite::Image { sidecar, path, features } => {
            insert_image(connection, sidecar, path)?;
            if features.is_some() { store_features(connection, sidecar.facts.id, *features) } else { Ok(()) }
        }
        IndexWrite::Status { request, rank, status } => {
            let moved = connection
                .prepare_cached("UPDATE intents SET rank = ?2, state = ?3 WHERE request = ?1 AND rank < ?2")?
                .execute(params![request.uuid().as_bytes(), rank, status])?;
            if moved == 1 { Ok(()) } else { Err(LibraryError::Backward(*request)) }
        }
    }
}
