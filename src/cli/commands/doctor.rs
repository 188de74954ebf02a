//! `atelier doctor`: runs the diagnostics of a gateway.

use crate::{
    cli::{address, args::DoctorArgs, exit_status::ExitStatus, report::Report, session::StudioSession},
    recipe::{BaseUrl, Profile, ProfileId},
    studio::{
        CheckResult, Command, DiagnosticCheck, Event, ProviderCommand, ProviderEvent, QueueEvent, Ready,
        SettingsCommand, Severity,
    },
};

pub(in crate::cli) fn run(
    handle: &StudioSession,
    ready: &Ready,
    arguments: &DoctorArgs,
    report: &Report,
) -> ExitStatus {
    let Some(profile) = profile(handle, ready, arguments, report) else { return ExitStatus::Usage };
    let model = arguments.model.clone().unwrap_or_else(|| {
        let last = &ready.session.composer;
        if last.profile == profile.id { last.model.clone() } else { String::new() }
    });
    handle.send(Command::Providers(ProviderCommand::Diagnose { profile: Box::new(profile.clone()), model }));
    let mut worst = Severity::Ok;
    let (mut to_ask, mut asked) = (None, false);
    loop {
        match handle.next() {
            Event::Providers(ProviderEvent::DiagnosticStep(id, step)) if id == profile.id => {
                match &step.result {
                    // With consent to spend, the step that was skipped at first is not reported.
                    CheckResult::ImageNotRequested { model: Some(model), .. } if arguments.spend => {
                        to_ask = Some(model.clone());
                    }
                    CheckResult::ImageNotRequested { .. } => report.check(&step),
                    _ => {
                        worst = worst.max(step.severity);
                        report.check(&step);
                    }
                }
                if step.check == DiagnosticCheck::Image && !matches!(step.result, CheckResult::ImageNotRequested { .. })
                {
                    break;
                }
            }
            Event::Providers(ProviderEvent::DiagnosticsDone(id)) if id == profile.id => {
                match to_ask.take().filter(|_| worst < Severity::Failed) {
                    Some(model) => {
                        asked = true;
                        handle.send(Command::Providers(ProviderCommand::GenerateTestImage {
                            profile: profile.id.clone(),
                            model,
                        }));
                    }
                    None => break,
                }
            }
            // An image that is being paid for may arrive within the grace period.
            Event::Ending { .. } if !asked => return ExitStatus::Failed,
            Event::Queue(QueueEvent::Status(queue)) if handle.is_ending() && queue.draining && queue.running == 0 => {
                return ExitStatus::Failed;
            }
            Event::Stopped => return ExitStatus::Failed,
            _ => {}
        }
    }
    if worst == Severity::Failed { ExitStatus::Failed } else { ExitStatus::Done }
}

fn profile(handle: &StudioSession, ready: &Ready, arguments: &DoctorArgs, report: &Report) -> Option<Profile> {
    let id = arguments.provider.as_ref().map_or_else(ProfileId::dgrid, |name| ProfileId::new(name.clone()));
    let Some(profile) = ready.settings.profile(&id) else {
        report.unknown_provider(&id, &ready.settings.profiles);
        return None;
    };
    let mut profile = profile.clone();
    if let Some(base_url) = &arguments.base_url {
        if id.is_demo() {
            report.usage(&report.text().get("cli-demo-has-no-url"));
            return None;
        }
        // The first step reports an invalid address.
        profile.base_url = match BaseUrl::read(base_url) {
            Ok(address) => address::report_notes(&address, profile.dialect, report),
            Err(_) => base_url.clone(),
        };
        // An address that is given on the command line counts as confirmed.
        profile.unconfirmed = false;
        handle.send(Command::Settings(SettingsCommand::OverrideProfile(Box::new(profile.clone()))));
    }
    Some(profile)
}
