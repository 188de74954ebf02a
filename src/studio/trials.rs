//! Looking a gateway over, and the pictures that are asked for to see whether it works.

use std::sync::Arc;

use crate::{
    gateway::Catalogue,
    recipe::{Parameters, Profile, ProfileId, Recipe, RequestId},
};

use super::{
    DoctorStep, Event, JobState, ProviderEvent,
    core::Core,
    doctor::{self, Patient},
    queue::Asking,
    task::Task,
};

impl Core {
    /// Looks a gateway over, on a task of its own.
    pub(super) fn examine(&self, profile: Profile, model: String) {
        let book = self.models.get(&profile.id).cloned().unwrap_or_default();
        let learned = self.learned.of_profile(&profile.id);
        let asked = profile.clone();
        let price = move |model: &str| {
            let listed = book.iter().find(|info| info.id == model).map(|info| &info.listed);
            Catalogue::built_in().abilities(&asked, model, listed, learned.get(model)).price(&Parameters::default())
        };
        let patient = Patient { profile, model, price: Box::new(price) };
        let id = patient.profile.id.clone();
        self.world.spawn(Task::Doctor, doctor::examine(Arc::clone(&self.world), patient), move |world| {
            world.task_failed();
            world.events.send(Event::Providers(ProviderEvent::DiagnosticsDone(id)));
        });
    }

    /// Asks for a picture whose outcome is told as a step of looking a gateway over.
    pub(super) async fn try_picture(&mut self, profile: ProfileId, model: String) {
        let prompt = doctor::PROMPT.to_owned();
        let recipe = Recipe { prompt, profile: profile.clone(), model, ..Recipe::default() };
        let trials = self
            .generate(vec![recipe], Asking::default())
            .await
            .into_iter()
            .map(|request| (request, (profile.clone(), None)));
        self.trials.extend(trials.collect::<Vec<_>>());
    }

    /// Tells how a picture that was tried came out, if this request is one and has ended.
    pub(super) fn tell_trial(&mut self, id: RequestId, state: &JobState) {
        if !state.has_ended() {
            return;
        }
        let Some((profile, details)) = self.trials.remove(&id) else { return };
        let dialect = self.profile(&profile).map(|profile| profile.dialect).unwrap_or_default();
        let step = match (state, details) {
            (JobState::Done { images, .. }, Some(details)) => DoctorStep::picture(details, dialect, images.len()),
            (JobState::Failed(failure), _) => DoctorStep::no_picture(failure.clone()),
            _ => DoctorStep::cancelled(),
        };
        self.send(Event::Providers(ProviderEvent::DiagnosticStep(profile, Box::new(step))));
    }
}
