//! The state of the settings dialog.

use crate::{
    recipe::ProfileId,
    settings::Settings,
    studio::{Command, KeptTotals, KeyState, ProviderCommand, ProviderEvent, ResponseCommand},
    ui::{
        actions::{
            action::{Action, Actions},
            payload::SettingsSection,
            settings_row::SettingsRow,
        },
        state::{studio_state::StudioState, view_context::ViewContext},
    },
};

use super::{
    about::LicenseSection, diagnostics::DiagnosticsSection, drafts::provider_draft::ProviderDraft, queue,
    retention::RetentionSection, shortcuts::ShortcutSection,
};

/// The state of the dialog.
#[derive(Default)]
pub struct SettingsDialog {
    pub(super) open: Option<SettingsSection>,
    /// The query of the search among the rows of all sections.
    pub(super) search: String,
    /// The row to search for in the next frame.
    row: Option<SettingsRow>,
    /// The settings with the changes of this frame. All rows change the same settings, so that a field that is left and
    /// a choice that is clicked in the same frame are both saved.
    pub(super) edited: Settings,
    /// The settings that were saved last.
    saved_settings: Settings,
    /// The fields of the shown or new provider.
    pub(super) draft: ProviderDraft,
    /// A key while it is typed. It is emptied as soon as it is saved, and whenever the dialog closes.
    pub(super) key: String,
    /// Whether the existing key is being replaced.
    pub(super) replacing: bool,
    /// Whether to focus the field of the key.
    pub(super) key_focus: bool,
    /// Whether removing waits for a confirmation.
    pub(super) removing: bool,
    /// The provider whose key was saved and has not been confirmed yet.
    pub(super) saved: Option<ProfileId>,
    /// The provider whose connection test runs.
    pub(super) testing: Option<ProfileId>,
    /// Whether to scroll to the error of the connection.
    pub(super) show_outcome: bool,
    /// Caps while they are typed.
    pub(super) caps: queue::CapsDraft,
    /// The section about kept responses.
    pub(super) kept: RetentionSection,
    /// The licenses that are shown.
    pub(super) licenses: LicenseSection,
    /// The list of shortcuts.
    pub(super) shortcuts: ShortcutSection,
    /// The diagnostics of a provider.
    pub(super) checkup: DiagnosticsSection,
    /// Actions for the next frame.
    pub(super) wanted: Vec<Action>,
}

impl std::fmt::Debug for SettingsDialog {
    /// Omits the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsDialog").field("open", &self.open).field("draft", &self.draft).finish_non_exhaustive()
    }
}

impl SettingsDialog {
    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent, known: &StudioState) {
        self.checkup.fold_providers(event);
        match event {
            ProviderEvent::ConnectionTested(profile, outcome) if self.testing.as_ref() == Some(profile) => {
                self.testing = None;
                self.show_outcome = outcome.is_err();
            }
            ProviderEvent::KeyState(id, state) if self.saved.as_ref() == Some(id) && *state != KeyState::Asking => {
                self.saved = None;
                if let Some(profile) = known.profile(id).filter(|profile| known.key_ready(profile)) {
                    self.testing = Some(id.clone());
                    self.wanted.push(Action::SendCommand(Command::Providers(ProviderCommand::TestConnection(
                        Box::new(profile.clone()),
                    ))));
                    self.wanted.push(Action::UseProvider(id.clone()));
                }
            }
            ProviderEvent::KeyState(..)
            | ProviderEvent::ConnectionTested(..)
            | ProviderEvent::DiagnosticStep(..)
            | ProviderEvent::DiagnosticsDone(_)
            | ProviderEvent::Models(..)
            | ProviderEvent::Learned(..) => {}
        }
    }

    /// Shows the totals of the kept responses.
    pub fn receive_totals(&mut self, totals: KeptTotals) {
        self.kept.receive_totals(totals);
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens it at a section, with a provider that may need attention.
    pub fn open(&mut self, section: SettingsSection, provider: &ProfileId, known: &StudioState) {
        self.open = Some(section);
        self.search.clear();
        self.row = None;
        self.licenses = LicenseSection::default();
        self.kept = RetentionSection::default();
        self.shortcuts = ShortcutSection::default();
        self.wanted.push(Action::SendCommand(Command::Responses(ResponseCommand::LoadTotals)));
        // The demo gateway needs nothing, so the first provider that needs a key is shown.
        let wanting = if provider.is_demo() { &ProfileId::dgrid() } else { provider };
        let profile = known.profile(wanting).or_else(|| known.settings.profiles.first());
        self.show_profile(profile.map(ProviderDraft::of).unwrap_or_default());
        self.key_focus = section == SettingsSection::Providers;
    }

    /// Shows only this row, as if its name were searched for.
    pub fn find(&mut self, row: SettingsRow) {
        self.row = Some(row);
        self.key_focus = row == SettingsRow::ApiKey;
    }

    /// Whether the rows are filtered by a query.
    pub(super) fn is_searching(&self) -> bool {
        !self.search.trim().is_empty()
    }

    /// Takes the settings that the window knows, before the rows change them.
    pub(super) fn begin_frame(&mut self, cx: &ViewContext<'_>) {
        self.edited.clone_from(&cx.known.settings);
        self.saved_settings.clone_from(&cx.known.settings);
        if let Some(row) = self.row.take() {
            self.search = row.name(cx.text);
        }
    }

    /// Saves the settings, if rows have changed them.
    pub(super) fn save(&mut self, actions: &mut Actions) {
        if self.edited != self.saved_settings {
            self.saved_settings.clone_from(&self.edited);
            actions.push(Action::Settings(Box::new(self.edited.clone())));
        }
    }

    pub(super) fn show_profile(&mut self, draft: ProviderDraft) {
        self.draft = draft;
        self.key.clear();
        self.replacing = false;
        self.removing = false;
    }

    pub fn close(&mut self) {
        self.open = None;
        self.show_profile(ProviderDraft::default());
    }
}
