//! The dialog that asks whether to accept an untrusted certificate for one provider.

use egui::{Label, RichText, Ui};

use crate::{
    recipe::{Profile, ProfileId, TrustedCertificate},
    studio::{Command, ProviderCommand},
    ui::{
        actions::action::Actions,
        components::{certificate::fingerprint, provider_name::profile_name},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::{Button, ButtonKind, dialog::Dialog, section_label},
    },
};

/// Width of the dialog.
const WIDTH: f32 = 480.0;

/// The certificate and its provider.
#[derive(Debug, Default)]
pub struct CertificateDialog {
    asked: Option<(ProfileId, TrustedCertificate)>,
}

impl CertificateDialog {
    /// Opens the dialog for a certificate.
    pub fn open(&mut self, profile: ProfileId, certificate: TrustedCertificate) {
        self.asked = Some((profile, certificate));
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.asked = None;
    }
}

/// Draws the dialog. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut CertificateDialog, cx: &ViewContext<'_>, actions: &mut Actions) {
    let Some((profile, certificate)) = dialog.asked.clone() else { return };
    let Some(profile) = cx.known.profile(&profile) else {
        dialog.asked = None;
        return;
    };
    let text = cx.text;
    let shown = Dialog::new("trust", &text.get("trust-title")).width(WIDTH).show(
        ui,
        &mut (),
        |ui, ()| {
            let palette = theme::palette(ui.visuals());
            section_label(ui, &text.get("trust-host"), |_| {});
            let host = RichText::new(&certificate.host).font(fonts::medium(size::TEXT)).color(palette.strong);
            ui.add(Label::new(host).wrap());
            section_label(ui, &text.get("trust-fingerprint"), |_| {});
            fingerprint(ui, certificate.sha256);
            let name = profile_name(profile, cx);
            let note = text.with("trust-note", [("provider", name.into())]);
            let note = RichText::new(note).font(fonts::regular(size::TEXT)).color(palette.text);
            ui.add(Label::new(note).wrap());
        },
        |ui, ()| {
            let trust = ui.add(Button::new(text.get("trust-yes")).kind(ButtonKind::Primary)).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (trust, cancel)
        },
    );
    let (trust, cancel) = shown.footer;
    if trust {
        actions.send(Command::Providers(ProviderCommand::TrustCertificate(profile.id.clone(), certificate.clone())));
        // The connection test is free, and shows immediately whether it helps.
        let trusting = Profile { certificate: Some(certificate), ..profile.clone() };
        actions.send(Command::Providers(ProviderCommand::TestConnection(Box::new(trusting))));
    }
    if trust || cancel || shown.close {
        dialog.asked = None;
    }
}
