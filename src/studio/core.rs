//! The studio's loop: one task that owns everything that changes, takes commands and hears from its tasks.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{
    demo::DemoGateway,
    gateway::Catalogue,
    library::{Intent, IntentState, Keeping, LibraryError},
    recipe::{Abilities, Charge, Failure, FailureKind, Order, Parameter, Profile, ProfileId, Recipe, RequestId},
    settings::{Kit, Session, Settings},
};

use super::{
    Command, Details, Event, JobState, LearnedBook, ModelInfo, Notice, again,
    bulk::InLine,
    discard::{self, Discard},
    files::Files,
    inbox::{Note, Step},
    jobs::Jobs,
    landing::library_failure,
    learned, looking,
    organise::{Done, Wish},
    recovery::{self, Left},
    road,
    saving::{Save, save_all},
    sheets::Sheets,
    split::split,
    thumbnails::Thumbnails,
    view::{self, OpenView},
    wildcards::WildcardFolder,
    world::{World, blocking},
};

/// How long a change of the session may wait to be written, so that typing does not write at every key.
const SESSION_DELAY: Duration = Duration::from_millis(400);

/// How long what was said about pictures may take to be written down when the program ends. The window waits a little
/// longer.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// How long tasks on their road have to write down where they are when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Everything that changes.
pub(super) struct Core {
    pub(super) world: Arc<World>,
    pub(super) settings: Settings,
    pub(super) jobs: Jobs,
    pub(super) view: OpenView,
    pub(super) thumbnails: Thumbnails,
    /// Counts wishes for full pictures, so that one that is no longer wished for is not decoded.
    pub(super) full_wish: Arc<AtomicU64>,
    /// The running export's switch.
    pub(super) export: Option<Arc<AtomicBool>>,
    /// The running import's switch, and what is to be brought in after it.
    pub(super) import: Option<Arc<AtomicBool>>,
    pub(super) import_waiting: Vec<(Vec<PathBuf>, Keeping)>,
    /// What is said about pictures.
    pub(super) organiser: InLine<Wish>,
    /// What goes to the trash, and comes back.
    pub(super) trash: InLine<Discard>,
    pub(super) wildcards: Arc<WildcardFolder>,
    pub(super) sheets: Sheets,
    files: Files,
    saver: UnboundedSender<Save>,
    saving: JoinHandle<()>,
    /// Profiles that stand in for those of the settings.
    stand_ins: BTreeMap<ProfileId, Profile>,
    session: Session,
    /// What the person keeps for writing prompts, where that is not on disk yet.
    kit: Option<Box<Kit>>,
    session_due: Option<Instant>,
    pub(super) models: BTreeMap<ProfileId, Vec<ModelInfo>>,
    pub(super) learned: LearnedBook,
    /// Pictures that were asked for to see whether a gateway works, and the first that came of each.
    pub(super) trials: BTreeMap<RequestId, (ProfileId, Option<Details>)>,
    /// Ends what goes on in the background.
    closing: Arc<AtomicBool>,
    commands: UnboundedReceiver<Command>,
    inbox: UnboundedReceiver<Note>,
    _demo: DemoGateway,
}

impl Core {
    pub(super) fn new(
        world: Arc<World>,
        files: Files,
        settings: Settings,
        session: Session,
        commands: UnboundedReceiver<Command>,
        inbox: UnboundedReceiver<Note>,
        demo: DemoGateway,
    ) -> Self {
        let (saver, saves) = unbounded_channel();
        let saving = tokio::task::spawn_blocking({
            let (world, files) = (Arc::clone(&world), files.clone());
            move || save_all(&world, &files, saves)
        });
        Self {
            thumbnails: Thumbnails::new(Arc::clone(&world.library), world.events.clone()),
            organiser: {
                let mut done = Done::default();
                InLine::new(&world, move |world, reins, wish| done.grant(world, reins, wish))
            },
            trash: InLine::new(&world, discard::grant),
            wildcards: Arc::new(WildcardFolder::new(files.folder())),
            sheets: Sheets::default(),
            world,
            settings,
            jobs: Jobs::default(),
            view: OpenView::default(),
            full_wish: Arc::default(),
            export: None,
            import: None,
            import_waiting: Vec::new(),
            models: files.models(),
            learned: files.learned(),
            trials: BTreeMap::new(),
            closing: Arc::default(),
            files,
            saver,
            saving,
            stand_ins: BTreeMap::new(),
            session,
            kit: None,
            session_due: None,
            commands,
            inbox,
            _demo: demo,
        }
    }

