//! Texts of notices.

use crate::{
    recipe::ProfileFileError,
    settings::{ShortcutFileError, StyleFileError},
    studio::{DownloadError, Notice},
};

use super::messages::Text;

impl Text {
    /// The text of a notice for the window and the command line.
    pub fn notice(&self, notice: &Notice) -> String {
        match notice {
            Notice::InvalidReference { name } => {
                self.with("notice-reference-refused", [("name", name.as_str().into())])
            }
            Notice::UnsupportedReferenceFormat { name, format } => {
                self.with("notice-reference-foreign", [("name", name.as_str().into()), ("format", (*format).into())])
            }
            Notice::ReferenceDownloadFailed { host, error } => {
                let fetched = self.with("notice-reference-not-fetched", [("host", host.as_str().into())]);
                let why = match error {
                    DownloadError::InvalidAddress => return self.get("notice-reference-no-address"),
                    DownloadError::NoResponse(words) => words.clone(),
                    DownloadError::PrivateNetwork => self.get("notice-reference-private"),
                    DownloadError::TooLarge => self.get("notice-reference-too-large"),
                    DownloadError::NotAnImage if host.is_empty() => return self.get("notice-reference-data"),
                    DownloadError::NotAnImage => self.get("notice-reference-no-picture"),
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
            Notice::InvalidProfileFile { name, error } => {
                let name = [("name", name.as_str().into())];
                let why = match error {
                    ProfileFileError::NotProfiles(_) => self.get("notice-profiles-not"),
                    ProfileFileError::Later => self.get("notice-profiles-later"),
                    ProfileFileError::WrongUrl(profile) => {
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
            Notice::InvalidWildcardFile { name, reason } => self
                .with("notice-wildcards-refused", [("name", name.as_str().into()), ("reason", reason.as_str().into())]),
            Notice::InvalidStyleFile { name, error } => {
                let why = match error {
                    StyleFileError::Unreadable(reason) => reason.to_string(),
                    StyleFileError::Later => self.get("notice-profiles-later"),
                    StyleFileError::None => self.get("notice-styles-none"),
                };
                let refused = self.with("notice-styles-refused", [("name", name.as_str().into())]);
                self.join(&[&refused, &why])
            }
            Notice::InvalidShortcutFile { name, error } => {
                let why = match error {
                    ShortcutFileError::Unreadable(reason) => reason.to_string(),
                    ShortcutFileError::Newer => self.get("notice-profiles-later"),
                    ShortcutFileError::Empty => self.get("notice-shortcuts-empty"),
                };
                let refused = self.with("notice-shortcuts-refused", [("name", name.as_str().into())]);
                self.join(&[&refused, &why])
            }
            Notice::ShortcutsExported { path } => {
                self.with("notice-shortcuts-exported", [("path", path.display().to_string().into())])
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
            Notice::ResponseNotKept => self.get("notice-nothing-kept"),
            Notice::ResponseSaveFailed { reason } => {
                self.with("notice-response-not-saved", [("reason", reason.as_str().into())])
            }
            Notice::RevealFailed => self.get("notice-cannot-reveal"),
            Notice::DialogFailed => self.get("notice-no-dialog"),
            Notice::SaveFailed { path, reason } => self.with(
                "notice-cannot-save",
                [("path", path.display().to_string().into()), ("reason", reason.as_str().into())],
            ),
            Notice::SettingsLost { values, copy } => self.with(
                "notice-settings-lost",
                [
                    ("count", values.len().into()),
                    ("values", values.join(", ").into()),
                    ("copy", copy.display().to_string().into()),
                ],
            ),
            Notice::TargetInLibrary { path } => {
                self.with("notice-in-library", [("path", path.display().to_string().into())])
            }
            Notice::InternalError => self.get("notice-task-failed"),
            Notice::OrganizeFailed { reason } => {
                self.with("notice-cannot-organise", [("reason", reason.as_str().into())])
            }
            Notice::TrashFailed { reason } => self.with("notice-cannot-delete", [("reason", reason.as_str().into())]),
            Notice::LibraryFailed { reason } => {
                self.with("notice-library-trouble", [("reason", reason.as_str().into())])
            }
            Notice::RequestsInterrupted { count } => self.with("notice-interrupted", [("count", (*count).into())]),
            Notice::RequestsOnHold { count } => self.with("notice-held", [("count", (*count).into())]),
            Notice::TooLateToChange => self.get("notice-too-late-to-change"),
            Notice::ImagesRecovered { count } => self.with("notice-recovered", [("count", (*count).into())]),
        }
    }
}
