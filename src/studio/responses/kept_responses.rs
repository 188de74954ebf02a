//! Kept responses: their totals, their content, and when they are deleted.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use crate::{
    error_chain::chain,
    gateway::Receiver,
    imaging::{sniff, unsupported_format},
    library::{KeptLimits, KeptTotals, RequestStatus},
    recipe::RequestId,
    settings::Settings,
    studio::{
        protocol::{Event, Notice, ResponseCommand},
        responses::{response_reader, response_receiver::ResponseReceiver},
        runtime::{context::Context, task::Task, task_message::TaskMessage},
    },
};

/// Number of first bytes of an image that are inspected to name its format.
const FORMAT_PROBE_BYTES: usize = 512;

const BYTES_PER_MEGABYTE: u64 = 1_000_000;

/// Handles a command about kept responses.
pub(in crate::studio) fn handle(command: &ResponseCommand, context: &Arc<Context>) {
    match command {
        ResponseCommand::Save(id) => save_response(context, *id),
        ResponseCommand::LoadTotals => load_totals(context),
        ResponseCommand::ShowCards => show_cards(context),
        ResponseCommand::DeleteAll => delete_all(context),
    }
}

fn limits(settings: &Settings) -> KeptLimits {
    KeptLimits { bytes: u64::from(settings.kept_megabytes) * BYTES_PER_MEGABYTE, days: settings.kept_days }
}

/// Deletes kept responses beyond the limits of the settings.
pub(in crate::studio) fn prune(context: &Arc<Context>, settings: &Settings) {
    let limits = limits(settings);
    remove(context, move |context| context.library.spool().prune_kept(limits, SystemTime::now()));
}

/// Deletes all kept responses.
fn delete_all(context: &Arc<Context>) {
    remove(context, |context| context.library.spool().remove_all_kept());
}

/// Shows the cards of kept responses again that were dismissed.
fn show_cards(context: &Arc<Context>) {
    let show = |context: &Arc<Context>| {
        let shown = context.library.requests().dismissed().and_then(|dismissed| {
            for (record, failure) in dismissed {
                context.library.requests().set_failed(record.request, &failure, true)?;
                let entry = context.library.requests().queue_entry(record.request)?.unwrap_or_default();
                context.notify_core(TaskMessage::ShowFailedRequest(Box::new((record, entry, failure))));
            }
            Ok(())
        });
        if let Err(error) = shown {
            tracing::warn!(error = %chain(&error), "kept responses cannot be shown");
        }
    };
    context.spawn_blocking(Task::KeptResponses, show, Context::report_task_panic);
}

fn remove(
    context: &Arc<Context>,
    remove: impl FnOnce(&Context) -> Result<Vec<RequestId>, crate::library::LibraryError> + Send + 'static,
) {
    let remove = move |context: &Arc<Context>| {
        match remove(context) {
            Ok(removed) if removed.is_empty() => {}
            Ok(removed) => {
                remove_records(context, &removed);
                context.notify_core(TaskMessage::KeptResponsesRemoved(removed));
            }
            Err(error) => tracing::warn!(error = %chain(&error), "kept responses could not be removed"),
        }
        send_totals(context);
    };
    context.spawn_blocking(Task::KeptResponses, remove, Context::report_task_panic);
}

/// Sends the totals of kept responses.
fn load_totals(context: &Arc<Context>) {
    context.spawn_blocking(Task::KeptResponses, |context| send_totals(context), Context::report_task_panic);
}

/// Lets the person choose a folder, and saves the content of a kept response there.
fn save_response(context: &Arc<Context>, id: RequestId) {
    context.choose(context.dialogs.pick_folder(), move |context, folder| {
        let save = move |context: &Arc<Context>| {
            let notice = match save(context, id, &folder) {
                Ok(files) if files.is_empty() => Notice::ResponseNotKept,
                Ok(files) => Notice::ResponseSaved { files },
                Err(reason) => Notice::ResponseSaveFailed { reason },
            };
            context.events.send(Event::Notice(notice));
        };
        context.spawn_blocking(Task::KeptResponses, save, Context::report_task_panic);
    });
}

