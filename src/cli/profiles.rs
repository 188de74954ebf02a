//! `atelier profiles`: gateways to and from files.

use serde_json::json;

use crate::{
    recipe::{ProfileId, harmless_name},
    studio::{Command, Event, Notice, Ready},
};

use super::{
    Ending,
    args::Profiles,
    report::{Report, line, object},
    session::StudioSession,
};

pub(super) fn run(handle: &StudioSession, ready: &Ready, arguments: &Profiles, report: &Report) -> Ending {
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
                        "confirmed": !profile.unconfirmed,
                    }));
                } else {
                    let name = harmless_name(&profile.name);
                    line(&format!("{}\t{name}\t{}", harmless_name(profile.id.as_str()), harmless_name(url)));
                }
            }
            return Ending::Done;
        }
        Profiles::Trust { name } => return trust(handle, ready, name, report),
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

/// Confirms the host of a profile.
fn trust(handle: &StudioSession, ready: &Ready, name: &str, report: &Report) -> Ending {
    let id = ProfileId::new(name);
    let Some(profile) = ready.settings.profile(&id) else {
        report.unknown_provider(&id, &ready.settings.profiles);
        return Ending::Usage;
    };
    if profile.unconfirmed {
        handle.send(Command::ConfirmHost(id.clone()));
        loop {
            match handle.next() {
                Event::Settings(settings) if settings.profile(&id).is_some_and(|profile| !profile.unconfirmed) => break,
                Event::Stopped => return Ending::Failed,
                _ => {}
            }
        }
    }
    let names = [("name", name.into()), ("host", profile.host().into())];
    line(&report.text().with("cli-host-confirmed", names));
    Ending::Done
}
