//! The log: one file per day in the platform's folder for logs, of which the last week is kept. Keys and images are
//! never logged.

use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::private;

/// The number of days for which log files are kept.
const KEPT_DAYS: usize = 7;

/// Starts to log into a folder, until the returned guard is dropped. `None` if the folder cannot be written, which is
/// not fatal.
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    private::keep_folder(folder).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("atelier")
        .filename_suffix("log")
        .max_log_files(KEPT_DAYS)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).with_filter(LevelFilter::INFO);
    tracing_subscriber::registry().with(layer).try_init().ok()?;
    log_panics();
    Some(guard)
}

/// A panic is logged as well as printed.
fn log_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panic");
        print(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwritable_log_folder_is_not_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(start(&file.join("logs")).is_none());
    }
}
