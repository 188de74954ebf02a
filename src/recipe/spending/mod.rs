//! What requests have cost, and how much may be spent.

mod caps;
mod spending;

pub use caps::{Cap, Caps};
pub use spending::Spending;
