//! The rows of a provider: name, address, key, connection.

use egui::{Align, RichText, Ui, ViewportCommand};

use crate::{
    recipe::{AddressError, KeyFlaw, Profile, ProfileId},
    studio::{Command, KeyState, KeychainProblem, ProfileFileCommand, ProviderCommand, Secret},
    ui::{
        actions::action::{Action, Actions},
        components::{certificate, provider_name::profile_name, status_dot::dot},
        state::view_context::ViewContext,
        text::Text,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind, field::Field, section_label},
    },
};

use super::{
    drafts::provider_draft::{ProviderDraft, is_built_in},
    form::{gap, note, trouble},
    protocol_options,
    state::SettingsDialog,
};

/// Saves the fields, if they are valid and have changed.
pub(super) fn keep(dialog: &mut SettingsDialog, actions: &mut Actions) {
    let draft = &dialog.draft;
    let place = dialog.edited.profiles.iter_mut().find(|known| draft.id.as_ref() == Some(&known.id));
    if let Some(place) = place.filter(|_| draft.fits()) {
        *place = draft.applied_to(place);
    }
    dialog.save(actions);
}

/// Draws the part above the rows: the list of providers, and the messages about the chosen one.
pub(super) fn head(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    chips(ui, dialog, cx, actions);
    match &dialog.draft.id {
        None => {
            note(ui, &cx.text.get("settings-add-note"));
            protocol_options::templates(ui, &mut dialog.draft, cx.text);
        }
        Some(id) if id.is_demo() => {
            note(ui, &cx.text.get("settings-demo"));
            gap(ui);
        }
        Some(_) => {}
    }
}

/// Draws the providers to choose from.
pub(super) fn chips(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(size::GAP);
        for profile in &cx.known.settings.profiles {
            let chosen = dialog.draft.id.as_ref() == Some(&profile.id);
            let chip = Button::new(profile_name(profile, cx)).kind(ButtonKind::Chip).selected(chosen);
            if ui.add(chip).clicked() && !chosen {
                keep(dialog, actions);
                dialog.show_profile(ProviderDraft::of(profile));
            }
        }
        let adding = dialog.draft.id.is_none();
        let add = Button::new(text.get("settings-add")).kind(ButtonKind::Chip).with_icon(icons::ADD).selected(adding);
        if ui.add(add.name(text.get("settings-add-provider"))).clicked() && !adding {
            keep(dialog, actions);
            dialog.show_profile(ProviderDraft::default());
        }
    });
    ui.add_space(size::GAP_SMALL);
}

/// Draws what is below the rows: the button that adds or removes the provider.
pub(super) fn foot(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    match dialog.draft.id.as_ref().and_then(|id| cx.known.profile(id)) {
        None => add(ui, dialog, cx, actions),
        Some(profile) if is_built_in(&profile.id) => {}
        Some(profile) => remove(ui, dialog, profile, cx, actions),
    }
}

fn add(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let add = Button::new(cx.text.get("settings-add-this")).enabled(dialog.draft.fits());
    if ui.add(add).clicked() {
        let profile = dialog.draft.added_to(&dialog.edited);
        dialog.show_profile(ProviderDraft::of(&profile));
        dialog.key_focus = true;
        actions.send(Command::Providers(ProviderCommand::LookUpKey(profile.id.clone())));
        dialog.edited.profiles.push(profile);
        dialog.save(actions);
    }
}

pub(super) fn name(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let label = cx.text.get("settings-name");
    section_label(ui, &label, |_| {});
    if Field::new(&label).show(ui, &mut dialog.draft.name).lost_focus() {
        keep(dialog, actions);
    }
    gap(ui);
}

