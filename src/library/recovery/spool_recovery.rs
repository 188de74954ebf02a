//! Reconciles the spool with the recorded requests when a library is opened: removes spool files of ended requests, and
//! records requests again that the index has lost, because an index can be lost and a response cannot be bought a
//! second time. Files that cannot be understood stay.

use std::{
    fs::{self, File},
    path::Path,
};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    error_chain::chain,
    library::{
        io::{
            atomic_file,
            error::{LibraryError, WithPath as _},
        },
        queue_store::{
            request_record::{QueueEntry, RequestRecord, RequestStatus},
            request_table::RequestTable,
            spool::{
                ResponseSpool, SpoolFiles, SpoolHeader, SpooledRequest, SpooledResponse, UNSENT_EXTENSION, list,
                open_file, rescue, rescue_folder,
            },
        },
    },
    recipe::{Charge, Exchange, KeptLocation, Recipe, RequestId, SentBody},
};

/// The recovery of spool files.
pub(super) struct SpoolRecovery<'a> {
    pub(super) spool: &'a ResponseSpool,
    pub(super) requests: &'a RequestTable,
}

impl SpoolRecovery<'_> {
    /// Reconciles spool and index. Returns the number of requests that were recorded again.
    ///
    /// # Errors
    /// The spool or the index cannot be read or written. Nothing is lost then.
    pub(super) fn run(&self) -> Result<usize, LibraryError> {
        self.adopt_rescued();
        self.remove_unsent()?;
        let mut restored = 0;
        for folder in [self.files().folder(), self.files().kept_folder()] {
            for (request, path) in list(&folder)? {
                // One file must not keep the library from being opened.
                let reconciled = open_file(&path, KeptLocation::Library).and_then(|spooled| {
                    if let Some(spooled) = spooled {
                        return self.reconcile(request, &path, spooled);
                    }
                    tracing::warn!(path = %path.display(), "a spool file cannot be understood, and stays");
                    Ok(false)
                });
                match reconciled {
                    Ok(is_restored) => restored += usize::from(is_restored),
                    Err(LibraryError::Broken { reason }) if reason.to_string().contains("malformed") => {
                        return Err(LibraryError::Broken { reason });
                    }
                    Err(error) => {
                        tracing::warn!(path = %path.display(), error = %chain(&error), "a spool file stays as it is");
                    }
                }
            }
        }
        Ok(restored)
    }

    /// Returns whether the request was recorded again.
    fn reconcile(&self, request: RequestId, path: &Path, spooled: SpooledResponse) -> Result<bool, LibraryError> {
        let has_body = spooled.bytes > 0;
        match self.requests.status(request)? {
            // The index is older than the response. A request that was answered must not be sent again.
            Some(RequestStatus::Queued) if has_body => self.requests.set_status(request, &RequestStatus::Receiving)?,
            // The request may have been sent: a request that was reset or never sent has no such file.
            Some(RequestStatus::Queued) => self.requests.set_status(request, &RequestStatus::Sending)?,
            Some(RequestStatus::Sending | RequestStatus::Receiving) => {}
            Some(RequestStatus::Failed(failure) | RequestStatus::Dismissed(failure))
                if has_body && failure.charged != Charge::No =>
            {
                self.spool.keep(request)?;
            }
            Some(
                RequestStatus::Stored
                | RequestStatus::Failed(_)
                | RequestStatus::Dismissed(_)
                | RequestStatus::Cancelled { .. },
            ) => atomic_file::remove_if_exists(path)?,
            None => {
                let Some(SpooledRequest { recipe, created, estimate }) = request_in(request, spooled.header) else {
                    tracing::warn!(path = %path.display(), "a spool file does not say what was requested, and stays");
                    return Ok(false);
                };
                tracing::warn!(%request, "a request that the index has lost is made again from its spool file");
                let intent = RequestRecord { request, recipe, created };
                self.requests.enqueue([(&intent, QueueEntry { estimate, ..QueueEntry::default() })])?;
                let state = if has_body { RequestStatus::Receiving } else { RequestStatus::Sending };
                self.requests.set_status(request, &state)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes the spool files of requests that were never sent.
    fn remove_unsent(&self) -> Result<(), LibraryError> {
        let folder = self.files().folder();
        for entry in fs::read_dir(&folder).at(&folder)? {
            let path = entry.at(&folder)?.path();
            if path.extension().is_some_and(|extension| extension == UNSENT_EXTENSION) {
                atomic_file::remove_if_exists(&path)?;
            }
        }
        Ok(())
    }

    /// Moves responses of this library back that were rescued to the temporary folder. A response that cannot be moved
    /// stays there, and is read from there.
    fn adopt_rescued(&self) {
        if !self.files().may_be_rescued() {
            return;
        }
        let found = list(&rescue_folder()).unwrap_or_default();
        for (request, path) in found {
            match self.adopt(request, &path) {
                Ok(true) => tracing::info!(%request, "a rescued response is back in the library"),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%request, error = %chain(&error), "a rescued response stays in the temporary folder");
                }
            }
        }
    }

    /// Returns whether the response belongs to this library.
    fn adopt(&self, request: RequestId, path: &Path) -> Result<bool, LibraryError> {
        let place = KeptLocation::Temporary(path.display().to_string());
        let Some(spooled) = open_file(path, place)? else { return Ok(false) };
        let is_ours =
            spooled.header.library.as_deref() == Some(self.files().mark()) || self.requests.status(request)?.is_some();
        if !is_ours {
            return Ok(false);
        }
        let to = self.files().path(request);
        let part = to.with_added_extension(atomic_file::TEMP_SUFFIX);
        let copied = fs::copy(path, &part).and_then(|_| File::open(&part)?.sync_all()).at(&part);
        let named = copied.and_then(|()| fs::rename(&part, &to).at(&to));
        if named.is_err() {
            atomic_file::remove_if_exists(&part)?;
        }
        named?;
        atomic_file::sync_dir(&self.files().folder())?;
        atomic_file::remove_if_exists(&rescue::path(request))?;
        Ok(true)
    }

    fn files(&self) -> &SpoolFiles {
        self.spool.files()
    }
}

/// The request of a spool file's header. Version 1 contains it only as it was transmitted.
fn request_in(request: RequestId, header: SpoolHeader) -> Option<SpooledRequest> {
    if let Some(known) = header.request {
        return Some(*known);
    }
    let prompt = header.exchange.as_deref().and_then(prompt_in)?;
    let created = request.uuid().get_timestamp().and_then(|time| {
        let (seconds, nanoseconds) = time.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()
    });
    let recipe = Recipe { prompt, ..Recipe::default() };
    Some(SpooledRequest { recipe, created: created.unwrap_or(header.sent), estimate: None })
}

/// The prompt in the JSON of a request: `prompt` of the image endpoints, or the last text of a chat.
fn prompt_in(exchange: &Exchange) -> Option<String> {
    let SentBody::Json(body) = &exchange.body else { return None };
    if let Some(prompt) = body["prompt"].as_str() {
        return Some(prompt.to_owned());
    }
    let last = [&body["messages"], &body["contents"]].into_iter().find_map(|list| list.as_array()?.last())?;
    let parts = [&last["content"], &last["parts"]].into_iter().find(|parts| !parts.is_null())?;
    match parts {
        Value::String(words) => Some(words.clone()),
        parts => parts.as_array()?.iter().find_map(|part| part["text"].as_str()).map(str::to_owned),
    }
}
