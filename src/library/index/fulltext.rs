//! Normalizes texts for the full-text index, so that words are found in every script.
//!
//! `SQLite`'s full-text index splits text into words at spaces and punctuation, of which Chinese and Japanese have few.
//! So every character of such a script is a token of its own here, and a search for any part of a text is a phrase of
//! such tokens. Characters that the index would drop (symbols, emoji) are replaced by private-use characters that it
//! keeps.

use std::fmt::Write as _;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::library::io::error::LibraryError;

/// Replaces spaces and punctuation beside a single-character token, so that "雪 山" does not equal "雪山".
const GAP_CHAR: char = '\u{e000}';

/// Separates texts, so that no phrase spans two of them.
const BORDER_CHAR: char = '\u{e001}';

/// How the index treats a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a word.
    Word,
    /// A token of its own.
    Single,
    /// A separator.
    Separator,
    /// Ignored, because it only changes how other characters look.
    Ignored,
}

fn kind(c: char) -> Kind {
    match c as u32 {
        // Joiners, variation selectors of emoji, and direction marks.
        0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2064 | 0xfe00..=0xfe0f | 0xe0000..=0xe0fff | 0xfeff => {
            Kind::Ignored
        }
        // Combining accents, which follow their letter.
        0x0300..=0x036f => Kind::Word,
        // Jamo, radicals, kana, bopomofo, ideographs, syllables, and their signs.
        0x1100..=0x11ff
        | 0x2e80..=0x2fdf
        | 0x3001..=0x9fff
        | 0xa960..=0xa97f
        | 0xac00..=0xd7ff
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f
        | 0xff00..=0xffef
        | 0x1_b000..=0x1_b16f
        | 0x2_0000..=0x3_ffff => Kind::Single,
        // Private-use characters of a text would be mistaken for the characters that they replace in the index.
        0xe000..=0xf8ff | 0xf_0000.. => Kind::Separator,
        _ if c.is_alphanumeric() => Kind::Word,
        _ if c.is_whitespace() || c.is_control() => Kind::Separator,
        // Punctuation of Latin and related scripts.
        ..0x2070 => Kind::Separator,
        _ => Kind::Single,
    }
}

/// Adds a single-character token: the character itself if the index is sure to keep it, otherwise a character of the
/// private-use planes.
fn push_single(c: char, into: &mut String) {
    let code = c as u32;
    let sure = matches!(code, 0x3041..=0x3096 | 0x30a1..=0x30fa | 0x3400..=0x4db5 | 0x4e00..=0x9fa5 | 0xac00..=0xd7a3);
    let private = |code: u32| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    match code {
        _ if sure => into.push(c),
        ..=0xffff => into.push(private(0xf_0000 | code)),
        _ => into.extend([private(0x10_0000 | code >> 9), private(0x10_8000 | code & 0x1ff)]),
    }
}

/// Converts full-width letters and digits to common ones.
fn fold_width(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Adds a text in the form in which it is indexed and searched: words unchanged, single characters separated.
fn normalize(text: &str, into: &mut String) {
    let mut before = Kind::Ignored;
    let mut between = false;
    for c in text.chars().map(fold_width) {
        match kind(c) {
            Kind::Ignored => {}
            Kind::Separator => between = true,
            now @ (Kind::Word | Kind::Single) => {
                if before != Kind::Ignored && (between || now == Kind::Single || before == Kind::Single) {
                    into.push(' ');
                    if between && (now == Kind::Single || before == Kind::Single) {
                        into.push(GAP_CHAR);
                        into.push(' ');
                    }
                }
                if now == Kind::Single {
                    push_single(c, into);
                } else {
                    into.push(c);
                }
                before = now;
                between = false;
            }
        }
    }
}

/// The full-text expression for a term: a phrase, whose last word is a prefix if `open`. `None` if the term contains
/// nothing that the index keeps.
pub(in crate::library) fn match_expression(term: &str, open: bool) -> Option<String> {
    let mut phrase = "\"".to_owned();
    normalize(term, &mut phrase);
    if phrase.len() == 1 {
        return None;
    }
    phrase.push('"');
    let last = term.chars().map(fold_width).map(kind).rfind(|kind| *kind != Kind::Ignored);
    if open && last == Some(Kind::Word) {
        phrase.push('*');
    }
    Some(phrase)
}

/// The texts that are indexed together, in normalized form.
pub(in crate::library) fn normalize_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut prepared = String::new();
    for text in texts {
        if text.is_empty() {
            continue;
        }
        if !prepared.is_empty() {
            write!(prepared, " {BORDER_CHAR} ").ok();
        }
        normalize(text, &mut prepared);
    }
    prepared
}

