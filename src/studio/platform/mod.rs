//! The operating system: dialogs, the file manager, notifications, the keychain, signals, and free disk space.

pub(in crate::studio) mod appearance;
pub(in crate::studio) mod credentials;
pub(in crate::studio) mod disk_space;
pub(in crate::studio) mod file_dialogs;
pub(in crate::studio) mod file_manager;
pub(in crate::studio) mod notifications;
pub mod signals;
pub(in crate::studio) mod typed_paths;
