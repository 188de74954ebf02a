//! Compares searches with reference implementations: plain SQL for numbers, and a scan of the texts for words.

use std::{cell::Cell, path::Path, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use rusqlite::params;
use uuid::Uuid;

use crate::{
    library::{
        Library,
        images::fixtures::{facts, store},
        index::{schema, visual_features::VisualFeatures},
        search::{query::Query, search_results::SearchResults},
    },
    recipe::{
        Collection, CollectionEdit, CollectionId, Flag, ImageFacts, ImageId, Label, MarkChange, SortField, SortOrder,
    },
};

use super::{
    context::SearchContext,
    executor::{self, FIRST_PAGE_LEN},
    planner::QueryPlan,
};

fn filled(folder: &Path, rows: usize, seed: u64) -> Arc<Library> {
    let library = Arc::new(Library::open(folder).unwrap());
    library.fill_synthetic(rows, seed).unwrap();
    library
}

fn found(library: &Library, search: &str) -> Vec<ImageId> {
    let view = library.search().find_text(search, &TimeZone::UTC).unwrap();
    assert!(view.complete);
    view.ids
}

/// The images that match a condition in SQL, the newest first.
fn oracle(library: &Library, condition: &str) -> Vec<ImageId> {
    ordered(library, condition, "created DESC, id DESC")
}

fn ordered(library: &Library, condition: &str, order: &str) -> Vec<ImageId> {
    let query = format!("SELECT id FROM images WHERE trashed IS NULL AND ({condition}) ORDER BY {order}");
    let connection = library.index().reader();
    let mut statement = connection.prepare(&query).unwrap();
    let rows = statement.query_map(params![], |row| row.get(0)).unwrap();
    rows.map(|id| ImageId::from_uuid(Uuid::from_bytes(id.unwrap()))).collect()
}

const FILTERS: &[(&str, &str)] = &[
    ("", "1"),
    ("rating:>=4", "rating >= 4"),
    ("-rating:>=4", "rating < 4"),
    ("rating:2..3", "rating IN (2, 3)"),
    ("rating:0 rating:", "rating = 0"),
    ("size:>2000", "max(width, height) > 2000"),
    ("size:4K", "width = 4096"),
    ("ratio:16:9", "width = 1376"),
    ("ratio:4:3", "width IN (1184, 640)"),
    ("cost:>0.05", "cost > 50000"),
    ("-cost:>0.05", "NOT coalesce(cost > 50000, 0)"),
    ("is:picked", "flag = 1"),
    ("is:rejected -label:red", "flag = 2 AND label <> 1"),
    ("is:unflagged has:label", "flag = 0 AND label > 0"),
    ("is:mismatched", "mismatch <> ''"),
    ("is:imported", "source <> ''"),
    ("has:reference", "has_reference"),
    ("has:note", "note <> ''"),
    ("-has:tag", "rowid NOT IN (SELECT image FROM tags)"),
    ("tag:\"WET GLASS\"", "rowid IN (SELECT image FROM tags WHERE tag = 'wet glass')"),
    ("tag:po", "rowid IN (SELECT image FROM tags WHERE tag IN ('portrait', 'poster'))"),
    (
        "tag:風景 -tag:draft",
        "rowid IN (SELECT image FROM tags WHERE tag = '風景')
        AND rowid NOT IN (SELECT image FROM tags WHERE tag = 'draft')",
    ),
    ("model:GPT-", "model IN (SELECT number FROM models WHERE name LIKE '%gpt-%')"),
    ("from:2026-11-20 to:2026-11", "created >= unixepoch('2026-11-20') * 1000"),
    ("to:2026-11-20", "created < unixepoch('2026-11-21') * 1000"),
    ("fox rating:>=3", "rating >= 3 AND prompt LIKE '%fox%'"),
    ("-fox", "prompt NOT LIKE '%fox%'"),
    ("-fox -電影", "prompt NOT LIKE '%fox%' AND prompt NOT LIKE '%電影%'"),
    ("model:flux 雪", "model IN (SELECT number FROM models WHERE name LIKE 'flux%') AND prompt LIKE '%雪%'"),
];

fn all_filters_agree(library: &Library) {
    for (search, condition) in FILTERS {
        assert_eq!(found(library, search), oracle(library, condition), "{search}");
    }
}

#[test]
fn filters_match_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 1500, 3);
    all_filters_agree(&library);
    assert!(FILTERS.iter().filter(|(search, _)| found(&library, search).is_empty()).count() <= 2, "the rows vary");
}

