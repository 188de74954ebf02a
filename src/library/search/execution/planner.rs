//! The plan of a query: an expression for the full-text index, and predicates that are tested for every image.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use rusqlite::{OptionalExtension as _, params};

use crate::{
    library::{
        index::{
            columns::{ColumnRow, Columns},
            fulltext::match_expression,
            lineage,
            mark_numbers::{flag_number, label_number},
            palette::{self, IndexedPalette, Swatch},
        },
        search::{
            day_groups::first_moment,
            query::{Comparison, Filter, ImageExtra, ImageState, Query, Term, UsedInput},
        },
    },
    recipe::{Flag, ImageId, Money, Parameters, find_mismatch},
};

use super::{cancel::SearchError, context::SearchContext, row_set::RowSet};

/// The number of bits, of 64, in which the perceptual hashes of similar images differ at most.
const MAX_HASH_DISTANCE: u32 = 10;

/// Finds the places of the images that the query of a smart collection selects.
pub(super) type Find<'a> = &'a dyn Fn(&Query) -> Result<Vec<u32>, SearchError>;

/// The plan of a query.
pub(super) struct QueryPlan {
    /// The phrases that the full-text index must find, and those that it must exclude.
    phrases: Vec<String>,
    phrases_not: Vec<String>,
    /// The same in lower case, for images that are not in the full-text index yet.
    pub(super) words: Vec<String>,
    pub(super) words_not: Vec<String>,
    text: Option<String>,
    text_not: Option<String>,
    /// The predicates for every image, and whether each is negated.
    pub(super) predicates: Vec<(Predicate, bool)>,
}

/// A condition that is tested for an image.
pub(super) enum Predicate {
    Never,
    Rating(Comparison<u8>),
    /// Pixels along the longest side.
    Side(Comparison<u32>),
    /// Aspect ratio or size. Results are cached by dimensions, of which there are few.
    Shape(Box<Parameters>, RefCell<HashMap<(u32, u32), bool>>),
    Cost(Comparison<Money>),
    Seed(i64),
    /// From the first moment to the second, which is excluded.
    Between(i64, i64),
    Flag(i64),
    Label(i64),
    HasLabel,
    Mismatched,
    Imported,
    Reference,
    /// By model number.
    Model(Vec<bool>),
    Among(RowSet),
    Color(Swatch),
    ColorsOf(IndexedPalette),
    Like(u64),
}

impl QueryPlan {
    /// Compiles a query. `find` runs the queries of smart collections that it names.
    pub(super) fn of(query: &Query, search: &SearchContext<'_>, find: Find<'_>) -> Result<Self, SearchError> {
        let mut plan = Self {
            phrases: Vec::new(),
            phrases_not: Vec::new(),
            words: Vec::new(),
            words_not: Vec::new(),
            text: None,
            text_not: None,
            predicates: Vec::new(),
        };
        for Term { negated, filter } in query.terms() {
            match filter {
                Filter::Word(word) => plan.ask(word, true, *negated),
                Filter::Phrase { text, open } => plan.ask(text, *open, *negated),
                Filter::Unfinished { .. } => {}
                filter => plan.predicates.push((predicate(filter, search, find)?, *negated)),
            }
        }
        // Cheap predicates are tested first.
        plan.predicates.sort_by_key(|(predicate, _)| predicate.cost());
        let without = plan.phrases_not.join(" OR ");
        if !plan.phrases.is_empty() {
            let with = plan.phrases.join(" AND ");
            plan.text = Some(if without.is_empty() { with } else { format!("({with}) NOT ({without})") });
        } else if !without.is_empty() {
            plan.text_not = Some(without);
        }
        Ok(plan)
    }

    fn ask(&mut self, text: &str, open: bool, negated: bool) {
        let Some(phrase) = match_expression(text, open) else { return };
        let (phrases, words) =
            if negated { (&mut self.phrases_not, &mut self.words_not) } else { (&mut self.phrases, &mut self.words) };
        phrases.push(phrase);
        words.push(text.to_lowercase());
    }

