//! IDs of images, requests, batches, sheets and gateway profiles.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An image of the library. A `UUIDv7`, so that file names sort by time of creation (RFC 9562 §5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImageId(Uuid);

/// A request to a gateway, from before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(Uuid);

/// A collection of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollectionId(Uuid);

/// A batch of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(Uuid);

/// A prompt sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SheetId(Uuid);

/// A row of a prompt sheet. The ID does not change when rows are moved, so that images stay assigned to their row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(Uuid);

macro_rules! uuid_name {
    ($name:ident) => {
        impl $name {
            /// Wraps a UUID.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
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

/// The ID of a gateway profile: `dgrid`, `demo`, or one derived from the user's name for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(String);

impl ProfileId {
    /// The built-in demo gateway, which runs locally and needs no key.
    pub const DEMO: &'static str = "demo";
    /// DGrid, the default gateway.
    pub const DGRID: &'static str = "dgrid";

    /// The profile of imported images. No gateway has this ID.
    pub const IMPORTED: &'static str = "imported";

    /// Wraps an ID.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The ID of the built-in demo gateway.
    pub fn demo() -> Self {
        Self::new(Self::DEMO)
    }

    /// The ID of DGrid.
    pub fn dgrid() -> Self {
        Self::new(Self::DGRID)
    }

    /// Whether this is the built-in demo gateway.
    pub fn is_demo(&self) -> bool {
        self.0 == Self::DEMO
    }

    /// Whether this is the profile of imported images.
    pub fn is_imported(&self) -> bool {
        self.0 == Self::IMPORTED
    }

    /// The ID as text.
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
