//! The settings: providers and their keys, how the window behaves, the list of shortcuts.

mod advanced;
mod doctor;
mod draft;
mod general;
mod kept;
mod providers;
mod queue;
mod shortcuts;
mod wire;

use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Ui, vec2};

use crate::{
    recipe::ProfileId,
    studio::{Command, Event, KeyState},
};

use super::{
    Cx,
    action::{Action, Actions},
    known::Known,
    theme::{self, size},
    widgets::{Button, Kind, dialog::Dialog},
};

use doctor::Checkup;
use draft::Draft;
use kept::KeptSection;

/// The sections of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// Gateways and their keys.
    #[default]
    Providers,
    /// Language, colours, the library.
    General,
    /// How requests are sent, how much may be spent, what is said at the end.
    Queue,
    /// The list of shortcuts.
    Shortcuts,
}

impl Section {
    const ALL: [Self; 4] = [Self::Providers, Self::General, Self::Queue, Self::Shortcuts];

    fn name(self, cx: &Cx<'_>) -> String {
        cx.text.get(match self {
            Self::Providers => "settings-providers",
            Self::General => "settings-general",
            Self::Queue => "settings-queue",
            Self::Shortcuts => "settings-shortcuts",
        })
    }
}

/// What the dialog remembers.
#[derive(Default)]
pub struct SettingsDialog {
    open: Option<Section>,
    /// The provider that is shown, as it is being edited; none while one is being added.
    draft: Draft,
    /// A key while it is typed. It is emptied as soon as it is saved, and whenever the dialog closes.
    key: String,
    /// Whether a key that is there is to be replaced.
    replacing: bool,
    /// Whether the keyboard is to go to the key's field.
    key_focus: bool,
    /// Whether removing was asked for once.
    removing: bool,
    /// The provider whose key was saved and has not been confirmed yet.
    saved: Option<ProfileId>,
    /// The provider whose connection is being tested.
    testing: Option<ProfileId>,
    /// Whether what went wrong with a connection is to be brought into sight.
    show_outcome: bool,
    /// Caps while they are typed.
    caps: queue::CapsDraft,
    /// What is said of kept responses.
    kept: KeptSection,
    /// What was found about a provider.
    checkup: Checkup,
    /// What to do with the next frame.
    wanted: Vec<Action>,
}

impl std::fmt::Debug for SettingsDialog {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SettingsDialog").field("open", &self.open).field("draft", &self.draft).finish_non_exhaustive()
    }
}

impl SettingsDialog {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event, known: &Known) {
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
                    self.wanted.push(Action::Send(Command::TestConnection(Box::new(profile.clone()))));
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
    pub fn open(&mut self, section: Section, provider: &ProfileId, known: &Known) {
        self.open = Some(section);
        self.kept = KeptSection::default();
        self.wanted.push(Action::Send(Command::WantKept));
        // The demo gateway wants nothing; who comes from there comes for a key.
        let wanting = if provider.is_demo() { &ProfileId::dgrid() } else { provider };
        let profile = known.profile(wanting).or_else(|| known.settings.profiles.first());
        self.show_profile(profile.map(Draft::of).unwrap_or_default());
        self.key_focus = section == Section::Providers;
    }

    fn show_profile(&mut self, draft: Draft) {
        self.draft = draft;
        self.key.clear();
        self.replacing = false;
        self.removing = false;
    }

    fn close(&mut self) {
        self.open = None;
        self.show_profile(Draft::default());
    }
}

/// Draws the dialog over everything. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut SettingsDialog, cx: &Cx<'_>, actions: &mut Actions) {
    for action in std::mem::take(&mut dialog.wanted) {
        actions.push(action);
    }
    let title = cx.text.get("settings-title");
    let shown = Dialog::new("settings", &title).flush().show(
        ui,
        dialog,
        |ui, dialog| body(ui, dialog, cx, actions),
        |ui, _| ui.add(Button::new(cx.text.get("done")).kind(Kind::Primary)).clicked(),
    );
    if shown.footer || shown.close {
        providers::keep(dialog, cx, actions);
        dialog.close();
    }
}

fn body(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &Cx<'_>, actions: &mut Actions) {
    let palette = theme::palette(ui.visuals());
    let height = size::SETTINGS_BODY.min(ui.available_height());
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), egui::Sense::hover());
    let (left, right) = rect.split_left_right_at_x(rect.left() + size::SETTINGS_SECTIONS);
    ui.painter().vline(left.right(), rect.y_range(), egui::Stroke::new(1.0, palette.line));
    let place = |rect: Rect| egui::UiBuilder::new().max_rect(rect).layout(Layout::top_down(Align::Min));
    ui.scope_builder(place(left.shrink(12.0)), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for section in Section::ALL {
            let button = Button::new(section.name(cx))
                .kind(Kind::Tab)
                .selected(dialog.open == Some(section))
                .left_aligned()
                .height(32.0)
                .width(ui.available_width());
            if ui.add(button).clicked() {
                dialog.open = Some(section);
            }
        }
    });
    ui.scope_builder(place(right), |ui| {
        ui.set_clip_rect(right.intersect(ui.clip_rect()));
        ScrollArea::vertical().id_salt(dialog.open.map(|section| section as u8)).auto_shrink([false, false]).show(
            ui,
            |ui| {
                Frame::new().inner_margin(Margin::symmetric(20, 18)).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    match dialog.open {
                        Some(Section::General) => general::show(ui, &mut dialog.kept, cx, actions),
                        Some(Section::Queue) => queue::show(ui, &mut dialog.caps, cx, actions),
                        Some(Section::Shortcuts) => shortcuts::show(ui, cx),
                        Some(Section::Providers) | None => providers::show(ui, dialog, cx, actions),
                    }
                });
            },
        );
    });
}