    /// The expression for the full-text index, if the query contains text.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The expression whose hits are excluded, if the query asks nothing else of the full-text index.
    pub(super) fn text_not(&self) -> Option<&str> {
        self.text_not.as_deref()
    }

    pub(super) fn asks_for_text(&self) -> bool {
        self.text.is_some() || self.text_not.is_some()
    }

    /// Whether the query can find no image.
    pub(super) fn finds_nothing(&self) -> bool {
        self.predicates.iter().any(|(predicate, negated)| matches!(predicate, Predicate::Never) && !negated)
    }

    pub(super) fn holds(&self, columns: &Columns, place: u32, facts: &ColumnRow) -> bool {
        self.predicates.iter().all(|(predicate, negated)| predicate.holds(columns, place, facts) != *negated)
    }
}

impl Predicate {
    fn cost(&self) -> u8 {
        match self {
            Self::Never => 0,
            Self::ColorsOf(_) => 4,
            Self::Color(_) => 3,
            Self::Shape(..) => 2,
            _ => 1,
        }
    }

    fn holds(&self, columns: &Columns, place: u32, facts: &ColumnRow) -> bool {
        match self {
            Self::Never => false,
            Self::Rating(compare) => compare.holds(&facts.rating),
            Self::Side(compare) => compare.holds(&facts.width.max(facts.height)),
            Self::Shape(asked, known) => {
                let size = (facts.width, facts.height);
                let compared = || find_mismatch(asked, size.0, size.1).is_none();
                *known.borrow_mut().entry(size).or_insert_with(compared)
            }
            Self::Cost(compare) => facts.cost.is_some_and(|cost| compare.holds(&Money::from_micros(cost))),
            Self::Seed(seed) => facts.seed == Some(*seed),
            Self::Between(from, to) => (*from..*to).contains(&facts.created),
            Self::Flag(flag) => i64::from(facts.flag) == *flag,
            Self::Label(label) => i64::from(facts.label) == *label,
            Self::HasLabel => facts.label != 0,
            Self::Mismatched => facts.mismatched,
            Self::Imported => facts.imported,
            Self::Reference => facts.has_reference,
            Self::Model(models) => models.get(facts.model as usize) == Some(&true),
            Self::Among(places) => places.contains(place),
            Self::Color(color) => {
                columns.palette(place).is_some_and(|palette| palette::contains_color(palette, *color))
            }
            Self::ColorsOf(other) => columns.palette(place).is_some_and(|palette| palette::is_similar(palette, other)),
            Self::Like(other) => {
                facts.perceptual_hash.is_some_and(|hash| (hash ^ other).count_ones() <= MAX_HASH_DISTANCE)
            }
        }
    }
}

