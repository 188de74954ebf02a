//! Tests of the real program without a window, against scripted gateways on this machine.

mod access;
mod again;
mod bench_library;
mod certificates;
mod cli;
mod dialects;
mod disk;
mod disk_faults;
mod doctor;
mod drafts;
mod exchanges;
mod export;
mod faults;
mod gateway;
mod home;
#[cfg(target_os = "linux")]
mod http2;
mod import;
mod kept;
mod kills;
mod library;
mod limits;
mod log;
mod looks;
#[cfg(target_os = "linux")]
mod odd_places;
mod pictures;
#[cfg(target_os = "linux")]
mod power;
mod processes;
mod queue;
mod queue_chance;
mod secret_places;
mod secret_writings;
mod secrets;
mod sheet;
#[cfg(unix)]
mod signals;
mod silence;
mod tasks;
mod tls;
mod wire_faults;
