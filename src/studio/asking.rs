//! What is asked of keychain and gateway: keys, connections, and lists of models.

use std::sync::Arc;

use tokio::time::Instant;

use crate::{
    gateway::Model,
    recipe::{Failure, Profile},
};

use super::{Command, ConnectionReport, Event, KeyState, ModelInfo, Secret, core::Core, inbox::Note, world::World};

impl Core {
    /// Asks keychain or gateway, on a task of its own.
    pub(super) fn ask_gateway(&self, command: Command) {
        let world = Arc::clone(&self.world);
        match command {
            Command::LookUpKey(id) => {
                let Some(profile) = self.profile(&id) else { return };
                self.send(Event::Key(id.clone(), KeyState::Asking));
                tokio::spawn(async move {
                    let state = world.keys.look_up(&profile).await;
                    world.events.send(Event::Key(id, state));
                });
            }
            Command::StoreKey(id, key) => {
                tokio::spawn(async move {
                    let state = world.keys.store(&id, key).await;
                    world.events.send(Event::Key(id, state));
                });
            }
            Command::ForgetKey(id) => {
                let Some(profile) = self.profile(&id) else { return };
                tokio::spawn(async move {
                    let state = world.keys.forget(&profile).await;
                    world.events.send(Event::Key(id, state));
                });
            }
            Command::TestConnection(profile) => {
                tokio::spawn(async move {
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
                });
            }
            Command::RefreshModels(id) => {
                let Some(profile) = self.profile(&id) else { return };
                tokio::spawn(async move {
                    match models(&world, &profile).await {
                        Ok(models) => world.note(Note::Models(id, models)),
                        // The list that is remembered stays; the connection test says what is wrong.
                        Err(failure) => tracing::info!(profile = %id, kind = ?failure.kind, "models were not listed"),
                    }
                });
            }
            _ => {}
        }
    }
}

async fn models(world: &World, profile: &Profile) -> Result<Vec<ModelInfo>, Failure> {
    let key = world.keys.key(profile).await?;
    let base_url = world.base_url(profile);
    let models = world.client.models(profile, base_url, key.as_ref().map(Secret::reveal)).await?;
    Ok(models.into_iter().map(|Model { id, makes_images, listed }| ModelInfo { id, makes_images, listed }).collect())
}
