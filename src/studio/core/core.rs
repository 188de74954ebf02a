//! The core task: owns all mutable state, handles commands, and handles messages from background tasks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{
    composition::shuffle_contenders,
    demo::DemoGateway,
    recipe::{Profile, ProfileFile, ProfileId, RequestId},
    settings::{PromptLibrary, Session, Settings},
    studio::{
        exchange::{
            exporter::Exporter, importer::Importer, profile_files, shortcut_file, style_files,
            wildcard_folder::WildcardFolder,
        },
        gallery::gallery::Gallery,
        organize::{backfill, maintenance, organize_workers::OrganizeWorkers, votes},
        persistence::{
            config_files::ConfigStore,
            writer::{SaveQueue, SaveRequest, run_writer},
        },
        platform::{file_manager, notifications},
        protocol::{
            CardState, Command, ComparisonCommand, Event, GalleryEvent, Notice, ProviderCommand, QueueCommand,
            QueueEvent, ReferenceCommand, SettingsCommand, WildcardCommand,
        },
        providers::{host_confirmation, providers::Providers},
        queue::{EnqueueOptions, Queue, QueueContext},
        references::reference_service::ReferenceService,
        reports::{error_report, spending},
        responses::kept_responses,
        runtime::{blocking::blocking, context::Context, task::Task, task_message::TaskMessage},
        sheets::{SheetInputs, Sheets},
    },
};

/// How long a change of the session may wait to be saved, so that typing does not write at every key.
const SESSION_DELAY: Duration = Duration::from_millis(400);

/// How long queued changes of marks and the trash may take to be saved when the program ends. The window waits a little
/// longer.
const ORGANIZER_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(4);

/// How long the writer of the configuration files may take when the program ends.
const WRITER_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The core: all mutable state of the studio.
pub(in crate::studio) struct Core {
    pub(in crate::studio) context: Arc<Context>,
    pub(in crate::studio) settings: Settings,
    pub(in crate::studio) queue: Queue,
    pub(in crate::studio) gallery: Gallery,
    references: ReferenceService,
    pub(in crate::studio) exporter: Exporter,
    importer: Importer,
    organizer: OrganizeWorkers,
    pub(in crate::studio) wildcards: Arc<WildcardFolder>,
    pub(in crate::studio) sheets: Sheets,
    files: ConfigStore,
    pub(in crate::studio) providers: Providers,
    saver: SaveQueue,
    writer: JoinHandle<()>,
    session: Session,
    /// The prompt library, if it is not on disk yet.
    prompt_library: Option<Box<PromptLibrary>>,
    session_due: Option<Instant>,
    /// Stops the backfill in the background.
    shutting_down: Arc<AtomicBool>,
    commands: UnboundedReceiver<Command>,
    inbox: UnboundedReceiver<TaskMessage>,
    _demo: DemoGateway,
}

impl Core {
    pub(in crate::studio) fn new(
        context: Arc<Context>,
        files: ConfigStore,
        settings: Settings,
        session: Session,
        commands: UnboundedReceiver<Command>,
        inbox: UnboundedReceiver<TaskMessage>,
        demo: DemoGateway,
    ) -> Self {
        let (saves_in, saves) = unbounded_channel();
        let saver = SaveQueue::new(saves_in);
        let writer = tokio::task::spawn_blocking({
            let (context, files) = (Arc::clone(&context), files.clone());
            move || run_writer(&context, &files, saves)
        });
        Self {
            gallery: Gallery::new(&context),
            references: ReferenceService::default(),
            exporter: Exporter::default(),
            importer: Importer::default(),
            organizer: OrganizeWorkers::new(&context),
            wildcards: Arc::new(WildcardFolder::new(files.folder())),
            queue: Queue::new(settings.caps, context.now()),
            sheets: Sheets::default(),
            context,
            settings,
            providers: Providers::new(files.models(), files.learned(), saver.clone()),
            shutting_down: Arc::default(),
            files,
            saver,
            writer,
            session,
            prompt_library: None,
            session_due: None,
            commands,
            inbox,
            _demo: demo,
        }
    }

