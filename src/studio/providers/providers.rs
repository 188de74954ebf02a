//! Provider profiles and what is known of their gateways: keys, models, learned capabilities, diagnostics.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use tokio::time::Instant;

use crate::{
    gateway::{ListedModel, ModelCatalog},
    recipe::{Abilities, Failure, FailureKind, Parameters, Profile, ProfileId, Recipe, RequestId},
    settings::Settings,
    studio::{
        persistence::writer::{SaveQueue, SaveRequest},
        protocol::{
            CardState, ConnectionReport, DiagnosticStep, Event, ImageDetails, KeyState, KeychainProblem,
            LearnedCapabilities, ModelInfo, ProviderCommand, ProviderEvent, Secret,
        },
        providers::{
            diagnostics::{self, DiagnosticContext},
            host_confirmation,
        },
        runtime::{context::Context, task::Task, task_message::TaskMessage},
    },
};

/// The profiles in use, and what is known of their gateways.
pub(in crate::studio) struct Providers {
    /// Profiles that replace those of the settings.
    overrides: BTreeMap<ProfileId, Profile>,
    models: BTreeMap<ProfileId, Vec<ModelInfo>>,
    learned: LearnedCapabilities,
    /// Requests for test images, and the first image of each.
    test_images: BTreeMap<RequestId, (ProfileId, Option<ImageDetails>)>,
    save_queue: SaveQueue,
}

impl Providers {
    pub(in crate::studio) fn new(
        models: BTreeMap<ProfileId, Vec<ModelInfo>>,
        learned: LearnedCapabilities,
        save_queue: SaveQueue,
    ) -> Self {
        Self { overrides: BTreeMap::new(), models, learned, test_images: BTreeMap::new(), save_queue }
    }

    /// Sends the models that the gateways have listed before, and what was learned of them.
    pub(in crate::studio) fn load(&self, context: &Context) {
        for (profile, models) in &self.models {
            context.events.send(Event::Providers(ProviderEvent::Models(profile.clone(), models.clone())));
        }
        for profile in self.learned.profiles() {
            let learned = self.learned.for_profile(profile);
            context.events.send(Event::Providers(ProviderEvent::Learned(profile.clone(), learned)));
        }
    }

    /// Handles a command about providers. Keychain and gateways are accessed on tasks of their own. The core has changed
    /// the settings already as [`hosts::settings_after`] says. Returns the recipe of a test image to generate.
    pub(in crate::studio) fn handle(
        &self,
        command: ProviderCommand,
        context: &Arc<Context>,
        settings: &Settings,
    ) -> Option<Recipe> {
        match command {
            ProviderCommand::LookUpKey(id) | ProviderCommand::ConfirmHost(id) => {
                self.look_up_key(id, context, settings);
            }
            // Only settings change.
            ProviderCommand::TrustCertificate(..) | ProviderCommand::DistrustCertificate(_) => {}
            ProviderCommand::StoreKey(id, key) => {
                let (shared, of) = (Arc::clone(context), id.clone());
                update_key(id, context, async move { shared.keys.store(&of, key).await });
            }
            ProviderCommand::ForgetKey(id) => {
                let profile = self.profile(&id, settings)?;
                let shared = Arc::clone(context);
                update_key(id, context, async move { shared.keys.forget(&profile).await });
            }
            ProviderCommand::TestConnection(profile) => {
                test_connection(self.with_host_checked(*profile, settings), context);
            }
            ProviderCommand::RefreshModels(id) => refresh_models(self.profile(&id, settings)?, context),
            ProviderCommand::Diagnose { profile, model } => {
                self.diagnose(self.with_host_checked(*profile, settings), model, context);
            }
            ProviderCommand::GenerateTestImage { profile, model } => {
                let prompt = diagnostics::TEST_PROMPT.to_owned();
                return Some(Recipe { prompt, profile, model, ..Recipe::default() });
            }
        }
        None
    }

