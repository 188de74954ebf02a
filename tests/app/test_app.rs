//! The whole application for tests: the real window over the real studio, with a gateway that the test controls.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use atelier::{
    demo::{DemoGateway, DemoOptions},
    keychain::MemoryKeychain,
    recipe::{Profile, ProfileId, Recipe},
    settings::{Language, Session, Settings, Theme},
    studio::{self, Dependencies, DialogFuture, Dialogs, Notification, NotificationError, Notifier, Paths},
    ui::{App, Waker},
};
use egui::{Key, Modifiers, Vec2, accesskit::Role};
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT as _, Queryable as _, by},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The longest wait for anything. Only a failing test takes it.
const LIMIT: Duration = Duration::from_mins(1);

/// A machine that outlives its windows: folders, a keychain, and a local gateway.
pub struct Machine {
    pub home: TempDir,
    pub keychain: Arc<MemoryKeychain>,
    pub gateway: DemoGateway,
    pub desktop: Arc<Desktop>,
    /// The free space that the studio gets reported, in bytes.
    pub free_bytes: Arc<AtomicU64>,
    _runtime: Runtime,
}

impl Machine {
    /// A new machine with the local gateway set up and selected.
    pub fn new(options: DemoOptions) -> Self {
        Self::with(options, |_, _| {})
    }

    /// The same, with changed settings.
    pub fn with(options: DemoOptions, change: impl FnOnce(&mut Settings, &mut Session)) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let gateway = runtime.block_on(DemoGateway::start(options)).expect("a socket");
        let home = tempfile::tempdir().expect("a folder");
        let mut settings = Settings { language: Language::English, theme: Theme::Dark, ..Settings::default() };
        let near = ProfileId::new("near");
        let profile =
            Profile { id: near.clone(), name: "Near".to_owned(), base_url: gateway.base_url(), ..Profile::dgrid() };
        settings.profiles.push(profile);
        let composer = Recipe { profile: near, model: "demo/painter".to_owned(), ..Recipe::default() };
        let mut session = Session { composer, ..Session::default() };
        change(&mut settings, &mut session);
        let config = home.path().join("config");
        fs::create_dir_all(&config).expect("a folder");
        let write = |name: &str, text: Result<String, serde_json::Error>| {
            fs::write(config.join(name), text.expect("plain data")).expect("a file");
        };
        write("settings.json", serde_json::to_string(&settings));
        write("session.json", serde_json::to_string(&session));
        Self {
            home,
            keychain: Arc::default(),
            gateway,
            desktop: Arc::default(),
            free_bytes: Arc::new(AtomicU64::new(u64::MAX)),
            _runtime: runtime,
        }
    }

    pub fn library(&self) -> PathBuf {
        self.home.path().join("library")
    }

    /// The folder that every dialog chooses.
    pub fn chosen(&self) -> PathBuf {
        self.home.path().join("chosen")
    }

    /// Opens a window on this machine and waits until it is drawn.
    pub fn open(&self) -> Stage {
        let mut stage = self.launch();
        stage.until("the window is ready", |window| window.state().is_ready());
        stage
    }

    /// Opens a window, without waiting for it.
    pub fn launch(&self) -> Stage {
        let paths = Paths { config: self.home.path().join("config"), library: Some(self.library()) };
        let settings = paths.settings();
        let mut dependencies = Dependencies::system(Arc::new(Chosen(self.chosen())));
        dependencies.keychain = Arc::<MemoryKeychain>::clone(&self.keychain);
        dependencies.notifier = Arc::<Desktop>::clone(&self.desktop);
        dependencies.environment = Arc::new(|_| None);
        dependencies.demo = DemoOptions::instant();
        let free = Arc::clone(&self.free_bytes);
        dependencies.free_space = Arc::new(move |_| Some(free.load(Ordering::SeqCst)));
        let waker = Waker::default();
        let handle = studio::start(paths, dependencies, waker.wake());
        let window = Harness::builder().with_size(Vec2::new(1440.0, 900.0)).build_eframe(move |creation| {
            waker.attach(&creation.egui_ctx);
            App::new(&creation.egui_ctx, handle).beginning_with(&creation.egui_ctx, settings)
        });
        Stage { window, library: self.library() }
    }

    /// The originals in the library, oldest first.
    pub fn originals(&self) -> Vec<PathBuf> {
        let mut originals = files(&self.library().join("originals"));
        originals.retain(|path| path.extension().is_some_and(|extension| extension != "json"));
        originals.sort();
        originals
    }
}

/// A window on a machine.
pub struct Stage {
    pub window: Harness<'static, App>,
    library: PathBuf,
}

