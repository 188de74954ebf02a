//! Commands about kept responses.

use crate::recipe::RequestId;

/// Manages responses that were kept because they did not become images.
#[derive(Debug)]
pub enum ResponseCommand {
    /// Let the person choose a folder in a dialog, and save the content of a kept response there.
    Save(RequestId),
    /// Send how many responses are kept, and their size.
    LoadTotals,
    /// Show the cards of kept responses again that were removed.
    ShowCards,
    /// Delete all kept responses.
    DeleteAll,
}
