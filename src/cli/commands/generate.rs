//! `atelier generate`: generates images from a prompt.

use std::{
    collections::{BTreeMap, VecDeque},
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use jiff::Zoned;
use uuid::Uuid;

use crate::{
    cli::{
        address, args::GenerateArgs, exit_status::ExitStatus, report::Report, request_tracker::RequestTracker,
        session::StudioSession,
    },
    composition::Composition,
    prompt,
    recipe::{BatchId, Parameters, Profile, ProfileId, Recipe, Reference},
    settings::{Composing, Style, Variants},
    studio::{
        CardState, Command, Event, ExportCommand, ExportEvent, GalleryEvent, ImageDetails, KeyState, ModelCatalog,
        Notice, Paths, ProviderCommand, ProviderEvent, QueueCommand, QueueEvent, Ready, ReferenceCommand,
        ReferenceEvent, SettingsCommand,
        export::{ConflictPolicy, ExportFormat, ExportOptions, ExportTarget, TemplateError},
    },
};

use super::sheet;

/// How long to wait for a gateway's list of models if none is given.
const MODELS_LIMIT: Duration = Duration::from_secs(20);

/// The model if the gateway lists none: the image model that most gateways of its kind offer.
const DEFAULT_MODEL: &str = "gemini-2.5-flash-image";

/// Maximum number of requests. Styles can expand one prompt to several, but more than this are not what a command with
/// one prompt means.
const MAX_REQUESTS: u128 = 50;

pub(in crate::cli) fn run(
    handle: &StudioSession,
    ready: &Ready,
    paths: &Paths,
    arguments: &GenerateArgs,
    report: &Report,
) -> ExitStatus {
    let styles = match styles(ready, arguments, report) {
        Ok(styles) => styles,
        Err(ending) => return ending,
    };
    // Checked before anything is sent that may cost money.
    if let Some(trouble) = arguments.out.as_ref().and_then(|folder| template_error(handle, folder, &arguments.name))
        && (arguments.sheet.is_none() || trouble == TemplateError::TargetInLibrary)
    {
        report.usage(&report.text().template_trouble(&trouble));
        return ExitStatus::Usage;
    }
    let recipe = match prepare(handle, ready, arguments, report) {
        Ok(recipe) => recipe,
        Err(ending) => return ending,
    };
    if let Some(path) = &arguments.sheet {
        return sheet::run(handle, arguments, recipe, path, report);
    }
    match compose(recipe, styles, paths, report) {
        Ok(recipes) => generate(handle, arguments, recipes, report),
        Err(ending) => ending,
    }
}

/// Checks the folder and the names of the files that images are also written to. With a sheet, names can use its
/// columns, which are checked when they are known.
fn template_error(handle: &StudioSession, folder: &Path, template: &str) -> Option<TemplateError> {
    let target = ExportTarget::Folder { folder: folder.to_owned(), template: template.to_owned() };
    let (format, on_conflict) = (ExportFormat::Original, ConflictPolicy::Number);
    handle.send(Command::Export(ExportCommand::Preview(ExportOptions {
        images: Vec::new(),
        target,
        format,
        on_conflict,
    })));
    loop {
        match handle.next() {
            Event::Export(ExportEvent::Preview(preview)) => return preview.template_error,
            Event::Stopped => return Some(TemplateError::InternalError),
            _ => {}
        }
    }
}

fn prepare(
    handle: &StudioSession,
    ready: &Ready,
    arguments: &GenerateArgs,
    report: &Report,
) -> Result<Recipe, ExitStatus> {
    let mut prompt = arguments.prompt.clone().unwrap_or_default();
    if prompt == "-" {
        prompt.clear();
        if let Err(error) = std::io::stdin().read_to_string(&mut prompt) {
            report.usage(&report.text().with("cli-no-input", [("reason", error.to_string().into())]));
            return Err(ExitStatus::Usage);
        }
    }
    if prompt.trim().is_empty() && arguments.sheet.is_none() {
        report.usage(&report.text().get("cli-no-prompt"));
        return Err(ExitStatus::Usage);
    }
    let profile = profile(handle, ready, arguments, report)?;
    let model = match &arguments.model {
        Some(model) => model.clone(),
        None => model(handle, ready, &profile),
    };
    let references = references_of(handle, &arguments.references, report)?;
    let mask = references_of(handle, arguments.mask.as_slice(), report)?.pop();
    let parameters = arguments.parameters.parameters();
    let negative = arguments.avoid.clone().unwrap_or_default();
    if arguments.sheet.is_none() {
        warn(&profile, &model, &parameters, report);
    }
    Ok(Recipe { prompt, negative, profile: profile.id, model, parameters, references, mask, ..Recipe::default() })
}

/// Warns before anything is sent if the model was shut down, or uses another size than the requested one.
fn warn(profile: &Profile, model: &str, parameters: &Parameters, report: &Report) {
    let abilities = ModelCatalog::built_in().abilities(profile, model, None, None);
    let today = Zoned::now().date();
    if let Some(ending) = abilities.deprecated.as_ref().filter(|ending| ending.is_over(today)) {
        report.aside(&format!("{model}: {}", report.text().ending(ending, today)));
    }
    if let Some(words) = report.text().sent_as(parameters, &abilities) {
        report.aside(&words);
    }
}

/// Expands a recipe with styles into requests.
fn compose(recipe: Recipe, styles: Vec<Style>, paths: &Paths, report: &Report) -> Result<Vec<Recipe>, ExitStatus> {
    let composition = if styles.is_empty() {
        let composing = Composing { variants: Variants::AsWritten, ..Composing::default() };
        Composition { recipe, composing, ..Composition::default() }
    } else {
        // The prompt is literal; the styles around it are templates.
        let prompt = prompt::escape(&recipe.prompt).into_owned();
        Composition { recipe: Recipe { prompt, ..recipe }, styles, sources: paths.sources(), ..Composition::default() }
    };
    if composition.count() > MAX_REQUESTS {
        report.usage(&report.text().with("cli-too-many-prompts", [("most", (MAX_REQUESTS as usize).into())]));
        return Err(ExitStatus::Usage);
    }
    Ok(composition.recipes().collect())
}

/// The given styles.
fn styles(ready: &Ready, arguments: &GenerateArgs, report: &Report) -> Result<Vec<Style>, ExitStatus> {
    let unknown = |name: &&String| !ready.prompt_library.styles.iter().any(|style| style.name == **name);
    if let Some(name) = arguments.styles.iter().find(unknown) {
        let known: Vec<&str> = ready.prompt_library.styles.iter().map(|style| style.name.as_str()).collect();
        let variables = [("name", name.as_str().into()), ("known", known.join(", ").into())];
        report.usage(&report.text().with("cli-unknown-style", variables));
        return Err(ExitStatus::Usage);
    }
    Ok(ready.prompt_library.styles_of(&arguments.styles))
}

/// The given gateway, or the default one.
fn profile(
    handle: &StudioSession,
    ready: &Ready,
    arguments: &GenerateArgs,
    report: &Report,
) -> Result<Profile, ExitStatus> {
    let id = match (&arguments.provider, &arguments.base_url) {
        (Some(name), _) => ProfileId::new(name.clone()),
        (None, Some(_)) => ProfileId::dgrid(),
        (None, None) if has_key(handle, &ProfileId::dgrid()) => ProfileId::dgrid(),
        (None, None) => ProfileId::demo(),
    };
    let Some(profile) = ready.settings.profile(&id) else {
        report.unknown_provider(&id, &ready.settings.profiles);
        return Err(ExitStatus::Usage);
    };
    let mut profile = profile.clone();
    if let Some(dialect) = arguments.dialect {
        profile.dialect = dialect.into();
    }
    if let Some(base_url) = &arguments.base_url {
        if id.is_demo() {
            report.usage(&report.text().get("cli-demo-has-no-url"));
            return Err(ExitStatus::Usage);
        }
        profile.base_url = address::parse_address(base_url, profile.dialect, report)?;
        // An address that is given on the command line counts as confirmed.
        profile.unconfirmed = false;
    }
    if profile.unconfirmed && profile.needs_key() {
        report.host_not_confirmed(&profile);
        return Err(ExitStatus::Usage);
    }
    if ready.settings.profile(&id) != Some(&profile) {
        handle.send(Command::Settings(SettingsCommand::OverrideProfile(Box::new(profile.clone()))));
    }
    Ok(profile)
}

fn has_key(handle: &StudioSession, id: &ProfileId) -> bool {
    handle.send(Command::Providers(ProviderCommand::LookUpKey(id.clone())));
    loop {
        match handle.next() {
            Event::Providers(ProviderEvent::KeyState(profile, state))
                if profile == *id && state != KeyState::Asking =>
            {
                return !matches!(state, KeyState::Missing | KeyState::Unreachable(_));
            }
            Event::Stopped => return false,
            _ => {}
        }
    }
}

/// The last used model of this gateway, else the gateway's first image model.
fn model(handle: &StudioSession, ready: &Ready, profile: &Profile) -> String {
    let last = &ready.session.composer;
    if last.profile == profile.id && !last.model.trim().is_empty() {
        return last.model.clone();
    }
    handle.send(Command::Providers(ProviderCommand::TestConnection(Box::new(profile.clone()))));
    let deadline = Instant::now() + MODELS_LIMIT;
    let mut first = None;
    while let Some(event) = handle.next_within(deadline.saturating_duration_since(Instant::now())) {
        match event {
            Event::Providers(ProviderEvent::Models(id, models)) if id == profile.id => {
                first = models.into_iter().find(|model| model.makes_images).map(|model| model.id).or(first);
                if first.is_some() {
                    break;
                }
            }
            // The request itself will report the error of the gateway.
            Event::Providers(ProviderEvent::ConnectionTested(id, Err(_))) if id == profile.id => break,
            Event::Ending { .. } => break,
            _ => {}
        }
    }
    first.unwrap_or_else(|| DEFAULT_MODEL.to_owned())
}

fn references_of(handle: &StudioSession, files: &[PathBuf], report: &Report) -> Result<Vec<Reference>, ExitStatus> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    handle.send(Command::References(ReferenceCommand::AddFiles(files.to_vec())));
    let mut references = Vec::new();
    let mut refused = false;
    while references.len() < files.len() && !refused {
        match handle.next() {
            Event::References(ReferenceEvent::Ready { reference, .. }) => references.push(reference),
            Event::Notice(
                notice @ (Notice::InvalidReference { .. }
                | Notice::UnsupportedReferenceFormat { .. }
                | Notice::InternalError),
            ) => {
                report.usage(&report.text().notice(&notice));
                refused = true;
            }
            Event::Stopped => refused = true,
            _ => {}
        }
    }
    if refused { Err(ExitStatus::Usage) } else { Ok(references) }
}

