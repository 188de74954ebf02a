//! The studio's loop: one task that owns everything that changes, takes commands and hears from its tasks.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{
    composition::shuffle_contenders,
    demo::DemoGateway,
    library::{Keeping, LibraryError},
    recipe::{Order, Profile, ProfileId, RequestId},
    settings::{Kit, Session, Settings},
};

use super::{
    Command, Details, Event, LearnedBook, ModelInfo, Notice,
    bulk::InLine,
    discard::{self, Discard},
    files::Files,
    hosts,
    inbox::Note,
    learned, looking,
    organise::{self, Done, Wish},
    queue::Queue,
    saving::{Save, save_all},
    sheets::Sheets,
    task::{BROKE_DOWN, Task},
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

/// How long tasks under way have to write down where they are when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// Everything that changes.
pub(super) struct Core {
    pub(super) world: Arc<World>,
    pub(super) settings: Settings,
    pub(super) queue: Queue,
    pub(super) view: OpenView,
    pub(super) thumbnails: Thumbnails,
    /// Counts wishes for full pictures, so that one that is no longer wished for is not decoded.
    pub(super) full_wish: Arc<AtomicU64>,
    /// How many references are being fetched.
    pub(super) fetching: Arc<AtomicUsize>,
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
    pub(super) stand_ins: BTreeMap<ProfileId, Profile>,
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
            thumbnails: Thumbnails::new(Arc::clone(&world.library), world.events.clone(), Arc::clone(&world.on_task)),
            organiser: {
                let mut done = Done::default();
                let grant = move |world: &World, reins: &_, wish| done.grant(world, reins, wish);
                InLine::new(&world, Task::Organise, grant, organise::broke_down)
            },
            trash: InLine::new(&world, Task::Trash, discard::grant, discard::broke_down),
            wildcards: Arc::new(WildcardFolder::new(files.folder())),
            queue: Queue::new(settings.caps, world.now()),
            sheets: Sheets::default(),
            world,
            settings,
            view: OpenView::default(),
            full_wish: Arc::default(),
            fetching: Arc::default(),
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
        self.prune_kept();
        self.take_up_all().await;
        let (world, closing) = (&self.world, Arc::clone(&self.closing));
        world.on_thread(
            Task::Looking,
            move |world| {
                world.library.clear_leftovers();
                learned::compare(world, &closing);
                looking::look_at_all(world, &closing);
            },
            // Nobody waits for it: it is taken up again at the next start.
            |_world| (),
        );
    }

    /// Runs until it is told to stop or nobody listens any more.
    pub(super) async fn run(mut self) {
        loop {
            let (session_due, alarm) = (self.session_due, self.alarm());
            tokio::select! {
                command = self.commands.recv() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => self.obey(command).await,
                },
                Some(note) = self.inbox.recv() => match note {
                    Note::Ask(recipes) => self.steer(Command::Generate(recipes)).await,
                    Note::Unsent(id, failure) => self.unsent(id, failure).await,
                    Note::Retry(id) => self.steer(Command::Retry(id)).await,
                    Note::ReadAgain(id) => self.steer(Command::ReadAgain(id)).await,
                    note => self.hear(note),
                },
                () = sleep_until(session_due.unwrap_or_else(Instant::now)), if session_due.is_some() => self.keep_session(),
                () = sleep_until(alarm.unwrap_or_else(Instant::now)), if alarm.is_some() => self.look_at_queue(),
            }
        }
        self.stop().await;
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::CompareBlind(recipes) => {
                let recipes = shuffle_contenders(recipes, || (self.world.random)());
                self.steer(Command::Generate(recipes)).await;
            }
            Command::Generate(_)
            | Command::GenerateFirst(_)
            | Command::PauseQueue(_)
            | Command::FinishQueue(_)
            | Command::Pause { .. }
            | Command::RunLater { .. }
            | Command::Move { .. }
            | Command::Cancel(_)
            | Command::CancelMany(_)
            | Command::CancelWaiting
            | Command::SendNow(_)
            | Command::ReadAgain(_)
            | Command::Retry(_)
            | Command::RetryMany(_)
            | Command::RetrySafe
            | Command::Duplicate(_)
            | Command::EditWaiting { .. }
            | Command::TryGateway(_)
            | Command::Dismiss(_) => self.steer(command).await,
            Command::SaveSettings(settings) => self.change_settings(settings),
            Command::UseProfile(profile) => {
                let profile = profile.with_address_read();
                let before = self.profile(&profile.id);
                self.stand_ins.insert(profile.id.clone(), profile.clone());
                self.gateway_changed(before.as_ref(), &profile);
                self.start_waiting();
            }
            Command::SaveResponse(id) => self.save_response(id),
            Command::WantKept => self.tell_kept(),
            Command::ShowKept => self.show_kept(),
            Command::DropKept => self.drop_kept(),
            Command::SaveSession(session) => {
                self.session = *session;
                self.save_soon();
            }
            Command::ConfirmHost(id) => {
                self.confirm_host(&id);
                self.ask_gateway(Command::LookUpKey(id));
            }
            Command::TrustCertificate(id, certificate) => self.trust_certificate(&id, Some(certificate)),
            Command::DistrustCertificate(id) => self.trust_certificate(&id, None),
            Command::StoreKey(id, key) => {
                self.confirm_host(&id);
                self.ask_gateway(Command::StoreKey(id, key));
            }
            Command::LookUpKey(_) | Command::ForgetKey(_) | Command::RefreshModels(_) => self.ask_gateway(command),
            Command::TestConnection(profile) => {
                let profile = self.with_host_checked(*profile);
                self.ask_gateway(Command::TestConnection(Box::new(profile)));
            }
            Command::Examine { profile, model } => self.examine(self.with_host_checked(*profile), model),
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
            Command::WantSpending { .. } | Command::PickSpendingExport { .. } | Command::ExportSpending { .. } => {
                self.report_spending(command);
            }
            Command::PickStyles | Command::ExportStyles(_) => self.share_styles(command),
            Command::ReadWildcards
            | Command::SaveWildcard { .. }
            | Command::DeleteWildcard(_)
            | Command::PickWildcards => self.wildcard(command),
            Command::End { signal, grace } => {
                self.steer(Command::FinishQueue(true)).await;
                self.send(Event::Ending { signal, grace });
            }
            // `run` has taken it already.
            Command::Shutdown => {}
            command => self.serve(command),
        }
    }

    fn hear(&mut self, note: Note) {
        match note {
            Note::Step(id, step) => self.advance(id, step),
            // `run` has taken it already.
            Note::Unsent(..) | Note::Ask(_) | Note::Retry(_) | Note::ReadAgain(_) => {}
            Note::Room(room) => self.found_room(room),
            Note::ShowFailed(failed) => self.show_failed(*failed),
            Note::KeptRemoved(requests) => self.kept_removed(&requests),
            Note::Tried(profile, failure) => self.tried(&profile, failure),
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
                    for id in self.take_done() {
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
            Note::ExportEnded => self.export = None,
            Note::ImportEnded => self.import_ended(),
        }
    }

    /// Learns from a picture how its model keeps to what is asked of it.
    pub(super) fn learn(&mut self, picture: &Details) {
        if self.learned.note(picture) {
            let profile = &picture.recipe.profile;
            self.send(Event::Learned(profile.clone(), self.learned.of_profile(profile)));
            self.saver.send(Save::Learned(self.learned.clone())).ok();
        }
    }

    pub(super) fn change_settings(&mut self, settings: Settings) {
        let stacked = self.settings.stacked;
        let mut settings = settings.with_addresses_read();
        hosts::check(&self.settings.profiles, &mut settings.profiles);
        let before = std::mem::replace(&mut self.settings, settings);
        for profile in self.settings.profiles.clone() {
            self.gateway_changed(before.profile(&profile.id), &profile);
        }
        self.set_caps();
        if (before.kept_days, before.kept_megabytes) != (self.settings.kept_days, self.settings.kept_megabytes) {
            self.prune_kept();
        }
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
        // Without a window no view is open, so the library is not listed.
        if wish.is_none() && !self.view.is_open() {
            return;
        }
        let Some(reading) = self.view.wish(wish) else { return };
        let stacked = self.settings.stacked.then(|| self.view.open_stacks());
        self.world.on_thread(
            Task::View,
            move |world| {
                let show = |view| world.note(Note::Beginning(view));
                let read = view::read(&world.library, &reading, stacked.as_ref(), show);
                world.note(Note::View(read.map_err(|error| error.to_string())));
            },
            |world| world.note(Note::View(Err(BROKE_DOWN.to_owned()))),
        );
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
        self.world.library_trouble(error);
    }

    /// Writes everything down. What is under way is interrupted and shown as such at the next start.
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
        let library = Arc::clone(&self.world.library);
        blocking(move || library.save_spools_in_memory()).await.ok();
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
        recipe::{Charge, FailureKind, Recipe},
        studio::{self, JobState, NoDialogs, Parts, Place},
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
                assert_eq!((failure.kind, failure.charged), (FailureKind::Interrupted, Charge::No), "nothing was sent");
                failed += 1;
            }
        }
    }
}
