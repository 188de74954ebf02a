//! What a person reads when pictures were brought in.

use crate::studio::{Imported, NotImported};

use super::Text;

impl Text {
    /// What has come of it, in one sentence.
    pub fn imported(&self, imported: &Imported) -> String {
        let count = |key: &str, count: usize| self.with(key, [("count", count.into())]);
        let mut parts = vec![count("import-new", imported.new.len())];
        if imported.there > 0 {
            parts.push(count("import-there", imported.there));
        }
        if imported.trashed > 0 {
            parts.push(count("import-trashed", imported.trashed));
        }
        if !imported.failed.is_empty() {
            parts.push(count("import-failed", imported.failed.len()));
        }
        if imported.cancelled {
            parts.push(self.get("import-cancelled"));
        }
        parts.join(&self.get("import-and"))
    }

    /// Why a file was not brought in.
    pub fn not_imported(&self, trouble: &NotImported) -> String {
        match trouble {
            NotImported::Unreadable(reason) => self.with("import-unreadable", [("reason", reason.as_str().into())]),
            NotImported::NotAPicture => self.get("import-no-picture"),
            NotImported::Broken => self.get("import-broken"),
            NotImported::TooLarge => self.get("import-too-large"),
            NotImported::CannotStore(reason) => self.with("import-cannot-store", [("reason", reason.as_str().into())]),
        }
    }
}