fn generate(handle: &StudioSession, arguments: &GenerateArgs, recipes: Vec<Recipe>, report: &Report) -> ExitStatus {
    if handle.is_ending() {
        report.requests_left(0, 0, 0);
        return ExitStatus::Failed;
    }
    // Events of earlier requests arrive as well; the new ones are recognized by their batch, and all of them are
    // reported before any of them ends.
    let mut own = RequestTracker::default();
    let batch = BatchId::from_uuid(Uuid::now_v7());
    let recipes = recipes.into_iter().map(|recipe| Recipe { batch: Some(batch), ..recipe });
    handle.send(Command::Queue(QueueCommand::Generate(recipes.collect())));
    let mut ending = ExitStatus::Done;
    let mut stored: Vec<ImageDetails> = Vec::new();
    let mut progress = report.progress();
    while let Some(event) = own.next(handle) {
        match event {
            // Images of earlier requests that were resumed at the start arrive as well.
            Event::Gallery(GalleryEvent::ImageStored(details)) if own.has(details.facts.request) => {
                stored.push(*details);
            }
            Event::Queue(QueueEvent::RequestChanged(job)) if job.recipe.batch == Some(batch) => {
                progress.job(&job);
                if let CardState::Failed(failure) = &job.state {
                    progress.clear();
                    report.failure(Some(job.id), failure, None);
                }
                if matches!(job.state, CardState::Failed(_) | CardState::Cancelled { .. }) {
                    ending = ExitStatus::Failed;
                }
                own.note(&job);
            }
            Event::Queue(QueueEvent::Status(queue)) => own.note_queue(&queue, report),
            Event::Stopped => break,
            _ => {}
        }
    }
    if !own.have_ended() {
        ending = ExitStatus::Failed;
    }
    own.tell_left(handle, stored.len(), report);
    progress.clear();
    let mut elsewhere = BTreeMap::new();
    if let Some(folder) = &arguments.out
        && !stored.is_empty()
    {
        match export(handle, folder.clone(), &arguments.name, &stored, report) {
            Ok(paths) => elsewhere = paths,
            Err(()) => ending = ExitStatus::Failed,
        }
    }
    for details in &stored {
        report.image(details, elsewhere.get(&details.facts.id), None);
    }
    ending
}

fn export(
    handle: &StudioSession,
    folder: PathBuf,
    template: &str,
    stored: &[ImageDetails],
    report: &Report,
) -> Result<BTreeMap<crate::recipe::ImageId, PathBuf>, ()> {
    let images: Vec<_> = stored.iter().map(|details| details.facts.id).collect();
    handle.send(Command::Export(ExportCommand::Start(ExportOptions {
        images: images.clone(),
        target: ExportTarget::Folder { folder, template: template.to_owned() },
        format: ExportFormat::Original,
        on_conflict: ConflictPolicy::Number,
    })));
    loop {
        match handle.next() {
            Event::Export(ExportEvent::Done { written, failed, .. }) => {
                for (id, failure) in &failed {
                    report.export_failure(*id, failure);
                }
                let mut written = VecDeque::from(written);
                let ok = |id: &crate::recipe::ImageId| failed.iter().all(|(failed, _)| failed != id);
                let paths = images.into_iter().filter(ok).filter_map(|id| Some((id, written.pop_front()?))).collect();
                return if failed.is_empty() { Ok(paths) } else { Err(()) };
            }
            Event::Stopped => return Err(()),
            _ => {}
        }
    }
}
