//! Gateway profiles: how a gateway is configured. The key is not part of it, because the keychain stores it.

mod dialect;
mod presets;
mod profile;
mod profile_file;
mod secrets;

pub use dialect::{Dialect, KeyHeader, Modalities, OptionStyle, Proxy, ReferenceStyle, TimeLimits};
pub use profile::Profile;
pub use profile_file::{ProfileExport, ProfileFile, ProfileFileError};