#[test]
fn results_follow_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 600, 4);
    let all = found(&library, "");
    let totals = || library.search().totals().unwrap();
    let before = totals();
    library.organizer().change(&all[..200], &MarkChange::Rate(4)).unwrap();
    library.organizer().change(&all[10..20], &MarkChange::Flag(Flag::Picked)).unwrap();
    library.organizer().change(&all[..3], &MarkChange::Label(Some(Label::Red))).unwrap();
    library.organizer().change(&all[..90], &MarkChange::Tag("wet glass".to_owned())).unwrap();
    library.organizer().change(&all[..90], &MarkChange::Untag("draft".to_owned())).unwrap();
    library.organizer().change(&all[5..7], &MarkChange::Note("a fine Zebra".to_owned())).unwrap();
    all_filters_agree(&library);
    assert_eq!(found(&library, "zeb"), all[5..7]);
    assert_eq!(found(&library, "\"wet glass\"").len(), found(&library, "tag:\"wet glass\"").len());
    library.organizer().change(&all[5..7], &MarkChange::Note(String::new())).unwrap();
    assert_eq!(found(&library, "zeb"), []);
    // One image older than all others, and one between them.
    for (number, created) in [(1, "2001-01-01T00:00:00Z"), (2, "2026-11-25T10:00:00Z")] {
        store(&library, ImageFacts { created: created.parse().unwrap(), ..facts(number, "fox in the midst") }, b"x");
    }
    all_filters_agree(&library);
    assert_eq!(found(&library, "").last().unwrap().uuid().as_u128(), 1);
    assert_eq!(totals(), (602, before.1 + 2));
    // Deleting and restoring would move files, which these images do not have.
    let some = "UPDATE images SET trashed = 1 WHERE rowid % 3 = 0";
    library.index().writer().execute_batch(some).unwrap();
    all_filters_agree(&library);
    library.index().writer().execute_batch("UPDATE images SET trashed = 1 WHERE rowid = 100").unwrap();
    all_filters_agree(&library);
    library.index().writer().execute_batch("UPDATE images SET trashed = NULL").unwrap();
    all_filters_agree(&library);
    library.index().writer().execute_batch("DELETE FROM images WHERE rowid % 7 = 0").unwrap();
    all_filters_agree(&library);
    let (left, bytes) = totals();
    drop(library);
    let library = Library::open(folder.path()).unwrap();
    all_filters_agree(&library);
    assert_eq!(totals_of(&library), (left, bytes));
}

fn totals_of(library: &Library) -> (usize, u64) {
    library.search().totals().unwrap()
}

#[test]
fn rolled_back_change_is_not_visible() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 50, 5);
    let before = found(&library, "rating:5");
    {
        let mut writer = library.index().writer();
        let transaction = writer.transaction().unwrap();
        transaction.execute_batch("UPDATE images SET rating = 5").unwrap();
    }
    assert_eq!(found(&library, "rating:5"), before);
}

