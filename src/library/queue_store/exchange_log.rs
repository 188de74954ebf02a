//! Requests and their answers, one file for each, so that anyone can look at what went over the wire.
//!
//! They help in understanding and are not needed for anything else: a power cut may lose the last of them.

use std::{fs, path::PathBuf};

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    library::{
        io::{
            atomic_file,
            error::{At as _, LibraryError},
        },
        library::Library,
    },
    private,
    recipe::{Exchange, RequestId},
};

impl Library {
    /// Keeps what went over the wire for a request, in place of what was kept for it before.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn keep_exchange(&self, request: RequestId, exchange: &Exchange) -> Result<(), LibraryError> {
        self.writable()?;
        let path = self.exchange_path(request);
        let part = path.with_added_extension(atomic_file::PART);
        if let Some(folder) = path.parent() {
            private::make_folder(folder).at(folder)?;
        }
        let written = private::write(&part, &serde_json::to_vec_pretty(exchange)?).at(&part);
        let named = written.and_then(|()| fs::rename(&part, &path).at(&path));
        if named.is_err() {
            atomic_file::remove(&part)?;
        }
        named
    }

    /// What went over the wire for a request; `None` if that was not kept.
    ///
    /// # Errors
    /// The file is there and cannot be read or understood.
    pub fn exchange(&self, request: RequestId) -> Result<Option<Exchange>, LibraryError> {
        let path = self.exchange_path(request);
        match fs::read(&path) {
            Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at(&path),
        }
    }

    /// Removes what was kept for a request.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn drop_exchange(&self, request: RequestId) -> Result<(), LibraryError> {
        self.writable()?;
        atomic_file::remove(&self.exchange_path(request))
    }

    /// By the month in which the request got its name, which is part of the name.
    fn exchange_path(&self, request: RequestId) -> PathBuf {
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

    #[test]
    fn what_was_kept_is_found_by_its_request_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        // 2026-11-23T16:00:00Z
        let request = RequestId::from_uuid("019ab167-6400-7000-8000-000000000001".parse().unwrap());
        let exchange = Exchange { url: "https://api.example/v1".to_owned(), ..Exchange::default() };
        assert_eq!(library.exchange(request).unwrap(), None);
        library.keep_exchange(request, &exchange).unwrap();
        assert_eq!(library.exchange(request).unwrap(), Some(exchange));
        let month: Vec<_> = fs::read_dir(folder.path().join("exchanges/2025/11")).unwrap().collect();
        assert_eq!(month.len(), 1);
        library.drop_exchange(request).unwrap();
        library.drop_exchange(request).unwrap();
        assert_eq!(library.exchange(request).unwrap(), None);
        // An id that tells no time has its place too.
        let other = RequestId::from_uuid(Uuid::from_u128(1));
        library.keep_exchange(other, &Exchange::default()).unwrap();
        assert!(library.exchange(other).unwrap().is_some());
    }
}
