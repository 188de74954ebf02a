//! Commands about files of styles.

use crate::settings::Style;

/// Imports and exports styles.
#[derive(Debug)]
pub enum StyleFileCommand {
    /// Let the person choose a file of styles in a dialog, and send its styles.
    PickImport,
    /// Let the person choose a file in a save dialog, and write styles to it.
    PickExport(Vec<Style>),
}
