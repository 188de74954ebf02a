//! Tests that a crash, a signal, a failing disk or a power loss loses nothing that was paid for or reported.

mod disk_faults;
mod full_disk;
mod kept_responses;
mod killed_changes;
mod killed_requests;
#[cfg(target_os = "linux")]
mod power_loss;
#[cfg(unix)]
mod signals;
#[cfg(target_os = "linux")]
mod unusual_paths;