    /// Tells what is remembered, and takes up what was left undone.
    pub(super) async fn resume(&mut self) {
        self.organiser.wish(Wish::Tell);
        self.wildcard(Command::ReadWildcards);
        self.tell_votes();
        for (profile, models) in &self.models {
            self.send(Event::Models(profile.clone(), models.clone()));
        }
        for profile in self.learned.profiles() {
            self.send(Event::Learned(profile.clone(), self.learned.of_profile(profile)));
        }
        let world = Arc::clone(&self.world);
        match blocking(move || recovery::recover(&world)).await {
            Ok(Ok(found)) => {
                for card in found.cards {
                    let job = self.jobs.put(card.intent.request, Arc::new(card.intent.recipe), card.state);
                    self.send(Event::Job(job));
                }
                for (intent, read) in found.linked {
                    self.take_up(intent.request, Arc::new(intent.recipe), read);
                }
                if found.interrupted > 0 {
                    self.send(Event::Notice(Notice::Interrupted { count: found.interrupted }));
                }
                if found.recovered > 0 {
                    self.send(Event::Notice(Notice::Recovered { count: found.recovered }));
                }
            }
            Ok(Err(error)) => self.library_trouble(&error),
            Err(failure) => tracing::error!(?failure, "recovery broke down"),
        }
        let (world, closing) = (Arc::clone(&self.world), Arc::clone(&self.closing));
        tokio::task::spawn_blocking(move || {
            learned::compare(&world, &closing);
            looking::look_at_all(&world, &closing);
        });
    }

