//! Providers: their keys, models and capabilities, and diagnostics of their gateways.

pub(in crate::studio) mod diagnostics;
pub(in crate::studio) mod host_confirmation;
pub(in crate::studio) mod providers;
