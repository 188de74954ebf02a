//! The state that the studio has reported. Pages read it; only events change it.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::Zoned;

use crate::{
    composition::WildcardFiles,
    prompt::Sources,
    recipe::{
        Abilities, BatchId, BatchRole, Collection, CollectionId, Failure, ImageId, LearnedModel, Profile, ProfileId,
        Recipe, RequestId, Vote,
    },
    settings::{PromptLibrary, Settings},
    studio::{
        ConnectionReport, Filter, GalleryEvent, ImageDetails, ImageList, KeyState, ModelCatalog, ModelInfo,
        OrganizeEvent, ProviderEvent, Query, QueueEvent, QueueStatus, Ready, RequestCard, SystemAppearance, View,
    },
};

use super::{provider_contact::ProviderContacts, requests::Requests};

/// Maximum number of images whose details are cached.
const MAX_CACHED_DETAILS: usize = 256;
/// Number of recent durations from which the usual duration of a model is taken.
const DURATION_SAMPLES: usize = 9;

/// The state that the studio has reported.
#[derive(Debug, Default)]
pub struct StudioState {
    /// Whether the studio is ready.
    pub ready: bool,
    /// The settings.
    pub settings: Settings,
    /// The styles, variables, snippets and presets of the person.
    pub prompt_library: Arc<PromptLibrary>,
    /// The folder of the library.
    pub library: PathBuf,
    /// The folder of settings and session.
    pub config: PathBuf,
    /// The folder of log files, if the platform has one.
    pub logs: Option<PathBuf>,
    /// Whether files can be dropped on the window.
    pub takes_drops: bool,
    /// Whether the library was created by a newer version and is read-only.
    pub read_only: bool,
    /// How the desktop wants programs to look.
    pub appearance: SystemAppearance,
    /// Base URL of the demo gateway.
    pub demo_url: String,
    /// Requests that have a card.
    pub requests: Requests,
    /// The state of the queue.
    pub queue: QueueStatus,
    /// Increases with every event about the queue.
    pub queue_revision: u64,
    /// The open view of the library.
    pub view: Option<View>,
    /// The state of each profile's key.
    pub keys: BTreeMap<ProfileId, KeyState>,
    /// The models of each profile, image models first.
    pub models: BTreeMap<ProfileId, Vec<ModelInfo>>,
    /// Capabilities that were learned from the images of each profile's models.
    pub learned: BTreeMap<ProfileId, BTreeMap<String, LearnedModel>>,
    /// The result of the last connection test of each profile.
    pub connections: BTreeMap<ProfileId, Result<ConnectionReport, Failure>>,
    /// Whether each provider could be reached.
    pub contacts: ProviderContacts,
    /// The votes of blind comparisons.
    pub votes: BTreeMap<BatchId, Vote>,
    /// The collections, by name.
    pub collections: Vec<Collection>,
    /// The variables, snippets and wildcards that prompts can name.
    pub sources: Arc<Sources>,
    /// The texts of the wildcard files, by their names.
    pub wildcards: Arc<BTreeMap<String, String>>,
    details: HashMap<ImageId, Arc<ImageDetails>>,
    details_order: VecDeque<ImageId>,
    /// Images whose parents or variations may have changed since their details were cached.
    outdated: HashSet<ImageId>,
}

impl StudioState {
    /// Takes over what the studio sends when it is ready.
    pub fn begin(&mut self, ready: &Ready) {
        self.ready = true;
        self.settings.clone_from(&ready.settings);
        self.prompt_library = Arc::clone(&ready.prompt_library);
        self.library.clone_from(&ready.library);
        self.config.clone_from(&ready.config);
        self.logs.clone_from(&ready.logs);
        self.takes_drops = ready.takes_drops;
        self.read_only = ready.read_only;
        self.demo_url.clone_from(&ready.demo_url);
    }

    /// Folds an event about requests into this state.
    pub fn fold_queue(&mut self, event: &QueueEvent) {
        match event {
            QueueEvent::RequestChanged(job) => {
                self.contacts.note(self.requests.get(job.id), job);
                self.requests.put(job.clone());
            }
            QueueEvent::RequestRemoved(id) => self.requests.remove(*id),
            QueueEvent::Status(queue) => {
                self.queue.clone_from(queue);
                self.queue_revision += 1;
            }
            QueueEvent::RunEnded(_) => {}
        }
    }

