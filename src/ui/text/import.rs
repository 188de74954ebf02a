//! Texts about imports.

use crate::studio::{ImportFailure, ImportReport, SkippedFiles, UnsupportedSetting};

use super::messages::Text;

/// Maximum number of parameters that are named.
const MAX_NAMED_PARAMETERS: usize = 8;

/// Maximum number of kinds of skipped files that are named.
const MAX_NAMED_KINDS: usize = 3;

impl Text {
    /// The summary of an import in one sentence.
    pub fn imported(&self, imported: &ImportReport) -> String {
        let count = |key: &str, count: usize| self.with(key, [("count", count.into())]);
        let mut parts = vec![count("import-new", imported.imported.len())];
        if imported.duplicates > 0 {
            parts.push(count("import-there", imported.duplicates));
        }
        if imported.duplicates_in_trash > 0 {
            parts.push(count("import-trashed", imported.duplicates_in_trash));
        }
        if imported.relinked > 0 {
            parts.push(count("import-found", imported.relinked));
        }
        let not_tried = imported.failed.iter().filter(|(_, trouble)| *trouble == ImportFailure::NotAttempted).count();
        if imported.failed.len() > not_tried {
            parts.push(count("import-failed", imported.failed.len() - not_tried));
        }
        if not_tried > 0 {
            parts.push(count("import-left", not_tried));
        }
        if imported.skipped.count() > 0 {
            parts.push(self.skipped(&imported.skipped));
        }
        if imported.cancelled {
            parts.push(self.get("import-cancelled"));
        }
        let mut sentence = parts.join(&self.get("import-and"));
        if imported.has_stopped_early() {
            sentence.push_str(&self.get("import-full-stop"));
            sentence.push_str(&self.get("import-make-room"));
        }
        sentence
    }

    fn skipped(&self, skipped: &SkippedFiles) -> String {
        let (kinds, others) = skipped.most_common(MAX_NAMED_KINDS);
        let count = skipped.count();
        if kinds.is_empty() {
            return self.with("import-skipped", [("count", count.into())]);
        }
        let named = kinds
            .into_iter()
            .map(|(kind, count)| self.with("import-skipped-kind", [("count", count.into()), ("kind", kind.into())]));
        let others = (others > 0).then(|| self.with("import-skipped-others", [("count", others.into())]));
        let kinds = named.chain(others).collect::<Vec<_>>().join(&self.get("list-separator"));
        self.with("import-skipped-kinds", [("count", count.into()), ("kinds", kinds.into())])
    }

    /// How another program's recipe was mapped into the composer.
    pub fn taken_over(&self, model: &ModelMapping, left: &[UnsupportedSetting]) -> String {
        let named = |key: &str, name: &str| self.with(key, [("name", name.into())]);
        let model = match model {
            ModelMapping::Same => self.get("toast-taken-over"),
            ModelMapping::Nearest { wanted, model } => {
                self.with("toast-near-model", [("wanted", wanted.as_str().into()), ("name", model.as_str().into())])
            }
            ModelMapping::Missing(name) => named("toast-other-model", name),
            ModelMapping::NotSaid => self.get("toast-no-model"),
        };
        if left.is_empty() {
            return model;
        }
        let name = |what: &UnsupportedSetting| match what {
            UnsupportedSetting::Steps => self.lowered(&self.get("foreign-steps")),
            UnsupportedSetting::Sampler => self.lowered(&self.get("foreign-sampler")),
            UnsupportedSetting::Guidance => self.lowered(&self.get("foreign-guidance")),
            UnsupportedSetting::Other(name) => name.clone(),
        };
        let mut names: Vec<String> = left.iter().take(MAX_NAMED_PARAMETERS).map(name).collect();
        if left.len() > MAX_NAMED_PARAMETERS {
            names.push(self.with("import-more", [("count", (left.len() - MAX_NAMED_PARAMETERS).into())]));
        }
        let list = names.join(&self.get("list-separator"));
        let left = self.with("toast-not-taken", [("list", list.into())]);
        format!("{model}{}{left}", self.get("import-full-stop"))
    }

    /// Why a file was not imported.
    pub fn not_imported(&self, trouble: &ImportFailure) -> String {
        match trouble {
            ImportFailure::Unreadable(reason) => self.with("import-unreadable", [("reason", reason.as_str().into())]),
            ImportFailure::NotAnImage => self.get("import-no-picture"),
            ImportFailure::Empty => self.get("import-empty"),
            ImportFailure::UnsupportedFormat { format, is_film } => {
                let key = if *is_film { "import-film" } else { "import-foreign" };
                self.with(key, [("format", (*format).into())])
            }
            ImportFailure::UnsupportedFeature(what) => {
                self.with("import-unsupported", [("what", what.as_str().into())])
            }
            ImportFailure::Damaged => self.get("import-broken"),
            ImportFailure::TooLarge => self.get("import-too-large"),
            ImportFailure::UnstorablePath => self.get("import-odd-path"),
            ImportFailure::NotAttempted => self.get("import-not-tried"),
            ImportFailure::StorageFailed(reason) => {
                self.with("import-cannot-store", [("reason", reason.as_str().into())])
            }
        }
    }
}

/// Whether a message about an import has more to tell than fits into it.
pub fn has_more(imported: &ImportReport) -> bool {
    !imported.failed.is_empty()
}

/// What became of another program's model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelMapping {
    /// There is one of that name.
    Same,
    /// One with a similar name is taken.
    Nearest {
        /// What the program calls it.
        wanted: String,
        /// The one that is taken.
        model: String,
    },
    /// There is none like this one; the one in use stays.
    Missing(String),
    /// The image does not say which; the one in use stays.
    NotSaid,
}
