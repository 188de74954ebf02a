//! The ids of images, requests, batches, sheets and gateway profiles.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An image of the library. A `UUIDv7`, so that names sort by the time of their making (RFC 9562 §5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageId(Uuid);

/// One request to a gateway, from the moment it is intended; also the name of its card in the gallery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Uuid);

/// A collection of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionId(Uuid);

/// Requests that were submitted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(Uuid);

/// A prompt sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SheetId(Uuid);

/// A row of a prompt sheet. It keeps its name when rows are moved, so that images stay bound to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(Uuid);

macro_rules! uuid_name {
    ($name:ident) => {
        impl $name {
            /// Wraps an id that was made or read elsewhere.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id itself.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

uuid_name!(ImageId);
uuid_name!(RequestId);
uuid_name!(CollectionId);
uuid_name!(BatchId);
uuid_name!(SheetId);
uuid_name!(RowId);

/// The short name of a gateway profile: `dgrid`, `demo`, or one that a person gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(String);

impl ProfileId {
    /// The built-in gateway that paints locally and needs no key.
    pub const DEMO: &'static str = "demo";
    /// The gateway that Atelier is made for first.
    pub const DGRID: &'static str = "dgrid";

    /// Stands for whatever made an image that was imported. No gateway has this name.
    pub const IMPORTED: &'static str = "imported";

    /// Wraps a short name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The built-in demo gateway's profile.
    pub fn demo() -> Self {
        Self::new(Self::DEMO)
    }

    /// DGrid's profile.
    pub fn dgrid() -> Self {
        Self::new(Self::DGRID)
    }

    /// Whether this is the built-in gateway.
    pub fn is_demo(&self) -> bool {
        self.0 == Self::DEMO
    }

    /// Whether this stands for whatever made an image that was imported.
    pub fn is_imported(&self) -> bool {
        self.0 == Self::IMPORTED
    }

    /// The short name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ProfileId {
    fn default() -> Self {
        Self::demo()
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