pub(super) fn base_url(ui: &mut Ui, dialog: &mut SettingsDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    if dialog.draft.id.as_ref().is_some_and(ProfileId::is_demo) {
        return base_url_of_demo(ui, cx);
    }
    let text = cx.text;
    let label = text.get("settings-base-url");
    let usual = dialog.draft.id.as_ref().and_then(|id| Profile::built_in().into_iter().find(|known| known.id == *id));
    section_label(ui, &label, |ui| {
        if let Some(usual) = usual.filter(|usual| usual.base_url != dialog.draft.base_url.trim()) {
            let reset = Button::new(text.get("settings-usual-url")).kind(ButtonKind::Link);
            if ui.add(reset).on_hover_text(&usual.base_url).clicked() {
                dialog.draft.base_url = usual.base_url;
                keep(dialog, actions);
            }
        }
    });
    let field = Field::new(&label).hint("https://api.example.com/v1");
    if field.show(ui, &mut dialog.draft.base_url).lost_focus() {
        keep(dialog, actions);
    }
    match dialog.draft.address() {
        Ok(address) => {
            let notes = text.address_notes(&address, dialog.draft.dialect);
            if !notes.is_empty() {
                note(ui, &notes);
            }
        }
        Err(AddressError::Empty) => {}
        Err(error) => {
            let (what, next) = text.address_error(&error);
            trouble(ui, &text.join(&[&what, &next]));
        }
    }
    gap(ui);
}

fn base_url_of_demo(ui: &mut Ui, cx: &ViewContext<'_>) {
    gap(ui);
    let label = cx.text.get("settings-base-url");
    section_label(ui, &label, |_| {});
    Field::new(&label).enabled(false).show(ui, &mut cx.known.demo_url.clone());
    gap(ui);
}

/// Draws the import and export of providers.
pub(super) fn files(ui: &mut Ui, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    section_label(ui, &text.get("settings-sharing"), |_| {});
    ui.horizontal(|ui| {
        if ui.add(Button::new(text.get("settings-import"))).clicked() {
            actions.send(Command::Profiles(ProfileFileCommand::PickImport));
        }
        if ui.add(Button::new(text.get("settings-export-all"))).clicked() {
            actions.send(Command::Profiles(ProfileFileCommand::PickExport));
        }
    });
    note(ui, &text.get("settings-sharing-note"));
    gap(ui);
}

/// Draws the state of the key, and a field for a new one.
pub(super) fn key(
    ui: &mut Ui,
    dialog: &mut SettingsDialog,
    profile: &Profile,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let state = cx.known.keys.get(&profile.id).unwrap_or(&KeyState::Missing);
    let label = text.get("settings-key");
    if profile.unconfirmed {
        confirm_host(ui, profile, cx, actions);
    }
    section_label(ui, &label, |ui| {
        let palette = theme::palette(ui.visuals());
        let (color, words) = match state {
            KeyState::Asking => (palette.faint, text.get("key-asking")),
            KeyState::Missing if !profile.needs_key() => (palette.faint, text.get("key-not-needed")),
            KeyState::Missing => (palette.bad, text.get("key-missing")),
            KeyState::Stored { .. } => (palette.good, text.get("key-stored")),
            KeyState::SessionOnly { .. } => (palette.accent, text.get("key-session")),
            KeyState::FromEnvironment { variable, .. } => {
                (palette.good, text.with("key-environment", [("variable", variable.as_str().into())]))
            }
            KeyState::Unusable { .. } => (palette.bad, text.get("key-unusable")),
            KeyState::Unreachable(_) => (palette.bad, text.get("key-unreachable")),
        };
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        ui.label(RichText::new(words).font(fonts::regular(size::TEXT_SMALL)).color(palette.text));
        dot(ui, color);
    });
    let last_four = match state {
        KeyState::Stored { last_four }
        | KeyState::SessionOnly { last_four, .. }
        | KeyState::FromEnvironment { last_four, .. } => Some(last_four),
        _ => None,
    };
    ui.horizontal(|ui| match last_four {
        _ if *state == KeyState::Asking => {
            Field::new(&label).enabled(false).hint(text.get("key-asking")).show(ui, &mut String::new());
        }
        Some(last_four) if !dialog.replacing => known_key(ui, dialog, profile, &label, state, last_four, cx, actions),
        _ => key_field(ui, dialog, &profile.id, &label, last_four.is_some(), text, actions),
    });
    if let Err(flaw) = Secret::read(&dialog.key)
        && flaw != KeyFlaw::Empty
    {
        trouble(ui, &text.join(&[&text.key_flaw(flaw), &text.get("key-flaw-next")]));
    }
    note(ui, &where_kept(state, profile, text));
    gap(ui);
}

