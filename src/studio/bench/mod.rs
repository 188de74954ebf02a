//! Measuring: a synthetic library of any size, receiving images, and gateways with limits.

mod external_tools;
mod ingest;
mod limit_simulation;
mod synthetic_library;

pub use ingest::{IngestFigures, ingest};
pub use limit_simulation::{LimitRule, LimitedFigures, LimitedRun, limited};
pub use synthetic_library::{CannotMeasure, IndexFigures, index, quantile, scratch, synthetic, usual_folder};
