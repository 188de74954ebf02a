//! Looking over a gateway step by step: what works, what does not, and what would help.
//!
//! Nothing here costs money. The one step that may, a picture, is an ordinary request that a person has asked for: it
//! runs as any other, so that what it costs is not lost.

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
        protocol::{Check, DoctorStep, Event, Finding, Health, ProviderEvent, Secret},
        runtime::context::Context,
    },
};

/// How long finding the address and connecting may take together.
const CONNECT: Duration = Duration::from_secs(10);
/// What a picture is asked for with: simple, and harmless to every filter.
pub(in crate::studio) const PROMPT: &str = "A small red circle on a white background";
/// A clock that is off by more than this is said.
const CLOCK: i64 = 120;

/// What a picture of a model costs, where that is known.
type PriceOf = Box<dyn Fn(&str) -> Option<Money> + Send + Sync>;

/// What is asked of the doctor.
pub(in crate::studio) struct Patient {
    pub(in crate::studio) profile: Profile,
    /// The model that is to be used; the first of the list if it is empty.
    pub(in crate::studio) model: String,
    /// What a picture of a model costs.
    pub(in crate::studio) price: PriceOf,
}

/// Looks a gateway over, and tells each step as it is found. Costs nothing.
pub(in crate::studio) async fn examine(context: Arc<Context>, patient: Patient) {
    let id = patient.profile.id.clone();
    let tell = |check, health, finding| {
        context.events.send(Event::Providers(ProviderEvent::DiagnosticStep(
            id.clone(),
            Box::new(DoctorStep::new(check, health, finding)),
        )));
    };
    look_over(&context, &patient, &tell).await;
    context.events.send(Event::Providers(ProviderEvent::DiagnosticsDone(id)));
}