    /// Runs until it is told to stop or nobody listens any more.
    pub(super) async fn run(mut self) {
        loop {
            let session_due = self.session_due;
            tokio::select! {
                command = self.commands.recv() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => self.obey(command).await,
                },
                Some(note) = self.inbox.recv() => match note {
                    Note::Ask(recipes) => {
                        self.generate(recipes).await;
                    }
                    note => self.hear(note),
                },
                () = sleep_until(session_due.unwrap_or_else(Instant::now)), if session_due.is_some() => self.keep_session(),
            }
        }
        self.stop().await;
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Generate(recipes) => {
                self.generate(recipes).await;
            }
            Command::GenerateFirst(recipes) => self.generate_first(recipes).await,
            Command::CompareBlind(recipes) => {
                let recipes = self.draw_lots(recipes);
                self.generate(recipes).await;
            }
            Command::Cancel(id) => self.cancel(id).await,
            Command::SendNow(id) => self.jobs.send_now(id),
            Command::FetchAgain(id) => self.retry(id, false).await,
            Command::Retry(id) => self.retry(id, true).await,
            Command::Dismiss(id) => self.dismiss(id).await,
            Command::SaveSettings(settings) => self.change_settings(settings),
            Command::UseProfile(profile) => {
                self.stand_ins.insert(profile.id.clone(), profile);
            }
            Command::SaveSession(session) => {
                self.session = *session;
                self.save_soon();
            }
            Command::LookUpKey(_)
            | Command::StoreKey(..)
            | Command::ForgetKey(_)
            | Command::TestConnection(_)
            | Command::RefreshModels(_) => self.ask_gateway(command),
            Command::Examine { profile, model } => self.examine(*profile, model),
            Command::TryPicture { profile, model } => self.try_picture(profile, model).await,
            Command::PickProfilesToImport
            | Command::PickProfilesExport
            | Command::ImportProfiles(_)
            | Command::ExportProfiles(_) => self.share(command),
            Command::SaveKit(kit) => {
                self.follow_kit(&kit);
                self.kit = Some(kit);
                self.save_soon();
            }
            Command::Sheet(wish) => self.sheet(wish),
            Command::PickStyles | Command::ExportStyles(_) => self.share_styles(command),
            Command::ReadWildcards
            | Command::SaveWildcard { .. }
            | Command::DeleteWildcard(_)
            | Command::PickWildcards => self.wildcard(command),
            // `run` has taken it already.
            Command::Shutdown => {}
            command => self.serve(command),
        }
    }

    fn hear(&mut self, note: Note) {
        match note {
            Note::Step(id, step) => self.advance(id, step),
            Note::Beginning(view) => {
                if self.view.begin(&view) {
                    self.send(Event::Beginning(view));
                }
            }
            Note::View(Ok(view)) => {
                let again = self.view.take(view.as_ref());
                if let Some(view) = view {
                    self.send(Event::View(view));
                }
                if again {
                    self.read_view(None);
                } else {
                    // Their pictures are in the view that was just sent.
                    for id in self.jobs.take_done() {
                        self.send(Event::JobGone(id));
                    }
                }
            }
            Note::View(Err(reason)) => {
                self.view.take(None);
                self.send(Event::Notice(Notice::LibraryTrouble { reason }));
            }
            Note::LibraryChanged => self.read_view(None),
            Note::Compared => {
                self.send(Event::RowsChanged);
                self.read_view(None);
            }
            Note::Models(profile, models) => {
                if self.models.get(&profile) != Some(&models) {
                    self.models.insert(profile.clone(), models.clone());
                    self.saver.send(Save::Models(self.models.clone())).ok();
                }
                self.send(Event::Models(profile, models));
            }
            Note::ReferenceFiles(paths) => self.serve(Command::AddReferenceFiles(paths)),
            Note::Profiles(shared) => self.add_profiles(shared),
            // `run` has taken it already.
            Note::Ask(_) => {}
            Note::ExportEnded => self.export = None,
            Note::ImportEnded => self.import_ended(),
        }
    }

    pub(super) async fn generate(&mut self, recipes: Vec<Recipe>) -> Vec<RequestId> {
        let created = self.world.now();
        let batch = self.world.new_batch();
        let intents: Vec<Intent> = recipes
            .into_iter()
            .flat_map(|mut recipe| {
                recipe.batch.get_or_insert(batch);
                let Some(profile) = self.profile(&recipe.profile) else { return vec![recipe] };
                let abilities = self.abilities(&profile, &recipe.model);
                recipe.not_sent = abilities.not_sent(&recipe);
                let takes_n = abilities.takes(Parameter::N) != Some(false);
                split(recipe, takes_n)
            })
            .map(|recipe| Intent { request: self.world.new_request(), recipe, created })
            .collect();
        let library = Arc::clone(&self.world.library);
        let (recorded, intents) = match blocking(move || (library.record_intents(&intents), intents)).await {
            Ok(recorded) => recorded,
            Err(failure) => {
                tracing::error!(?failure, "intents were not written down");
                return Vec::new();
            }
        };
        let requests = intents.iter().map(|intent| intent.request).collect();
        for Intent { request, recipe, .. } in intents {
            let job = self.jobs.enqueue(request, Arc::new(recipe));
            self.send(Event::Job(job));
            // What is not on disk is not sent.
            if let Err(error) = &recorded {
                self.jobs.cancel(request);
                self.advance(request, Step::Failed(library_failure(error, Charge::No)));
            }
        }
        self.start_waiting();
        requests
    }

    /// Asks for pictures before all that wait for their turn.
    async fn generate_first(&mut self, recipes: Vec<Recipe>) {
        let waiting = self.jobs.hold();
        self.generate(recipes).await;
        self.jobs.release(waiting);
        self.start_waiting();
    }

    /// What is known of a model at a gateway.
    fn abilities(&self, profile: &Profile, model: &str) -> Abilities {
        let listed = self.models.get(&profile.id).and_then(|models| models.iter().find(|info| info.id == model));
        let learned = self.learned.of(&profile.id, model);
        Catalogue::built_in().abilities(profile, model, listed.map(|info| &info.listed), learned)
    }

    /// Learns from a picture how its model keeps to what is asked of it.
    fn learn(&mut self, picture: &Details) {
        if self.learned.note(picture) {
            let profile = &picture.recipe.profile;
            self.send(Event::Learned(profile.clone(), self.learned.of_profile(profile)));
            self.saver.send(Save::Learned(self.learned.clone())).ok();
        }
    }

    /// Lets as many requests onto their road as may be.
    pub(super) fn start_waiting(&mut self) {
        loop {
            let (settings, stand_ins) = (&self.settings, &self.stand_ins);
            let limit = |id: &ProfileId| stand_ins.get(id).or_else(|| settings.profile(id))?.concurrency;
            let Some((request, recipe, reins)) = self.jobs.start_next(self.settings.concurrency, limit) else {
                return;
            };
            let Some(profile) = self.profile(&recipe.profile) else {
                let failure = Failure::new(FailureKind::WrongUrl).charged(Charge::No);
                self.world.note(Note::Step(request, Step::Failed(failure)));
                continue;
            };
            let errand = road::Errand { request, recipe, profile, reins };
            let world = Arc::clone(&self.world);
            let travelling = tokio::spawn(road::travel(Arc::clone(&world), errand));
            tokio::spawn(async move {
                // A request whose task breaks down must not keep its place in the line for ever.
                if let Err(error) = travelling.await {
                    tracing::error!(%request, %error, "a request broke down");
                    let failure = Failure::new(FailureKind::Interrupted);
                    world.note(Note::Step(request, Step::Failed(failure)));
                }
            });
        }
    }

    fn advance(&mut self, id: RequestId, step: Step) {
        let (state, makes_room) = match step {
            Step::Sent { since } => (JobState::Generating { since }, false),
            // Its place is free for requests to other gateways.
            Step::Again { failure, at, tries } => (JobState::Again { failure, at, tries, most: again::TRIES }, true),
            Step::Receiving { since, bytes, total, preview } => {
                (JobState::Receiving { since, bytes, total, preview }, false)
            }
            Step::Stored(details) => {
                self.learn(&details);
                if let Some((_, first)) = self.trials.get_mut(&id) {
                    first.get_or_insert_with(|| (*details).clone());
                }
                self.send(Event::Stored(details));
                return;
            }
            Step::Done { images, took } => {
                self.read_view(None);
                (JobState::Done { images, took }, true)
            }
            Step::Failed(failure) => (JobState::Failed(failure), true),
            Step::Cancelled { sent } => (JobState::Cancelled { sent }, true),
        };
        self.tell_trial(id, &state);
        if let Some(job) = self.jobs.advance(id, state) {
            self.send(Event::Job(job));
        }
        if makes_room {
            self.start_waiting();
        }
    }

    async fn cancel(&mut self, id: RequestId) {
        if let Some(job) = self.jobs.cancel(id) {
            self.set_intent(id, IntentState::Cancelled { sent: false }).await;
            self.send(Event::Job(job));
        }
    }

    /// Goes on with an answer that came earlier and links to its pictures.
    fn take_up(&mut self, id: RequestId, recipe: Arc<Recipe>, read: road::Read) {
        let profile = self.profile(&recipe.profile);
        let base_url = profile.map(|profile| self.world.base_url(&profile).to_owned()).unwrap_or_default();
        let since = self.world.now();
        let (job, reins) = self.jobs.take_up(id, recipe, JobState::Generating { since });
        self.send(Event::Job(job));
        tokio::spawn(road::take_up(Arc::clone(&self.world), id, base_url, read, reins.cancel));
    }

    /// Goes on with what has ended: from its answer if that is still there, or else by asking `anew`.
    async fn retry(&mut self, id: RequestId, anew: bool) {
        let Some((recipe, state)) = self.jobs.take_ended(id) else { return };
        // An answer that only found no room is still in its spool, and is not paid for again. One whose links lead
        // nowhere is there as well; who has it asked for anew wants another one.
        let dead_link = matches!(&state, JobState::Failed(failure) if failure.kind == FailureKind::LinkFailed);
        if anew && dead_link {
            return self.ask_anew(id, &recipe).await;
        }
        let intent = Intent { request: id, recipe: Recipe::clone(&recipe), created: self.world.now() };
        let world = Arc::clone(&self.world);
        match blocking(move || recovery::from_spool(&world, &intent)).await {
            Ok(Ok(Some(Left::Pictures(_)))) => {
                self.send(Event::JobGone(id));
                self.read_view(None);
            }
            Ok(Ok(Some(Left::Links(read)))) => self.take_up(id, recipe, *read),
            Ok(Ok(Some(Left::Nothing(failure)))) if road::is_kept(&failure) => {
                let job = self.jobs.put(id, recipe, JobState::Failed(failure));
                self.send(Event::Job(job));
            }
            _ if anew => self.ask_anew(id, &recipe).await,
            _ => {
                let job = self.jobs.put(id, recipe, state);
                self.send(Event::Job(job));
            }
        }
    }

    async fn ask_anew(&mut self, id: RequestId, recipe: &Recipe) {
        self.forget_intent(id).await;
        self.send(Event::JobGone(id));
        self.generate(vec![recipe.clone()]).await;
    }

    async fn dismiss(&mut self, id: RequestId) {
        if self.jobs.take_ended(id).is_some() {
            self.forget_intent(id).await;
            self.send(Event::JobGone(id));
        }
    }

    async fn set_intent(&self, id: RequestId, state: IntentState) {
        let library = Arc::clone(&self.world.library);
        if let Ok(Err(error)) = blocking(move || library.set_intent_state(id, &state)).await {
            self.library_trouble(&error);
        }
    }

    async fn forget_intent(&self, id: RequestId) {
        let library = Arc::clone(&self.world.library);
        let forget = move || {
            // One that was left to be taken up at the next start is over now; one that is over stays as it is.
            match library.set_intent_state(id, &IntentState::Cancelled { sent: true }) {
                Ok(()) | Err(LibraryError::Backward(_)) => {}
                Err(error) => return Err(error),
            }
            library.remove_intents(&[id])?;
            library.drop_exchange(id)?;
            library.drop_spool(id)
        };
        if let Ok(Err(error)) = blocking(forget).await {
            self.library_trouble(&error);
        }
    }

    pub(super) fn change_settings(&mut self, settings: Settings) {
        let stacked = self.settings.stacked;
        self.settings = settings;
        if stacked != self.settings.stacked {
            self.read_view(None);
        }
        self.settings.concurrency = self.settings.concurrency.clamp(1, 16);
        self.saver.send(Save::Settings(Box::new(self.settings.clone()))).ok();
        self.send(Event::Settings(Box::new(self.settings.clone())));
        self.start_waiting();
    }

    /// Takes over what is kept for writing prompts.
    pub(super) fn follow_kit(&mut self, kit: &Kit) {
        self.define(kit.variables());
        self.sheets.kit = Arc::new(kit.clone());
    }

    /// Has what was changed written down in a moment.
    pub(super) fn save_soon(&mut self) {
        self.session_due.get_or_insert_with(|| Instant::now() + SESSION_DELAY);
    }

    fn keep_session(&mut self) {
        self.session_due = None;
        for sheet in self.sheets.take_unsaved() {
            self.saver.send(Save::Sheet(sheet)).ok();
        }
        if let Some(kit) = self.kit.take() {
            self.saver.send(Save::Kit(kit)).ok();
        }
        self.saver.send(Save::Session(Box::new(self.session.clone()))).ok();
    }

    /// Reads the open view, or another one, anew.
    pub(super) fn read_view(&mut self, wish: Option<(String, Order)>) {
        let Some(reading) = self.view.wish(wish) else { return };
        let world = Arc::clone(&self.world);
        let stacked = self.settings.stacked.then(|| self.view.open_stacks());
        tokio::task::spawn_blocking(move || {
            let show = |view| world.note(Note::Beginning(view));
            let read = view::read(&world.library, &reading, stacked.as_ref(), show);
            world.note(Note::View(read.map_err(|error| error.to_string())));
        });
    }

    pub(super) fn profile(&self, id: &ProfileId) -> Option<Profile> {
        self.stand_ins.get(id).or_else(|| self.settings.profile(id)).cloned()
    }

    /// Every gateway that can be asked.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        let others = self.settings.profiles.iter().filter(|profile| !self.stand_ins.contains_key(&profile.id));
        self.stand_ins.values().chain(others).cloned().collect()
    }

    pub(super) fn send(&self, event: Event) {
        self.world.events.send(event);
    }

    pub(super) fn library_trouble(&self, error: &LibraryError) {
        tracing::error!(%error, "the library makes trouble");
        self.send(Event::Notice(Notice::LibraryTrouble { reason: error.to_string() }));
    }

    /// Writes everything down. What is on its road is interrupted and shown as such at the next start.
    async fn stop(mut self) {
        self.closing.store(true, Ordering::Relaxed);
        if let Some(export) = &self.export {
            export.store(true, Ordering::Relaxed);
        }
        self.cancel_import();
        if self.session_due.is_some() {
            self.keep_session();
        }
        let (organised, moved) = tokio::join!(self.organiser.finish(LAST_WORDS), self.trash.finish(LAST_WORDS));
        if !organised || !moved {
            tracing::warn!("so many pictures were being changed that some of them are left as they were");
        }
        drop(self.saver);
        if tokio::time::timeout(FAREWELL, self.saving).await.is_err() {
            tracing::warn!(folder = ?self.files, "settings were still being written at the end");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        demo::DemoOptions,
        keychain::MemoryKeychain,
        studio::{self, NoDialogs, Parts, Place},
    };

    #[test]
    fn a_dialog_that_does_not_open_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut parts = Parts::system(Arc::new(NoDialogs));
        parts.keychain = Arc::new(MemoryKeychain::default());
        let handle = studio::start(place, parts, Arc::new(|| ()));
        for command in
            [Command::PickReferences, Command::PickExportFolder, Command::PickExportFile { suggested: String::new() }]
        {
            handle.send(command);
            while !matches!(handle.next(Duration::from_mins(1)).expect("it is told"), Event::Notice(Notice::NoDialog)) {
            }
        }
    }

    #[test]
    fn a_request_that_breaks_down_fails_and_lets_the_next_one_pass() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut parts = Parts::system(Arc::new(NoDialogs));
        parts.keychain = Arc::new(MemoryKeychain::default());
        parts.demo = DemoOptions::instant();
        // Requests travel on these threads; the loop itself has another name.
        parts.clock = Arc::new(|| {
            assert_ne!(thread::current().name(), Some("studio-io"), "as if a task had a fault");
            Timestamp::now()
        });
        let handle = studio::start(place, parts, Arc::new(|| ()));
        handle.send(Command::SaveSettings(Settings { concurrency: 1, ..Settings::default() }));
        let recipe = Recipe { prompt: "sea".to_owned(), model: "demo/painter".to_owned(), ..Recipe::default() };
        handle.send(Command::Generate(vec![recipe.clone(), recipe]));
        let mut failed = 0;
        while failed < 2 {
            let event = handle.next(Duration::from_mins(1)).expect("both requests come to an end");
            if let Event::Job(job) = event
                && let JobState::Failed(failure) = job.state
            {
                assert_eq!((failure.kind, failure.charged), (FailureKind::Interrupted, Charge::Maybe));
                failed += 1;
            }
        }
    }
}
