//! Commands about spending.

use std::path::PathBuf;

use jiff::civil::Date;

/// Reports what was spent.
#[derive(Debug)]
pub enum SpendingCommand {
    /// Send a report.
    LoadReport {
        /// The first day that counts; `None` for all days.
        since: Option<Date>,
    },
    /// Let the person choose a file in a save dialog, and write a spreadsheet of what was spent to it.
    PickExport {
        /// The first day that counts; `None` for all days.
        since: Option<Date>,
    },
    /// Write a spreadsheet of what was spent to a file.
    Export {
        /// The file, which is replaced if it exists.
        path: PathBuf,
        /// The first day that counts; `None` for all days.
        since: Option<Date>,
    },
}
