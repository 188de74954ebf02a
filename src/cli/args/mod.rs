//! The arguments of the command line.

mod arguments;
#[cfg(feature = "bench")]
mod bench_library;
mod doctor;
mod export;
mod generate;
mod import;
mod organize;
mod profiles;
mod spending;
mod values;

pub use arguments::{Arguments, Headless, PathArguments};
#[cfg(feature = "bench")]
pub use bench_library::BenchLibrary;
pub use doctor::DoctorArgs;
pub use export::ExportArgs;
pub use generate::GenerateArgs;
pub use import::ImportArgs;
pub use organize::OrganizeArgs;
pub use profiles::ProfilesArgs;
pub use spending::SpendingArgs;
