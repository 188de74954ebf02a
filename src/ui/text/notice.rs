//! Texts of notices.

use crate::{
    recipe::SharingError,
    settings::StyleFileError,
    studio::{NotFetched, Notice},
};

use super::messages::Text;

impl Text {
    /// The text of a notice for the window and the command line.
    pub fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::ReferenceRefused { name } => {
                self.with("notice-reference-refused", [("name", name.as_str().into())])
            }
            Notice::ReferenceForeign { name, format } => {
                self.with("notice-reference-foreign", [("name", name.as_str().into()), ("format", (*format).into())])
            }
            Notice::ReferenceNotFetched { host, why } => {
                let fetched = self.with("notice-reference-not-fetched", [("host", host.as_str().into())]);
                let why = match why {
                    NotFetched::NoAddress => return self.get("notice-reference-no-address"),
                    NotFetched::NoAnswer(words) => words.clone(),
                    NotFetched::Private => self.get("notice-reference-private"),
                    NotFetched::TooLarge => self.get("notice-reference-too-large"),
                    NotFetched::NoPicture if host.is_empty() => return self.get("notice-reference-data"),
                    NotFetched::NoPicture => self.get("notice-reference-no-picture"),
                };
                self.join(&[&fetched, &why])
            }
            Notice::ProfilesImported { added } => {
                let imported = self.with("notice-profiles-imported", [("count", added.len().into())]);
                if added.is_empty() {
                    return imported;
                }
                self.with("notice-profiles-confirm", [("imported", imported.into())])
            }
            Notice::ProfilesRefused { name, error } => {
                let name = [("name", name.as_str().into())];
                let why = match error {
                    SharingError::NotProfiles(_) => self.get("notice-profiles-not"),
                    SharingError::Later => self.get("notice-profiles-later"),
                    SharingError::WrongUrl(profile) => {
                        self.with("notice-profiles-wrong-url", [("profile", profile.as_str().into())])
                    }
                };
                self.join(&[&self.with("notice-profiles-refused", name), &why])
            }
            Notice::ProfilesExported { path, left_out } => {
                let path = path.display().to_string();
                let written = self.with("notice-profiles-exported", [("path", path.into())]);
                if left_out.is_empty() {
                    return written;
                }
                self.join(&[&written, &self.with("notice-profiles-left-out", [("names", left_out.join(", ").into())])])
            }
            Notice::WildcardsRefused { name, reason } => self
                .with("notice-wildcards-refused", [("name", name.as_str().into()), ("reason", reason.as_str().into())]),
            Notice::StylesRefused { name, error } => {
                let why = match error {
                    StyleFileError::Unreadable(reason) => reason.to_string(),
                    StyleFileError::Later => self.get("notice-profiles-later"),
                    StyleFileError::None => self.get("notice-styles-none"),
                };
                let refused = self.with("notice-styles-refused", [("name", name.as_str().into())]);
                self.join(&[&refused, &why])
            }
            Notice::StylesExported { path, count } => self.with(
                "notice-styles-exported",
                [("count", (*count).into()), ("path", path.display().to_string().into())],
            ),
            Notice::SpendingExported { path, count } => self.with(
                "notice-spending-exported",
                [("count", (*count).into()), ("path", path.display().to_string().into())],
            ),
            Notice::ResponseSaved { files } => {
                let path = files.first().map(|path| path.display().to_string()).unwrap_or_default();
                self.with("notice-response-saved", [("count", files.len().into()), ("path", path.into())])
            }
            Notice::NothingKept => self.get("notice-nothing-kept"),
            Notice::ResponseNotSaved { reason } => {
                self.with("notice-response-not-saved", [("reason", reason.as_str().into())])
            }
            Notice::CannotReveal => self.get("notice-cannot-reveal"),
            Notice::NoDialog => self.get("notice-no-dialog"),
            Notice::CannotSave { path, reason } => self.with(
                "notice-cannot-save",
                [("path", path.display().to_string().into()), ("reason", reason.as_str().into())],
            ),
            Notice::InLibrary { path } => self.with("notice-in-library", [("path", path.display().to_string().into())]),
            Notice::TaskFailed => self.get("notice-task-failed"),
            Notice::CannotOrganise { reason } => {
                self.with("notice-cannot-organise", [("reason", reason.as_str().into())])
            }
            Notice::CannotDelete { reason } => self.with("notice-cannot-delete", [("reason", reason.as_str().into())]),
            Notice::LibraryTrouble { reason } => {
                self.with("notice-library-trouble", [("reason", reason.as_str().into())])
            }
            Notice::Interrupted { count } => self.with("notice-interrupted", [("count", (*count).into())]),
            Notice::Held { count } => self.with("notice-held", [("count", (*count).into())]),
            Notice::TooLateToChange => self.get("notice-too-late-to-change"),
            Notice::Recovered { count } => self.with("notice-recovered", [("count", (*count).into())]),
        }
    }
}
