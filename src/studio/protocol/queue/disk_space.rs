//! Free space on the library's disk.

/// Free and required space on a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskSpace {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that must be free before the next request is sent.
    pub needed: u64,
}
