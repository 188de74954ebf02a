//! The sidecar: everything that is known about an image, as a JSON file beside it.

use std::{fs, path::Path, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    library::io::error::{LibraryError, WithPath as _},
    recipe::{Answer, Format, ImageFacts, ImageId, Money, Recipe, RequestId, Source, find_mismatch},
};

/// The version of the format that is written.
pub(in crate::library) const FORMAT_VERSION: u32 = 1;

/// Everything that is known about an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "SidecarFile", into = "SidecarFile")]
pub struct Sidecar {
    /// Version of this format.
    pub version: u32,
    /// The facts of the image.
    pub facts: ImageFacts,
    /// Size of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Average color, red, green and blue.
    pub color: [u8; 3],
    /// Keys that a newer version has written and this version does not know. They are preserved.
    pub unknown: Map<String, Value>,
}

/// A sidecar on disk. The order of its keys is the order in which they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SidecarFile {
    version: u32,
    id: ImageId,
    request: RequestId,
    recipe: Recipe,
    #[serde(default)]
    answer: Answer,
    format: Format,
    width: u32,
    height: u32,
    bytes: u64,
    sha256: String,
    created: Timestamp,
    #[serde(rename = "took_ms", with = "milliseconds", default)]
    took: Duration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<Money>,
    #[serde(default)]
    #[serde(rename = "colour")]
    color: [u8; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl From<SidecarFile> for Sidecar {
    fn from(file: SidecarFile) -> Self {
        let SidecarFile { version, bytes, sha256, color, unknown, .. } = file;
        let facts = ImageFacts {
            id: file.id,
            request: file.request,
            recipe: file.recipe,
            answer: file.answer,
            format: file.format,
            width: file.width,
            height: file.height,
            created: file.created,
            took: file.took,
            cost: file.cost,
            source: file.source,
        };
        Self { version, facts, bytes, sha256, color, unknown }
    }
}

impl From<Sidecar> for SidecarFile {
    fn from(sidecar: Sidecar) -> Self {
        let Sidecar { version, facts, bytes, sha256, color, unknown } = sidecar;
        Self {
            version,
            id: facts.id,
            request: facts.request,
            recipe: facts.recipe,
            answer: facts.answer,
            format: facts.format,
            width: facts.width,
            height: facts.height,
            bytes,
            sha256,
            created: facts.created,
            took: facts.took,
            cost: facts.cost,
            color,
            source: facts.source,
            unknown,
        }
    }
}

/// Reads a sidecar; `None` if there is no such file.
///
/// # Errors
/// The file exists and cannot be read or understood.
pub(in crate::library) fn read_sidecar(path: &Path) -> Result<Option<Sidecar>, LibraryError> {
    match fs::read(path) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at(path),
    }
}

mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in crate::library) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(in crate::library) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

impl Sidecar {
    /// The requested aspect ratio or size, if the image has another one; otherwise empty.
    pub(in crate::library) fn mismatch(&self) -> String {
        let found = find_mismatch(&self.facts.recipe.effective().parameters, self.facts.width, self.facts.height);
        found.map(|found| found.requested()).unwrap_or_default()
    }

    /// The name of the image's file in the library: its original. A linked image has only its sidecar there, which is
    /// then the only file that is moved or removed.
    pub(in crate::library) fn file_name(&self) -> String {
        let extension = if self.elsewhere().is_some() { "json" } else { self.facts.format.extension() };
        format!("{}.{extension}", self.facts.id)
    }

    /// The person's own file, if the image is linked. It is only read, and never moved, changed or removed.
    pub fn elsewhere(&self) -> Option<&Path> {
        self.facts.source.as_ref().filter(|source| source.stays).map(|source| Path::new(&source.file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_newer_version_are_kept() {
        let text = r#"{"version":1,"id":"01934c4e-0000-7000-8000-000000000001","request":"01934c4e-0000-7000-8000-000000000002",
            "recipe":{"prompt":"海","profile":"dgrid","model":"m"},"format":"png","width":2,"height":1,"bytes":9,
            "sha256":"00","created":"2026-11-23T00:00:00Z","took_ms":8400,"rating":4}"#;
        let sidecar: Sidecar = serde_json::from_str(text).unwrap();
        assert_eq!(sidecar.facts.took, Duration::from_millis(8400));
        let written = serde_json::to_value(&sidecar).unwrap();
        assert_eq!(written["rating"], 4);
        assert_eq!(written["took_ms"], 8400);
        assert_eq!(serde_json::from_value::<Sidecar>(written).unwrap(), sidecar);
    }

    #[test]
    fn numbers_of_a_newer_version_keep_every_digit() {
        let text = r#"{"version":1,"id":"01934c4e-0000-7000-8000-000000000001","request":"01934c4e-0000-7000-8000-000000000002",
            "recipe":{"prompt":"海","profile":"dgrid","model":"m"},"format":"png","width":2,"height":1,"bytes":9,
            "sha256":"00","created":"2026-11-23T00:00:00Z","took_ms":8400,"scores":[1777777777777777777777777777777777777700]}"#;
        let sidecar: Sidecar = serde_json::from_str(text).unwrap();
        assert_eq!(sidecar.unknown["scores"][0].as_f64(), Some(1.777_777_777_777_777_7e39));
        let again: Sidecar = serde_json::from_str(&serde_json::to_string(&sidecar).unwrap()).unwrap();
        assert_eq!(again, sidecar);
    }

    #[test]
    fn sidecar_format_is_unchanged() {
        let text = r#"{"version":1,"id":"01934c4e-0000-7000-8000-000000000001","request":"01934c4e-0000-7000-8000-000000000002","recipe":{"prompt":"海","profile":"dgrid","model":"m"},"format":"png","width":2,"height":1,"bytes":9,"sha256":"00","created":"2026-11-23T00:00:00Z","took_ms":8400,"cost":39000,"colour":[1,2,3],"rating":4}"#;
        let sidecar: Sidecar = serde_json::from_str(text).unwrap();
        assert_eq!((sidecar.color, sidecar.facts.cost.map(Money::micros)), ([1, 2, 3], Some(39_000)));
        let written = serde_json::to_string(&sidecar).unwrap();
        let place = |key: &str| written.find(&format!("\"{key}\":")).unwrap();
        let keys = [
            "version", "id", "request", "recipe", "answer", "format", "width", "height", "bytes", "sha256", "created",
            "took_ms", "cost", "colour", "rating",
        ];
        assert!(keys.is_sorted_by_key(|key| place(key)), "{written}");
        assert!(!written.contains("facts") && !written.contains("\"source\""), "{written}");
        assert_eq!(serde_json::from_str::<Sidecar>(&written).unwrap(), sidecar);
    }
}
