//! What the settings dialog remembers.

use super::{
    diagnostics::DiagnosticsSection, drafts::provider_draft::ProviderDraft, queue, retention::RetentionSection,
};
use crate::{
    recipe::ProfileId,
    studio::{Command, Event, KeyState},
    ui::{
        actions::{action::Action, payload::SettingsSection},
        state::studio_state::StudioState,
    },
};

/// What the dialog remembers.
#[derive(Default)]
pub struct SettingsDialog {
    pub(super) open: Option<SettingsSection>,
    /// The provider that is shown, as it is being edited; none while one is being added.
    pub(super) draft: ProviderDraft,
    /// A key while it is typed. It is emptied as soon as it is saved, and whenever the dialog closes.
    pub(super) key: String,
    /// Whether a key that is there is to be replaced.
    pub(super) replacing: bool,
    /// Whether the keyboard is to go to the key's field.
    pub(super) key_focus: bool,
    /// Whether removing was asked for once.
    pub(super) removing: bool,
    /// The provider whose key was saved and has not been confirmed yet.
    pub(super) saved: Option<ProfileId>,
    /// The provider whose connection is being tested.
    pub(super) testing: Option<ProfileId>,
    /// Whether what went wrong with a connection is to be brought into sight.
    pub(super) show_outcome: bool,
    /// Caps while they are typed.
    pub(super) caps: queue::CapsDraft,
    /// What is said of kept responses.
    pub(super) kept: RetentionSection,
    /// What was found about a provider.
    pub(super) checkup: DiagnosticsSection,
    /// What to do with the next frame.
    pub(super) wanted: Vec<Action>,
}

impl std::fmt::Debug for SettingsDialog {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsDialog").field("open", &self.open).field("draft", &self.draft).finish_non_exhaustive()
    }
}

impl SettingsDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &StudioState) {
        self.checkup.fold(event);
        self.kept.fold(event);
        match event {
            Event::Stopped => self.close(),
            Event::Connection(profile, outcome) if self.testing.as_ref() == Some(profile) => {
                self.testing = None;
                self.show_outcome = outcome.is_err();
            }
            Event::Key(id, state) if self.saved.as_ref() == Some(id) && *state != KeyState::Asking => {
                self.saved = None;
                if let Some(profile) = known.profile(id).filter(|profile| known.key_ready(profile)) {
                    self.testing = Some(id.clone());
                    self.wanted.push(Action::SendCommand(Command::TestConnection(Box::new(profile.clone()))));
                    self.wanted.push(Action::UseProvider(id.clone()));
                }
            }
            _ => {}
        }
    }

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Opens it at a section, with a provider that may want something.
    pub fn open(&mut self, section: SettingsSection, provider: &ProfileId, known: &StudioState) {
        self.open = Some(section);
        self.kept = RetentionSection::default();
        self.wanted.push(Action::SendCommand(Command::WantKept));
        // The demo gateway wants nothing; who comes from there comes for a key.
        let wanting = if provider.is_demo() { &ProfileId::dgrid() } else { provider };
        let profile = known.profile(wanting).or_else(|| known.settings.profiles.first());
        self.show_profile(profile.map(ProviderDraft::of).unwrap_or_default());
        self.key_focus = section == SettingsSection::Providers;
    }

    pub(super) fn show_profile(&mut self, draft: ProviderDraft) {
        self.draft = draft;
        self.key.clear();
        self.replacing = false;
        self.removing = false;
    }

    pub(super) fn close(&mut self) {
        self.open = None;
        self.show_profile(ProviderDraft::default());
    }
}
