//! Measuring: a synthetic library of any size, receiving images, and gateways with limits.

mod external_tools;
mod ingest;
mod limit_simulation;
mod synthetic_library;

pub use ingest::{IngestFigures, measure_images};
pub use limit_simulation::{LimitRule, Simulation, SimulationFigures, simulate};
pub use synthetic_library::{
    BenchError, IndexFigures, default_folder, measure_index, open_synthetic, quantile, temporary_folder,
};
