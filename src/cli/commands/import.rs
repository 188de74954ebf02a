//! `atelier import`: imports files and folders into the library.

use serde_json::json;

use crate::{
    cli::{
        args::ImportArgs,
        exit_status::ExitStatus,
        paths,
        report::{Report, complain, line, object},
        session::StudioSession,
    },
    studio::{Command, Event, ImportCommand, ImportEvent, ImportFailure, ImportMode},
};

pub(in crate::cli) fn run(handle: &StudioSession, arguments: &ImportArgs, report: &Report) -> ExitStatus {
    let mode = if arguments.reference { ImportMode::Link } else { ImportMode::Copy };
    handle.send(Command::Import(ImportCommand::Start { paths: arguments.paths.clone(), mode }));
    let mut progress = report.progress();
    loop {
        match handle.next() {
            Event::Import(ImportEvent::Progress { done, total }) => progress.files(done, total),
            Event::Import(ImportEvent::Done(imported)) => {
                progress.clear();
                for id in imported.imported.iter().filter(|_| arguments.json) {
                    object(&json!({ "event": "imported", "id": id }));
                }
                for (path, trouble) in &imported.failed {
                    let message = report.text().not_imported(trouble);
                    if arguments.json {
                        let mut failure = json!({
                            "event": "failure",
                            "kind": kind(trouble),
                            "message": message,
                            "charged": "no",
                        });
                        paths::put(&mut failure, "path", path);
                        object(&failure);
                    } else {
                        complain(&format!("{}: {message}", path.display()));
                    }
                }
                let sentence = report.text().imported(&imported);
                if arguments.json {
                    object(&json!({
                        "event": "import",
                        "new": imported.imported.len(),
                        "there": imported.duplicates,
                        "trashed": imported.duplicates_in_trash,
                        "found": imported.relinked,
                        "failed": imported.failed.len(),
                        "skipped": imported.skipped.count(),
                        "message": sentence,
                    }));
                } else {
                    line(&sentence);
                }
                return if imported.failed.is_empty() { ExitStatus::Done } else { ExitStatus::Failed };
            }
            // Files that are imported by then are kept and reported.
            Event::Ending { .. } => handle.send(Command::Import(ImportCommand::Cancel)),
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
}

fn kind(trouble: &ImportFailure) -> &'static str {
    match trouble {
        ImportFailure::Unreadable(_) => "unreadable",
        ImportFailure::NotAnImage => "not_a_picture",
        ImportFailure::Empty => "empty",
        ImportFailure::UnsupportedFormat { .. } => "unknown_format",
        ImportFailure::UnsupportedFeature(_) => "unsupported",
        ImportFailure::Damaged => "broken",
        ImportFailure::TooLarge => "too_large",
        ImportFailure::UnstorablePath => "odd_path",
        ImportFailure::NotAttempted => "not_tried",
        ImportFailure::StorageFailed(_) => "cannot_write",
    }
}