    /// The profile of this id, whether it is in the settings or replaces one of them.
    pub(in crate::studio) fn profile(&self, id: &ProfileId, settings: &Settings) -> Option<Profile> {
        self.overrides.get(id).or_else(|| settings.profile(id)).cloned()
    }

    /// All profiles to which requests can be sent.
    pub(in crate::studio) fn profiles(&self, settings: &Settings) -> Vec<Profile> {
        let others = settings.profiles.iter().filter(|profile| !self.overrides.contains_key(&profile.id));
        self.overrides.values().chain(others).cloned().collect()
    }

    /// Profiles that replace those of the settings.
    pub(in crate::studio) fn overrides(&self) -> &BTreeMap<ProfileId, Profile> {
        &self.overrides
    }

    /// Replaces a profile of the settings until the program ends.
    pub(in crate::studio) fn override_profile(&mut self, profile: Profile) {
        self.overrides.insert(profile.id.clone(), profile);
    }

    /// The models that each gateway has listed.
    pub(in crate::studio) fn models(&self) -> &BTreeMap<ProfileId, Vec<ModelInfo>> {
        &self.models
    }

    /// What is known of a model at a gateway.
    pub(in crate::studio) fn abilities(&self, profile: &Profile, model: &str) -> Abilities {
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        let learned = self.learned.get(&profile.id, model);
        ModelCatalog::built_in().abilities(profile, model, listed.map(|info| &info.listed), learned)
    }

    /// Stores and sends the models that a gateway has listed.
    pub(in crate::studio) fn models_listed(&mut self, profile: ProfileId, models: Vec<ModelInfo>, context: &Context) {
        if self.models.get(&profile) != Some(&models) {
            self.models.insert(profile.clone(), models.clone());
            self.save_queue.save(SaveRequest::Models(self.models.clone()));
        }
        context.events.send(Event::Providers(ProviderEvent::Models(profile, models)));
    }

    /// Learns from a stored image what its model is capable of, and keeps it if it is the first test image of a request.
    pub(in crate::studio) fn image_stored(&mut self, request: RequestId, image: &ImageDetails, context: &Context) {
        if self.learned.learn_from(image) {
            let profile = &image.facts.recipe.profile;
            let learned = self.learned.for_profile(profile);
            context.events.send(Event::Providers(ProviderEvent::Learned(profile.clone(), learned)));
            self.save_queue.save(SaveRequest::Learned(self.learned.clone()));
        }
        if let Some((_, first)) = self.test_images.get_mut(&request) {
            first.get_or_insert_with(|| image.clone());
        }
    }

    /// These requests generate test images for a profile.
    pub(in crate::studio) fn test_started(&mut self, requests: Vec<RequestId>, profile: &ProfileId) {
        self.test_images.extend(requests.into_iter().map(|request| (request, (profile.clone(), None))));
    }

    /// Sends the result of a test image, if this request generates one and has ended.
    pub(in crate::studio) fn test_ended(
        &mut self,
        id: RequestId,
        state: &CardState,
        context: &Context,
        settings: &Settings,
    ) {
        if !state.has_ended() {
            return;
        }
        let Some((profile, details)) = self.test_images.remove(&id) else { return };
        let dialect = self.profile(&profile, settings).map(|profile| profile.dialect).unwrap_or_default();
        let step = match (state, details) {
            (CardState::Done { images, .. }, Some(details)) => DiagnosticStep::image(details, dialect, images.len()),
            (CardState::Failed(failure), _) => DiagnosticStep::image_failed(failure.clone()),
            _ => DiagnosticStep::cancelled(),
        };
        context.events.send(Event::Providers(ProviderEvent::DiagnosticStep(profile, Box::new(step))));
    }

    /// Sends what is known of a profile's key.
    fn look_up_key(&self, id: ProfileId, context: &Arc<Context>, settings: &Settings) {
        let Some(profile) = self.profile(&id, settings) else { return };
        context.events.send(Event::Providers(ProviderEvent::KeyState(id.clone(), KeyState::Asking)));
        let shared = Arc::clone(context);
        update_key(id, context, async move { shared.keys.look_up(&profile).await });
    }