#[test]
fn sorting_is_stable_and_unknown_values_are_last() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 800, 6);
    let newest = "created DESC, id DESC";
    let names = "(SELECT lower(name) FROM models WHERE number = model)";
    for (key, column) in [
        (SortField::Rating, "rating"),
        (SortField::Cost, "cost"),
        (SortField::Size, "width * height"),
        (SortField::Model, names),
    ] {
        for (descending, way) in [(true, "DESC"), (false, "ASC")] {
            let view =
                library.search().find(&Query::parse("-fox"), SortOrder { key, descending }, &TimeZone::UTC).unwrap();
            let expected =
                ordered(&library, "prompt NOT LIKE '%fox%'", &format!("{column} {way} NULLS LAST, {newest}"));
            assert!(view.ids == expected, "{key:?} {way}");
            assert_eq!(view.days, []);
        }
    }
    let order = SortOrder { key: SortField::Date, descending: false };
    let oldest = library.search().find(&Query::default(), order, &TimeZone::UTC).unwrap();
    assert!(oldest.ids == ordered(&library, "1", "created, id"));
    assert_eq!(oldest.days.iter().map(|(.., count)| count).sum::<usize>(), 800);
    assert!(oldest.days.is_sorted());
}

#[test]
fn collections_include_nested_and_smart_collections() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 300, 7);
    let ids = found(&library, "");
    let collection = |number: u128, name: &str, parent: Option<u128>, query: Option<&str>| {
        let id = |number| CollectionId::from_uuid(Uuid::from_u128(number));
        let (name, query) = (name.to_owned(), query.map(str::to_owned));
        Collection { id: id(number), name, parent: parent.map(id), query, count: 0 }
    };
    let create = |collection: Collection, images: &[ImageId]| {
        let images = images.to_vec();
        library.organizer().edit_collections(&CollectionEdit::Create { collection, images }).unwrap();
    };
    create(collection(1, "Client A", None, None), &ids[..5]);
    create(collection(2, "Posters", Some(1), None), &ids[3..9]);
    create(collection(3, "Best", None, Some("rating:>=4 collection:\"client a\"")), &[]);
    create(collection(4, "Round", None, Some("collection:round")), &[]);
    create(collection(5, "Foxes", None, Some("fox")), &[]);
    assert_eq!(found(&library, "collection:posters"), ids[3..9]);
    assert_eq!(found(&library, "collection:\"CLIENT A\""), ids[..9]);
    assert_eq!(found(&library, "-collection:client"), ids[9..]);
    assert_eq!(found(&library, "collection:foxes"), found(&library, "fox"));
    assert_eq!(found(&library, "collection:best is:picked"), found(&library, "rating:>=4 collection:client is:picked"));
    assert_eq!(found(&library, "collection:round"), []);
    assert_eq!(found(&library, "collection:nobody"), []);
}

#[test]
fn images_are_found_by_visual_similarity() {
    let folder = tempfile::tempdir().unwrap();
    let library = Arc::new(Library::open(folder.path()).unwrap());
    let ids: Vec<ImageId> =
        (1..=5).map(|number| store(&library, facts(number, ""), &[number as u8]).facts.id).collect();
    let look = |color: [u8; 3], perceptual_hash| {
        let [r, g, b] = color;
        let none = [0; 4];
        Some(VisualFeatures { palette: [[r, g, b, 150], [128, 128, 128, 90], none, none, none], perceptual_hash })
    };
    let red = look([200, 30, 30], 0xffff_0000_ffff_0000);
    let red_too = look([205, 36, 28], 0xffff_0000_ffff_0007);
    let blue = look([30, 30, 200], 0x0000_ffff_0000_ffff);
    let red_again = look([190, 30, 30], 0x1234_5678_9abc_def0);
    let looks: Vec<_> = ids.iter().copied().zip([red, red_too, blue, red_again, None]).collect();
    library.backfill().store_features(&looks).unwrap();
    assert_eq!(found(&library, "colour:#c81e1e"), [ids[3], ids[1], ids[0]]);
    assert_eq!(found(&library, "colour:#1e1ec8"), [ids[2]]);
    assert_eq!(found(&library, &format!("like:{}", ids[0])), [ids[1], ids[0]]);
    assert_eq!(found(&library, &format!("colours:{}", ids[0])), [ids[3], ids[1], ids[0]]);
    assert_eq!(found(&library, &format!("colours:{}", ids[4])), [], "nobody knows what it looks like");
    assert_eq!(found(&library, "like:01934c4e-0000-7000-8000-000000000001"), []);
    assert_eq!(found(&library, "-colour:#c81e1e"), [ids[4], ids[2]]);
}