fn predicate(filter: &Filter, search: &SearchContext<'_>, find: Find<'_>) -> Result<Predicate, SearchError> {
    let shape = |asked| Predicate::Shape(Box::new(asked), RefCell::default());
    Ok(match filter {
        Filter::Model(name) => Predicate::Model(models(name, search)?),
        Filter::Tag(name) => tagged(name, search)?,
        Filter::Collection(name) => collected(name, search, find)?,
        Filter::Rating(compare) => Predicate::Rating(*compare),
        Filter::Size(compare) => Predicate::Side(*compare),
        Filter::Class(class) => shape(Parameters { size: Some(*class), ..Parameters::default() }),
        Filter::Ratio(ratio) => shape(Parameters { aspect: Some(*ratio), ..Parameters::default() }),
        Filter::Cost(compare) => Predicate::Cost(*compare),
        Filter::Seed(seed) => Predicate::Seed(*seed),
        Filter::From(period) => Predicate::Between(first_moment(period.first(), search.zone), i64::MAX),
        Filter::To(period) => {
            let after = period.last().tomorrow().map_or(i64::MAX, |date| first_moment(date, search.zone));
            Predicate::Between(i64::MIN, after)
        }
        Filter::Is(ImageState::Picked) => Predicate::Flag(flag_number(Flag::Picked)),
        Filter::Is(ImageState::Rejected) => Predicate::Flag(flag_number(Flag::Rejected)),
        Filter::Is(ImageState::Unflagged) => Predicate::Flag(flag_number(Flag::None)),
        Filter::Is(ImageState::Mismatched) => Predicate::Mismatched,
        Filter::Is(ImageState::Imported) => Predicate::Imported,
        Filter::Label(label) => Predicate::Label(label_number(Some(*label))),
        Filter::Has(ImageExtra::Reference) => Predicate::Reference,
        Filter::Has(ImageExtra::Label) => Predicate::HasLabel,
        Filter::Has(ImageExtra::Note) => among(search, "SELECT rowid FROM images WHERE note <> ''", params![])?,
        Filter::Has(ImageExtra::Tag) => among(search, "SELECT image FROM tags", params![])?,
        Filter::Color(color) => Predicate::Color(Swatch::of(*color, 0)),
        Filter::Like(id) => {
            let hash = looks(search, "likeness", *id, |row| row.get::<_, Option<i64>>(0))?;
            hash.map_or(Predicate::Never, |hash| Predicate::Like(hash.cast_unsigned()))
        }
        Filter::ColorsOf(id) => {
            let palette = looks(search, "palette", *id, |row| row.get::<_, Option<Vec<u8>>>(0))?;
            palette.map_or(Predicate::Never, |palette| Predicate::ColorsOf(palette::palette(&palette)))
        }
        Filter::Batch(batch) => {
            among(search, "SELECT rowid FROM images WHERE batch = ?1", params![batch.uuid().as_bytes()])?
        }
        Filter::Uses(used) => uses(used, search)?,
        Filter::Parents(id) => parents(*id, search)?,
        Filter::Word(_) | Filter::Phrase { .. } | Filter::Unfinished { .. } => Predicate::Never,
    })
}

fn among(search: &SearchContext<'_>, query: &str, parameters: impl rusqlite::Params) -> Result<Predicate, SearchError> {
    let mut among = RowSet::empty(search.columns);
    among.extend(search.places(query, parameters)?);
    Ok(Predicate::Among(among))
}

/// The images that were made from an image or a reference.
fn uses(used: &UsedInput, search: &SearchContext<'_>) -> Result<Predicate, SearchError> {
    match used {
        UsedInput::Image(id) => {
            let own = id.uuid().as_bytes().to_vec();
            let hash = lineage::row_and_hash(search.connection, *id)?.and_then(|(_, hash)| hash);
            // An image does not use itself, even if an image that was made from it has the same bytes.
            let query = "SELECT image FROM made_with WHERE parent IN (?1, ?2)
                         AND image NOT IN (SELECT rowid FROM images WHERE id = ?1)";
            among(search, query, params![own, hash])
        }
        UsedInput::Reference(beginning) => {
            let Some([least, most]) = lineage::range(beginning) else { return Ok(Predicate::Never) };
            let query = "SELECT image FROM made_with WHERE parent BETWEEN ?1 AND ?2 AND length(parent) = 32";
            among(search, query, params![least, most])
        }
    }
}

/// The images that an image was made from.
fn parents(id: ImageId, search: &SearchContext<'_>) -> Result<Predicate, SearchError> {
    let Some((row, _)) = lineage::row_and_hash(search.connection, id)? else { return Ok(Predicate::Never) };
    let query = "SELECT images.rowid FROM made_with JOIN images ON images.id = made_with.parent
                 WHERE made_with.image = ?1 AND images.rowid <> ?1
                 UNION SELECT images.rowid FROM made_with JOIN images
                 ON substr(images.sha256, 1, 16) = lower(substr(hex(made_with.parent), 1, 16))
                 AND images.sha256 = lower(hex(made_with.parent))
                 WHERE made_with.image = ?1 AND length(made_with.parent) = 32 AND images.rowid <> ?1";
    among(search, query, params![row])
}