async fn look_over(context: &Context, patient: &Patient, tell: &(impl Fn(Check, Health, Finding) + Sync)) {
    let Patient { profile, model, price } = patient;
    let url = match BaseUrl::read(context.base_url(profile)) {
        Ok(base) => base.url().clone(),
        Err(error) => return tell(Check::Address, Health::Failed, Finding::WrongAddress(error)),
    };
    tell(Check::Address, Health::Ok, Finding::Address { origin: url.origin().ascii_serialization() });
    let (health, finding) = network(profile, &url).await;
    tell(Check::Network, health, finding);
    if health == Health::Failed {
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
    let (health, finding) = encryption(&url, listed.as_ref().err());
    tell(Check::Encryption, health, finding);
    if heard.status.is_none() && health == Health::Failed {
        return;
    }
    let (health, finding) = match &listed {
        Ok(models) => {
            let image = models.iter().filter(|model| model.makes_images).count();
            let health = if image == 0 { Health::Warning } else { Health::Ok };
            (health, Finding::Models { all: models.len(), image, took })
        }
        // Not every gateway has a list.
        Err(failure) if failure.kind == FailureKind::NotFound => (Health::Warning, Finding::NoModels(failure.clone())),
        Err(failure) => (Health::Failed, Finding::NoModels(failure.clone())),
    };
    tell(Check::Models, health, finding);
    let (health, finding) = match (missing, &listed) {
        (Some(failure), _) => (Health::Failed, Finding::KeyRefused(failure)),
        (None, Err(failure)) if is_about_the_key(failure) => (Health::Failed, Finding::KeyRefused(failure.clone())),
        (None, _) if key.is_none() => (Health::Ok, Finding::KeyNotNeeded),
        (None, Ok(_)) if context.client.models(profile, base_url, None).await.is_err() => {
            (Health::Ok, Finding::KeyTaken)
        }
        (None, _) => (Health::Warning, Finding::KeyUnproven),
    };
    tell(Check::Key, health, finding);
    let (health, finding) = clock(heard.header("date"), context.now());
    tell(Check::Clock, health, finding);
    let (health, finding, model) = model_of(model.trim(), listed.ok());
    tell(Check::Model, health, finding);
    let price = model.as_deref().and_then(price);
    tell(Check::Picture, Health::Warning, Finding::NotAsked { model, price });
}

async fn network(profile: &Profile, url: &Url) -> (Health, Finding) {
    if matches!(profile.proxy, Proxy::Through(_)) {
        return (Health::Ok, Finding::ThroughProxy);
    }
    // The system may have a proxy that reaches what this machine does not: the list of models will tell.
    let worst = if profile.proxy == Proxy::System && !is_here(url) { Health::Warning } else { Health::Failed };
    let start = Instant::now();
    let slow = || "timed out".to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(address)) => vec![(address, port).into()],
        Some(Host::Ipv6(address)) => vec![(address, port).into()],
        Some(Host::Domain(name)) => match timeout(CONNECT, lookup_host((name, port))).await {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return (worst, Finding::NoSuchHost { reason: error.to_string() }),
            Err(_) => return (worst, Finding::NoSuchHost { reason: slow() }),
        },
        None => Vec::new(),
    };
    match timeout(CONNECT, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => (Health::Ok, Finding::Reached { took: start.elapsed() }),
        Ok(Err(error)) => (worst, Finding::NotReached { reason: error.to_string() }),
        Err(_) => (worst, Finding::NotReached { reason: slow() }),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn encryption(url: &Url, failure: Option<&Failure>) -> (Health, Finding) {
    match failure {
        Some(failure) if matches!(failure.kind, FailureKind::InsecureConnection | FailureKind::CertificateRefused) => {
            (Health::Failed, Finding::NotEncrypted(failure.clone()))
        }
        Some(failure) if failure.kind == FailureKind::NoConnection => {
            (Health::Failed, Finding::NotReached { reason: failure.words.clone().unwrap_or_default() })
        }
        _ if url.scheme() == "https" => (Health::Ok, Finding::Encrypted),
        _ if is_here(url) => (Health::Ok, Finding::PlainHere),
        _ => (Health::Warning, Finding::PlainElsewhere),
    }
}

fn is_about_the_key(failure: &Failure) -> bool {
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

fn clock(date: Option<&str>, now: Timestamp) -> (Health, Finding) {
    let Some(theirs) = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok()) else {
        return (Health::Ok, Finding::ClockUnknown);
    };
    let seconds = now.as_second() - theirs.as_second();
    if seconds.abs() > CLOCK {
        (Health::Warning, Finding::ClockOff { seconds })
    } else {
        (Health::Ok, Finding::ClockRight)
    }
}

/// Whether the model is on the list; which one would be asked.
fn model_of(wanted: &str, listed: Option<Vec<crate::gateway::ListedModel>>) -> (Health, Finding, Option<String>) {
    let chosen = (!wanted.is_empty()).then(|| wanted.to_owned());
    let Some(models) = listed.filter(|models| !models.is_empty()) else {
        return (Health::Warning, Finding::ListUnknown, chosen);
    };
    match chosen {
        Some(model) if models.iter().any(|known| known.id == model) => {
            (Health::Ok, Finding::Listed { model: model.clone() }, Some(model))
        }
        Some(model) => (Health::Warning, Finding::NotListed { model: model.clone() }, Some(model)),
        None => match models.into_iter().find(|model| model.makes_images) {
            Some(model) => (Health::Ok, Finding::Listed { model: model.id.clone() }, Some(model.id)),
            None => (Health::Warning, Finding::NoImageModel, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_two_minutes_apart_are_said() {
        let now: Timestamp = "2026-11-20T08:31:05Z".parse().unwrap();
        let of = |date| clock(Some(date), now);
        assert_eq!(of("Fri, 20 Nov 2026 08:30:00 GMT"), (Health::Ok, Finding::ClockRight));
        assert_eq!(of("Fri, 20 Nov 2026 08:28:00 GMT"), (Health::Warning, Finding::ClockOff { seconds: 185 }));
        assert_eq!(of("Fri, 20 Nov 2026 09:31:05 GMT"), (Health::Warning, Finding::ClockOff { seconds: -3600 }));
        assert_eq!(of("yesterday"), (Health::Ok, Finding::ClockUnknown));
        assert_eq!(clock(None, now), (Health::Ok, Finding::ClockUnknown));
    }

    #[test]
    fn encryption_is_needed_only_elsewhere() {
        let of = |url: &str| encryption(&Url::parse(url).unwrap(), None);
        assert_eq!(of("https://api.example/v1"), (Health::Ok, Finding::Encrypted));
        assert_eq!(of("http://127.0.0.1:8080/v1"), (Health::Ok, Finding::PlainHere));
        assert_eq!(of("http://192.168.1.7:3000/v1"), (Health::Warning, Finding::PlainElsewhere));
    }
}
