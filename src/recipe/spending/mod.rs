//! Costs of requests, and caps on spending.

mod caps;
mod spending;

pub use caps::{Cap, Caps};
pub use spending::Spending;
