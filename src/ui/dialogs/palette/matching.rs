//! Finds entries by letters that their names contain in this order.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use super::entry::{EntryGroup, PaletteEntry};

/// Maximum number of entries that are shown for a query.
const MAX_HITS: usize = 60;
/// Maximum number of recent entries.
const MAX_RECENT_SHOWN: usize = 5;
/// Maximum number of entries of a group other than the commands while nothing is typed.
const MAX_UNASKED: usize = 6;
/// Typed before a query that is for commands only.
const COMMANDS_ONLY: char = '>';
/// What a recent entry gains over others: about as much as a further letter that matches.
const RECENT_BONUS: u32 = 16;

/// An entry that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its index in the list of entries.
    pub(super) entry: usize,
    /// The group that it is listed in.
    pub(super) group: EntryGroup,
    /// The matching characters of its name, in order.
    pub(super) letters: Vec<u32>,
    score: u32,
}

/// The entries that a query finds, in the order in which they are listed. `recent` has the ids of entries, newest
/// first.
pub(super) fn find(entries: &[PaletteEntry], query: &str, recent: &[String]) -> Vec<Hit> {
    let (query, commands_only) = match query.trim_start().strip_prefix(COMMANDS_ONLY) {
        Some(rest) => (rest.trim(), true),
        None => (query.trim(), false),
    };
    let age = |entry: &PaletteEntry| {
        let id = entry.target.id();
        recent.iter().position(|other| *other == id)
    };
    let listed = entries.iter().enumerate().filter(|(_, entry)| !commands_only || entry.group == EntryGroup::Commands);
    if query.is_empty() { unasked(listed, age) } else { asked(listed, query, age) }
}

/// What is offered before anything is typed: recent entries, then what is available.
fn unasked<'a>(
    entries: impl Iterator<Item = (usize, &'a PaletteEntry)>,
    age: impl Fn(&PaletteEntry) -> Option<usize>,
) -> Vec<Hit> {
    let (mut recent, mut rest) = (Vec::new(), Vec::new());
    let mut counts = std::collections::BTreeMap::<EntryGroup, usize>::new();
    for (index, entry) in entries.filter(|(_, entry)| entry.obstacle.is_none()) {
        let hit = |group| Hit { entry: index, group, letters: Vec::new(), score: 0 };
        if let Some(age) = age(entry) {
            recent.push((age, hit(EntryGroup::Recent)));
            continue;
        }
        let count = counts.entry(entry.group).or_default();
        *count += 1;
        // There may be hundreds of models, which are found by typing.
        if entry.group == EntryGroup::Commands || *count <= MAX_UNASKED {
            rest.push(hit(entry.group));
        }
    }
    recent.sort_by_key(|(age, _)| *age);
    recent.truncate(MAX_RECENT_SHOWN);
    recent.into_iter().map(|(_, hit)| hit).chain(rest).collect()
}

