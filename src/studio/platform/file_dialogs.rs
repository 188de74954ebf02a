//! The system's file dialogs, behind a trait so that tests can replace them.

use std::{
    future::Future,
    path::PathBuf,
    pin::Pin,
    time::{Duration, Instant},
};

use crate::{
    recipe::Format,
    studio::protocol::{Event, Notice, channel::EventSender},
};

/// A dialog that closes sooner than this was never visible.
const MIN_VISIBLE_TIME: Duration = Duration::from_millis(200);

/// The choice of a person; `None` if they closed the dialog.
pub type DialogFuture<T> = Pin<Box<dyn Future<Output = Option<T>> + Send>>;

/// Opens file dialogs. Each future completes when its dialog closes.
pub trait Dialogs: Send + Sync + 'static {
    /// Images to use as references.
    fn pick_images(&self) -> DialogFuture<Vec<PathBuf>>;
    /// Folders of images.
    fn pick_folders(&self) -> DialogFuture<Vec<PathBuf>>;
    /// A JSON file to read.
    fn pick_json(&self) -> DialogFuture<PathBuf>;
    /// Text, JSON and YAML files to read.
    fn pick_texts(&self) -> DialogFuture<Vec<PathBuf>> {
        Box::pin(std::future::ready(None))
    }
    /// A file of styles to read: JSON or CSV.
    fn pick_styles(&self) -> DialogFuture<PathBuf> {
        self.pick_json()
    }
    /// A table to read: delimited text, workbooks, JSON lines.
    fn pick_table(&self) -> DialogFuture<PathBuf> {
        self.pick_json()
    }
    /// A folder to write to.
    fn pick_folder(&self) -> DialogFuture<PathBuf>;
    /// A file to write to; the dialog asks before an existing file is replaced.
    fn save_file(&self, suggested: &str) -> DialogFuture<PathBuf>;
}

/// The dialogs of the desktop: XDG portal (or zenity without a portal), macOS, Windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDialogs;

impl Dialogs for SystemDialogs {
    fn pick_images(&self) -> DialogFuture<Vec<PathBuf>> {
        let names = Format::ALL.map(Format::name).join(", ");
        let extensions: Vec<&str> = Format::ALL
            .into_iter()
            .flat_map(|format| format.other_extensions().iter().copied().chain([format.extension()]))
            .collect();
        let dialog = rfd::AsyncFileDialog::new().add_filter(names, &extensions);
        Box::pin(async move {
            let files = dialog.pick_files().await?;
            Some(files.iter().map(|file| file.path().to_owned()).collect())
        })
    }

    fn pick_folders(&self) -> DialogFuture<Vec<PathBuf>> {
        let dialog = rfd::AsyncFileDialog::new();
        Box::pin(async move {
            let folders = dialog.pick_folders().await?;
            Some(folders.iter().map(|folder| folder.path().to_owned()).collect())
        })
    }

    fn pick_json(&self) -> DialogFuture<PathBuf> {
        let dialog = rfd::AsyncFileDialog::new().add_filter("JSON", &["json"]);
        Box::pin(async move { Some(dialog.pick_file().await?.path().to_owned()) })
    }

    fn pick_texts(&self) -> DialogFuture<Vec<PathBuf>> {
        let dialog = rfd::AsyncFileDialog::new().add_filter("TXT, YAML, JSON", &["txt", "yaml", "yml", "json"]);
        Box::pin(async move {
            let files = dialog.pick_files().await?;
            Some(files.iter().map(|file| file.path().to_owned()).collect())
        })
    }

    fn pick_styles(&self) -> DialogFuture<PathBuf> {
        let dialog = rfd::AsyncFileDialog::new().add_filter("JSON, CSV", &["json", "csv"]);
        Box::pin(async move { Some(dialog.pick_file().await?.path().to_owned()) })
    }

    fn pick_table(&self) -> DialogFuture<PathBuf> {
        let dialog = rfd::AsyncFileDialog::new().add_filter(
            "CSV, TSV, XLSX, JSON",
            &["csv", "tsv", "tab", "txt", "xlsx", "xlsm", "jsonl", "ndjson", "json"],
        );
        Box::pin(async move { Some(dialog.pick_file().await?.path().to_owned()) })
    }

    fn pick_folder(&self) -> DialogFuture<PathBuf> {
        let dialog = rfd::AsyncFileDialog::new();
        Box::pin(async move { Some(dialog.pick_folder().await?.path().to_owned()) })
    }

    fn save_file(&self, suggested: &str) -> DialogFuture<PathBuf> {
        let dialog = rfd::AsyncFileDialog::new().set_file_name(suggested);
        Box::pin(async move { Some(dialog.save_file().await?.path().to_owned()) })
    }
}

/// No dialogs, for headless commands.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDialogs;

impl Dialogs for NoDialogs {
    fn pick_images(&self) -> DialogFuture<Vec<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    fn pick_folders(&self) -> DialogFuture<Vec<PathBuf>> {
        Box::pin(std::future::ready(None))
    }

    fn pick_json(&self) -> DialogFuture<PathBuf> {
        Box::pin(std::future::ready(None))
    }

    fn pick_folder(&self) -> DialogFuture<PathBuf> {
        Box::pin(std::future::ready(None))
    }

    fn save_file(&self, _suggested: &str) -> DialogFuture<PathBuf> {
        Box::pin(std::future::ready(None))
    }
}

/// Waits for the person's choice, and reports a dialog that did not open. The systems' dialogs do not distinguish one
/// that could not be opened from one that was closed.
pub(in crate::studio) async fn await_choice<T>(events: &EventSender, choice: DialogFuture<T>) -> Option<T> {
    let start = Instant::now();
    let chosen = choice.await;
    if chosen.is_none() && start.elapsed() < MIN_VISIBLE_TIME {
        events.send(Event::Notice(Notice::DialogFailed));
    }
    chosen
}
