//! Finds the row with the names of the columns, because spreadsheets have titles above it and notes below the rows.

use super::column::{self, Column};
use crate::prompt::sheet::cells::{is_blank, trimmed};

/// The number of rows that are searched for the names.
const MAX_INSPECTED_ROWS: usize = 20;

/// Words with which notes start.
const NOTE_PREFIXES: &[&str] = &[
    "note:",
    "notes:",
    "nb:",
    "n.b.",
    "p.s.",
    "source:",
    "sources:",
    "remark:",
    "remarks:",
    "total:",
    "※",
    "註：",
    "注：",
    "註:",
    "注:",
    "備註",
    "备注",
    "附註",
    "說明：",
    "说明：",
    "注意：",
    "資料來源",
    "合計：",
    "總計：",
    "注記",
    "備考",
    "비고",
];

/// The parts of the records of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct TableParts {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Titles and notes that are not part of the table, line by line.
    pub(crate) left_out: Vec<String>,
}

fn filled(row: &[String]) -> impl Iterator<Item = &str> {
    row.iter().map(|cell| trimmed(cell)).filter(|cell| !cell.is_empty())
}

/// Divides the records of a file, some of which follow a blank line.
pub(crate) fn divide(mut records: Vec<Vec<String>>, set_apart: &[usize]) -> TableParts {
    let Some(place) = row_of_names(&records) else { return TableParts::default() };
    let mut rows = records.split_off(place + 1);
    let names = records.pop().unwrap_or_default();
    let mut left_out: Vec<String> = records.iter().filter_map(|row| words(row)).collect();
    let set_apart = set_apart.iter().rev().find_map(|record| record.checked_sub(place + 1));
    let notes = notes(&names, &rows, set_apart);
    left_out.extend(rows.split_off(notes).iter().filter_map(|row| words(row)));
    TableParts { names, rows, left_out }
}