#[test]
fn search_works_during_the_backfill() {
    let folder = tempfile::tempdir().unwrap();
    {
        let library = Arc::new(Library::open(folder.path()).unwrap());
        for (number, prompt) in (1..).zip(["a red fox", "a blue fox", "雪山 fox", "nothing"]) {
            store(&library, facts(number, prompt), &[number as u8]);
        }
    }
    schema::tests::downgrade(folder.path(), 2);
    let library = Library::open(folder.path()).unwrap();
    loop {
        let numbers = |search: &str| found(&library, search).iter().map(|id| id.uuid().as_u128()).collect::<Vec<_>>();
        assert_eq!(numbers("fox"), [3, 2, 1]);
        assert_eq!(numbers("fox -red"), [3, 2]);
        assert_eq!(numbers("-fox"), [4]);
        assert_eq!(numbers("雪"), [3]);
        assert_eq!(numbers("-red -blue"), [4, 3]);
        if library.backfill().fill_rows(1).unwrap() == 0 {
            break;
        }
    }
}

#[test]
fn first_page_is_a_prefix_of_the_full_result() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 4000, 8);
    let mut pages = Vec::new();
    let mut search = |text: &str| {
        let query = Query::parse(text);
        let mut take = |page: SearchResults| pages.push(page);
        library
            .search()
            .find_cancellable(&query, SortOrder::NEWEST, &TimeZone::UTC, false, &|| true, &mut take)
            .unwrap()
            .unwrap()
    };
    let all = search("");
    // Whether another search takes long enough to return a first page depends on the machine.
    let word = search("s");
    assert!(!pages.is_empty() && pages.iter().all(|page| !page.complete));
    assert_eq!(pages[0].ids, all.ids[..FIRST_PAGE_LEN], "before the columns were read");
    assert!(pages[1..].iter().all(|page| word.ids.starts_with(&page.ids)));
}

#[test]
fn first_pages_are_exact_with_later_imports() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 6000, 9);
    library.search().find_text("", &TimeZone::UTC).unwrap();
    let (connection, look) = (library.index().searcher(), library.index().columns().lock());
    let columns = look.columns().unwrap();
    let search = SearchContext { connection: &connection, columns, zone: &TimeZone::UTC, wanted: &|| true };
    let query = Query::parse("s");
    let plan = QueryPlan::of(&query, &search, &|_| Ok(Vec::new())).ok().unwrap();
    let mut first = Vec::new();
    let mut keep = |page: &[u32]| first = page.to_vec();
    let hits = executor::hits(&search, plan.text().unwrap(), &plan, Duration::ZERO, Some(&mut keep)).ok().unwrap();
    let hits = search.newest_first(hits);
    assert_eq!(first.len(), FIRST_PAGE_LEN);
    assert_eq!(first, hits[..FIRST_PAGE_LEN]);
}

#[test]
fn canceled_search_ends() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 5000, 10);
    library.search().find_text("", &TimeZone::UTC).unwrap();
    let asked = Cell::new(0);
    let wanted = || {
        asked.set(asked.get() + 1);
        asked.get() < 3
    };
    let query = Query::parse("s");
    let none = library
        .search()
        .find_cancellable(&query, SortOrder::NEWEST, &TimeZone::UTC, false, &wanted, &mut |_| {})
        .unwrap();
    assert_eq!(none, None);
    assert_eq!(asked.get(), 3, "nobody goes on");
    assert!(!found(&library, "s").is_empty());
}

