//! The diagnostics of a provider: a button, and the results step by step.

use egui::{Align, Label, Layout, RichText, Ui};

use crate::{
    recipe::{Profile, ProfileId},
    studio::{CheckResult, Command, DiagnosticCheck, DiagnosticStep, ProviderCommand, ProviderEvent, Severity},
    ui::{
        actions::action::{Action, Actions},
        components::certificate,
        state::view_context::ViewContext,
        theme::{self, fonts, icons, size},
        widgets::{Button, ButtonKind},
    },
};

/// Width of the steps' names.
const NAMES: f32 = 92.0;

/// The results of the last diagnostics.
#[derive(Debug, Default)]
pub(super) struct DiagnosticsSection {
    profile: Option<ProfileId>,
    steps: Vec<DiagnosticStep>,
    running: bool,
    trying: bool,
    /// Whether to scroll to the end of the list.
    follow: bool,
}

impl DiagnosticsSection {
    /// Folds an event about providers into this state.
    pub(super) fn fold_providers(&mut self, event: &ProviderEvent) {
        match event {
            ProviderEvent::DiagnosticStep(id, step) if self.profile.as_ref() == Some(id) => {
                if step.check == DiagnosticCheck::Image {
                    self.steps.retain(|known| known.check != DiagnosticCheck::Image);
                    self.trying = false;
                }
                self.steps.push((**step).clone());
                self.follow = true;
            }
            ProviderEvent::DiagnosticsDone(id) if self.profile.as_ref() == Some(id) => {
                self.running = false;
                self.follow = true;
            }
            ProviderEvent::KeyState(..)
            | ProviderEvent::ConnectionTested(..)
            | ProviderEvent::DiagnosticStep(..)
            | ProviderEvent::DiagnosticsDone(_)
            | ProviderEvent::Models(..)
            | ProviderEvent::Learned(..) => {}
        }
    }

    /// Whether it runs for this provider.
    pub(super) fn is_busy(&self, profile: &Profile) -> bool {
        self.profile.as_ref() == Some(&profile.id) && (self.running || self.trying)
    }

    /// Starts the diagnostics of a provider as it is edited.
    pub(super) fn start(&mut self, profile: Profile, cx: &ViewContext<'_>, actions: &mut Actions) {
        *self = Self { profile: Some(profile.id.clone()), running: true, ..Self::default() };
        let models = cx.known.models.get(&profile.id);
        let model = models.and_then(|models| models.iter().find(|model| model.makes_images));
        let model = model.map(|model| model.id.clone()).unwrap_or_default();
        actions.send(Command::Providers(ProviderCommand::Diagnose { profile: Box::new(profile), model }));
    }

    /// Draws the results so far.
    pub(super) fn show(&mut self, ui: &mut Ui, profile: &Profile, cx: &ViewContext<'_>, actions: &mut Actions) {
        if self.profile.as_ref() != Some(&profile.id) {
            return;
        }
        ui.spacing_mut().item_spacing.y = size::GAP_SMALL;
        for at in 0..self.steps.len() {
            let step = self.steps[at].clone();
            row(ui, &step, cx);
            if let CheckResult::TlsFailed(failure) = &step.result {
                certificate::refused(ui, &profile.id, failure, cx, actions);
            }
            if let CheckResult::ImageNotRequested { model: Some(model), price } = &step.result
                && !self.running
            {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = size::GAP;
                    let label = cx.text.get(if self.trying { "doctor-trying" } else { "doctor-try" });
                    if ui.add(Button::new(label).enabled(!self.trying)).clicked() {
                        self.trying = true;
                        actions.send(Command::Providers(ProviderCommand::GenerateTestImage {
                            profile: profile.id.clone(),
                            model: model.clone(),
                        }));
                    }
                    let price = cx.text.doctor_price(*price);
                    faint(ui, &cx.text.with("doctor-costs", [("price", price.into())]));
                });
            }
        }
        if self.running {
            faint(ui, &cx.text.get("doctor-checking"));
        } else if self.steps.iter().any(|step| step.severity == Severity::Failed)
            && ui.add(Button::new(cx.text.get("copy-report")).kind(ButtonKind::Small)).clicked()
        {
            actions.push(Action::CopyReport(cx.text.diagnostics_report(&profile.host(), &self.steps)));
        }
        if std::mem::take(&mut self.follow) {
            ui.scroll_to_cursor(Some(Align::BOTTOM));
        }
    }
}

fn row(ui: &mut Ui, step: &DiagnosticStep, cx: &ViewContext<'_>) {
    let palette = theme::palette(ui.visuals());
    let words = cx.text.doctor(step);
    let (icon, color) = match (step.severity, &step.result) {
        (_, CheckResult::ImageNotRequested { .. }) => (icons::MINUS, palette.faint),
        (Severity::Ok, _) => (icons::CHECK, palette.good),
        (Severity::Warning, _) => (icons::WARNING, palette.accent_text),
        (Severity::Failed, _) => (icons::REMOVE, palette.bad),
    };
    ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_SMALL;
        ui.label(RichText::new(icon).font(fonts::icons(14.0)).color(color));
        let start = ui.cursor().left();
        ui.label(RichText::new(&words.title).font(fonts::medium(size::TEXT_CHIP)).color(palette.strong));
        ui.add_space((start + NAMES - ui.cursor().left()).max(0.0));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let said = RichText::new(&words.sentence).font(fonts::regular(size::TEXT_CHIP)).color(palette.text);
            ui.add(Label::new(said).wrap());
            if !words.next.is_empty() {
                let next = RichText::new(&words.next).font(fonts::regular(size::TEXT_CHIP)).color(palette.strong);
                ui.add(Label::new(next).wrap());
            }
        });
    });
}

fn faint(ui: &mut Ui, words: &str) {
    let palette = theme::palette(ui.visuals());
    let words = RichText::new(words).font(fonts::regular(size::TEXT_CHIP)).color(palette.faint);
    ui.add(Label::new(words).wrap());
}
