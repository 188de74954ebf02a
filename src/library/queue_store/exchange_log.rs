//! Recorded exchanges: requests and their responses as they were transmitted, one file for each request.
//!
//! They help people to understand a request and are needed for nothing else, so a power cut may lose the last of them.

use std::{fs, path::PathBuf, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    library::io::{
        atomic_file,
        error::{LibraryError, WithPath as _},
        library_folder::LibraryFolder,
    },
    private,
    recipe::{Exchange, RequestId},
};

/// The saved exchanges of a library.
#[derive(Debug)]
pub struct ExchangeLog {
    folder: Arc<LibraryFolder>,
}

impl ExchangeLog {
    /// The exchanges of an open library.
    pub(in crate::library) fn new(folder: Arc<LibraryFolder>) -> Self {
        Self { folder }
    }

    /// Saves the exchange of a request in place of an earlier one.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn save(&self, request: RequestId, exchange: &Exchange) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let path = self.path(request);
        let part = path.with_added_extension(atomic_file::TEMP_SUFFIX);
        if let Some(folder) = path.parent() {
            private::make_folder(folder).at(folder)?;
        }
        let written = private::write(&part, &serde_json::to_vec_pretty(exchange)?).at(&part);
        let named = written.and_then(|()| fs::rename(&part, &path).at(&path));
        if named.is_err() {
            atomic_file::remove_if_exists(&part)?;
        }
        named
    }

    /// The exchange of a request; `None` if none was saved.
    ///
    /// # Errors
    /// The file exists and cannot be read or understood.
    pub fn read(&self, request: RequestId) -> Result<Option<Exchange>, LibraryError> {
        let path = self.path(request);
        match fs::read(&path) {
            Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at(&path),
        }
    }

    /// Removes the exchange of a request.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(&self, request: RequestId) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        atomic_file::remove_if_exists(&self.path(request))
    }

    /// The path, which depends on the month that the request's ID contains.
    fn path(&self, request: RequestId) -> PathBuf {
        let milliseconds = request.uuid().get_timestamp().map_or(0, |time| {
            let (seconds, nanoseconds) = time.to_unix();
            i64::try_from(seconds).unwrap_or_default() * 1000 + i64::from(nanoseconds / 1_000_000)
        });
        let month = Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_zoned(TimeZone::UTC);
        self.folder.join(format!("exchanges/{:04}/{:02}/{request}.json", month.year(), month.month()))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::library::Library;

    #[test]
    fn exchange_is_found_by_its_request_until_removed() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        // 2026-11-23T16:00:00Z
        let request = RequestId::from_uuid("019ab167-6400-7000-8000-000000000001".parse().unwrap());
        let exchange = Exchange { url: "https://api.example/v1".to_owned(), ..Exchange::default() };
        assert_eq!(library.exchanges().read(request).unwrap(), None);
        library.exchanges().save(request, &exchange).unwrap();
        assert_eq!(library.exchanges().read(request).unwrap(), Some(exchange));
        let month: Vec<_> = fs::read_dir(folder.path().join("exchanges/2025/11")).unwrap().collect();
        assert_eq!(month.len(), 1);
        library.exchanges().remove(request).unwrap();
        library.exchanges().remove(request).unwrap();
        assert_eq!(library.exchanges().read(request).unwrap(), None);
        // An ID that contains no time has a path too.
        let other = RequestId::from_uuid(Uuid::from_u128(1));
        library.exchanges().save(other, &Exchange::default()).unwrap();
        assert!(library.exchanges().read(other).unwrap().is_some());
    }
}
