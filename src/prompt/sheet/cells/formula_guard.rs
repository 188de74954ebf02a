//! Guards cells that a spreadsheet would execute as a formula.

use std::borrow::Cow;

/// The character before a cell by which spreadsheets treat it as text.
const GUARD_CHAR: char = '\'';

/// A cell as it is written for spreadsheets: one that they would execute as a formula starts with an apostrophe.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell) { Cow::Owned(format!("{GUARD_CHAR}{cell}")) } else { Cow::Borrowed(cell) }
}

/// A cell without the apostrophe of [`guarded`].
pub(crate) fn unguarded(cell: String) -> String {
    match cell.strip_prefix(GUARD_CHAR) {
        Some(rest) if is_formula(rest) => rest.to_owned(),
        _ => cell,
    }
}

/// Whether a cell is a formula, with any number of guards before it, so that guarding is reversible. Some programs
/// strip blanks and quotation marks first, and some accept full-width signs.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches(GUARD_CHAR).starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\u{feff}'))
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guarded_formulas_round_trip() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\tx",
            " =1",
            "\"=1",
            "'=1",
            "''=1",
            " '\" =1",
            "＝1",
            "'\n",
            "''\tx",
            "=cmd|' /C calc'!A0",
            "\u{a0}=1",
        ] {
            let written = guarded(cell);
            assert!(written.starts_with('\''), "{cell:?}");
            assert_eq!(unguarded(written.into_owned()), cell);
        }
        for cell in ["", "a fox", "1", "a=b", "'quoted' words", "'", "\"words\"", "漢字"] {
            assert_eq!(guarded(cell), cell);
            assert_eq!(unguarded(cell.to_owned()), cell);
        }
    }
}
