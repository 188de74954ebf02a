//! Files of a library that need no index: sidecars, references, prompt sheets, thumbnails.

pub(super) mod prompt_sheets;
pub(super) mod references;
pub(super) mod sidecar;
pub(super) mod thumbnail_pack;
