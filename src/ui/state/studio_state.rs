//! What the studio has told so far. Places read it; only events change it.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use jiff::Zoned;

use crate::{
    prompt::Sources,
    recipe::{
        Abilities, BatchId, Collection, CollectionId, Failure, ImageId, Learned, Part, Profile, ProfileId, Recipe,
        RequestId, Vote,
    },
    settings::{Kit, Settings},
    studio::{
        Catalogue, ConnectionReport, Details, Event, Filter, Job, KeyState, Listing, ModelInfo, Query, QueueState, View,
    },
};

use super::requests::Requests;

/// How many pictures' details are kept.
const MAX_CACHED_DETAILS: usize = 256;
/// How many pictures say how long a model takes.
const DURATION_SAMPLES: usize = 9;

/// What the studio has told so far.
#[derive(Debug, Default)]
pub struct StudioState {
    /// Whether the studio has said that it is ready.
    pub ready: bool,
    /// The settings.
    pub settings: Settings,
    /// What the person keeps for writing prompts.
    pub kit: Arc<Kit>,
    /// Where the library is.
    pub library: PathBuf,
    /// A newer version made the library: it can be looked at only.
    pub look_only: bool,
    /// Base URL of the demo gateway.
    pub demo_url: String,
    /// Requests that have a card.
    pub jobs: Requests,
    /// How the queue stands.
    pub queue: QueueState,
    /// Counts up with every word about the queue.
    pub queue_revision: u64,
    /// The open view of the library.
    pub view: Option<View>,
    /// What is known of each profile's key.
    pub keys: BTreeMap<ProfileId, KeyState>,
    /// The models of each profile, image models first.
    pub models: BTreeMap<ProfileId, Vec<ModelInfo>>,
    /// What was learned of each profile's models from their pictures.
    pub learned: BTreeMap<ProfileId, BTreeMap<String, Learned>>,
    /// How the last connection test of each profile went.
    pub connections: BTreeMap<ProfileId, Result<ConnectionReport, Failure>>,
    /// How blind comparisons were decided.
    pub votes: BTreeMap<BatchId, Vote>,
    /// The collections, by name.
    pub collections: Vec<Collection>,
    /// What names in prompts mean.
    pub sources: Arc<Sources>,
    /// The texts of the wildcard files, by their names.
    pub wildcards: Arc<BTreeMap<String, String>>,
    details: HashMap<ImageId, Arc<Details>>,
    details_order: VecDeque<ImageId>,
    /// Pictures whose parents or variations may have changed since they were told of.
    outdated: HashSet<ImageId>,
}