/// Draws the confirmation of a host that came from a file or is new, before the key is sent to it.
fn confirm_host(ui: &mut Ui, profile: &Profile, cx: &ViewContext<'_>, actions: &mut Actions) {
    let host = profile.host();
    trouble(ui, &cx.text.with("settings-confirm-host", [("host", host.as_str().into())]));
    let confirm = Button::new(cx.text.with("settings-confirm-host-yes", [("host", host.as_str().into())]));
    if ui.add(confirm).clicked() {
        actions.send(Command::Providers(ProviderCommand::ConfirmHost(profile.id.clone())));
    }
    gap(ui);
}

#[expect(clippy::too_many_arguments, reason = "a row of a form needs what the form has")]
fn known_key(
    ui: &mut Ui,
    dialog: &mut SettingsDialog,
    profile: &Profile,
    label: &str,
    state: &KeyState,
    last_four: &str,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let replace = Button::new(text.get("key-replace"));
    let forget = Button::new(text.get("key-forget"));
    // A key from an environment variable would be back at the next start.
    let forgettable = !matches!(state, KeyState::FromEnvironment { .. });
    let room =
        replace.wanted_width(ui) + size::GAP + if forgettable { forget.wanted_width(ui) + size::GAP } else { 0.0 };
    let mut dots = format!("{}{last_four}", "•".repeat(16));
    Field::new(label).enabled(false).width(ui.available_width() - room).show(ui, &mut dots);
    if ui.add(replace).clicked() {
        dialog.replacing = true;
        dialog.key_focus = true;
    }
    if forgettable && ui.add(forget).clicked() {
        actions.send(Command::Providers(ProviderCommand::ForgetKey(profile.id.clone())));
    }
}

fn key_field(
    ui: &mut Ui,
    dialog: &mut SettingsDialog,
    id: &ProfileId,
    label: &str,
    replacing: bool,
    text: &Text,
    actions: &mut Actions,
) {
    let save = Button::new(text.get("key-save")).enabled(Secret::read(&dialog.key).is_ok());
    let paste = Button::new(text.get("key-paste"));
    let cancel = Button::new(text.get("cancel"));
    let mut room = save.wanted_width(ui) + paste.wanted_width(ui) + size::GAP * 2.0;
    if replacing {
        room += cancel.wanted_width(ui) + size::GAP;
    }
    let field = Field::new(label)
        .password()
        .hint(text.get("key-hint"))
        .id(egui::Id::unique("key"))
        .width(ui.available_width() - room);
    let response = field.show(ui, &mut dialog.key);
    if std::mem::take(&mut dialog.key_focus) {
        response.request_focus();
    }
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if ui.add(paste).clicked() {
        response.request_focus();
        ui.ctx().send_viewport_cmd(ViewportCommand::RequestPaste);
    }
    if (ui.add(save).clicked() || entered)
        && let Ok(key) = Secret::read(&dialog.key)
    {
        dialog.key.clear();
        actions.send(Command::Providers(ProviderCommand::StoreKey(id.clone(), key)));
        dialog.saved = Some(id.clone());
        dialog.replacing = false;
    }
    if replacing && ui.add(cancel).clicked() {
        dialog.key.clear();
        dialog.replacing = false;
    }
}

/// Where the key is or would be stored.
fn where_kept(state: &KeyState, profile: &Profile, text: &Text) -> String {
    let variable = profile.key_variable();
    let variable = || [("variable", variable.as_str().into())];
    let why = |trouble: KeychainProblem| {
        text.get(match trouble {
            KeychainProblem::Missing => "keychain-none",
            KeychainProblem::TimedOut => "keychain-silent",
            KeychainProblem::Refused => "keychain-refused",
        })
    };
    match state {
        KeyState::SessionOnly { reason, .. } => text.join(&[&why(*reason), &text.with("key-note-session", variable())]),
        KeyState::Unreachable(reason) => text.join(&[&why(*reason), &text.with("key-note-unreachable", variable())]),
        KeyState::FromEnvironment { .. } => text.get("key-note-environment"),
        KeyState::Unusable { flaw, variable } => {
            let flaw = || ("flaw", text.key_flaw(*flaw).into());
            match variable {
                Some(variable) => text.with("key-note-unusable", [("variable", variable.as_str().into()), flaw()]),
                None => text.with("key-note-unusable-stored", [flaw()]),
            }
        }
        _ => text.get("key-note"),
    }
}

