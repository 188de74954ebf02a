//! Writes changes of the configuration in order, on a thread of its own.

use std::collections::BTreeMap;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::{
    error_chain::chain,
    recipe::ProfileId,
    settings::{Kit, Session, Settings},
    studio::{
        persistence::config_files::{ConfigStore, ConfigWriteError},
        protocol::LearnedCapabilities,
        protocol::{Event, ModelInfo, Notice},
        runtime::{context::Context, task::Task},
    },
};

/// A change to be written.
pub(in crate::studio) enum Save {
    Settings(Box<Settings>),
    Session(Box<Session>),
    /// The prompt library.
    Kit(Box<Kit>),
    Models(BTreeMap<ProfileId, Vec<ModelInfo>>),
    Learned(LearnedCapabilities),
    /// A write outside the configuration folder, in the same order.
    Other(Box<dyn FnOnce(&Context) + Send>),
}

/// Sends changes to the writer.
#[derive(Clone)]
pub(in crate::studio) struct Saver(UnboundedSender<Save>);

impl Saver {
    pub(in crate::studio) fn new(writer: UnboundedSender<Save>) -> Self {
        Self(writer)
    }

    /// Queues a change. This fails only when the program ends.
    pub(in crate::studio) fn save(&self, save: Save) {
        self.0.send(save).ok();
    }
}

/// Writes changes until the channel is closed.
pub(in crate::studio) fn save_all(context: &Context, files: &ConfigStore, mut saves: UnboundedReceiver<Save>) {
    while let Some(save) = saves.blocking_recv() {
        match context.catch_panic(Task::Save, || write(context, files, save)) {
            Some(Ok(())) => {}
            Some(Err(ConfigWriteError { path, reason })) => {
                tracing::error!(path = %path.display(), reason = %chain(&reason), "a file of the configuration was not written");
                context.events.send(Event::Notice(Notice::SaveFailed { path, reason: reason.to_string() }));
            }
            // The following changes are still written.
            None => context.report_task_panic(),
        }
    }
}

fn write(context: &Context, files: &ConfigStore, save: Save) -> Result<(), ConfigWriteError> {
    match save {
        Save::Settings(settings) => files.save_settings(&settings),
        Save::Session(session) => files.save_session(&session),
        Save::Kit(kit) => files.save_kit(&kit),
        Save::Models(models) => files.save_models(&models),
        Save::Learned(learned) => files.save_learned(&learned),
        Save::Other(write) => {
            write(context);
            Ok(())
        }
    }
}