    /// Folds an event about the gallery into this state.
    pub fn fold_gallery(&mut self, event: &GalleryEvent) {
        match event {
            GalleryEvent::ViewPreview(view) => {
                let before = self.view.take().unwrap_or_default();
                self.view = Some(View {
                    library_total: before.library_total.max(view.library_total),
                    library_bytes: before.library_bytes,
                    library_mismatched: before.library_mismatched,
                    library_trashed: before.library_trashed,
                    library_models: before.library_models,
                    ..view.clone()
                });
            }
            GalleryEvent::View(view) => self.view = Some(view.clone()),
            GalleryEvent::ImageStored(details) => {
                for parent in &details.lineage.parents {
                    if let Some(parent) = self.details.get_mut(parent) {
                        Arc::make_mut(parent).lineage.add_child(details.facts.id);
                    }
                }
                self.remember(details);
            }
            GalleryEvent::Details(details) => {
                self.outdated.remove(&details.facts.id);
                self.remember(details);
            }
            GalleryEvent::Rows { .. }
            | GalleryEvent::RowsChanged
            | GalleryEvent::Thumbnail { .. }
            | GalleryEvent::Image { .. }
            | GalleryEvent::ClipboardImage { .. }
            | GalleryEvent::Batch(..)
            | GalleryEvent::Exchange(..) => {}
        }
    }

    /// Folds an event about marks, collections and the trash into this state.
    pub fn fold_organize(&mut self, event: &OrganizeEvent) {
        match event {
            OrganizeEvent::MovedToTrash(_) | OrganizeEvent::RestoredFromTrash(_) | OrganizeEvent::TrashEmptied(_) => {
                self.outdated.extend(self.details.keys());
            }
            OrganizeEvent::Changed { images, change: Some(change), .. } => {
                for id in images.iter() {
                    if let Some(details) = self.details.get_mut(id) {
                        Arc::make_mut(details).marks.change(change);
                    }
                }
            }
            OrganizeEvent::Collections(collections) => self.collections.clone_from(collections),
            OrganizeEvent::Changed { change: None, .. }
            | OrganizeEvent::Progress { .. }
            | OrganizeEvent::CollectionsEdited { .. }
            | OrganizeEvent::TagSuggestions(..) => {}
        }
    }

    /// Folds an event about providers into this state.
    pub fn fold_providers(&mut self, event: &ProviderEvent) {
        self.contacts.fold_providers(event);
        match event {
            ProviderEvent::KeyState(profile, state) => {
                self.keys.insert(profile.clone(), state.clone());
            }
            ProviderEvent::Models(profile, models) => {
                self.models.insert(profile.clone(), models.clone());
            }
            ProviderEvent::Learned(profile, learned) => {
                self.learned.insert(profile.clone(), learned.clone());
            }
            ProviderEvent::ConnectionTested(profile, outcome) => {
                self.connections.insert(profile.clone(), outcome.clone());
            }
            ProviderEvent::DiagnosticStep(..) | ProviderEvent::DiagnosticsDone(_) => {}
        }
    }

    /// Uses the wildcard files that the studio has read.
    pub fn set_wildcards(&mut self, files: &WildcardFiles) {
        self.sources = Arc::clone(&files.sources);
        self.wildcards = Arc::clone(&files.texts);
    }

    /// Takes other settings over.
    pub fn replace_settings(&mut self, settings: &Settings) {
        for profile in &self.settings.profiles {
            if settings.profile(&profile.id) != Some(profile) {
                self.contacts.forget(&profile.id);
            }
        }
        self.settings.clone_from(settings);
    }

    fn remember(&mut self, details: &ImageDetails) {
        if self.details.insert(details.facts.id, Arc::new(details.clone())).is_none() {
            self.details_order.push_back(details.facts.id);
            if self.details_order.len() > MAX_CACHED_DETAILS
                && let Some(oldest) = self.details_order.pop_front()
            {
                self.details.remove(&oldest);
                self.outdated.remove(&oldest);
            }
        }
    }

