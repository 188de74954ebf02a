//! Paths in JSON lines: as text, and with their bytes if they are not valid UTF-8.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Inserts a path into a JSON object under a name. A path that is not UTF-8 is written with U+FFFD for invalid bytes,
/// and completely, as base64 of its bytes, under the name with `_bytes` after it.
pub(super) fn put(object: &mut Value, name: &str, path: &Path) {
    let Some(fields) = object.as_object_mut() else { return };
    fields.insert(name.to_owned(), path.to_string_lossy().into());
    if path.to_str().is_none() {
        let bytes = STANDARD.encode(path.as_os_str().as_encoded_bytes());
        fields.insert(format!("{name}_bytes"), bytes.into());
    }
}

/// Inserts the absolute path, which a program can use from any folder.
pub(super) fn put_absolute(object: &mut Value, name: &str, path: &Path) {
    match std::path::absolute(path) {
        Ok(absolute) => put(object, name, &absolute),
        Err(_no_working_folder) => put(object, name, path),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unicode_path_is_written_as_text() {
        let mut object = json!({ "event": "image" });
        put(&mut object, "path", Path::new("狐狸.png"));
        assert_eq!(object, json!({ "event": "image", "path": "狐狸.png" }));
    }

    #[test]
    #[cfg(unix)]
    fn non_unicode_path_is_also_written_as_base64() {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

        let mut object = json!({});
        put(&mut object, "path", Path::new(OsStr::from_bytes(b"a\xff.png")));
        assert_eq!(object, json!({ "path": "a\u{fffd}.png", "path_bytes": STANDARD.encode(b"a\xff.png") }));
    }
}
