//! A gateway as a person configures it. The key is not part of it: that lives in the keychain.

mod dialect;
mod presets;
mod profile;
mod profile_file;
mod secrets;

pub use dialect::{Dialect, KeyHeader, Modalities, OptionStyle, Proxy, ReferenceStyle, TimeLimits};
pub use profile::Profile;
pub use profile_file::{ProfileExport, ProfileFile, ProfileFileError};
