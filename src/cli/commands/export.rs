//! `atelier export`: exports images of the library to a folder.

use std::collections::VecDeque;

use crate::{
    cli::{args::ExportArgs, exit_status::ExitStatus, report::Report, session::StudioSession},
    recipe::{ImageId, SortOrder},
    studio::{
        Command, Event, ExportCommand, ExportEvent, GalleryCommand, GalleryEvent, Notice,
        export::{ExportFailure, ExportOptions, ExportTarget},
    },
};

pub(in crate::cli) fn run(handle: &StudioSession, arguments: &ExportArgs, report: &Report) -> ExitStatus {
    let images = match (&arguments.search, arguments.all) {
        (None, false) => arguments.images.clone(),
        (search, _) => found(handle, search.clone().unwrap_or_default()),
    };
    if handle.is_ending() {
        return ExitStatus::Failed;
    }
    if images.is_empty() {
        report.usage(&report.text().get("cli-nothing-to-export"));
        return ExitStatus::Usage;
    }
    let order = ExportOptions {
        images,
        target: ExportTarget::Folder { folder: arguments.out.clone(), template: arguments.name.clone() },
        format: arguments.format(),
        on_conflict: arguments.on_clash.into(),
    };
    handle.send(Command::Export(ExportCommand::Preview(order.clone())));
    loop {
        match handle.next() {
            Event::Export(ExportEvent::Preview(preview)) => {
                if let Some(trouble) = &preview.template_error {
                    report.usage(&report.text().template_trouble(trouble));
                    return ExitStatus::Usage;
                }
                break;
            }
            Event::Ending { .. } | Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
    handle.send(Command::Export(ExportCommand::Start(order.clone())));
    let mut progress = report.progress();
    loop {
        match handle.next() {
            Event::Export(ExportEvent::Progress { done, total }) => progress.files(done, total),
            // Files that are written by then are kept and reported.
            Event::Ending { .. } => handle.send(Command::Export(ExportCommand::Cancel)),
            Event::Export(ExportEvent::Done { written, failed, .. }) => {
                progress.clear();
                let mut written = VecDeque::from(written);
                for id in order.images {
                    match outcome(id, &failed) {
                        Some(failure) => report.export_failure(id, failure),
                        None => {
                            if let Some(path) = written.pop_front() {
                                report.exported(id, &path);
                            }
                        }
                    }
                }
                // A skipped file is no failure if skipping was requested.
                let all = failed.iter().all(|(_, failure)| *failure == ExportFailure::Skipped);
                return if all { ExitStatus::Done } else { ExitStatus::Failed };
            }
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
}

fn outcome(id: ImageId, failed: &[(ImageId, ExportFailure)]) -> Option<&ExportFailure> {
    failed.iter().find(|(failed, _)| *failed == id).map(|(_, failure)| failure)
}

/// The results of a search, newest first.
pub(in crate::cli) fn found(handle: &StudioSession, search: String) -> Vec<ImageId> {
    handle.send(Command::Gallery(GalleryCommand::OpenView { search, order: SortOrder::NEWEST }));
    loop {
        match handle.next() {
            Event::Gallery(GalleryEvent::View(view)) => return view.ids.to_vec(),
            Event::Notice(Notice::LibraryFailed { .. }) | Event::Ending { .. } | Event::Stopped => return Vec::new(),
            _ => {}
        }
    }
}