/// A text without case and accents, with one space in place of each separator.
fn plain(text: &str) -> Vec<char> {
    let mut plain = vec![' '];
    for c in text.to_lowercase().chars() {
        let c = match c {
            'ä' => 'a',
            'ö' => 'o',
            'ü' => 'u',
            'é' => 'e',
            c if c.is_whitespace() || c.is_ascii_punctuation() => ' ',
            c => c,
        };
        if c != ' ' || plain.last() != Some(&' ') {
            plain.push(c);
        }
    }
    plain.push(' ');
    plain
}

fn latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == 'ß'
}

/// Whether a text contains a term: anywhere in scripts without spaces, otherwise at the start of a word; if `whole`, up
/// to the end of a word.
fn has(text: &str, term: &str, whole: bool) -> bool {
    let (text, term) = (plain(text), plain(term));
    let term: Vec<char> = term.iter().collect::<String>().trim().chars().collect();
    let (Some(first), Some(last)) = (term.first(), term.last()) else { return true };
    text.windows(term.len() + 2).any(|window| {
        let (before, rest) = (window[0], &window[1..]);
        let (here, after) = (&rest[..term.len()], rest[term.len()]);
        *here == *term && !(latin(*first) && latin(before)) && !(whole && latin(*last) && latin(after))
    })
}

/// An image with all texts that are searched.
type Texts = (ImageId, Vec<String>);

fn texts(library: &Library) -> Vec<Texts> {
    let connection = library.index().reader();
    let mut statement = connection
        .prepare("SELECT id, prompt, negative, name, note FROM images JOIN models ON number = model ORDER BY created DESC, id DESC")
        .unwrap();
    let rows = statement.query_map(params![], |row| {
        Ok((
            ImageId::from_uuid(Uuid::from_bytes(row.get(0)?)),
            vec![row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?],
        ))
    });
    let mut all: Vec<Texts> = rows.unwrap().collect::<Result<_, _>>().unwrap();
    drop(statement);
    drop(connection);
    for (id, texts) in &mut all {
        texts.extend(library.organizer().marks(*id).unwrap().tags);
    }
    all
}

#[test]
fn fulltext_search_equals_a_full_scan() {
    let folder = tempfile::tempdir().unwrap();
    let library = filled(folder.path(), 400, 11);
    let all = texts(&library);
    let anywhere = |texts: &[String], term: &str, whole| texts.iter().any(|text| has(text, term, whole));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(600));
    let part = (0..all.len(), 0_usize..4, any::<prop::sample::Index>(), 1_usize..9);
    let terms = prop::collection::vec((part, 0_u8..5), 1..4);
    runner
        .run(&terms, |terms| {
            let (mut query, mut expected) = (Vec::new(), all.clone());
            for ((image, text, start, length), kind) in terms {
                let text: Vec<char> = all[image].1[text].chars().collect();
                if text.is_empty() {
                    continue;
                }
                let part: String = text.iter().skip(start.index(text.len())).take(length).collect();
                let word = part.split_whitespace().next().unwrap_or("fox").trim_start_matches(['-', '"']);
                let word = if word.is_empty() { "fox" } else { word };
                let negated = kind == 1;
                let (written, term, whole) = if kind >= 3 {
                    (format!("\"{part}\""), part.as_str(), true)
                } else {
                    (format!("{}{word}", if negated { "-" } else { "" }), word, false)
                };
                if plain(term).len() <= 2 {
                    continue;
                }
                query.push(written);
                // A word that is followed by something is complete.
                let whole = whole || term.ends_with(|c: char| c.is_ascii_punctuation());
                expected.retain(|(_, texts)| anywhere(texts, term, whole) != negated);
            }
            let query = query.join(" ");
            let expected: Vec<ImageId> = expected.into_iter().map(|(id, _)| id).collect();
            prop_assert!(found(&library, &query) == expected, "{:?}", query);
            Ok(())
        })
        .unwrap();
}
