//! Rebuilds the index from the files alone, beside the existing one, and replaces that when the new one is complete. A
//! crash leaves one or the other.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter, types::Value};

use crate::{
    error_chain::{Cause, chain},
    library::{
        index::{insert::insert_image, schema},
        io::{
            atomic_file,
            database_file::{quarantine, with_suffix},
            error::{LibraryError, WithPath as _},
            file_identity::record_identity,
            library_folder::{create_library_dirs, month_dir},
            lock::Lock,
        },
        organize::journal_sync::{open_journal, replay_from_checkpoint},
        store::sidecar::Sidecar,
    },
};

use super::sidecar_scan::{FoundSidecar, find_sidecars, read_all};

/// Name of the index that is being built.
pub(in crate::library) const STAGING_NAME: &str = "library.db.new";

/// The columns of a request that are copied from the old index.
const REQUEST_COLUMNS: &str = "request, created, recipe, rank, state, place, paused, not_before, repeats, estimate";

/// The result of rebuilding an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RebuildReport {
    /// Images, including those in the trash.
    pub images: usize,
    /// Images in the trash.
    pub trashed: usize,
    /// Recorded requests.
    pub intents: usize,
    /// Sidecars that cannot be read. Their images are not in the index.
    pub unreadable: Vec<PathBuf>,
    /// Sidecars whose images are missing.
    pub alone: Vec<PathBuf>,
}

/// The rows that exist only in the old index.
#[derive(Default)]
struct PreservedRows {
    /// The columns of [`REQUEST_COLUMNS`].
    intents: Vec<Vec<Value>>,
    /// Whether the queue is paused.
    paused: Option<bool>,
    trashed: BTreeMap<[u8; 16], i64>,
    features: Vec<([u8; 16], Vec<u8>, Option<i64>)>,
}

/// Rebuilds the index of a library from its files. No program may have the library open. `progress` receives the number
/// of images that are in the new index, and the number of all images.
///
/// # Errors
/// [`LibraryError::Busy`] if a program has it open, [`LibraryError::Newer`] if a newer version made it; otherwise the
/// disk is full or cannot be written. The old index is unchanged.
pub fn rebuild(folder: &Path, progress: impl Fn(usize, usize)) -> Result<RebuildReport, LibraryError> {
    create_library_dirs(folder)?;
    let lock = Lock::take(folder)?;
    let rebuilt = rebuild_in_place(folder, progress)?;
    record_identity(&lock.file(), &folder.join("library.db"));
    Ok(rebuilt)
}

/// Rebuilds the index of a library whose lock is held.
pub(in crate::library) fn rebuild_in_place(
    folder: &Path,
    progress: impl Fn(usize, usize),
) -> Result<RebuildReport, LibraryError> {
    let (database, unfinished) = (folder.join("library.db"), folder.join(STAGING_NAME));
    atomic_file::remove_if_exists(&unfinished)?;
    // The old index is best-effort input: it may be damaged, which may be why it is rebuilt.
    let old = match schema::open(&database) {
        Err(LibraryError::Broken { reason }) => Err(reason),
        opened => Ok(opened?),
    };
    let preserved = old.as_ref().ok().map(read_preserved).unwrap_or_default();
    let made = build(folder, &unfinished, old.as_ref().ok(), &preserved, progress);
    let swapped = made.and_then(|rebuilt| replace_index(&database, &unfinished, old).map(|()| rebuilt));
    if swapped.is_err() {
        atomic_file::remove_if_exists(&unfinished)?;
    }
    swapped
}