impl StudioState {
    /// Takes in what the studio tells.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::Ready(ready) => {
                self.ready = true;
                self.settings.clone_from(&ready.settings);
                self.kit = Arc::clone(&ready.kit);
                self.library.clone_from(&ready.library);
                self.look_only = ready.look_only;
                self.demo_url.clone_from(&ready.demo_url);
            }
            Event::Settings(settings) => self.settings.clone_from(settings),
            Event::Job(job) => self.jobs.put(job.clone()),
            Event::JobGone(id) => self.jobs.remove(*id),
            Event::Queue(queue) => {
                self.queue.clone_from(queue);
                self.queue_revision += 1;
            }
            Event::Beginning(view) => {
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
            Event::View(view) => self.view = Some(view.clone()),
            Event::Stored(details) => {
                for parent in &details.lineage.parents {
                    if let Some(parent) = self.details.get_mut(parent) {
                        Arc::make_mut(parent).lineage.add_child(details.id);
                    }
                }
                self.remember(details);
            }
            Event::Details(details) => {
                self.outdated.remove(&details.id);
                self.remember(details);
            }
            Event::Deleted(_) | Event::Restored(_) | Event::TrashEmptied(_) => {
                self.outdated.extend(self.details.keys());
            }
            Event::Key(profile, state) => {
                self.keys.insert(profile.clone(), state.clone());
            }
            Event::Organised { images, change: Some(change), .. } => {
                for id in images.iter() {
                    if let Some(details) = self.details.get_mut(id) {
                        Arc::make_mut(details).marks.change(change);
                    }
                }
            }
            Event::Votes(votes) => self.votes = votes.iter().map(|vote| (vote.batch, vote.clone())).collect(),
            Event::Collections(collections) => self.collections.clone_from(collections),
            Event::Models(profile, models) => {
                self.models.insert(profile.clone(), models.clone());
            }
            Event::Wildcards(files) => {
                self.sources = Arc::clone(&files.sources);
                self.wildcards = Arc::clone(&files.texts);
            }
            Event::Learned(profile, learned) => {
                self.learned.insert(profile.clone(), learned.clone());
            }
            Event::Connection(profile, outcome) => {
                self.connections.insert(profile.clone(), outcome.clone());
            }
            _ => {}
        }
    }

    fn remember(&mut self, details: &Details) {
        if self.details.insert(details.id, Arc::new(details.clone())).is_none() {
            self.details_order.push_back(details.id);
            if self.details_order.len() > MAX_CACHED_DETAILS
                && let Some(oldest) = self.details_order.pop_front()
            {
                self.details.remove(&oldest);
                self.outdated.remove(&oldest);
            }
        }
    }

    /// Everything about a picture, if it was asked for lately.
    pub fn details(&self, id: ImageId) -> Option<&Arc<Details>> {
        self.details.get(&id)
    }

    /// Whether a picture's parents or variations may have changed since [`Self::details`] was told.
    pub fn is_outdated(&self, id: ImageId) -> bool {
        self.outdated.contains(&id)
    }

    /// How long a model has taken lately for what it was asked, in the middle, if that was ever seen.
    pub fn took(&self, profile: &ProfileId, model: &str) -> Option<Duration> {
        let seen = self.details_order.iter().rev().filter_map(|id| self.details.get(id));
        let same = seen.filter(|details| details.recipe.profile == *profile && details.recipe.model == model);
        let mut times: Vec<Duration> = same.map(|details| details.took).take(DURATION_SAMPLES).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }

    /// Whether it belongs to a blind comparison that is still open: nothing must tell which model was asked.
    pub fn is_blind(&self, recipe: &Recipe) -> bool {
        let open = |batch: BatchId| !self.votes.contains_key(&batch);
        matches!(recipe.part, Part::Contender { .. }) && recipe.batch.is_some_and(open)
    }

    /// A request that has a card.
    pub fn job(&self, id: RequestId) -> Option<&Job> {
        self.jobs.get(id)
    }

    /// A profile by its short name.
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.settings.profile(id)
    }

    /// Whether requests through a profile can be sent, as far as its key is concerned.
    pub fn key_ready(&self, profile: &Profile) -> bool {
        !profile.needs_key()
            || matches!(
                self.keys.get(&profile.id),
                Some(KeyState::Stored { .. } | KeyState::SessionOnly { .. } | KeyState::FromEnvironment { .. })
            )
    }

    /// What is known of a model at a gateway.
    pub fn abilities(&self, profile: &ProfileId, model: &str) -> Abilities {
        let Some(profile) = self.profile(profile) else { return Abilities::default() };
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        let learned = self.learned.get(&profile.id).and_then(|models| models.get(model));
        Catalogue::built_in().abilities(profile, model, listed.map(|info| &info.listed), learned)
    }

    /// The model to begin with at a gateway: the first of its list that has not ended and is not about to.
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

    /// The collections as a tree is listed: each after the one that it is in, with its depth.
    pub fn collections_in_order(&self) -> Vec<(usize, &Collection)> {
        fn below<'a>(
            all: &'a [Collection],
            parent: Option<CollectionId>,
            depth: usize,
            found: &mut Vec<(usize, &'a Collection)>,
        ) {
            // Deeper than this nobody nests; a ring, which must not be, ends here too.
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

    /// The collection whose pictures the open view shows, if it is one that pictures are put into.
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
    pub fn ids(&self) -> Listing {
        self.view.as_ref().map(|view| view.ids.clone()).unwrap_or_default()
    }
}
