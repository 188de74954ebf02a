//! Runs the diagnostic checks of a gateway, one after the other.
//!
//! The checks cost nothing. A test image, which may cost money, is an ordinary request that the user confirms, so that
//! it is recorded and stored like any other.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

use url::{Host, Url};

use crate::{
    gateway::ResponseHead,
    recipe::{BaseUrl, Failure, FailureKind, Money, Profile, Proxy},
    studio::{
        protocol::{CheckResult, DiagnosticCheck, DiagnosticStep, Event, ProviderEvent, Secret, Severity},
        runtime::context::Context,
    },
};

/// Time limit of each of name resolution and connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The prompt of test images: simple, and acceptable to every filter.
pub(in crate::studio) const TEST_PROMPT: &str = "A small red circle on a white background";
/// Maximum difference of the clocks in seconds; more is reported.
const MAX_CLOCK_DIFFERENCE_S: i64 = 120;

/// Returns the price of an image of a model, if known.
type PriceLookup = Box<dyn Fn(&str) -> Option<Money> + Send + Sync>;

/// The input of the diagnostics.
pub(in crate::studio) struct DiagnosticContext {
    pub(in crate::studio) profile: Profile,
    /// The model to check; if empty, the first image model that the gateway lists.
    pub(in crate::studio) model: String,
    /// Looks up the price of an image of a model.
    pub(in crate::studio) price: PriceLookup,
}

/// Runs the checks and sends each result. Costs nothing.
pub(in crate::studio) async fn run_diagnostics(context: Arc<Context>, input: DiagnosticContext) {
    let id = input.profile.id.clone();
    let tell = |check, health, finding| {
        context.events.send(Event::Providers(ProviderEvent::DiagnosticStep(
            id.clone(),
            Box::new(DiagnosticStep::new(check, health, finding)),
        )));
    };
    run_checks(&context, &input, &tell).await;
    context.events.send(Event::Providers(ProviderEvent::DiagnosticsDone(id)));
}

async fn run_checks(
    context: &Context,
    input: &DiagnosticContext,
    tell: &(impl Fn(DiagnosticCheck, Severity, CheckResult) + Sync),
) {
    let DiagnosticContext { profile, model, price } = input;
    let url = match BaseUrl::read(context.base_url(profile)) {
        Ok(base) => base.url().clone(),
        Err(error) => return tell(DiagnosticCheck::Address, Severity::Failed, CheckResult::InvalidAddress(error)),
    };
    tell(DiagnosticCheck::Address, Severity::Ok, CheckResult::Address { origin: url.origin().ascii_serialization() });
    let (health, finding) = check_network(profile, &url).await;
    tell(DiagnosticCheck::Network, health, finding);
    if health == Severity::Failed {
        return;
    }
    let (key, missing) = match context.keys.key(profile).await {
        Ok(key) => (key, None),
        Err(failure) => (None, Some(failure)),
    };
    let start = Instant::now();
    let mut heard = ResponseHead::default();
    let base_url = context.base_url(profile);
    let revealed = key.as_ref().map(Secret::reveal);
    let listed = context.client.models_and_hear(profile, base_url, revealed, &mut heard).await;
    let took = start.elapsed();
    let (health, finding) = check_encryption(&url, listed.as_ref().err());
    tell(DiagnosticCheck::Encryption, health, finding);
    if heard.status.is_none() && health == Severity::Failed {
        return;
    }
    let (health, finding) = match &listed {
        Ok(models) => {
            let image = models.iter().filter(|model| model.makes_images).count();
            let health = if image == 0 { Severity::Warning } else { Severity::Ok };
            (health, CheckResult::Models { all: models.len(), image, took })
        }
        // Not every gateway lists its models.
        Err(failure) if failure.kind == FailureKind::NotFound => {
            (Severity::Warning, CheckResult::ModelsFailed(failure.clone()))
        }
        Err(failure) => (Severity::Failed, CheckResult::ModelsFailed(failure.clone())),
    };
    tell(DiagnosticCheck::Models, health, finding);
    let (health, finding) = match (missing, &listed) {
        (Some(failure), _) => (Severity::Failed, CheckResult::KeyRejected(failure)),
        (None, Err(failure)) if is_key_failure(failure) => {
            (Severity::Failed, CheckResult::KeyRejected(failure.clone()))
        }
        (None, _) if key.is_none() => (Severity::Ok, CheckResult::KeyNotNeeded),
        (None, Ok(_)) if context.client.models(profile, base_url, None).await.is_err() => {
            (Severity::Ok, CheckResult::KeyAccepted)
        }
        (None, _) => (Severity::Warning, CheckResult::KeyUnverified),
    };
    tell(DiagnosticCheck::Key, health, finding);
    let (health, finding) = check_clock(heard.header("date"), context.now());
    tell(DiagnosticCheck::Clock, health, finding);
    let (health, finding, model) = check_model(model.trim(), listed.ok());
    tell(DiagnosticCheck::Model, health, finding);
    let price = model.as_deref().and_then(price);
    tell(DiagnosticCheck::Image, Severity::Warning, CheckResult::ImageNotRequested { model, price });
}

