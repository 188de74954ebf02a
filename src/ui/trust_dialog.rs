//! Asks whether a certificate that this computer does not trust may be accepted for one provider.

use egui::{Label, RichText, Ui};

use crate::{
    recipe::{Failure, Fingerprint, Profile, ProfileId, TrustedCertificate},
    studio::{Command, Event},
};

use super::{
    Cx,
    action::{Action, Actions},
    composer::profile_name,
    theme::{self, fonts, size},
    widgets::{Button, Kind, dialog::Dialog, section_label},
};

/// Width of the dialog.
const WIDTH: f32 = 480.0;
/// Bytes of a fingerprint in one line, so that two can be compared line by line.
const BYTES_PER_LINE: usize = 16;

/// Which certificate is asked about.
#[derive(Debug, Default)]
pub struct TrustDialog {
    asked: Option<(ProfileId, TrustedCertificate)>,
}

impl TrustDialog {
    /// Asks about a certificate.
    pub fn open(&mut self, profile: ProfileId, certificate: TrustedCertificate) {
        self.asked = Some((profile, certificate));
    }

    /// Whether it is on screen.
    pub fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        if matches!(event, Event::Stopped) {
            self.asked = None;
        }
    }
}

/// What asks whether to trust the certificate of a failure; `None` where that would not help: it is trusted already, or
/// it is of another host.
pub fn offer(profile: &ProfileId, failure: &Failure, cx: &Cx<'_>) -> Option<Action> {
    let profile = cx.known.profile(profile)?;
    let certificate = failure.refused_certificate()?.as_trusted()?;
    let helps = certificate.host == profile.host() && profile.trusted_certificate() != Some(&certificate);
    helps.then(|| Action::AskToTrust(profile.id.clone(), certificate))
}

/// Shows the certificate that a failure is about, with the button that asks about it.
pub fn refused(ui: &mut Ui, profile: &ProfileId, failure: &Failure, cx: &Cx<'_>, actions: &mut Actions) {
    let Some(certificate) = failure.refused_certificate() else { return };
    fingerprint(ui, certificate.sha256);
    if let Some(ask) = offer(profile, failure, cx)
        && ui.add(Button::new(cx.text.get("trust-button"))).clicked()
    {
        actions.push(ask);
    }
}

/// Draws a fingerprint in lines of equal length.
pub fn fingerprint(ui: &mut Ui, sha256: Fingerprint) {
    let palette = theme::palette(ui.visuals());
    let text = RichText::new(lines(sha256)).font(fonts::monospace(size::TEXT_CHIP)).color(palette.strong);
    ui.add(Label::new(text).wrap());
}

fn lines(sha256: Fingerprint) -> String {
    let text = sha256.to_string();
    let bytes: Vec<&str> = text.split(':').collect();
    let lines: Vec<String> = bytes.chunks(BYTES_PER_LINE).map(|line| line.join(":")).collect();
    lines.join("\n")
}

/// Draws the question. Only called while it is open.
pub fn show(ui: &Ui, dialog: &mut TrustDialog, cx: &Cx<'_>, actions: &mut Actions) {
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
            let trust = ui.add(Button::new(text.get("trust-yes")).kind(Kind::Primary)).clicked();
            let cancel = ui.add(Button::new(text.get("cancel"))).clicked();
            (trust, cancel)
        },
    );
    let (trust, cancel) = shown.footer;
    if trust {
        actions.send(Command::TrustCertificate(profile.id.clone(), certificate.clone()));
        // It costs nothing, and shows at once whether it helps.
        let trusting = Profile { certificate: Some(certificate), ..profile.clone() };
        actions.send(Command::TestConnection(Box::new(trusting)));
    }
    if trust || cancel || shown.close {
        dialog.asked = None;
    }
}
