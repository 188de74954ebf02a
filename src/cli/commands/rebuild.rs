//! `atelier rebuild`: rebuilds the index of the library from its files.

use crate::{
    cli::{
        exit_status::ExitStatus,
        report::{Report, line, object},
    },
    studio::{self, Paths},
};

pub(in crate::cli) fn run(paths: &Paths, json: bool, report: &Report) -> ExitStatus {
    let mut progress = report.progress();
    let shown = std::cell::RefCell::new(&mut progress);
    let rebuilt = studio::rebuild(paths, |done, total| shown.borrow_mut().files(done, total));
    progress.clear();
    let rebuilt = match rebuilt {
        Ok(rebuilt) => rebuilt,
        Err(error) => {
            report.cannot_start(&error);
            return ExitStatus::Failed;
        }
    };
    for path in &rebuilt.unreadable {
        report.left_out("unreadable_sidecar", path);
    }
    for path in &rebuilt.alone {
        report.left_out("missing_picture", path);
    }
    if json {
        object(&serde_json::json!({
            "event": "rebuilt",
            "pictures": rebuilt.images,
            "in_trash": rebuilt.trashed,
            "requests": rebuilt.intents,
        }));
    } else {
        let numbers = [("count", rebuilt.images.into()), ("trashed", rebuilt.trashed.into())];
        line(&report.text().with("cli-rebuilt", numbers));
    }
    if rebuilt.unreadable.is_empty() && rebuilt.alone.is_empty() { ExitStatus::Done } else { ExitStatus::Failed }
}
