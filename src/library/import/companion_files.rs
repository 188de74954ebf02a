//! Companion files: files beside an image in which libraries and other programs describe it.

use std::path::{Path, PathBuf};

use crate::library::{io::regular_file::read_regular, store::sidecar::Sidecar};

/// The size of a companion file at most, in bytes.
const MAX_COMPANION_BYTES: u64 = 16 << 20;

/// The sidecar beside an image in a copy of a library, if it describes these bytes.
pub(super) fn own_sidecar(file: &Path, sha256: &str) -> Option<Sidecar> {
    let sidecar: Sidecar = serde_json::from_slice(&beside(file, "json")?).ok()?;
    (sidecar.sha256 == sha256).then_some(sidecar)
}

/// The contents of the file beside an image that has the image's name with another extension.
fn beside(file: &Path, extension: &str) -> Option<Vec<u8>> {
    let beside: PathBuf = file.with_extension(extension);
    read_regular(&beside, MAX_COMPANION_BYTES).ok()
}

/// The texts of files beside an image in which programs write recipes: files with the image's name, with or without its
/// extension.
pub(super) fn texts_beside(file: &Path) -> impl Iterator<Item = String> {
    let bytes = ["swarm.json", "json", "txt"].into_iter().flat_map(|extension| {
        let whole = file.extension().map(|own| format!("{}.{extension}", own.to_string_lossy()));
        [Some(extension.to_owned()), whole].into_iter().flatten().filter_map(|extension| beside(file, &extension))
    });
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
