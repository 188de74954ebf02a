//! The diagnostic checks of a gateway and their results.

use std::time::Duration;

use serde::Serialize;

use crate::{
    recipe::{AddressError, Dialect, Failure, Money},
    studio::protocol::images::Details,
};

/// What is looked at, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Whether the base URL can be asked.
    Address,
    /// Whether something listens there.
    Network,
    /// Whether the connection is encrypted.
    Encryption,
    /// Whether the gateway lists its models.
    Models,
    /// Whether it takes the key.
    Key,
    /// Whether its clock and this machine's agree.
    Clock,
    /// Whether the model is on the list.
    Model,
    /// Whether a request becomes a picture.
    Picture,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works.
    Ok,
    /// It may become trouble, or could not be looked at.
    Warning,
    /// It does not work.
    Failed,
}

/// What a step found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Requests go to this host.
    Address {
        /// Scheme, host and port.
        origin: String,
    },
    /// Nothing can be asked there.
    WrongAddress(AddressError),
    /// Something listens there.
    Reached {
        /// From asking for the address to the connection.
        took: Duration,
    },
    /// The host's name has no address.
    NoSuchHost {
        /// What the system said.
        reason: String,
    },
    /// Nothing took the connection.
    NotReached {
        /// What the system said.
        reason: String,
    },
    /// A proxy stands between, which is asked in the next steps.
    ThroughProxy,
    /// The connection is encrypted and the certificate is good.
    Encrypted,
    /// It is not encrypted, on this machine, where nobody listens in.
    PlainHere,
    /// It is not encrypted, and everybody on the way can read the key.
    PlainElsewhere,
    /// Encryption could not be agreed on.
    NotEncrypted(Failure),
    /// The models were listed.
    Models {
        /// All of them.
        all: usize,
        /// Those that make images.
        image: usize,
        /// From asking to the whole list.
        took: Duration,
    },
    /// They were not listed.
    NoModels(Failure),
    /// The list came for the key and does not come without it.
    KeyTaken,
    /// No key is needed.
    KeyNotNeeded,
    /// The list comes without a key as well, so that it tells nothing of the key.
    KeyUnproven,
    /// There is no key, or it was turned down.
    KeyRefused(Failure),
    /// The clocks agree.
    ClockRight,
    /// This machine's clock is ahead by so many seconds, behind if negative.
    ClockOff {
        /// How far.
        seconds: i64,
    },
    /// The gateway does not tell the time.
    ClockUnknown,
    /// The model is on the list.
    Listed {
        /// Its id.
        model: String,
    },
    /// The model is not on the list.
    NotListed {
        /// Its id.
        model: String,
    },
    /// There is no image model on the list, and none was named.
    NoImageModel,
    /// There was no list to look into.
    ListUnknown,
    /// A picture came.
    Picture {
        /// Everything about it.
        details: Box<Details>,
        /// Through which endpoints.
        dialect: Dialect,
        /// How many came in all.
        pictures: usize,
    },
    /// The request did not become a picture.
    NoPicture(Failure),
    /// The request was cancelled.
    Cancelled,
    /// No picture was asked for, because nobody agreed to pay for it.
    NotAsked {
        /// The model that would be asked; none is known.
        model: Option<String>,
        /// What it would cost, where that is known.
        price: Option<Money>,
    },
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct DoctorStep {
    /// What was looked at.
    pub check: Check,
    /// How it went.
    pub health: Health,
    /// What was found.
    pub finding: Finding,
}

impl DoctorStep {
    pub(in crate::studio) fn new(check: Check, health: Health, finding: Finding) -> Self {
        Self { check, health, finding }
    }

    /// A request that a person agreed to has become pictures.
    pub(in crate::studio) fn picture(details: Details, dialect: Dialect, pictures: usize) -> Self {
        Self::new(Check::Picture, Health::Ok, Finding::Picture { details: Box::new(details), dialect, pictures })
    }

    /// Such a request has failed.
    pub(in crate::studio) fn no_picture(failure: Failure) -> Self {
        Self::new(Check::Picture, Health::Failed, Finding::NoPicture(failure))
    }

    /// Such a request was cancelled.
    pub(in crate::studio) fn cancelled() -> Self {
        Self::new(Check::Picture, Health::Warning, Finding::Cancelled)
    }
}
