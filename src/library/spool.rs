//! The spool: answers as they arrive, so that what was paid for outlives a crash.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::{Exchange, RequestId};

use super::{
    Library, durable,
    error::{At as _, LibraryError},
};

/// What must be known to read a spooled answer again; the first line of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpoolHeader {
    /// What kind of body it is, in the gateway's room's own word.
    pub kind: String,
    /// When the request was sent.
    pub sent: Timestamp,
    /// The request and the head of its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Box<Exchange>>,
}

/// An answer that is being spooled. What is written outlives the program at once; a power cut may lose the last of it.
#[derive(Debug)]
pub struct SpoolWriter {
    path: PathBuf,
    file: File,
}

/// A spooled answer.
#[derive(Debug)]
pub struct Spooled {
    /// Its header.
    pub header: SpoolHeader,
    /// Its body, from the start.
    pub body: BufReader<File>,
}

impl SpoolWriter {
    /// Takes the next bytes of the body.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), LibraryError> {
        self.file.write_all(bytes).at(&self.path)
    }
}

impl Library {
    /// Begins to spool an answer.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn spool(&self, request: RequestId, header: &SpoolHeader) -> Result<SpoolWriter, LibraryError> {
        self.writable()?;
        let path = self.spool_path(request);
        let mut file = File::create(&path).at(&path)?;
        let mut line = serde_json::to_vec(header)?;
        line.push(b'\n');
        file.write_all(&line).at(&path)?;
        Ok(SpoolWriter { path, file })
    }

    /// A request's spooled answer, if there is one whose header can be read.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn spooled(&self, request: RequestId) -> Result<Option<Spooled>, LibraryError> {
        let path = self.spool_path(request);
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.at(&path)?,
        };
        let mut body = BufReader::new(file);
        let mut line = Vec::new();
        body.read_until(b'\n', &mut line).at(&path)?;
        let header = serde_json::from_slice(&line).ok();
        Ok(header.map(|header| Spooled { header, body }))
    }

    /// Removes a request's spooled answer.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn drop_spool(&self, request: RequestId) -> Result<(), LibraryError> {
        self.writable()?;
        durable::remove(&self.spool_path(request))
    }

    /// Removes every spooled answer but those of some requests: what a crash has left between the end of a request
    /// and the removal of its spool.
    pub(super) fn drop_other_spools(&self, kept: &[RequestId]) -> Result<(), LibraryError> {
        let folder = self.folder.join("spool");
        for entry in fs::read_dir(&folder).at(&folder)? {
            let path = entry.at(&folder)?.path();
            let request = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            if request.is_some_and(|request| !kept.contains(&request)) {
                durable::remove(&path)?;
            }
        }
        Ok(())
    }

    fn spool_path(&self, request: RequestId) -> PathBuf {
        self.folder.join(format!("spool/{request}.body"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use uuid::Uuid;

    use super::*;
    use crate::{library::Intent, recipe::Recipe};

    #[test]
    fn an_answer_can_be_read_again_as_far_as_it_came() {
        let folder = tempfile::tempdir().unwrap();
        let [request, ended] = [5, 6].map(|number| RequestId::from_uuid(Uuid::from_u128(number)));
        let header = SpoolHeader { kind: "json".to_owned(), sent: Timestamp::UNIX_EPOCH, exchange: None };
        {
            let library = Library::open(folder.path()).unwrap();
            let intent = Intent { request, recipe: Recipe::default(), created: Timestamp::UNIX_EPOCH };
            library.record_intents(&[intent]).unwrap();
            // This one ended just before the program did.
            library.spool(ended, &header).unwrap();
            let mut spool = library.spool(request, &header).unwrap();
            spool.write(b"{\"choices\"").unwrap();
            spool.write(b":\n[").unwrap();
        }
        let library = Library::open(folder.path()).unwrap();
        let mut spooled = library.spooled(request).unwrap().unwrap();
        let mut body = String::new();
        spooled.body.read_to_string(&mut body).unwrap();
        assert_eq!((spooled.header, body.as_str()), (header, "{\"choices\":\n["));
        library.drop_spool(request).unwrap();
        library.drop_spool(request).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("spool")).unwrap().count(), 0);
    }
}