async fn check_network(profile: &Profile, url: &Url) -> (Severity, CheckResult) {
    if matches!(profile.proxy, Proxy::Through(_)) {
        return (Severity::Ok, CheckResult::ThroughProxy);
    }
    // The system may have a proxy that reaches more than this machine; the list of models will tell.
    let worst = if profile.proxy == Proxy::System && !is_local(url) { Severity::Warning } else { Severity::Failed };
    let start = Instant::now();
    let slow = || "timed out".to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        Some(Host::Domain(name)) => match timeout(CONNECT_TIMEOUT, lookup_host((name, port))).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return (worst, CheckResult::UnknownHost { reason: error.to_string() }),
            Err(_) => return (worst, CheckResult::UnknownHost { reason: slow() }),
        },
        None => Vec::new(),
    };
    match timeout(CONNECT_TIMEOUT, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => (Severity::Ok, CheckResult::Reachable { took: start.elapsed() }),
        Ok(Err(error)) => (worst, CheckResult::Unreachable { reason: error.to_string() }),
        Err(_) => (worst, CheckResult::Unreachable { reason: slow() }),
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn check_encryption(url: &Url, failure: Option<&Failure>) -> (Severity, CheckResult) {
    match failure {
        Some(failure) if matches!(failure.kind, FailureKind::InsecureConnection | FailureKind::CertificateRefused) => {
            (Severity::Failed, CheckResult::TlsFailed(failure.clone()))
        }
        Some(failure) if failure.kind == FailureKind::NoConnection => {
            (Severity::Failed, CheckResult::Unreachable { reason: failure.words.clone().unwrap_or_default() })
        }
        _ if url.scheme() == "https" => (Severity::Ok, CheckResult::Encrypted),
        _ if is_local(url) => (Severity::Ok, CheckResult::PlainLocal),
        _ => (Severity::Warning, CheckResult::PlainRemote),
    }
}

fn is_key_failure(failure: &Failure) -> bool {
    use FailureKind as K;
    matches!(
        failure.kind,
        K::WrongKey
            | K::UnusableKey
            | K::KeyExpired
            | K::KeyLimit
            | K::NoMoney
            | K::NotAllowed
            | K::NoKey
            | K::HostNotConfirmed
            | K::KeychainSilent
    )
}

fn check_clock(date: Option<&str>, now: Timestamp) -> (Severity, CheckResult) {
    let Some(theirs) = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()) else {
        return (Severity::Ok, CheckResult::ClockUnknown);
    };
    let seconds = now.as_second() - theirs.as_second();
    if seconds.abs() > MAX_CLOCK_DIFFERENCE_S {
        (Severity::Warning, CheckResult::ClockOff { seconds })
    } else {
        (Severity::Ok, CheckResult::ClockCorrect)
    }
}

/// Whether the model is listed, and the model that a test image would use.
fn check_model(
    wanted: &str,
    listed: Option<Vec<crate::gateway::ListedModel>>,
) -> (Severity, CheckResult, Option<String>) {
    let chosen = (!wanted.is_empty()).then(|| wanted.to_owned());
    let Some(models) = listed.filter(|models| !models.is_empty()) else {
        return (Severity::Warning, CheckResult::NoModelList, chosen);
    };
    match chosen {
        Some(model) if models.iter().any(|known| known.id == model) => {
            (Severity::Ok, CheckResult::ModelListed { model: model.clone() }, Some(model))
        }
        Some(model) => (Severity::Warning, CheckResult::ModelNotListed { model: model.clone() }, Some(model)),
        None => match models.into_iter().find(|model| model.makes_images) {
            Some(model) => (Severity::Ok, CheckResult::ModelListed { model: model.id.clone() }, Some(model.id)),
            None => (Severity::Warning, CheckResult::NoImageModel, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_differences_above_two_minutes_are_reported() {
        let now: Timestamp = "2026-11-20T08:31:05Z".parse().unwrap();
        let of = |date| check_clock(Some(date), now);
        assert_eq!(of("Fri, 20 Nov 2026 08:30:00 GMT"), (Severity::Ok, CheckResult::ClockCorrect));
        assert_eq!(of("Fri, 20 Nov 2026 08:28:00 GMT"), (Severity::Warning, CheckResult::ClockOff { seconds: 185 }));
        assert_eq!(of("Fri, 20 Nov 2026 09:31:05 GMT"), (Severity::Warning, CheckResult::ClockOff { seconds: -3600 }));
        assert_eq!(of("yesterday"), (Severity::Ok, CheckResult::ClockUnknown));
        assert_eq!(check_clock(None, now), (Severity::Ok, CheckResult::ClockUnknown));
    }

    #[test]
    fn unencrypted_connections_are_fine_only_on_this_machine() {
        let of = |url: &str| check_encryption(&Url::parse(url).unwrap(), None);
        assert_eq!(of("https://api.example/v1"), (Severity::Ok, CheckResult::Encrypted));
        assert_eq!(of("http://127.0.0.1:8080/v1"), (Severity::Ok, CheckResult::PlainLocal));
        assert_eq!(of("http://192.168.1.7:3000/v1"), (Severity::Warning, CheckResult::PlainRemote));
    }
}
