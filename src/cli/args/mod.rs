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
pub use doctor::Doctor;
pub use export::Export;
pub use generate::Generate;
pub use import::Import;
pub use organize::Organize;
pub use profiles::Profiles;
pub use spending::Spending;
