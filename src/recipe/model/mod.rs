//! Abilities of models: known ones, observed ones, and those that a gateway lists.

mod abilities;
mod learned;
mod model_listing;
mod reference_limits;
mod references_seen;

pub use abilities::{Abilities, Deprecated, Price};
pub use learned::{LearnedModel, Tally};
pub use model_listing::ModelListing;
pub use reference_limits::{
    FormatSet, ImageInfo, MAX_REFERENCE_BYTES_PER_REQUEST, ReferenceLimits, RequiredConversion,
};
pub use references_seen::references_ignored;