/// A visual feature of an image, which may be in the trash.
fn looks<T>(
    search: &SearchContext<'_>,
    column: &str,
    id: ImageId,
    read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Result<Option<T>, SearchError> {
    let query = format!("SELECT {column} FROM images WHERE id = ?1");
    let mut statement = search.connection.prepare_cached(&query)?;
    Ok(statement.query_row(params![id.uuid().as_bytes()], read).optional()?.flatten())
}

/// For each model number, whether the name of the model contains this text.
fn models(part: &str, search: &SearchContext<'_>) -> Result<Vec<bool>, SearchError> {
    let part = part.to_lowercase();
    let mut statement = search.connection.prepare_cached("SELECT number, name FROM models")?;
    let mut rows = statement.query(params![])?;
    let mut models = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u32 = row.get(0)?;
        let number = number as usize;
        if models.len() <= number {
            models.resize(number + 1, false);
        }
        models[number] = row.get::<_, String>(1)?.to_lowercase().contains(&part);
    }
    Ok(models)
}

/// The things with this name, in any case; if there are none, those whose names begin with it.
fn named<T>(name: &str, things: Vec<(String, T)>) -> Vec<T> {
    let name = name.to_lowercase();
    let things: Vec<(String, T)> = things.into_iter().map(|(name, thing)| (name.to_lowercase(), thing)).collect();
    let exact = things.iter().any(|(known, _)| *known == name);
    let named = |known: &String| if exact { *known == name } else { known.starts_with(&name) };
    things.into_iter().filter(|(known, _)| named(known)).map(|(_, thing)| thing).collect()
}

fn tagged(name: &str, search: &SearchContext<'_>) -> Result<Predicate, SearchError> {
    // The query steps from one tag to the next in the index, so that its cost does not depend on the number of images.
    let mut statement = search.connection.prepare_cached(
        "WITH RECURSIVE each(tag) AS (
             SELECT min(tag) FROM tags
             UNION ALL SELECT (SELECT min(tags.tag) FROM tags WHERE tags.tag > each.tag) FROM each WHERE tag IS NOT NULL
         ) SELECT tag FROM each WHERE tag IS NOT NULL",
    )?;
    let rows = statement.query_map(params![], |row| row.get(0))?;
    let tags = rows.collect::<Result<Vec<String>, _>>()?;
    let mut among = RowSet::empty(search.columns);
    for tag in named(name, tags.into_iter().map(|tag| (tag.clone(), tag)).collect()) {
        let places = search.places("SELECT image FROM tags WHERE tag = ?1", params![tag])?;
        among.extend(places);
    }
    Ok(Predicate::Among(among))
}

/// The ID of a collection.
type Key = [u8; 16];

/// A collection: its ID, the collection that contains it, and its query if it is smart.
type Known = (Key, Option<Key>, Option<String>);

fn collected(name: &str, search: &SearchContext<'_>, find: Find<'_>) -> Result<Predicate, SearchError> {
    let mut statement = search.connection.prepare_cached("SELECT name, id, parent, query FROM collections")?;
    let rows = statement.query_map(params![], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
    let all = rows.collect::<Result<Vec<(String, Known)>, _>>()?;
    let known: HashMap<Key, (Option<Key>, Option<String>)> =
        all.iter().map(|(_, (id, parent, query))| (*id, (*parent, query.clone()))).collect();
    let mut waiting: Vec<Key> = named(name, all.clone()).into_iter().map(|(id, ..)| id).collect();
    let mut seen: HashSet<Key> = waiting.iter().copied().collect();
    let mut among = RowSet::empty(search.columns);
    while let Some(id) = waiting.pop() {
        let places = match known.get(&id).and_then(|(_, query)| query.as_ref()) {
            None => search.places("SELECT image FROM members WHERE collection = ?1", params![id])?,
            Some(query) => find(&Query::parse(query))?,
        };
        among.extend(places);
        let inside = all.iter().filter(|(_, (_, parent, _))| *parent == Some(id)).map(|(_, (inner, ..))| *inner);
        waiting.extend(inside.filter(|inner| seen.insert(*inner)));
    }
    Ok(Predicate::Among(among))
}
