//! What is asked of keychain and gateway: keys, connections, and lists of models.

use std::{future::Future, sync::Arc};

use tokio::time::Instant;

use crate::{
    gateway::Model,
    recipe::{Failure, FailureKind, Profile, ProfileId},
};

use super::{
    ConnectionReport, Event, KeyState, KeychainTrouble, ModelInfo, ProviderCommand, ProviderEvent, Secret, core::Core,
    inbox::Note, task::Task, world::World,
};

impl Core {
    /// Handles a command about providers. Keychain and gateways are accessed on tasks of their own.
    pub(super) async fn handle_providers(&mut self, command: ProviderCommand) {
        let world = Arc::clone(&self.world);
        match command {
            ProviderCommand::LookUpKey(id) => self.look_up_key(id),
            ProviderCommand::ConfirmHost(id) => {
                self.confirm_host(&id);
                self.look_up_key(id);
            }
            ProviderCommand::TrustCertificate(id, certificate) => self.trust_certificate(&id, Some(certificate)),
            ProviderCommand::DistrustCertificate(id) => self.trust_certificate(&id, None),
            ProviderCommand::StoreKey(id, key) => {
                self.confirm_host(&id);
                let of = id.clone();
                self.about_key(id, async move { world.keys.store(&of, key).await });
            }
            ProviderCommand::ForgetKey(id) => {
                let Some(profile) = self.profile(&id) else { return };
                self.about_key(id, async move { world.keys.forget(&profile).await });
            }
            ProviderCommand::TestConnection(profile) => {
                let profile = self.with_host_checked(*profile);
                let id = profile.id.clone();
                let test = async move {
                    let start = Instant::now();
                    let report = models(&world, &profile).await.map(|models| {
                        let report = ConnectionReport {
                            took: start.elapsed(),
                            image_models: models.iter().filter(|model| model.makes_images).count(),
                            models: models.len(),
                        };
                        world.note(Note::Models(profile.id.clone(), models));
                        report
                    });
                    world.events.send(Event::Providers(ProviderEvent::ConnectionTested(profile.id, report)));
                };
                self.world.spawn(Task::Connection, test, move |world| {
                    world.events.send(Event::Providers(ProviderEvent::ConnectionTested(
                        id,
                        Err(Failure::new(FailureKind::NotUnderstood)),
                    )));
                });
            }
            ProviderCommand::RefreshModels(id) => {
                let Some(profile) = self.profile(&id) else { return };
                let refresh = async move {
                    match models(&world, &profile).await {
                        Ok(models) => world.note(Note::Models(id, models)),
                        // The list that is remembered stays; the connection test says what is wrong.
                        Err(failure) => tracing::info!(profile = %id, kind = ?failure.kind, "models were not listed"),
                    }
                };
                // Nobody waits for it.
                self.world.spawn(Task::Models, refresh, |_world| ());
            }
            ProviderCommand::Diagnose { profile, model } => self.examine(self.with_host_checked(*profile), model),
            ProviderCommand::GenerateTestImage { profile, model } => self.try_picture(profile, model).await,
        }
    }

    /// Reports what is known of a profile's key.
    fn look_up_key(&self, id: ProfileId) {
        let Some(profile) = self.profile(&id) else { return };
        let world = Arc::clone(&self.world);
        self.send(Event::Providers(ProviderEvent::KeyState(id.clone(), KeyState::Asking)));
        self.about_key(id, async move { world.keys.look_up(&profile).await });
    }

    /// Does something with a profile's key, and tells what is known of it then.
    fn about_key(&self, id: ProfileId, state: impl Future<Output = KeyState> + Send + 'static) {
        let (world, of) = (Arc::clone(&self.world), id.clone());
        let work = async move { world.events.send(Event::Providers(ProviderEvent::KeyState(of, state.await))) };
        self.world.spawn(Task::Key, work, move |world| {
            world
                .events
                .send(Event::Providers(ProviderEvent::KeyState(id, KeyState::Unreachable(KeychainTrouble::Refused))));
        });
    }
}

async fn models(world: &World, profile: &Profile) -> Result<Vec<ModelInfo>, Failure> {
    let key = world.keys.key(profile).await?;
    let base_url = world.base_url(profile);
    let models = world.client.models(profile, base_url, key.as_ref().map(Secret::reveal)).await?;
    Ok(models.into_iter().map(|Model { id, makes_images, listed }| ModelInfo { id, makes_images, listed }).collect())
}
