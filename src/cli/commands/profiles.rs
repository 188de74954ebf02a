//! `atelier profiles`: lists, imports and exports gateways.

use serde_json::json;

use crate::{
    cli::{
        args::ProfilesArgs,
        exit_status::ExitStatus,
        report::{Report, line, object},
        session::StudioSession,
    },
    recipe::{Fingerprint, Profile, ProfileId, TrustedCertificate, replace_invisible_in_name},
    studio::{Command, Event, Notice, ProfileFileCommand, ProviderCommand, Ready},
};

pub(in crate::cli) fn run(
    handle: &StudioSession,
    ready: &Ready,
    arguments: &ProfilesArgs,
    report: &Report,
) -> ExitStatus {
    match arguments {
        ProfilesArgs::List { json } => {
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
                        "certificate": profile.trusted_certificate().map(|trusted| trusted.sha256),
                    }));
                } else {
                    let name = replace_invisible_in_name(&profile.name);
                    line(&format!(
                        "{}\t{name}\t{}",
                        replace_invisible_in_name(profile.id.as_str()),
                        replace_invisible_in_name(url)
                    ));
                }
            }
            return ExitStatus::Done;
        }
        ProfilesArgs::Trust { name } => return trust(handle, ready, name, report),
        ProfilesArgs::TrustCertificate { name, fingerprint, remove: _ } => {
            return trust_certificate(handle, ready, name, *fingerprint, report);
        }
        ProfilesArgs::Import { file } => handle.send(Command::Profiles(ProfileFileCommand::Import(file.clone()))),
        ProfilesArgs::Export { file } => handle.send(Command::Profiles(ProfileFileCommand::Export(file.clone()))),
    }
    loop {
        match handle.next() {
            Event::Notice(notice @ (Notice::ProfilesImported { .. } | Notice::ProfilesExported { .. })) => {
                line(&report.text().notice(&notice));
                return ExitStatus::Done;
            }
            Event::Notice(
                notice @ (Notice::InvalidProfileFile { .. }
                | Notice::SaveFailed { .. }
                | Notice::TargetInLibrary { .. }),
            ) => {
                report.usage(&report.text().notice(&notice));
                return ExitStatus::Usage;
            }
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
}

/// Confirms the host of a profile.
fn trust(handle: &StudioSession, ready: &Ready, name: &str, report: &Report) -> ExitStatus {
    let id = ProfileId::new(name);
    let Some(profile) = ready.settings.profile(&id) else {
        report.unknown_provider(&id, &ready.settings.profiles);
        return ExitStatus::Usage;
    };
    if profile.unconfirmed {
        handle.send(Command::Providers(ProviderCommand::ConfirmHost(id.clone())));
        let ending = wait_for(handle, &id, |profile| !profile.unconfirmed);
        if ending != ExitStatus::Done {
            return ending;
        }
    }
    let names = [("name", name.into()), ("host", profile.host().into())];
    line(&report.text().with("cli-host-confirmed", names));
    ExitStatus::Done
}

/// Accepts a certificate at the host of a profile; without one, only certificates that the system trusts.
fn trust_certificate(
    handle: &StudioSession,
    ready: &Ready,
    name: &str,
    fingerprint: Option<Fingerprint>,
    report: &Report,
) -> ExitStatus {
    let id = ProfileId::new(name);
    let Some(profile) = ready.settings.profile(&id) else {
        report.unknown_provider(&id, &ready.settings.profiles);
        return ExitStatus::Usage;
    };
    let host = profile.host();
    let Some(sha256) = fingerprint else {
        handle.send(Command::Providers(ProviderCommand::DistrustCertificate(id.clone())));
        let ending = wait_for(handle, &id, |profile| profile.certificate.is_none());
        if ending != ExitStatus::Done {
            return ending;
        }
        line(&report.text().with("cli-certificate-removed", [("name", name.into())]));
        return ending;
    };
    if !profile.base_url.starts_with("https://") {
        report.usage(&report.text().with("cli-certificate-plain", [("name", name.into())]));
        return ExitStatus::Usage;
    }
    let certificate = TrustedCertificate { host: host.clone(), sha256 };
    handle.send(Command::Providers(ProviderCommand::TrustCertificate(id.clone(), certificate.clone())));
    let ending = wait_for(handle, &id, |profile| profile.certificate.as_ref() == Some(&certificate));
    if ending != ExitStatus::Done {
        return ending;
    }
    let names = [("name", name.into()), ("host", host.into()), ("fingerprint", sha256.to_string().into())];
    line(&report.text().with("cli-certificate-trusted", names));
    ending
}

/// Waits until the settings have such a profile.
fn wait_for(handle: &StudioSession, id: &ProfileId, fits: impl Fn(&Profile) -> bool) -> ExitStatus {
    loop {
        match handle.next() {
            Event::Settings(settings) if settings.profile(id).is_some_and(&fits) => return ExitStatus::Done,
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
}