/// Reads the rows that no file contains, as far as they can be read.
fn read_preserved(old: &Connection) -> PreservedRows {
    let mut preserved = PreservedRows::default();
    let read = |preserved: &mut PreservedRows| -> rusqlite::Result<()> {
        let mut statement = old.prepare(&format!("SELECT {REQUEST_COLUMNS} FROM intents"))?;
        let columns = statement.column_count();
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            preserved.intents.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
        }
        preserved.paused = old.query_row("SELECT paused FROM queue", [], |row| row.get(0)).optional()?;
        let mut statement = old.prepare("SELECT id, trashed FROM images WHERE trashed IS NOT NULL")?;
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            preserved.trashed.insert(row.get(0)?, row.get(1)?);
        }
        let mut statement = old.prepare("SELECT id, palette, likeness FROM images WHERE palette IS NOT NULL")?;
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            preserved.features.push((row.get(0)?, row.get(1)?, row.get(2)?));
        }
        Ok(())
    };
    if let Err(error) = read(&mut preserved) {
        tracing::warn!(error = %chain(&error), "not everything can be taken over from the old index");
    }
    preserved
}

fn build(
    folder: &Path,
    path: &Path,
    old: Option<&Connection>,
    preserved: &PreservedRows,
    progress: impl Fn(usize, usize),
) -> Result<RebuildReport, LibraryError> {
    let mut index = schema::create_for_bulk_load(path)?;
    let transaction = index.transaction()?;
    let mut rebuilt = RebuildReport::default();
    let record = format!("INSERT INTO intents ({REQUEST_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    for intent in &preserved.intents {
        transaction.prepare_cached(&record)?.execute(params_from_iter(intent))?;
        rebuilt.intents += 1;
    }
    if let Some(paused) = preserved.paused {
        transaction.execute("INSERT INTO queue (paused) VALUES (?1)", params![paused])?;
    }
    let found = find_sidecars(folder)?;
    let now = Timestamp::now().as_millisecond();
    let mut done = 0;
    read_all(&found, |found, read| {
        done += 1;
        if done % 256 == 0 || done == found.of {
            progress(done, found.of);
        }
        let sidecar = match read {
            Ok(Some(sidecar)) => sidecar,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::warn!(path = %found.sidecar.display(), error = %chain(&error), "a sidecar cannot be read");
                rebuilt.unreadable.push(found.sidecar.clone());
                return Ok(());
            }
        };
        let live = folder.join(month_dir(sidecar.facts.created)).join(sidecar.file_name());
        let Some((image, trashed)) = merge_sidecar(folder, found, &sidecar, &live)? else {
            rebuilt.alone.push(found.sidecar.clone());
            return Ok(());
        };
        let live = if trashed { live } else { image };
        if !insert_image(&transaction, &sidecar, &live.strip_prefix(folder).unwrap_or(&live).to_string_lossy())? {
            return Ok(());
        }
        rebuilt.images += 1;
        if trashed {
            rebuilt.trashed += 1;
            let id = sidecar.facts.id.uuid().into_bytes();
            let since = preserved.trashed.get(&id).map_or(now, |since| since.abs());
            transaction.prepare_cached("UPDATE images SET trashed = ?2 WHERE id = ?1")?.execute(params![id, since])?;
        }
        Ok(())
    })?;
    for (id, palette, likeness) in &preserved.features {
        transaction
            .prepare_cached("UPDATE images SET palette = ?2, likeness = ?3 WHERE id = ?1")?
            .execute(params![id, palette, likeness])?;
    }
    transaction.commit()?;
    // Without a journal, the old index is the only source of marks.
    let journal = open_journal(folder, old.unwrap_or(&index))?;
    replay_from_checkpoint(&mut index, &journal)?;
    drop(index);
    File::open(path).and_then(|file| file.sync_all()).at(path)?;
    Ok(rebuilt)
}

/// The image of a sidecar, and whether it is in the trash; `None` if it is missing. A sidecar that an interrupted move
/// has separated from its image is moved beside it.
fn merge_sidecar(
    folder: &Path,
    found: &FoundSidecar,
    sidecar: &Sidecar,
    live: &Path,
) -> Result<Option<(PathBuf, bool)>, LibraryError> {
    let image = found.sidecar.with_file_name(sidecar.file_name());
    if image.exists() {
        return Ok(Some((image, found.trashed)));
    }
    let other = if found.trashed { live.to_owned() } else { folder.join("trash").join(sidecar.file_name()) };
    if !other.exists() {
        return Ok(None);
    }
    let beside = other.with_extension("json");
    fs::rename(&found.sidecar, &beside).at(&beside)?;
    Ok(Some((other, !found.trashed)))
}