/// What a query finds: groups by their best entry, entries by how well they fit.
fn asked<'a>(
    entries: impl Iterator<Item = (usize, &'a PaletteEntry)>,
    query: &str,
    age: impl Fn(&PaletteEntry) -> Option<usize>,
) -> Vec<Hit> {
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut buffer = Vec::new();
    let mut hits: Vec<Hit> = entries
        .filter_map(|(index, entry)| {
            let mut letters = Vec::new();
            let by_name = pattern.indices(Utf32Str::new(&entry.name, &mut buffer), &mut matcher, &mut letters);
            let score = by_name.or_else(|| {
                letters.clear();
                let words = format!("{} {} {}", entry.name, entry.detail, entry.keywords);
                // What is seen counts more than what is not.
                Some(pattern.score(Utf32Str::new(&words, &mut buffer), &mut matcher)? / 2)
            })?;
            letters.sort_unstable();
            letters.dedup();
            let recent = age(entry).is_some() && entry.obstacle.is_none();
            let group = if recent { EntryGroup::Recent } else { entry.group };
            let score = if recent { score + RECENT_BONUS } else { score };
            // What cannot be chosen stands below what can.
            let score = if entry.obstacle.is_some() { score / 4 } else { score };
            Some(Hit { entry: index, group, letters, score })
        })
        .collect();
    // Letters that are scattered over a long name fit almost anything.
    let best = hits.iter().map(|hit| hit.score).max().unwrap_or_default();
    hits.retain(|hit| hit.score * 8 >= best);
    hits.sort_by(|a, b| b.score.cmp(&a.score).then(a.entry.cmp(&b.entry)));
    hits.truncate(MAX_HITS);
    let mut groups: Vec<EntryGroup> = Vec::new();
    for hit in &hits {
        if !groups.contains(&hit.group) {
            groups.push(hit.group);
        }
    }
    // The sort is stable, so the best entry of each group stays the first.
    hits.sort_by_key(|hit| groups.iter().position(|group| *group == hit.group));
    hits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{dialogs::palette::entry::EntryTarget, theme::icons};

    fn entries(names: &[(&str, EntryGroup)]) -> Vec<PaletteEntry> {
        let entry = |(name, group): &(&str, EntryGroup)| {
            PaletteEntry::new(*group, icons::SEARCH, (*name).to_owned(), EntryTarget::Search((*name).to_owned()))
        };
        names.iter().map(entry).collect()
    }

    fn found<'a>(entries: &'a [PaletteEntry], query: &str, recent: &[&str]) -> Vec<&'a str> {
        let recent: Vec<String> = recent.iter().map(|name| format!("search:{name}")).collect();
        find(entries, query, &recent).into_iter().map(|hit| entries[hit.entry].name.as_str()).collect()
    }

    #[test]
    fn fuzzy_matching_works_in_every_script() {
        let entries = entries(&[
            ("Export…", EntryGroup::Commands),
            ("匯出 3 張圖片", EntryGroup::Commands),
            ("Größe zurücksetzen", EntryGroup::Commands),
            ("画像を書き出す", EntryGroup::Commands),
            ("gemini-2.5-flash-image", EntryGroup::Models),
        ]);
        assert_eq!(found(&entries, "exp", &[]), ["Export…"]);
        assert_eq!(found(&entries, "匯圖", &[]), ["匯出 3 張圖片"]);
        assert_eq!(found(&entries, "zuruck", &[]), ["Größe zurücksetzen"]);
        assert_eq!(found(&entries, "書出", &[]), ["画像を書き出す"]);
        assert_eq!(found(&entries, "gem flash", &[]), ["gemini-2.5-flash-image"]);
        assert_eq!(found(&entries, "qqq", &[]), [""; 0]);
    }

    #[test]
    fn recent_entries_are_first_and_commands_can_be_filtered() {
        let entries = entries(&[
            ("Export image", EntryGroup::Commands),
            ("Export again", EntryGroup::Commands),
            ("Exposition", EntryGroup::Collections),
        ]);
        assert_eq!(found(&entries, "", &["Exposition"])[0], "Exposition");
        assert_eq!(found(&entries, "exp", &["Export again"])[0], "Export again");
        assert_eq!(found(&entries, "exp", &[]).len(), 3);
        assert_eq!(found(&entries, "> exp", &[]).len(), 2);
    }

    #[test]
    fn matched_letters_are_letters_of_the_name() {
        let entries = entries(&[("匯出圖片", EntryGroup::Commands)]);
        assert_eq!(find(&entries, "圖", &[])[0].letters, [2]);
    }

    #[test]
    fn disabled_entries_are_last_and_only_in_search_results() {
        let mut entries = entries(&[("Delete", EntryGroup::Commands), ("Delete rejected", EntryGroup::Commands)]);
        entries[0].obstacle = Some("Select an image first".to_owned());
        assert_eq!(found(&entries, "", &[]), ["Delete rejected"]);
        assert_eq!(found(&entries, "del", &[]), ["Delete rejected", "Delete"]);
    }
}