impl Stage {
    /// Draws frames until a condition holds.
    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&Harness<'static, App>) -> bool) {
        let start = Instant::now();
        loop {
            self.window.step();
            if holds(&self.window) {
                return;
            }
            assert!(start.elapsed() < LIMIT, "never: {what}; on screen: {}", self.labels());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// All labels on screen, for messages of failing tests.
    fn labels(&self) -> String {
        let labelled = self.window.query_all(by().predicate(|node| node.label().is_some()));
        labelled.filter_map(|node| node.accesskit_node().label()).collect::<Vec<_>>().join(" | ")
    }

    /// Waits until a label with this text is on screen.
    pub fn sees(&mut self, words: &str) {
        self.until(words, |window| window.query_all(by().label_contains(words)).next().is_some());
    }

    /// Waits until a field ends with these characters.
    pub fn reads(&mut self, end: &str) {
        self.until(end, |window| {
            let fields =
                window.query_all(by().predicate(|node| node.value().is_some_and(|value| value.ends_with(end))));
            fields.count() > 0
        });
    }

    /// Waits until no label with this text is on screen.
    pub fn sees_no_more(&mut self, words: &str) {
        self.until(words, |window| window.query_all(by().label_contains(words)).next().is_none());
    }

    /// Waits until `count` images are in the gallery, and returns their names.
    pub fn pictures(&mut self, count: usize) -> Vec<String> {
        let tiles = |window: &Harness<'static, App>| -> Vec<String> {
            let tiles = window.query_all(by().role(Role::ListBoxOption));
            tiles.filter_map(|tile| tile.accesskit_node().label()).collect()
        };
        let named = |window: &Harness<'static, App>| {
            let names = tiles(window);
            names.len() == count && names.iter().all(|name| name != "Image")
        };
        self.until(&format!("{count} images"), named);
        tiles(&self.window)
    }

    /// Clicks an image of the gallery, once its name is known.
    pub fn click_tile(&mut self, name: &str) {
        self.until(name, |window| window.query_by_role_and_label(Role::ListBoxOption, name).is_some());
        self.tile(name).click();
        self.frames();
    }

    pub fn tile<'a>(&'a self, name: &'a str) -> Node<'a> {
        self.window.get_by_role_and_label(Role::ListBoxOption, name)
    }

    pub fn click(&mut self, name: &str) {
        // A dialog is measured in its first frame and centered in the next one: a button that was just found may move.
        self.window.step();
        // The buttons of a tile under the pointer come before those of the inspector.
        let button = self.window.query_all(by().role(Role::Button).label(name)).last();
        button.unwrap_or_else(|| panic!("there is no button {name}")).click();
        self.frames();
    }

    pub fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.frames();
    }

    /// Replaces the text of a field.
    pub fn write(&mut self, role: Role, name: &str, text: &str) {
        self.window.get_by_role_and_label(role, name).focus();
        self.frames();
        self.press(Modifiers::COMMAND, Key::A);
        self.window.get_by_role_and_label(role, name).type_text(text);
        self.frames();
    }

    pub fn write_prompt(&mut self, text: &str) {
        self.write(Role::MultilineTextInput, "Prompt", text);
    }

    /// Writes a prompt and generates it with the keyboard.
    pub fn generate(&mut self, prompt: &str) {
        self.write_prompt(prompt);
        self.press(Modifiers::COMMAND, Key::Enter);
    }

    /// Generates images in an empty gallery, each after the previous one has arrived.
    pub fn generate_one_by_one(&mut self, prompts: &[&str]) {
        for (before, prompt) in prompts.iter().enumerate() {
            self.generate(prompt);
            self.pictures(before + 1);
        }
    }

    /// Draws as many frames as a click needs to take effect within the window.
    pub fn frames(&mut self) {
        for _ in 0..4 {
            self.window.step();
        }
    }

    /// Closes the window and waits until its studio has released the library.
    pub fn close(self) {
        drop(self.window);
        let lock = File::options().write(true).open(self.library.join("library.lock")).expect("the lock's file");
        let start = Instant::now();
        while lock.try_lock().is_err() {
            assert!(start.elapsed() < LIMIT, "the library was not released");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Dialogs that always choose the same folder, or a file in it.
pub struct Chosen(pub PathBuf);

impl Dialogs for Chosen {
    fn pick_images(&self) -> DialogFuture<Vec<PathBuf>> {
        Box::pin(std::future::ready(Some(files(&self.0))))
    }

    fn pick_folders(&self) -> DialogFuture<Vec<PathBuf>> {
        Box::pin(std::future::ready(Some(vec![self.0.clone()])))
    }

    fn pick_json(&self) -> DialogFuture<PathBuf> {
        let first =
            files(&self.0).into_iter().find(|path| path.extension().is_some_and(|extension| extension == "json"));
        Box::pin(std::future::ready(first))
    }

    fn pick_table(&self) -> DialogFuture<PathBuf> {
        let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "csv" || ending == "jsonl");
        Box::pin(std::future::ready(files(&self.0).into_iter().find(is_table)))
    }

    fn pick_folder(&self) -> DialogFuture<PathBuf> {
        Box::pin(std::future::ready(Some(self.0.clone())))
    }

    fn save_file(&self, suggested: &str) -> DialogFuture<PathBuf> {
        Box::pin(std::future::ready(Some(self.0.join(suggested))))
    }
}

/// A desktop that records notifications.
#[derive(Default)]
pub struct Desktop(pub Mutex<Vec<Notification>>);

impl Notifier for Desktop {
    fn show(&self, notification: &Notification) -> Result<(), NotificationError> {
        self.0.lock().expect("no thread panics while it holds the lock").push(notification.clone());
        Ok(())
    }
}

/// All files in a folder and its subfolders.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
