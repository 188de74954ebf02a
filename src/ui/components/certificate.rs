//! Certificates that were refused: their fingerprints, and the button that offers to trust one.

use egui::{Label, RichText, Ui};

use crate::{
    recipe::{Failure, Fingerprint, ProfileId},
    ui::{
        actions::action::{Action, Actions},
        state::view_context::ViewContext,
        theme::{self, fonts, size},
        widgets::Button,
    },
};

/// Bytes of a fingerprint in one line, so that two can be compared line by line.
const BYTES_PER_LINE: usize = 16;

/// What asks whether to trust the certificate of a failure; `None` where that would not help: it is trusted already, or
/// it is of another host.
pub fn offer(profile: &ProfileId, failure: &Failure, cx: &ViewContext<'_>) -> Option<Action> {
    let profile = cx.known.profile(profile)?;
    let certificate = failure.refused_certificate()?.as_trusted()?;
    let helps = certificate.host == profile.host() && profile.trusted_certificate() != Some(&certificate);
    helps.then(|| Action::AskToTrust(profile.id.clone(), certificate))
}

/// Shows the certificate that a failure is about, with the button that asks about it.
pub fn refused(ui: &mut Ui, profile: &ProfileId, failure: &Failure, cx: &ViewContext<'_>, actions: &mut Actions) {
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
