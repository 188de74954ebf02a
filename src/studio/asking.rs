//! What is asked of keychain and gateway: keys, connections, and lists of models.

use std::{future::Future, sync::Arc};

use tokio::time::Instant;

use crate::{
    gateway::Model,
    recipe::{Failure, FailureKind, Profile, ProfileId},
};

use super::{
    Command, ConnectionReport, Event, KeyState, KeychainTrouble, ModelInfo, Secret, core::Core, inbox::Note,
    task::Task, world::World,
};

impl Core {
    /// Asks keychain or gateway, on a task of its own.
    pub(super) fn ask_gateway(&self, command: Command) {
        let world = Arc::clone(&self.world);
        match command {
            Command::LookUpKey(id) => {
                let Some(profile) = self.profile(&id) else { return };
                self.send(Event::Key(id.clone(), KeyState::Asking));
                self.about_key(id, async move { world.keys.look_up(&profile).await });
            }
            Command::StoreKey(id, key) => {
                let of = id.clone();
                self.about_key(id, async move { world.keys.store(&of, key).await });
            }
            Command::ForgetKey(id) => {
                let Some(profile) = self.profile(&id) else { return };
                self.about_key(id, async move { world.keys.forget(&profile).await });
            }
            Command::TestConnection(profile) => {
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
                    world.events.send(Event::Connection(profile.id, report));
                };
                self.world.spawn(Task::Connection, test, move |world| {
                    world.events.send(Event::Connection(id, Err(Failure::new(FailureKind::NotUnderstood))));
                });
            }
            Command::RefreshModels(id) => {
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
            _ => {}
        }
    }

    /// Does something with a profile's key, and tells what is known of it then.
    fn about_key(&self, id: ProfileId, state: impl Future<Output = KeyState> + Send + 'static) {
        let (world, of) = (Arc::clone(&self.world), id.clone());
        let work = async move { world.events.send(Event::Key(of, state.await)) };
        self.world.spawn(Task::Key, work, move |world| {
            world.events.send(Event::Key(id, KeyState::Unreachable(KeychainTrouble::Refused)));
        });
    }
}

async fn models(world: &World, profile: &Profile) -> Result<Vec<ModelInfo>, Failure> {
    let key = world.keys.key(profile).await?;
    let base_url = world.base_url(profile);
    let models = world.client.models(profile, base_url, key.as_ref().map(Secret::reveal)).await?;
    Ok(models.into_iter().map(|Model { id, makes_images, listed }| ModelInfo { id, makes_images, listed }).collect())
}
