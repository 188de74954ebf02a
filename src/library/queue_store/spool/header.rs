//! The text lines at the start of a spool file.

use std::io::{self, BufRead};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::recipe::{Exchange, Money, Recipe, RecordedResponse};

/// The version that is written now.
const FORMAT_VERSION: u32 = 2;

/// The longest line that is read as a header, in bytes. Recipes contain prompts of any length, and conversations.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// The first line of a spool file. It contains everything that is needed to read the response again, even if the index
/// is lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpoolHeader {
    /// The version of the format. In version 1 the body follows this line; since version 2 a [`SpooledHead`] comes
    /// between them once the response has begun.
    #[serde(default = "first_version")]
    version: u32,
    /// The kind of body, only in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// What was requested. Missing in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Box<SpooledRequest>>,
    /// The library that the request belongs to, for files outside its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// When the request was sent.
    pub sent: Timestamp,
    /// The request as it was transmitted, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Box<Exchange>>,
}

/// The columns of a request that are needed to record it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpooledRequest {
    /// What was requested.
    pub recipe: Recipe,
    /// When a person made the request.
    pub created: Timestamp,
    /// The estimated cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Money>,
}

/// The second line: the start of the response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpooledHead {
    /// The kind of body, in a word of the module that reads it.
    pub kind: String,
    /// Status and headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<RecordedResponse>,
}

fn first_version() -> u32 {
    1
}

impl SpoolHeader {
    /// The header for a request that is about to be sent.
    pub fn new(request: SpooledRequest, sent: Timestamp, exchange: Option<Exchange>) -> Self {
        Self {
            version: FORMAT_VERSION,
            kind: None,
            request: Some(Box::new(request)),
            library: None,
            sent,
            exchange: exchange.map(Box::new),
        }
    }

    /// Reads the lines before the body. Returns `None` if they cannot be understood. Without a [`SpooledHead`] no
    /// response had begun.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn read(file: &mut impl BufRead) -> io::Result<Option<(Self, Option<SpooledHead>)>> {
        let Some(mut header) = line::<Self>(file)? else { return Ok(None) };
        if header.version < FORMAT_VERSION {
            let answer = header.exchange.as_mut().and_then(|exchange| exchange.answer.take());
            let head = SpooledHead { kind: header.kind.take().unwrap_or_default(), answer };
            return Ok(Some((header, Some(head))));
        }
        Ok(Some((header, line(file)?)))
    }
}

/// Reads a line of JSON; `None` if it is incomplete or does not parse.
fn line<T: for<'a> Deserialize<'a>>(file: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    io::Read::take(&mut *file, MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(serde_json::from_slice(&line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spool_of_the_first_version_is_read() {
        let file = br#"{"kind":"json","sent":"2026-11-02T10:00:00Z"}
{"choices":[]}"#;
        let mut rest = &file[..];
        let (header, head) = SpoolHeader::read(&mut rest).unwrap().unwrap();
        assert_eq!(head.unwrap().kind, "json");
        assert_eq!((header.request, header.sent), (None, "2026-11-02T10:00:00Z".parse().unwrap()));
        assert_eq!(rest, br#"{"choices":[]}"#);
    }

    #[test]
    fn missing_and_empty_responses_are_distinguished() {
        let request = SpooledRequest { recipe: Recipe::default(), created: Timestamp::UNIX_EPOCH, estimate: None };
        let header = SpoolHeader::new(request, Timestamp::UNIX_EPOCH, None);
        let mut file = serde_json::to_vec(&header).unwrap();
        file.push(b'\n');
        assert_eq!(SpoolHeader::read(&mut &file[..]).unwrap(), Some((header.clone(), None)));
        file.extend_from_slice(b"{\"kind\":\"events\"}\n");
        let head = SpooledHead { kind: "events".to_owned(), answer: None };
        assert_eq!(SpoolHeader::read(&mut &file[..]).unwrap(), Some((header, Some(head))));
    }

    #[test]
    fn damaged_header_is_rejected() {
        for damaged in [&b""[..], b"{\"kind\":\"json\"", b"\0\0\0\0\n", b"{}\n"] {
            assert_eq!(SpoolHeader::read(&mut &damaged[..]).unwrap(), None, "{damaged:?}");
        }
    }
}
