//! Texts about a studio that cannot start, flaws of the library, and failed exports.

use crate::studio::{
    Issue, IssueKind, StartError,
    export::{ExportFailure, TemplateError},
};

use super::messages::Text;

impl Text {
    /// Why the studio could not start, and what to do.
    pub fn start_error(&self, error: &StartError) -> String {
        let folder = |library: &std::path::Path| library.display().to_string();
        match error {
            StartError::LibraryBusy { library } => self.with("start-busy", [("folder", folder(library).into())]),
            StartError::LibraryUnwritable { library, reason } => self
                .with("start-unwritable", [("folder", folder(library).into()), ("reason", reason.to_string().into())]),
            StartError::DiskFull { library } => self.with("start-disk-full", [("folder", folder(library).into())]),
            StartError::LibraryNewer { library } => self.with("start-newer", [("folder", folder(library).into())]),
            StartError::LibraryDamaged { library, reason } => {
                self.with("start-broken", [("folder", folder(library).into()), ("reason", reason.to_string().into())])
            }
            StartError::System { reason } => self.with("start-system", [("reason", reason.to_string().into())]),
        }
    }

    /// Describes an issue of the library, and whether it was repaired.
    pub fn flaw(&self, flaw: &Issue) -> String {
        let key = match flaw.kind {
            IssueKind::MissingImage => "flaw-missing-picture",
            IssueKind::MissingLinkedFile => "flaw-gone",
            IssueKind::AlteredImage => "flaw-altered-picture",
            IssueKind::MissingSidecar => "flaw-missing-sidecar",
            IssueKind::UnreadableSidecar => "flaw-unreadable-sidecar",
            IssueKind::NotInIndex => "flaw-not-in-index",
            IssueKind::WrongPlace => "flaw-wrong-place",
            IssueKind::Leftover => "flaw-left-over",
            IssueKind::OrphanedSpool => "flaw-lone-spool",
            IssueKind::MissingReference => "flaw-missing-reference",
            IssueKind::AlteredReference => "flaw-altered-reference",
        };
        let sentence = self.with(key, [("path", flaw.path.display().to_string().into())]);
        if flaw.repaired { self.join(&[&sentence, &self.get("flaw-mended")]) } else { sentence }
    }

    /// Why an image was not exported.
    pub fn export_failure(&self, failure: &ExportFailure) -> String {
        match failure {
            ExportFailure::Unreadable => self.get("export-unreadable"),
            ExportFailure::Skipped => self.get("export-skipped"),
            ExportFailure::TargetInLibrary => self.get("export-in-library"),
            ExportFailure::InternalError => self.get("export-broke-down"),
            ExportFailure::DiskFull => self.get("export-disk-full"),
            ExportFailure::WriteFailed(reason) => {
                self.with("export-cannot-write", [("reason", reason.as_str().into())])
            }
        }
    }

    /// What is wrong with a template for file names.
    pub fn template_trouble(&self, trouble: &TemplateError) -> String {
        match trouble {
            TemplateError::UnknownField(field) => {
                self.with("template-unknown-field", [("field", field.as_str().into())])
            }
            TemplateError::FieldTooWide(field) => self.with("template-too-wide", [("field", field.as_str().into())]),
            TemplateError::TargetInLibrary => self.get("export-in-library"),
            TemplateError::InternalError => self.get("notice-task-failed"),
            TemplateError::UnclosedBrace => self.get("template-unclosed"),
            TemplateError::EmptyName => self.get("template-empty"),
        }
    }
}