/// Indexes the words of an image from its row and its tags, within a transaction of the caller's. Called after its prompt,
/// negative prompt, model, tags or note have changed. Does nothing if there is no such row.
pub(in crate::library) fn index_text(connection: &Connection, row: i64) -> Result<(), LibraryError> {
    let texts: Option<[String; 4]> = connection
        .prepare_cached(
            "SELECT prompt, negative, coalesce(name, ''), note FROM images LEFT JOIN models ON number = model
             WHERE images.rowid = ?1",
        )?
        .query_row(params![row], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))
        .optional()?;
    let Some(texts) = texts else { return Ok(()) };
    let tags: Vec<String> = connection
        .prepare_cached("SELECT tag FROM tags WHERE image = ?1")?
        .query_map(params![row], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let text = normalize_all(texts.iter().chain(&tags).map(String::as_str));
    connection.prepare_cached("DELETE FROM texts WHERE rowid = ?1")?.execute(params![row])?;
    connection.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?.execute(params![row, text])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [i64; 0] = [];

    /// The rows whose texts contain the term.
    fn found(texts: &[&str], term: &str, open: bool) -> Vec<i64> {
        let connection = Connection::open_in_memory().unwrap();
        let table = "CREATE VIRTUAL TABLE texts USING fts5(text, content='', contentless_delete=1,
            prefix='1 2 3', tokenize='unicode61 remove_diacritics 2')";
        connection.execute_batch(table).unwrap();
        for (number, text) in texts.iter().enumerate() {
            let insert = "INSERT INTO texts (rowid, text) VALUES (?1, ?2)";
            connection.execute(insert, params![number as i64, normalize_all(text.split('|'))]).unwrap();
        }
        let Some(phrase) = match_expression(term, open) else { return vec![-1] };
        let mut statement = connection.prepare("SELECT rowid FROM texts WHERE texts MATCH ?1 ORDER BY rowid").unwrap();
        statement.query_map(params![phrase], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn scripts_without_spaces_match_anywhere_at_any_length() {
        let texts = ["細節豐富，電影感光線", "雪の灯台、snow雪", "눈 덮인 산", "雪 山", "雪|山"];
        assert_eq!(found(&texts, "電", true), [0]);
        assert_eq!(found(&texts, "電影", true), [0]);
        assert_eq!(found(&texts, "豐富，電影感", true), [0]);
        assert_eq!(found(&texts, "豐富電影", true), NONE);
        assert_eq!(found(&texts, "富 電", true), NONE, "the comma is no space");
        assert_eq!(found(&texts, "灯台", true), [1]);
        assert_eq!(found(&texts, "の灯", true), [1]);
        assert_eq!(found(&texts, "덮", true), [2]);
        assert_eq!(found(&texts, "눈 덮", true), [2]);
        assert_eq!(found(&texts, "눈덮", true), NONE);
        assert_eq!(found(&texts, "雪山", true), NONE, "neither over a space nor over a border");
        assert_eq!(found(&texts, "雪 山", true), [3]);
        assert_eq!(found(&texts, "雪", true), [1, 3, 4]);
        assert_eq!(found(&texts, "w雪", true), NONE, "words match at their beginning");
        assert_eq!(found(&texts, "snow雪", true), [1]);
        assert_eq!(found(&texts, "，", true), [0]);
    }

    #[test]
    fn words_match_by_prefix_ignoring_case_and_accents() {
        let texts = ["A Lighthouse, at dusk", "Möwe über dem Café", "gemini-2.0-flash", "cafe\u{301} noir"];
        assert_eq!(found(&texts, "LIGHT", true), [0]);
        assert_eq!(found(&texts, "house", true), NONE);
        assert_eq!(found(&texts, "light", false), NONE, "a closed word is a whole one");
        assert_eq!(found(&texts, "dusk", false), [0]);
        assert_eq!(found(&texts, "lighthouse at", false), [0]);
        assert_eq!(found(&texts, "mowe", true), [1]);
        assert_eq!(found(&texts, "MÖWE", true), [1]);
        assert_eq!(found(&texts, "café", true), [1, 3]);
        assert_eq!(found(&texts, "gemini-2", true), [2]);
        assert_eq!(found(&texts, "g", true), [2]);
        assert_eq!(found(&texts, "%", true), [-1], "there is nothing to look for");
    }

    #[test]
    fn emoji_and_symbols_are_found() {
        let texts = ["a fox 🦊 runs", "fox🦊", "❤️ and 👍🏽", "→ left ・ ゛ ㊙ ⺀ ｱ 𠀋 Ａ４"];
        assert_eq!(found(&texts, "🦊", true), [0, 1]);
        assert_eq!(found(&texts, "fox🦊", true), [1]);
        assert_eq!(found(&texts, "❤", true), [2]);
        assert_eq!(found(&texts, "👍", true), [2]);
        for sign in ["→", "・", "゛", "㊙", "⺀", "ｱ", "𠀋", "a4", "ａ４"] {
            assert_eq!(found(&texts, sign, true), [3], "{sign}");
        }
        assert_eq!(found(&texts, "🐻", true), NONE);
        assert_eq!(found(&texts, "𠀌", true), NONE);
    }
}
