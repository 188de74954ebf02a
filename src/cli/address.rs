//! Addresses on the command line.

use crate::{
    cli::{exit_status::ExitStatus, report::Report},
    recipe::{BaseUrl, Dialect},
};

/// Parses an address. Prints how it was corrected, or why it is invalid.
pub(super) fn parse_address(typed: &str, dialect: Dialect, report: &Report) -> Result<String, ExitStatus> {
    match BaseUrl::read(typed) {
        Ok(address) => Ok(report_notes(&address, dialect, report)),
        Err(error) => {
            let (what, next) = report.text().address_error(&error);
            report.usage(&report.text().join(&[&what, &next]));
            Err(ExitStatus::Usage)
        }
    }
}

/// The normalized address. Prints how it was corrected.
pub(super) fn report_notes(address: &BaseUrl, dialect: Dialect, report: &Report) -> String {
    let notes = report.text().address_notes(address, dialect);
    if !notes.is_empty() {
        report.aside(&notes);
    }
    address.to_string()
}
