//! Cells that contain a spreadsheet error or a formula that was never calculated.

use super::invisible_characters::visible;

/// Errors that do not end in a punctuation mark, in upper case. Spreadsheets write them in the language of their user.
const UNMARKED_ERRORS: &[&str] = &[
    "#N/A",
    "#N/D",
    "#N/B",
    "#NV",
    "#I/T",
    "#Н/Д",
    "#YOK",
    "#SAKNAS",
    "#HIÁNYZIK",
    "#NENÍ_K_DISPOZICI",
    "#GETTING_DATA",
    "#ERROR",
];

/// The longest error, in characters.
const MAX_ERROR_CHARS: usize = 32;

/// Whether a cell contains a spreadsheet error instead of a value, such as `#REF!`, `#DIV/0!`, `#¿NOMBRE?`, `Err:502`,
/// or the hashes of a number that did not fit into its column.
pub(crate) fn is_error(cell: &str) -> bool {
    let cell = visible(cell);
    if let Some(code) = cell.strip_prefix("Err:") {
        return code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    }
    let Some(rest) = cell.strip_prefix('#') else { return false };
    if cell.chars().count() > MAX_ERROR_CHARS {
        return false;
    }
    if cell.len() > 2 && rest.chars().all(|character| character == '#') {
        return true;
    }
    if UNMARKED_ERRORS.contains(&cell.to_uppercase().as_str()) {
        return true;
    }
    let Some(word) = rest.strip_suffix(['!', '?']) else { return false };
    let word = word.trim_start_matches(['¡', '¿']);
    let fits =
        |character: char| character.is_uppercase() || character.is_ascii_digit() || matches!(character, '/' | '_');
    word.chars().count() > 1 && word.chars().all(fits)
}

/// Whether a cell contains a formula instead of its result: `=B2&" in snow"`.
pub(crate) fn is_formula(cell: &str) -> bool {
    let Some(rest) = visible(cell).strip_prefix('=').map(|rest| rest.trim_start().to_owned()) else { return false };
    rest.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '"' | '\'' | '(' | '$' | '-' | '+' | '?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_cells_are_recognized_in_every_language() {
        for error in [
            "#N/A",
            "#n/a",
            "#REF!",
            "#VALUE!",
            "#NAME?",
            "#DIV/0!",
            "#NUM!",
            "#NULL!",
            "#SPILL!",
            "#CALC!",
            "#FIELD!",
            "#BLOCKED!",
            "#CONNECT!",
            "#BUSY!",
            "#GETTING_DATA",
            "#ERROR!",
            "#NV",
            "#WERT!",
            "#BEZUG!",
            "#ÜBERLAUF!",
            "#VALEUR!",
            "#NOM?",
            "#¡VALOR!",
            "#¿NOMBRE?",
            "#N/D",
            "#VERW!",
            "#DEEL/0!",
            "#ЗНАЧ!",
            "#ССЫЛКА!",
            "#Н/Д",
            "#DEĞER!",
            "#ADR!",
            "#SAKNAS!",
            "Err:502",
            "########",
            " #REF! ",
            "\u{200B}#N/A",
        ] {
            assert!(is_error(error), "{error}");
        }
        for text in ["", "#", "#1", "#note", "# a heading", "#sunset!", "#A!", "a #REF! sign", "Err:", "N/A", "#ff8800"]
        {
            assert!(!is_error(text), "{text}");
        }
    }

    #[test]
    fn formulas_and_texts_with_an_equals_sign_are_distinguished() {
        for formula in ["=B2&\" in snow\"", "=CONCAT(A1,B1)", "='My sheet'!A1", "= A1", "=1+1", "=$A$1", "=?"] {
            assert!(is_formula(formula), "{formula}");
        }
        for text in ["", "=", "=== hero ===", "=^.^= a cat", "a=b", "=> an arrow"] {
            assert!(!is_formula(text), "{text}");
        }
    }
}