/// Removes the records of requests whose cards were dismissed before their responses were deleted.
fn remove_records(context: &Context, removed: &[RequestId]) {
    let is_dismissed = |request: &RequestId| {
        matches!(context.library.requests().status(*request), Ok(Some(RequestStatus::Dismissed(_))))
    };
    let gone: Vec<RequestId> = removed.iter().copied().filter(is_dismissed).collect();
    if let Err(error) = context.library.requests().remove(&gone) {
        tracing::warn!(error = %chain(&error), "requests whose responses were removed are still in the index");
    }
}

fn send_totals(context: &Context) {
    let totals = context.library.spool().kept_totals().unwrap_or_else(|error| {
        tracing::warn!(error = %chain(&error), "kept responses cannot be counted");
        KeptTotals::default()
    });
    context.events.send(Event::KeptResponses(totals));
}

/// Writes every image of a response, complete or not, and the response itself. Returns the files.
fn save(context: &Context, request: RequestId, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let Some(mut spooled) = context.library.spool().read(request).map_err(|error| failed(&error))? else {
        return Ok(Vec::new());
    };
    let kind = spooled.head.as_ref().map(|head| response_reader::body_kind(&head.kind)).unwrap_or_default();
    let mut body = Vec::new();
    spooled.body.read_to_end(&mut body).map_err(|error| failed(&error))?;
    let mut receiver = ResponseReceiver::new(kind, CollectedImages::default());
    receiver.push(&body);
    let (_, images) = receiver.finish();
    let mut files = Vec::new();
    let is_events = spooled
        .head
        .is_some_and(|head| head.kind == response_reader::body_kind_label(crate::gateway::BodyKind::EventStream));
    let name = format!("response.{}", if is_events { "txt" } else { "json" });
    for (name, bytes) in images.named().chain([(name, body.as_slice())]) {
        files.push(write_new(folder, request, &name, bytes).map_err(|error| failed(&error))?);
    }
    Ok(files)
}

/// Writes a new file that is named after the request.
fn write_new(folder: &Path, request: RequestId, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let mut number = 1;
    loop {
        let again = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{request}-{stem}{again}.{extension}"));
        match fs::File::create_new(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            created => {
                let mut file = created?;
                std::io::Write::write_all(&mut file, bytes)?;
                file.sync_all()?;
                return Ok(path);
            }
        }
    }
}

/// Collects the images of a response without decoding them.
#[derive(Default)]
struct CollectedImages(Vec<(Vec<u8>, bool)>);

impl CollectedImages {
    /// The images with names for their files.
    fn named(&self) -> impl Iterator<Item = (String, &[u8])> {
        self.0.iter().filter(|(bytes, _)| !bytes.is_empty()).enumerate().map(|(number, (bytes, complete))| {
            let part = if *complete { "" } else { "-incomplete" };
            (format!("{}{part}.{}", number + 1, extension(bytes)), bytes.as_slice())
        })
    }
}

fn extension(bytes: &[u8]) -> String {
    if let Some(format) = sniff(bytes) {
        return format.extension().to_owned();
    }
    let name = unsupported_format(&bytes[..bytes.len().min(FORMAT_PROBE_BYTES)]).map_or("bin", |foreign| foreign.name);
    match name {
        "JPEG XL" => "jxl".to_owned(),
        "JPEG 2000" => "jp2".to_owned(),
        "QuickTime" => "mov".to_owned(),
        "Photoshop" => "psd".to_owned(),
        "OpenEXR" => "exr".to_owned(),
        name => name.to_ascii_lowercase(),
    }
}

impl Receiver for CollectedImages {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        self.0.push((Vec::new(), false));
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        if let Some((image, _)) = self.0.last_mut() {
            image.extend_from_slice(bytes);
        }
    }

    fn image_end(&mut self, complete: bool) {
        if let Some((_, ended)) = self.0.last_mut() {
            *ended = complete;
        }
    }

    fn image_link(&mut self, _url: &str) {}

    fn text(&mut self, _delta: &str) {}
}
