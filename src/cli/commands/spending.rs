//! `atelier spending`: prints the spending by day and by model, or one line per request.

use serde_json::{Value, json};

use crate::{
    cli::{
        args::SpendingArgs,
        exit_status::ExitStatus,
        report::{Report, line, object},
        session::StudioSession,
    },
    studio::{Command, Event, Notice, SpendingCommand, SpendingReport, SpendingTotal},
};

pub(in crate::cli) fn run(handle: &StudioSession, arguments: &SpendingArgs, report: &Report) -> ExitStatus {
    let since = arguments.since;
    match &arguments.csv {
        Some(path) => handle.send(Command::Spending(SpendingCommand::Export { path: path.clone(), since })),
        None => handle.send(Command::Spending(SpendingCommand::LoadReport { since })),
    }
    loop {
        match handle.next() {
            Event::Spending(found) => {
                print(&found, arguments.json, report);
                return ExitStatus::Done;
            }
            Event::Notice(notice @ Notice::SpendingExported { .. }) => {
                line(&report.text().notice(&notice));
                return ExitStatus::Done;
            }
            Event::Notice(notice @ Notice::TargetInLibrary { .. }) => {
                report.usage(&report.text().notice(&notice));
                return ExitStatus::Usage;
            }
            Event::Notice(notice @ (Notice::SaveFailed { .. } | Notice::LibraryFailed { .. })) => {
                report.usage(&report.text().notice(&notice));
                return ExitStatus::Failed;
            }
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
}

fn print(found: &SpendingReport, json: bool, report: &Report) {
    let rows = found.days.iter().map(|(day, sum)| ("day", day.to_string(), None, sum));
    let models = found.models.iter();
    let rows = rows.chain(models.map(|(profile, model, sum)| ("model", model.clone(), Some(profile.as_str()), sum)));
    let collections = found.collections.iter();
    let rows = rows.chain(collections.map(|(_, name, sum)| ("collection", name.clone(), None, sum)));
    for (what, name, provider, sum) in rows.chain([("all", String::new(), None, &found.all)]) {
        if json {
            let name = if name.is_empty() { Value::Null } else { name.into() };
            object(&json!({
                "event": "spending",
                "by": what,
                "name": name,
                "provider": provider,
                "requests": sum.requests,
                "pictures": sum.images,
                "known_usd": sum.actual.dollars(),
                "estimated_usd": sum.estimated.dollars(),
                "unknown": sum.unknown,
            }));
        } else {
            let name = if what == "all" { report.text().get("spending-all") } else { name };
            line(&format!("{name}\t{}", words(sum, report)));
        }
    }
}

fn words(sum: &SpendingTotal, report: &Report) -> String {
    let facts = [
        ("known", sum.actual.to_string().into()),
        ("estimated", sum.estimated.to_string().into()),
        ("requests", sum.requests.into()),
        ("unknown", sum.unknown.into()),
    ];
    report.text().with("spending-sum", facts)
}
