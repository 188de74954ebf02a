//! Reference images: adding, downloading and converting them, and masks.

pub(in crate::studio) mod convert;
pub(in crate::studio) mod download;
pub(in crate::studio) mod mask;
pub(in crate::studio) mod reference_service;
pub(in crate::studio) mod reference_store;
