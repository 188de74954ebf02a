//! The most helpful step after a failure, as a button offers it.

use crate::{
    recipe::{Failure, NextStep, billing_page},
    studio::{Command, QueueCommand, RequestCard},
    ui::{actions::action::Action, components::certificate, state::view_context::ViewContext, theme::icons},
};

/// Returns the most helpful step after a failure: its icon, the key of its label, and its action.
pub fn next_step(job: &RequestCard, failure: &Failure, cx: &ViewContext<'_>) -> (&'static str, &'static str, Action) {
    let profile = &job.recipe.profile;
    let recipe = || Box::new(job.recipe.as_ref().clone());
    let settings = || Action::OpenProvider(profile.clone());
    let edit = || (icons::PROMPT, "card-edit-prompt", Action::Reuse(recipe()));
    match failure.next_step() {
        NextStep::OpenBillingPage => match cx.known.profile(profile).and_then(billing_page) {
            Some(page) => (icons::EXPORT, "card-billing", Action::OpenPage(page)),
            None => edit(),
        },
        NextStep::ChooseAnotherModel => (icons::IMAGE, "card-choose-model", Action::ChooseModel(recipe())),
        // The built-in gateway has neither key nor address.
        NextStep::CheckKey | NextStep::CheckAddress | NextStep::TrustCertificate if profile.is_demo() => edit(),
        NextStep::TrustCertificate => match certificate::offer(profile, failure, cx) {
            Some(action) => (icons::CHECK, "card-trust", action),
            None => (icons::SETTINGS, "card-check-address", settings()),
        },
        NextStep::CheckKey => (icons::SETTINGS, "card-check-key", settings()),
        NextStep::CheckAddress => (icons::SETTINGS, "card-check-address", settings()),
        NextStep::ReadAgain => {
            (icons::RETRY, "card-read-again", Action::SendCommand(Command::Queue(QueueCommand::RereadResponse(job.id))))
        }
        NextStep::FetchAgain => (
            icons::DOWNWARD,
            "card-fetch-again",
            Action::SendCommand(Command::Queue(QueueCommand::RereadResponse(job.id))),
        ),
        NextStep::EditPrompt | NextStep::Wait(_) | NextStep::FreeDiskSpace | NextStep::Retry => edit(),
    }
}

/// The full name of a step, whose button may only have space for one word.
pub fn name_of_step(key: &str, cx: &ViewContext<'_>) -> String {
    cx.text.get(if key == "card-trust" { "trust-button" } else { key })
}
