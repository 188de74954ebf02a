//! `atelier profiles`: gateways to and from files.

use serde_json::json;

use crate::studio::{Command, Event, Notice, Ready};

use super::{
    Ending,
    args::Profiles,
    report::{Report, line, object},
    session::Session,
};

pub(super) fn run(handle: &Session, ready: &Ready, arguments: &Profiles, report: &Report) -> Ending {
    match arguments {
        Profiles::List { json } => {
            for profile in &ready.settings.profiles {
                let url = if profile.id.is_demo() { &ready.demo_url } else { &profile.base_url };
                if *json {
                    object(&json!({
                        "event": "profile",
                        "id": profile.id,
                        "name": profile.name,
                        "base_url": url,
                        "dialect": profile.dialect,
                    }));
                } else {
                    line(&format!("{}\t{}\t{url}", profile.id, profile.name));
                }
            }
            return Ending::Done;
        }
        Profiles::Import { file } => handle.send(Command::ImportProfiles(file.clone())),
        Profiles::Export { file } => handle.send(Command::ExportProfiles(file.clone())),
    }
    loop {
        match handle.next() {
            Event::Notice(notice @ (Notice::ProfilesImported { .. } | Notice::ProfilesExported { .. })) => {
                line(&report.text().notice(&notice));
                return Ending::Done;
            }
            Event::Notice(
                notice @ (Notice::ProfilesRefused { .. } | Notice::CannotSave { .. } | Notice::InLibrary { .. }),
            ) => {
                report.usage(&report.text().notice(&notice));
                return Ending::Usage;
            }
            Event::Stopped => return Ending::Failed,
            _ => {}
        }
    }
}