    /// A profile that may be one that is being edited. If its host is new, it is marked as not confirmed.
    fn with_host_checked(&self, profile: Profile, settings: &Settings) -> Profile {
        let mut profile = profile.with_address_read();
        if let Some(known) = self.profile(&profile.id, settings) {
            host_confirmation::mark_unconfirmed(&[known], std::slice::from_mut(&mut profile));
        }
        profile
    }

    /// Runs the diagnostic checks on a task of its own.
    fn diagnose(&self, profile: Profile, model: String, context: &Arc<Context>) {
        let book = self.models.get(&profile.id).cloned().unwrap_or_default();
        let learned = self.learned.for_profile(&profile.id);
        let asked = profile.clone();
        let price = move |model: &str| {
            let listed = book.iter().find(|info| info.id == model).map(|info| &info.listed);
            ModelCatalog::built_in().abilities(&asked, model, listed, learned.get(model)).price(&Parameters::default())
        };
        let input = DiagnosticContext { profile, model, price: Box::new(price) };
        let id = input.profile.id.clone();
        context.spawn(Task::Diagnostics, diagnostics::run_diagnostics(Arc::clone(context), input), move |context| {
            context.report_task_panic();
            context.events.send(Event::Providers(ProviderEvent::DiagnosticsDone(id)));
        });
    }
}

/// Requests the model list of a gateway, and sends the result.
fn test_connection(profile: Profile, context: &Arc<Context>) {
    let id = profile.id.clone();
    let shared = Arc::clone(context);
    let test = async move {
        let start = Instant::now();
        let report = list_models(&shared, &profile).await.map(|models| {
            let report = ConnectionReport {
                took: start.elapsed(),
                image_models: models.iter().filter(|model| model.makes_images).count(),
                models: models.len(),
            };
            shared.notify_core(TaskMessage::ModelsListed(profile.id.clone(), models));
            report
        });
        shared.events.send(Event::Providers(ProviderEvent::ConnectionTested(profile.id, report)));
    };
    context.spawn(Task::Connection, test, move |context| {
        let failure = Failure::new(FailureKind::NotUnderstood);
        context.events.send(Event::Providers(ProviderEvent::ConnectionTested(id, Err(failure))));
    });
}

/// Requests the model list of a gateway again.
fn refresh_models(profile: Profile, context: &Arc<Context>) {
    let shared = Arc::clone(context);
    let refresh = async move {
        let id = profile.id.clone();
        match list_models(&shared, &profile).await {
            Ok(models) => shared.notify_core(TaskMessage::ModelsListed(id, models)),
            // The previous list stays; the connection test reports what is wrong.
            Err(failure) => tracing::info!(profile = %id, kind = ?failure.kind, "models were not listed"),
        }
    };
    // No part of the program waits for the result.
    context.spawn(Task::Models, refresh, |_context| ());
}

/// Runs work on a profile's key, and sends the state of the key after it.
fn update_key(id: ProfileId, context: &Arc<Context>, state: impl Future<Output = KeyState> + Send + 'static) {
    let (shared, of) = (Arc::clone(context), id.clone());
    let work = async move { shared.events.send(Event::Providers(ProviderEvent::KeyState(of, state.await))) };
    context.spawn(Task::Key, work, move |context| {
        let state = KeyState::Unreachable(KeychainProblem::Refused);
        context.events.send(Event::Providers(ProviderEvent::KeyState(id, state)));
    });
}

async fn list_models(context: &Context, profile: &Profile) -> Result<Vec<ModelInfo>, Failure> {
    let key = context.keys.key(profile).await?;
    let base_url = context.base_url(profile);
    let models = context.client.models(profile, base_url, key.as_ref().map(Secret::reveal)).await?;
    Ok(models
        .into_iter()
        .map(|ListedModel { id, makes_images, listed }| ModelInfo { id, makes_images, listed })
        .collect())
}