pub(super) fn connection(
    ui: &mut Ui,
    dialog: &mut SettingsDialog,
    profile: &Profile,
    cx: &ViewContext<'_>,
    actions: &mut Actions,
) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    section_label(ui, &text.get("settings-connection"), |_| {});
    let testing = dialog.testing.as_ref() == Some(&profile.id);
    let outcome = cx.known.connections.get(&profile.id).filter(|_| !testing);
    ui.horizontal(|ui| {
        let test = Button::new(text.get("settings-test")).enabled(!testing && dialog.draft.fits());
        if ui.add(test).clicked() {
            keep(dialog, actions);
            dialog.testing = Some(profile.id.clone());
            actions
                .send(Command::Providers(ProviderCommand::TestConnection(Box::new(dialog.draft.applied_to(profile)))));
        }
        let busy = dialog.checkup.is_busy(profile);
        let check = Button::new(text.get("doctor-check")).enabled(!busy && dialog.draft.fits());
        if ui.add(check).clicked() {
            keep(dialog, actions);
            dialog.checkup.start(dialog.draft.applied_to(profile), cx, actions);
        }
        let (color, words) = match outcome {
            _ if testing => (palette.text, text.get("settings-testing")),
            Some(Ok(report)) => {
                let took = text.duration(report.took).into();
                let models = report.image_models.into();
                (palette.good, text.with("settings-connected", [("took", took), ("models", models)]))
            }
            Some(Err(failure)) => (palette.bad, text.failure(failure).title),
            None => return,
        };
        ui.add(egui::Label::new(RichText::new(words).color(color)).truncate());
    });
    if let Some(Err(failure)) = outcome {
        let words = text.failure(failure);
        note(ui, &words.sentence);
        note(ui, &words.next);
        if ui.add(Button::new(text.get("copy-report")).kind(ButtonKind::Small)).clicked() {
            actions.push(Action::CopyReport(text.failure_report(failure, Some(profile), "")));
        }
        certificate::refused(ui, &profile.id, failure, cx, actions);
        if std::mem::take(&mut dialog.show_outcome) {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
        }
    }
    trusted_certificate(ui, profile, cx, actions);
    dialog.checkup.show(ui, profile, cx, actions);
    gap(ui);
}

/// Draws the trusted certificate of this provider, and the button that revokes the trust.
fn trusted_certificate(ui: &mut Ui, profile: &Profile, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some(trusted) = profile.trusted_certificate() else { return };
    let text = cx.text;
    gap(ui);
    section_label(ui, &text.get("settings-certificate"), |ui| {
        if ui.add(Button::new(text.get("settings-certificate-remove")).kind(ButtonKind::Link)).clicked() {
            actions.send(Command::Providers(ProviderCommand::DistrustCertificate(profile.id.clone())));
        }
    });
    certificate::fingerprint(ui, trusted.sha256);
    note(ui, &text.with("settings-certificate-note", [("host", trusted.host.as_str().into())]));
}

fn remove(ui: &mut Ui, dialog: &mut SettingsDialog, profile: &Profile, cx: &ViewContext<'_>, actions: &mut Actions) {
    let text = cx.text;
    let palette = theme::palette(ui.visuals());
    ui.horizontal(|ui| {
        if !dialog.removing {
            if ui.add(Button::new(text.get("settings-remove")).color(palette.bad)).clicked() {
                dialog.removing = true;
            }
            return;
        }
        let words = text.with("settings-remove-now", [("name", profile.name.as_str().into())]);
        if ui.add(Button::new(words).color(palette.bad)).clicked() {
            dialog.edited.profiles.retain(|known| known.id != profile.id);
            dialog.show_profile(dialog.edited.profiles.first().map(ProviderDraft::of).unwrap_or_default());
            // The studio forgets the key of a provider that it still knows.
            actions.send(Command::Providers(ProviderCommand::ForgetKey(profile.id.clone())));
            dialog.save(actions);
        }
        if ui.add(Button::new(text.get("cancel"))).clicked() {
            dialog.removing = false;
        }
    });
}