/// Replaces the old index by the new one.
fn replace_index(database: &Path, unfinished: &Path, old: Result<Connection, Cause>) -> Result<(), LibraryError> {
    match old {
        Ok(old) => {
            // The log of the old index would be applied to the new one, so its contents must be in the old index before
            // the log is removed.
            let busy: i64 = old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |row| row.get(0))?;
            if busy != 0 {
                return Err(LibraryError::CannotWrite { path: database.to_owned(), reason: "busy".into() });
            }
            old.close().map_err(|(_, error)| error)?;
        }
        Err(reason) => quarantine(database, &reason)?,
    }
    for suffix in ["-wal", "-shm"] {
        atomic_file::remove_if_exists(&with_suffix(database, suffix))?;
    }
    let folder = database.with_file_name("");
    atomic_file::sync_dir(&folder)?;
    fs::rename(unfinished, database).at(database)?;
    atomic_file::sync_dir(&folder)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            Library, VisualFeatures,
            images::fixtures::{facts, store},
            queue_store::{
                request_record::{QueueEntry, RequestRecord},
                spool::{SpoolHeader, SpooledHead, SpooledRequest},
            },
        },
        recipe::{Collection, CollectionEdit, CollectionId, Flag, MarkChange, Money, Recipe},
    };

    /// All tables of the index, except the position in the journal.
    fn everything(folder: &Path) -> Vec<Vec<Vec<Value>>> {
        let index = Connection::open(folder.join("library.db")).unwrap();
        let read = |query: &str| {
            let mut statement = index.prepare(query).unwrap();
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
            rows.collect::<Result<Vec<Vec<Value>>, _>>().unwrap()
        };
        [
            "SELECT * FROM images JOIN models ON number = model ORDER BY id",
            "SELECT id, tag FROM tags JOIN images ON images.rowid = image ORDER BY id, tag",
            "SELECT id, collection FROM members JOIN images ON images.rowid = image ORDER BY id, collection",
            "SELECT * FROM collections ORDER BY id",
            "SELECT * FROM intents ORDER BY request",
            "SELECT id, hex(parent) FROM made_with JOIN images ON images.rowid = image ORDER BY id, parent",
            "SELECT * FROM queue",
        ]
        .map(read)
        .to_vec()
    }

    /// A library with an example of everything.
    fn filled(folder: &Path) {
        let library = Arc::new(Library::open(folder).unwrap());
        let ids = [1, 2, 3, 4].map(|number| store(&library, facts(number, "海 and sea"), &[number as u8]).facts.id);
        let collection = Collection {
            id: CollectionId::from_uuid(uuid::Uuid::from_u128(9)),
            name: "A".to_owned(),
            parent: None,
            query: None,
            count: 0,
        };
        let place = collection.id;
        library.organizer().edit_collections(&CollectionEdit::Create { collection, images: vec![ids[3]] }).unwrap();
        for change in [
            MarkChange::Rate(4),
            MarkChange::Flag(Flag::Picked),
            MarkChange::Tag("濕".to_owned()),
            MarkChange::Note("n".to_owned()),
            MarkChange::AddTo(place),
        ] {
            library.organizer().change(&ids[..2], &change).unwrap();
        }
        library
            .backfill()
            .store_features(&[
                (ids[0], Some(VisualFeatures { palette: [[9, 8, 7, 50]; 5], perceptual_hash: 77 })),
                (ids[1], None),
            ])
            .unwrap();
        library.trash().discard(&ids[1..3]).unwrap();
        let request = facts(5, "").request;
        let intent = RequestRecord { request, recipe: Recipe::default(), created: facts(5, "").created };
        let turn = QueueEntry {
            position: 7,
            paused: true,
            estimate: Some(Money::from_dollars(0.04)),
            ..QueueEntry::default()
        };
        library.requests().enqueue([(&intent, turn)]).unwrap();
        library.requests().set_paused(true).unwrap();
        let spooled = SpooledRequest { recipe: Recipe::default(), created: Timestamp::UNIX_EPOCH, estimate: None };
        let header = SpoolHeader::new(spooled, Timestamp::UNIX_EPOCH, None);
        let mut spool = library.spool().create(request, header, 0).unwrap();
        spool.arm().unwrap();
        spool.begin(&SpooledHead::default()).unwrap();
        spool.write(b"{").unwrap();
        spool.finish().unwrap();
    }

    #[test]
    fn rebuilt_index_equals_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let before = everything(folder.path());
        let heard = std::cell::Cell::new((0, 0));
        let rebuilt = rebuild(folder.path(), |done, of| heard.set((done, of))).unwrap();
        assert_eq!(rebuilt, RebuildReport { images: 4, trashed: 2, intents: 1, ..RebuildReport::default() });
        assert_eq!(heard.get(), (4, 4));
        assert_eq!(everything(folder.path()), before);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.requests().unfinished().unwrap().len(), 1);
        assert!(library.spool().read(facts(5, "").request).unwrap().is_some(), "what has arrived is still there");
        assert_eq!(library.search().find_text("濕", &TimeZone::UTC).unwrap().ids.len(), 1);
        assert_eq!(rebuild(folder.path(), |_, _| ()), Err(LibraryError::Busy { folder: folder.path().to_owned() }));
    }

    #[test]
    fn unreadable_sidecars_are_listed_and_the_others_indexed() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let month = folder.path().join("originals/2026/11");
        let [unreadable, alone] = [1, 4].map(|number| month.join(format!("{}.json", facts(number, "").id)));
        fs::write(&unreadable, "{").unwrap();
        fs::remove_file(alone.with_extension("png")).unwrap();
        let rebuilt = rebuild(folder.path(), |_, _| ()).unwrap();
        assert_eq!((rebuilt.images, rebuilt.unreadable, rebuilt.alone), (2, vec![unreadable], vec![alone]));
    }

    #[test]
    fn sidecar_with_a_newer_format_is_listed_and_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let newer = folder.path().join(format!("originals/2026/11/{}.json", facts(1, "").id));
        let text = fs::read_to_string(&newer).unwrap().replace("\"png\"", "\"holograph\"");
        fs::write(&newer, &text).unwrap();
        let rebuilt = rebuild(folder.path(), |_, _| ()).unwrap();
        assert_eq!((rebuilt.images, rebuilt.unreadable), (3, vec![newer.clone()]));
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.search().find_text("", &TimeZone::UTC).unwrap().ids.len(), 1, "the others are in the trash");
        assert_eq!(fs::read_to_string(&newer).unwrap(), text);
    }

    #[test]
    fn damaged_index_is_set_aside_without_losing_organizing() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(folder.path().join(format!("library.db{suffix}"))).ok();
        }
        fs::write(folder.path().join("library.db"), "no database at all ".repeat(99)).unwrap();
        assert_eq!(rebuild(folder.path(), |_, _| ()).unwrap().images, 4);
        assert!(folder.path().join("library.db.damaged-1").exists());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.organizer().marks(facts(1, "").id).unwrap().rating, 4);
    }

    #[test]
    fn failed_rebuild_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let before = everything(folder.path());
        // A file in place of the trash folder causes an error on the way.
        let (trash, away) = (folder.path().join("trash"), folder.path().join("away"));
        fs::rename(&trash, &away).unwrap();
        fs::write(&trash, "").unwrap();
        assert!(rebuild(folder.path(), |_, _| ()).is_err());
        assert!(!folder.path().join(STAGING_NAME).exists());
        fs::remove_file(&trash).unwrap();
        fs::rename(&away, &trash).unwrap();
        assert_eq!(everything(folder.path()), before);
    }
}
