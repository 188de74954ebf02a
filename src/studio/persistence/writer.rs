//! Writes changes of the configuration in order, on a thread of its own.

use std::collections::BTreeMap;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::{
    error_chain::chain,
    recipe::ProfileId,
    settings::{PromptLibrary, Session, Settings},
    studio::{
        persistence::config_files::{ConfigStore, ConfigWriteError},
        protocol::LearnedCapabilities,
        protocol::{Event, ModelInfo, Notice},
        runtime::{context::Context, task::Task},
    },
};

/// A change to be written.
pub(in crate::studio) enum SaveRequest {
    Settings(Box<Settings>),
    Session(Box<Session>),
    /// The prompt library.
    PromptLibrary(Box<PromptLibrary>),
    Models(BTreeMap<ProfileId, Vec<ModelInfo>>),
    Learned(LearnedCapabilities),
    /// A write outside the configuration folder, in the same order.
    Other(Box<dyn FnOnce(&Context) + Send>),
}

/// Sends changes to the writer.
#[derive(Clone)]
pub(in crate::studio) struct SaveQueue(UnboundedSender<SaveRequest>);

impl SaveQueue {
    pub(in crate::studio) fn new(writer: UnboundedSender<SaveRequest>) -> Self {
        Self(writer)
    }

    /// Queues a change. This fails only when the program ends.
    pub(in crate::studio) fn save(&self, save: SaveRequest) {
        self.0.send(save).ok();
    }
}

/// Writes changes until the channel is closed.
pub(in crate::studio) fn run_writer(context: &Context, files: &ConfigStore, mut saves: UnboundedReceiver<SaveRequest>) {
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

fn write(context: &Context, files: &ConfigStore, save: SaveRequest) -> Result<(), ConfigWriteError> {
    match save {
        SaveRequest::Settings(settings) => files.save_settings(&settings),
        SaveRequest::Session(session) => files.save_session(&session),
        SaveRequest::PromptLibrary(library) => files.save_prompt_library(&library),
        SaveRequest::Models(models) => files.save_models(&models),
        SaveRequest::Learned(learned) => files.save_learned(&learned),
        SaveRequest::Other(write) => {
            write(context);
            Ok(())
        }
    }
}