    /// Loads and sends what is on disk, and resumes what was unfinished.
    pub(in crate::studio) async fn resume(&mut self) {
        self.organizer.load();
        self.wildcards.handle(WildcardCommand::Reload, &self.context);
        votes::send_votes(&self.context);
        self.providers.load(&self.context);
        kept_responses::prune(&self.context, &self.settings);
        let (queue, cx) = self.queue_parts();
        queue.resume_pending(&cx).await;
        let (context, shutting_down) = (&self.context, Arc::clone(&self.shutting_down));
        context.spawn_blocking(
            Task::Backfill,
            move |context| {
                context.library.clear_leftovers();
                backfill::backfill_index(context, &shutting_down);
                backfill::backfill_features(context, &shutting_down);
            },
            // Nothing waits for the backfill: the next start continues it.
            |_context| (),
        );
    }

    /// Runs until a command stops it or the front end is gone.
    pub(in crate::studio) async fn run(mut self) {
        loop {
            let (queue, cx) = self.queue_parts();
            let alarm = queue.next_wakeup(&cx);
            let session_due = self.session_due;
            tokio::select! {
                command = self.commands.recv() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => self.handle_command(command).await,
                },
                Some(message) = self.inbox.recv() => self.handle_message(message).await,
                () = sleep_until(session_due.unwrap_or_else(Instant::now)), if session_due.is_some() => self.save_session(),
                () = sleep_until(alarm.unwrap_or_else(Instant::now)), if alarm.is_some() => {
                    let (queue, cx) = self.queue_parts();
                    queue.tick(&cx);
                }
            }
        }
        self.stop().await;
    }

    /// Hands a command to the feature that it belongs to.
    async fn handle_command(&mut self, command: Command) {
        match command {
            Command::Queue(command) => self.queue_command(command).await,
            Command::Comparison(ComparisonCommand::Start(recipes)) => {
                let recipes = shuffle_contenders(recipes, || (self.context.random)());
                self.queue_command(QueueCommand::Generate(recipes)).await;
            }
            Command::Comparison(ComparisonCommand::Vote { batch, ballot }) => {
                votes::record_vote(&self.context, batch, ballot);
            }
            Command::Responses(command) => kept_responses::handle(&command, &self.context),
            Command::Spending(command) => spending::handle(command, &self.context),
            Command::Gallery(command) => self.gallery.handle(command, &self.context, self.settings.stacked),
            Command::Organize(command) => self.organizer.handle(command),
            Command::References(command) => self.references.handle(command, &self.context),
            Command::Sheets(command) => {
                let sources = SheetInputs {
                    context: &self.context,
                    settings: &self.settings,
                    wildcards: &self.wildcards,
                    providers: &self.providers,
                };
                self.sheets.handle(command, &sources, &mut self.exporter);
                if self.sheets.has_unsaved() {
                    self.schedule_save();
                }
            }
            Command::Export(command) => self.exporter.handle(command, &self.context, &self.settings),
            Command::Import(command) => self.importer.handle(command, &self.context),
            Command::Maintenance(command) => maintenance::handle(command, &self.context),
            Command::Settings(command) => self.handle_settings(command),
            Command::Profiles(command) => profile_files::handle(command, &self.context, &self.settings.profiles),
            Command::Styles(command) => style_files::handle(command, &self.context),
            Command::Wildcards(command) => self.wildcards.handle(command, &self.context),
            Command::Providers(command) => self.handle_providers(command).await,
            Command::AnswerPath(text) => self.context.typed_paths.answer(text),
            Command::MaskReport(report) => error_report::mask(report, &self.context),
            Command::Notify(notification) => notifications::notify(Arc::clone(&self.context.notifier), notification),
            Command::End { signal, grace } => {
                self.queue_command(QueueCommand::SetDraining(true)).await;
                self.send(Event::Ending { signal, grace });
            }
            // `run` leaves its loop at this command and does not pass it on.
            Command::Shutdown => {}
        }
    }

    /// Handles a command about settings, session and prompt library.
    fn handle_settings(&mut self, command: SettingsCommand) {
        match command {
            SettingsCommand::Save(settings) => self.change_settings(settings),
            SettingsCommand::OverrideProfile(profile) => {
                let profile = profile.with_address_read();
                let before = self.profile(&profile.id);
                self.queue.gateway_changed(before.as_ref(), &profile);
                self.providers.override_profile(profile);
                self.dispatch_ready();
            }
            SettingsCommand::SaveSession(session) => {
                self.session = *session;
                self.schedule_save();
            }
            SettingsCommand::SavePromptLibrary(prompt_library) => {
                self.apply_prompt_library(&prompt_library);
                self.prompt_library = Some(prompt_library);
                self.schedule_save();
            }
            SettingsCommand::PickShortcutImport => shortcut_file::pick_import(&self.context),
            SettingsCommand::PickShortcutExport(shortcuts) => shortcut_file::pick_export(shortcuts, &self.context),
            SettingsCommand::OpenFolder(folder) => self.context.spawn_blocking(
                Task::Reveal,
                move |context| {
                    if !file_manager::open_folder(&folder) {
                        context.events.send(Event::Notice(Notice::RevealFailed));
                    }
                },
                |context| context.events.send(Event::Notice(Notice::RevealFailed)),
            ),
        }
    }

    /// Handles a command about providers.
    async fn handle_providers(&mut self, command: ProviderCommand) {
        if let Some(settings) = host_confirmation::settings_after(&command, &self.settings) {
            self.change_settings(settings);
        }
        if let Some(test) = self.providers.handle(command, &self.context, &self.settings) {
            let profile = test.profile.clone();
            let requests = {
                let (queue, mut cx) = self.queue_parts();
                queue.enqueue(&mut cx, vec![test], EnqueueOptions::default()).await
            };
            self.providers.test_started(requests, &profile);
        }
    }

    /// Handles a message from a background task.
    async fn handle_message(&mut self, message: TaskMessage) {
        match message {
            TaskMessage::Progress(id, step) => {
                let (queue, mut cx) = self.queue_parts();
                queue.on_progress(&mut cx, id, step);
            }
            TaskMessage::Enqueue(recipes) => self.queue_command(QueueCommand::Generate(recipes)).await,
            TaskMessage::Retry(id) => self.queue_command(QueueCommand::Retry(id)).await,
            TaskMessage::RereadResponse(id) => self.queue_command(QueueCommand::RereadResponse(id)).await,
            TaskMessage::FailUnsent(id, failure) => {
                let (queue, mut cx) = self.queue_parts();
                queue.fail_unsent(&mut cx, id, failure).await;
            }
            TaskMessage::DiskChecked(room) => {
                let (queue, cx) = self.queue_parts();
                queue.on_disk_checked(&cx, room);
            }
            TaskMessage::ShowFailedRequest(failed) => {
                let (queue, cx) = self.queue_parts();
                queue.show_failed_request(&cx, *failed);
            }
            TaskMessage::KeptResponsesRemoved(requests) => self.responses_removed(&requests),
            TaskMessage::GatewayProbed(profile, failure) => {
                let (queue, cx) = self.queue_parts();
                queue.on_probe_result(&cx, &profile, failure);
            }
            TaskMessage::ViewPreview(view) => self.gallery.preview(view, &self.context),
            TaskMessage::ViewLoaded(read) => {
                // The images of these requests are in the view that was just sent.
                if self.gallery.finish_reading(read, &self.context, self.settings.stacked) {
                    for id in self.queue.take_done() {
                        self.send(Event::Queue(QueueEvent::RequestRemoved(id)));
                    }
                }
            }
            TaskMessage::LibraryChanged => self.read_view(),
            TaskMessage::MismatchBackfillDone => {
                self.send(Event::Gallery(GalleryEvent::RowsChanged));
                self.read_view();
            }
            TaskMessage::ModelsListed(profile, models) => self.providers.models_listed(profile, models, &self.context),
            TaskMessage::ReferenceFilesPicked(paths) => {
                self.references.handle(ReferenceCommand::AddFiles(paths), &self.context);
            }
            TaskMessage::ProfilesRead(shared) => self.add_profiles(shared),
            TaskMessage::ExportEnded => self.exporter.ended(),
            TaskMessage::ImportEnded => self.importer.ended(&self.context),
        }
    }

    /// Removes the kept responses from the cards of these requests, because they were deleted.
    fn responses_removed(&mut self, requests: &[RequestId]) {
        for id in requests {
            let job = self.queue.change_card(*id, |job| {
                if let CardState::Failed(failure) = &mut job.state {
                    failure.kept = None;
                }
            });
            if let Some(job) = job {
                self.send(Event::Queue(QueueEvent::RequestChanged(job)));
            }
        }
    }

    pub(in crate::studio) fn change_settings(&mut self, settings: Settings) {
        let stacked = self.settings.stacked;
        let mut settings = settings.with_addresses_read();
        host_confirmation::mark_unconfirmed(&self.settings.profiles, &mut settings.profiles);
        let before = std::mem::replace(&mut self.settings, settings);
        for profile in self.settings.profiles.clone() {
            self.queue.gateway_changed(before.profile(&profile.id), &profile);
        }
        self.queue.set_caps(self.settings.caps);
        if (before.kept_days, before.kept_megabytes) != (self.settings.kept_days, self.settings.kept_megabytes) {
            kept_responses::prune(&self.context, &self.settings);
        }
        if stacked != self.settings.stacked {
            self.read_view();
        }
        self.settings.concurrency = self.settings.concurrency.clamp(1, 16);
        self.saver.save(SaveRequest::Settings(Box::new(self.settings.clone())));
        self.send(Event::Settings(Box::new(self.settings.clone())));
        self.dispatch_ready();
    }

    /// Adds profiles that were read from a file.
    fn add_profiles(&mut self, shared: ProfileFile) {
        let mut settings = self.settings.clone();
        let added = shared.add_to(&mut settings.profiles);
        if !added.is_empty() {
            self.change_settings(settings);
        }
        self.send(Event::Notice(Notice::ProfilesImported { added }));
    }

    /// Uses a new prompt library.
    pub(in crate::studio) fn apply_prompt_library(&mut self, prompt_library: &PromptLibrary) {
        self.wildcards.set_variables(prompt_library.variables(), &self.context);
        self.sheets.prompt_library = Arc::new(prompt_library.clone());
    }

    /// Schedules that session, sheets and prompt library are saved soon.
    pub(in crate::studio) fn schedule_save(&mut self) {
        self.session_due.get_or_insert_with(|| Instant::now() + SESSION_DELAY);
    }

    fn save_session(&mut self) {
        self.session_due = None;
        for sheet in self.sheets.take_unsaved() {
            self.saver.save(SaveRequest::Other(Box::new(move |context| sheet.write(context))));
        }
        if let Some(prompt_library) = self.prompt_library.take() {
            self.saver.save(SaveRequest::PromptLibrary(prompt_library));
        }
        self.saver.save(SaveRequest::Session(Box::new(self.session.clone())));
    }

    /// The queue, and the parts of the studio that it works with.
    fn queue_parts(&mut self) -> (&mut Queue, QueueContext<'_>) {
        let Self { queue, context, settings, providers, gallery, .. } = self;
        (queue, QueueContext { context, settings, providers, gallery })
    }

    async fn queue_command(&mut self, command: QueueCommand) {
        let (queue, mut cx) = self.queue_parts();
        queue.handle(&mut cx, command).await;
    }

    /// Starts the requests that may run now.
    fn dispatch_ready(&mut self) {
        let (queue, cx) = self.queue_parts();
        queue.dispatch_ready(&cx);
    }

    /// Reads the open view again, if one is open.
    pub(in crate::studio) fn read_view(&mut self) {
        self.gallery.read_view(None, &self.context, self.settings.stacked);
    }

    pub(in crate::studio) fn profile(&self, id: &ProfileId) -> Option<Profile> {
        self.providers.profile(id, &self.settings)
    }

    pub(in crate::studio) fn send(&self, event: Event) {
        self.context.events.send(event);
    }

    /// Saves everything and stops. Requests under way are interrupted, and shown as such at the next start.
    async fn stop(mut self) {
        self.shutting_down.store(true, Ordering::Relaxed);
        self.exporter.cancel();
        self.importer.cancel();
        if self.session_due.is_some() {
            self.save_session();
        }
        if !self.organizer.finish(ORGANIZER_SHUTDOWN_TIMEOUT).await {
            tracing::warn!("changes of marks or the trash were not finished at the end; some images are unchanged");
        }
        let library = Arc::clone(&self.context.library);
        blocking(move || library.spool().save_memory()).await.ok();
        drop(self.saver);
        if tokio::time::timeout(WRITER_SHUTDOWN_TIMEOUT, self.writer).await.is_err() {
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
        keychain::{Keychain as _, MemoryKeychain},
        recipe::{Charge, FailureKind, Recipe},
        studio::{
            self,
            platform::file_dialogs::NoDialogs,
            protocol::{ExportCommand, ExportEvent, KeyState, PathFault, PathPurpose, ProviderEvent, channel::Handle},
            runtime::context::{Dependencies, Paths},
        },
    };

    #[test]
    fn path_is_typed_if_no_file_dialog_opens() {
        let folder = tempfile::tempdir().unwrap();
        let place = Paths { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut dependencies = Dependencies::system(Arc::new(NoDialogs));
        dependencies.keychain = Arc::new(MemoryKeychain::default());
        let handle = studio::start(place, dependencies, Arc::new(|| ()));
        let wanted = |handle: &Handle| loop {
            if let Event::PathWanted(request) = handle.next(Duration::from_mins(1)).expect("a path is asked for") {
                return request;
            }
        };
        for (command, purpose) in [
            (Command::References(ReferenceCommand::PickFiles), PathPurpose::Files),
            (Command::Export(ExportCommand::PickFolder), PathPurpose::TargetFolder),
            (Command::Export(ExportCommand::PickFile { suggested: String::new() }), PathPurpose::NewFile),
        ] {
            handle.send(command);
            assert_eq!(wanted(&handle).purpose, purpose);
        }
        let typed = folder.path().join("exported").display().to_string();
        handle.send(Command::Export(ExportCommand::PickFolder));
        wanted(&handle);
        handle.send(Command::AnswerPath(Some("somewhere".to_owned())));
        assert_eq!(wanted(&handle).fault, Some(PathFault::NotAbsolute("somewhere".to_owned())));
        handle.send(Command::AnswerPath(Some(typed.clone())));
        loop {
            let event = handle.next(Duration::from_mins(1)).expect("the folder is chosen");
            if let Event::Export(ExportEvent::FolderPicked(folder)) = event {
                assert_eq!(folder.display().to_string(), typed);
                break;
            }
        }
    }

    #[test]
    fn the_report_of_an_error_has_no_key() {
        const KEY: &str = "tok0123456789abcdef4f2c";
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut dependencies = Dependencies::system(Arc::new(NoDialogs));
        let keychain = MemoryKeychain::default();
        keychain.set(ProfileId::dgrid().as_str(), KEY).unwrap();
        dependencies.keychain = Arc::new(keychain);
        let handle = studio::start(paths, dependencies, Arc::new(|| ()));
        handle.send(Command::Providers(ProviderCommand::LookUpKey(ProfileId::dgrid())));
        let is_found =
            |event: &Event| matches!(event, Event::Providers(ProviderEvent::KeyState(_, KeyState::Stored { .. })));
        while !is_found(&handle.next(Duration::from_mins(1)).expect("the key is found")) {}
        let base64 = "dG9rMDEyMzQ1Njc4OWFiY2RlZjRmMmM=";
        handle.send(Command::MaskReport(format!("HTTP status: 401\nInvalid key {KEY}, {base64}, sk-0987654321fedc")));
        loop {
            let event = handle.next(Duration::from_mins(1)).expect("the report is masked");
            if let Event::ReportMasked(report) = event {
                assert!(report.starts_with("HTTP status: 401\nInvalid key …, …"), "{report}");
                // The last character of a key in Base64 also holds bits of what follows it, so it may stay.
                for part in [KEY, &KEY[..8], &base64[..8], &base64[20..28], "sk-0987"] {
                    assert!(!report.contains(part), "{report}");
                }
                break;
            }
        }
    }

    #[test]
    fn a_request_whose_task_panics_fails_and_does_not_block_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths { config: folder.path().join("config"), library: Some(folder.path().join("library")) };
        let mut dependencies = Dependencies::system(Arc::new(NoDialogs));
        dependencies.keychain = Arc::new(MemoryKeychain::default());
        dependencies.demo = DemoOptions::instant();
        // Requests run on these threads; the core has another thread.
        dependencies.clock = Arc::new(|| {
            assert_ne!(thread::current().name(), Some("studio-io"), "as if a task had a fault");
            Timestamp::now()
        });
        let handle = studio::start(paths, dependencies, Arc::new(|| ()));
        handle.send(Command::Settings(SettingsCommand::Save(Settings { concurrency: 1, ..Settings::default() })));
        let recipe = Recipe { prompt: "sea".to_owned(), model: "demo/painter".to_owned(), ..Recipe::default() };
        handle.send(Command::Queue(QueueCommand::Generate(vec![recipe.clone(), recipe])));
        let mut failed = 0;
        while failed < 2 {
            let event = handle.next(Duration::from_mins(1)).expect("both requests come to an end");
            if let Event::Queue(QueueEvent::RequestChanged(job)) = event
                && let CardState::Failed(failure) = job.state
            {
                assert_eq!((failure.kind, failure.charged), (FailureKind::Interrupted, Charge::No), "nothing was sent");
                failed += 1;
            }
        }
    }
}
