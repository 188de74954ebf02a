//! `atelier doctor --library`: verifies every image of the library and reports issues.

use crate::{
    cli::{
        exit_status::ExitStatus,
        report::{Report, line, object},
    },
    studio::{self, Paths},
};

pub(in crate::cli) fn run(paths: &Paths, mend: bool, json: bool, report: &Report) -> ExitStatus {
    let mut progress = report.progress();
    let shown = std::cell::RefCell::new(&mut progress);
    let checked = studio::check_library(paths, mend, |done, total| shown.borrow_mut().files(done, total));
    progress.clear();
    let checked = match checked {
        Ok(checked) => checked,
        Err(error) => {
            report.cannot_start(&error);
            return ExitStatus::Failed;
        }
    };
    for flaw in &checked.issues {
        report.flaw(flaw);
    }
    for path in &checked.unused {
        report.unused(path);
    }
    let mended = checked.issues.iter().filter(|flaw| flaw.repaired).count();
    let left = checked.issues.len() - mended;
    if json {
        object(&serde_json::json!({
            "event": "checked",
            "pictures": checked.images,
            "flaws": checked.issues.len(),
            "mended": mended,
        }));
    } else {
        let numbers = [("count", checked.images.into()), ("mended", mended.into()), ("left", left.into())];
        line(&report.text().with("cli-checked", numbers));
    }
    if left == 0 { ExitStatus::Done } else { ExitStatus::Failed }
}