    /// The details of an image, if they were requested lately.
    pub fn details(&self, id: ImageId) -> Option<&Arc<ImageDetails>> {
        self.details.get(&id)
    }

    /// Whether the parents or variations of an image may have changed since [`Self::details`] was cached.
    pub fn is_outdated(&self, id: ImageId) -> bool {
        self.outdated.contains(&id)
    }

    /// The median of a model's recent durations, if there are any.
    pub fn took(&self, profile: &ProfileId, model: &str) -> Option<Duration> {
        let seen = self.details_order.iter().rev().filter_map(|id| self.details.get(id));
        let same =
            seen.filter(|details| details.facts.recipe.profile == *profile && details.facts.recipe.model == model);
        let mut times: Vec<Duration> = same.map(|details| details.facts.took).take(DURATION_SAMPLES).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// Whether a recipe belongs to a blind comparison that is still open, so that nothing may reveal its model.
    pub fn is_blind(&self, recipe: &Recipe) -> bool {
        let open = |batch: BatchId| !self.votes.contains_key(&batch);
        matches!(recipe.role, BatchRole::Contender { .. }) && recipe.batch.is_some_and(open)
    }

    /// A request that has a card.
    pub fn job(&self, id: RequestId) -> Option<&RequestCard> {
        self.requests.get(id)
    }

    /// A profile by its short name.
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.settings.profile(id)
    }

    /// Whether the key of a profile allows requests to be sent.
    pub fn key_ready(&self, profile: &Profile) -> bool {
        !profile.needs_key()
            || matches!(
                self.keys.get(&profile.id),
                Some(KeyState::Stored { .. } | KeyState::SessionOnly { .. } | KeyState::FromEnvironment { .. })
            )
    }

    /// The capabilities of a model at a gateway.
    pub fn abilities(&self, profile: &ProfileId, model: &str) -> Abilities {
        let Some(profile) = self.profile(profile) else { return Abilities::default() };
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        let learned = self.learned.get(&profile.id).and_then(|models| models.get(model));
        ModelCatalog::built_in().abilities(profile, model, listed.map(|info| &info.listed), learned)
    }

    /// The default model of a gateway: the first of its list that is not shut down and will not be soon.
    pub fn usual_model(&self, profile: &ProfileId) -> Option<&ModelInfo> {
        let models = self.models.get(profile)?;
        let today = Zoned::now().date();
        let lasts = |model: &&ModelInfo| {
            let ending = self.abilities(profile, &model.id).deprecated;
            ending.is_none_or(|ending| ending.ends.is_some() && !ending.is_over(today))
        };
        let image_models = || models.iter().filter(|model| model.makes_images);
        image_models().find(lasts).or_else(|| models.first())
    }

    /// The collections in the order of their tree: each after its parent, with its depth.
    pub fn collections_in_order(&self) -> Vec<(usize, &Collection)> {
        fn below<'a>(
            all: &'a [Collection],
            parent: Option<CollectionId>,
            depth: usize,
            found: &mut Vec<(usize, &'a Collection)>,
        ) {
            // The limit on the depth also ends a cycle, which must not exist.
            if depth > 16 {
                return;
            }
            for collection in all.iter().filter(|collection| collection.parent == parent) {
                found.push((depth, collection));
                below(all, Some(collection.id), depth + 1, found);
            }
        }
        let mut found = Vec::new();
        below(&self.collections, None, 0, &mut found);
        found
    }

    /// The collection that the open view shows, if images can be added to it.
    pub fn shown_collection(&self) -> Option<&Collection> {
        let query = Query::parse(&self.view.as_ref()?.search);
        let mut names = query.terms().iter().filter(|term| !term.negated).filter_map(|term| match &term.filter {
            Filter::Collection(name) => Some(name),
            _ => None,
        });
        let name = names.next().filter(|_| names.next().is_none())?;
        self.collections.iter().find(|known| known.query.is_none() && known.name == *name)
    }

    /// The order of the open view.
    pub fn ids(&self) -> ImageList {
        self.view.as_ref().map(|view| view.ids.clone()).unwrap_or_default()
    }
}