/// A record as a line; `None` if it is empty.
fn words(row: &[String]) -> Option<String> {
    let words: Vec<&str> = filled(row).collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

/// The row with the names of the columns, if any row is not empty.
fn row_of_names(records: &[Vec<String>]) -> Option<usize> {
    known_names(records).or_else(|| names_below_title(records)).or_else(|| first(records))
}

fn first(records: &[Vec<String>]) -> Option<usize> {
    records.iter().position(|row| filled(row).next().is_some())
}

/// The first row that contains known names: of a prompt, of parameters, or with `$`. A row below others counts only if
/// it has more names than any of them has cells, as below a title, or if every name in it is known.
pub(crate) fn known_names(records: &[Vec<String>]) -> Option<usize> {
    let first = first(records)?;
    if filled(&records[first]).any(column::is_known) {
        return Some(first);
    }
    let mut widest = filled(&records[first]).count();
    for (place, row) in records.iter().enumerate().take(first + MAX_INSPECTED_ROWS).skip(first + 1) {
        let cells = filled(row).count();
        let has_prompt = filled(row).any(|cell| Column::of(cell) == Column::Prompt);
        let are_known = has_prompt || widest == 1 && filled(row).any(column::is_known);
        // A title may contain commas too.
        let are_all_known =
            cells > 1 && has_prompt && filled(row).all(|cell| column::is_known(cell) || cell.starts_with('#'));
        let is_wider = cells > widest || cells == 1 && widest == 1 || are_all_known;
        if are_known && is_wider && filled(row).all(is_short) && has_rows(&records[place + 1..], cells.min(2)) {
            return Some(place);
        }
        widest = widest.max(cells);
    }
    None
}

/// The row of names below titles, which are alone in their rows, if the names are unknown words.
fn names_below_title(records: &[Vec<String>]) -> Option<usize> {
    let first = first(records)?;
    let place = first + records[first..].iter().position(|row| filled(row).count() > 1)?;
    let titles = &records[first..place];
    let set_apart = titles.iter().any(|row| row.len() > 1 || filled(row).next().is_none());
    let are_names = filled(&records[place]).all(column::is_word);
    let is_found = set_apart && are_names && has_rows(&records[place + 1..], 2);
    (!titles.is_empty() && place < first + MAX_INSPECTED_ROWS && is_found).then_some(place)
}

/// Whether there are rows with this number of cells below the names.
fn has_rows(records: &[Vec<String>], cells: usize) -> bool {
    records.iter().any(|row| filled(row).count() >= cells)
}

fn is_short(cell: &str) -> bool {
    cell.chars().count() <= 60
}

/// The first row of the notes below the rows. Notes are alone in their first cells and start with the words of notes,
/// or they are in the prompt column below a blank row or line while every row above has more cells.
fn notes(names: &[String], rows: &[Vec<String>], set_apart: Option<usize>) -> usize {
    let in_first = |row: &Vec<String>| filled(row).count() == 1 && row.first().is_some_and(|cell| !is_blank(cell));
    let is_note = |row: &Vec<String>| {
        let lower = row.first().map(|cell| trimmed(cell).to_lowercase()).unwrap_or_default();
        in_first(row) && NOTE_PREFIXES.iter().any(|begin| lower.starts_with(begin))
    };
    let empty = |row: &Vec<String>| filled(row).next().is_none();
    let marked = rows.iter().rposition(|row| !empty(row) && !is_note(row)).map_or(0, |last| last + 1);
    // In a list, any line may start like a note.
    let apart = rows.iter().rposition(empty).max(set_apart);
    let are_notes = marked > 0 && (filled(names).count() > 1 || apart.is_some_and(|apart| apart <= marked));
    let marked = if are_notes { marked } else { rows.len() };
    let rows = &rows[..marked];
    let line = set_apart.filter(|place| *place < marked);
    let Some(blank) = rows.iter().rposition(empty).max(line) else { return marked };
    let above = rows[..blank].iter().filter(|row| !empty(row));
    let prompts_first = names.first().is_some_and(|name| Column::of(name) == Column::Prompt);
    let fuller = above.clone().next().is_some() && above.clone().all(|row| filled(row).count() > 1);
    if prompts_first && fuller && rows[blank..].iter().all(|row| empty(row) || in_first(row)) { blank } else { marked }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &str) -> (String, Vec<String>, Vec<String>) {
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        let parts = divide(text.lines().map(cells).collect(), &[]);
        (parts.names.join(","), parts.rows.iter().map(|row| row.join(",")).collect(), parts.left_out)
    }

    #[test]
    fn header_row_is_found_below_titles() {
        for (text, names, left_out) in [
            ("prompt,seed\na fox,7", "prompt,seed", &[][..]),
            ("Campaign Q4,,\n,,\nprompt,seed,note\na fox,7,x", "prompt,seed,note", &["Campaign Q4"]),
            ("Campaign Q4\n\nprompt,seed\na fox,7", "prompt,seed", &["Campaign Q4"]),
            (
                "Campaign Q4,\nClient: ACME,3 May\nprompt,seed,n\na fox,7,",
                "prompt,seed,n",
                &["Campaign Q4", "Client: ACME · 3 May"],
            ),
            (
                "Campaign Q4,,\nClient ACME,,\n,,\nprompt,seed,\na fox,7,",
                "prompt,seed,",
                &["Campaign Q4", "Client ACME"],
            ),
            ("Campaign Q4\n\nprompt\na fox", "prompt", &["Campaign Q4"]),
            ("海報企劃,,\n提示詞,種子,備註\n狐狸,7,", "提示詞,種子,備註", &["海報企劃"]),
            ("Campaign Q4,\n,\nanimal,light\nfox,dusk", "animal,light", &["Campaign Q4"]),
            ("Campaign, Q4\nprompt,seed\na fox,7", "prompt,seed", &["Campaign · Q4"]),
            ("\n\nanimal,light\nfox,dusk", "animal,light", &[]),
            ("animal,light\nfox,text", "animal,light", &[]),
            ("animal\nfox\ntext, size", "animal", &[]),
            ("prompt\nsize,model", "prompt", &[]),
        ] {
            let (found, rows, above) = divided(text);
            assert_eq!(
                (found.as_str(), above),
                (names, left_out.iter().map(|line| (*line).to_owned()).collect()),
                "{text}"
            );
            assert!(!rows.is_empty(), "{text}");
        }
    }

    #[test]
    fn notes_below_the_table_are_not_rows() {
        for (text, rows, left_out) in [
            ("prompt,seed\na fox,7\n,\nNote: approved,\n", &["a fox,7"][..], &["Note: approved"][..]),
            ("prompt,seed\na fox,7\n※ 僅供內部使用,", &["a fox,7"], &["※ 僅供內部使用"]),
            ("prompt,seed\na fox,7\n,\nApproved by Anna,\nin May,", &["a fox,7"], &["Approved by Anna", "in May"]),
            ("prompt,seed\na fox,7\n,\nan owl,8", &["a fox,7", ",", "an owl,8"], &[]),
            ("prompt,seed\na fox,\n,\nan owl,", &["a fox,", ",", "an owl,"], &[]),
            ("animal,prompt\nfox,a\n,\n,an owl", &["fox,a", ",", ",an owl"], &[]),
            ("prompt\na fox\n\nNote: approved", &["a fox"], &["Note: approved"]),
            ("prompt\nNote: a fox\nNote: an owl", &["Note: a fox", "Note: an owl"], &[]),
            ("prompt\na fox\nNote: an owl", &["a fox", "Note: an owl"], &[]),
            ("prompt\na fox\n\nan owl", &["a fox", "", "an owl"], &[]),
        ] {
            let (_, found, below) = divided(text);
            assert_eq!(
                (found, below),
                (
                    rows.iter().map(|row| (*row).to_owned()).collect(),
                    left_out.iter().map(|line| (*line).to_owned()).collect()
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn blank_lines_separate_notes_like_blank_rows() {
        let records = || {
            [["prompt", "seed"], ["a fox", "7"], ["Approved by Anna", ""]]
                .map(|row| row.map(str::to_owned).to_vec())
                .to_vec()
        };
        assert_eq!(divide(records(), &[2]).left_out, ["Approved by Anna"]);
        assert_eq!(divide(records(), &[1]).left_out, [""; 0]);
        assert_eq!(divide(records(), &[]).rows.len(), 2);
    }
}
