//! Makes the index anew from the files alone, beside the one that is there, and puts it into its place when it is
//! whole: a program that dies on the way leaves one or the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    num::NonZero,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter, types::Value};

use crate::{
    library::{
        images::originals::{insert, month},
        index::schema,
        io::{
            atomic_file,
            error::{At as _, LibraryError},
            lock::Lock,
        },
        library::make_folders,
        organize::journal_sync::{catch_up, open_journal},
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::ImageId,
};

use super::copy_detection;

/// Name of the index that is being made.
pub(in crate::library) const UNFINISHED: &str = "library.db.new";

/// How many sidecars are read while as many are put into the index.
const AT_ONCE: usize = 1024;

/// What is kept of a request.
const INTENT: &str = "request, created, recipe, rank, state, place, paused, not_before, repeats, estimate";

/// What an index was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Pictures, those in the trash among them.
    pub pictures: usize,
    /// Pictures in the trash.
    pub trashed: usize,
    /// Requests that were not put away.
    pub intents: usize,
    /// Sidecars that cannot be read. Their pictures are not in the index.
    pub unreadable: Vec<PathBuf>,
    /// Sidecars whose pictures are not there.
    pub alone: Vec<PathBuf>,
}

/// What only the old index knows.
#[derive(Default)]
struct Carried {
    /// The columns of [`INTENT`].
    intents: Vec<Vec<Value>>,
    /// Whether nothing is to be sent.
    paused: Option<bool>,
    trashed: BTreeMap<[u8; 16], i64>,
    looks: Vec<([u8; 16], Vec<u8>, Option<i64>)>,
}

/// Makes the index of a library anew from its files. Nobody may have it open. `progress` hears how many of how many
/// pictures are in it.
///
/// # Errors
/// [`LibraryError::Busy`] if a program has it open, [`LibraryError::Newer`] if a newer version made it; else the disk is
/// full or cannot be written. The index that was there is still there.
pub fn rebuild(folder: &Path, progress: impl Fn(usize, usize)) -> Result<Rebuilt, LibraryError> {
    make_folders(folder)?;
    let lock = Lock::take(folder)?;
    let rebuilt = renew(folder, progress)?;
    copy_detection::remember(&lock.file(), &folder.join("library.db"));
    Ok(rebuilt)
}

/// The same, for whoever holds the library's lock.
pub(in crate::library) fn renew(folder: &Path, progress: impl Fn(usize, usize)) -> Result<Rebuilt, LibraryError> {
    let (database, unfinished) = (folder.join("library.db"), folder.join(UNFINISHED));
    atomic_file::remove(&unfinished)?;
    // What it says is no more than a help; that it is damaged may be why it is made anew.
    let old = match schema::open(&database) {
        Err(LibraryError::Broken { reason }) => Err(reason),
        opened => Ok(opened?),
    };
    let carried = old.as_ref().ok().map(carried).unwrap_or_default();
    let made = make(folder, &unfinished, old.as_ref().ok(), &carried, progress);
    let swapped = made.and_then(|rebuilt| swap(&database, &unfinished, old).map(|()| rebuilt));
    if swapped.is_err() {
        atomic_file::remove(&unfinished)?;
    }
    swapped
}

/// Reads what is in no file. What cannot be read is not there.
fn carried(old: &Connection) -> Carried {
    let mut carried = Carried::default();
    let read = |carried: &mut Carried| -> rusqlite::Result<()> {
        let mut statement = old.prepare(&format!("SELECT {INTENT} FROM intents"))?;
        let columns = statement.column_count();
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            carried.intents.push((0..columns).map(|column| row.get(column)).collect::<Result<_, _>>()?);
        }
        carried.paused = old.query_row("SELECT paused FROM queue", [], |row| row.get(0)).optional()?;
        let mut statement = old.prepare("SELECT id, trashed FROM images WHERE trashed IS NOT NULL")?;
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            carried.trashed.insert(row.get(0)?, row.get(1)?);
        }
        let mut statement = old.prepare("SELECT id, palette, likeness FROM images WHERE palette IS NOT NULL")?;
        let mut rows = statement.query(params![])?;
        while let Some(row) = rows.next()? {
            carried.looks.push((row.get(0)?, row.get(1)?, row.get(2)?));
        }
        Ok(())
    };
    if let Err(error) = read(&mut carried) {
        tracing::warn!(%error, "not everything can be taken over from the old index");
    }
    carried
}

fn make(
    folder: &Path,
    path: &Path,
    old: Option<&Connection>,
    carried: &Carried,
    progress: impl Fn(usize, usize),
) -> Result<Rebuilt, LibraryError> {
    let mut index = schema::make_unflushed(path)?;
    let transaction = index.transaction()?;
    let mut rebuilt = Rebuilt::default();
    let record = format!("INSERT INTO intents ({INTENT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    for intent in &carried.intents {
        transaction.prepare_cached(&record)?.execute(params_from_iter(intent))?;
        rebuilt.intents += 1;
    }
    if let Some(paused) = carried.paused {
        transaction.execute("INSERT INTO queue (paused) VALUES (?1)", params![paused])?;
    }
    let found = find(folder)?;
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
                tracing::warn!(path = %found.sidecar.display(), %error, "a sidecar cannot be read");
                rebuilt.unreadable.push(found.sidecar.clone());
                return Ok(());
            }
        };
        let live = folder.join(month(sidecar.created)).join(sidecar.file_name());
        let Some((picture, trashed)) = reunite(folder, found, &sidecar, &live)? else {
            rebuilt.alone.push(found.sidecar.clone());
            return Ok(());
        };
        let live = if trashed { live } else { picture };
        if !insert(&transaction, &sidecar, &live.strip_prefix(folder).unwrap_or(&live).to_string_lossy())? {
            return Ok(());
        }
        rebuilt.pictures += 1;
        if trashed {
            rebuilt.trashed += 1;
            let id = sidecar.id.uuid().into_bytes();
            let since = carried.trashed.get(&id).map_or(now, |since| since.abs());
            transaction.prepare_cached("UPDATE images SET trashed = ?2 WHERE id = ?1")?.execute(params![id, since])?;
        }
        Ok(())
    })?;
    for (id, palette, likeness) in &carried.looks {
        transaction
            .prepare_cached("UPDATE images SET palette = ?2, likeness = ?3 WHERE id = ?1")?
            .execute(params![id, palette, likeness])?;
    }
    transaction.commit()?;
    // Without a journal, the old index is all there is to make one of.
    let journal = open_journal(folder, old.unwrap_or(&index))?;
    catch_up(&mut index, &journal)?;
    drop(index);
    File::open(path).and_then(|file| file.sync_all()).at(path)?;
    Ok(rebuilt)
}

/// The picture of a sidecar, and whether it is in the trash; `None` if it is nowhere. A sidecar that was parted from its
/// picture on the way to or from the trash follows it.
fn reunite(
    folder: &Path,
    found: &Found,
    sidecar: &Sidecar,
    live: &Path,
) -> Result<Option<(PathBuf, bool)>, LibraryError> {
    let picture = found.sidecar.with_file_name(sidecar.file_name());
    if picture.exists() {
        return Ok(Some((picture, found.trashed)));
    }
    let other = if found.trashed { live.to_owned() } else { folder.join("trash").join(sidecar.file_name()) };
    if !other.exists() {
        return Ok(None);
    }
    let beside = other.with_extension("json");
    fs::rename(&found.sidecar, &beside).at(&beside)?;
    Ok(Some((other, !found.trashed)))
}

/// Puts the new index into the old one's place.
fn swap(database: &Path, unfinished: &Path, old: Result<Connection, String>) -> Result<(), LibraryError> {
    match old {
        Ok(old) => {
            // Its log would be taken for the new index's: it must be in the index itself before it goes.
            let busy: i64 = old.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |row| row.get(0))?;
            if busy != 0 {
                return Err(LibraryError::CannotWrite { path: database.to_owned(), reason: "busy".to_owned() });
            }
            old.close().map_err(|(_, error)| error)?;
        }
        Err(reason) => schema::move_aside(database, &reason)?,
    }
    for suffix in ["-wal", "-shm"] {
        atomic_file::remove(&schema::beside(database, suffix))?;
    }
    let folder = database.with_file_name("");
    atomic_file::sync_folder(&folder)?;
    fs::rename(unfinished, database).at(database)?;
    atomic_file::sync_folder(&folder)
}

/// A sidecar's file.
struct Found {
    sidecar: PathBuf,
    trashed: bool,
    /// How many there are.
    of: usize,
}

/// Every sidecar, the oldest picture first.
fn find(folder: &Path) -> Result<Vec<Found>, LibraryError> {
    let mut paths = BTreeSet::new();
    for (name, trashed) in [("originals", false), ("trash", true)] {
        let mut folders = vec![folder.join(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).at(&folder)? {
                let entry = entry.at(&folder)?;
                let path = entry.path();
                if entry.file_type().at(&path)?.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    let id: Option<ImageId> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
                    paths.insert((id, trashed, path));
                }
            }
        }
    }
    let of = paths.len();
    Ok(paths.into_iter().map(|(_, trashed, sidecar)| Found { sidecar, trashed, of }).collect())
}

/// Reads sidecars on all processors, and hands them over in their order.
fn read_all(
    found: &[Found],
    mut each: impl FnMut(&Found, Result<Option<Sidecar>, LibraryError>) -> Result<(), LibraryError>,
) -> Result<(), LibraryError> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel(1);
        scope.spawn(move || {
            for batch in found.chunks(AT_ONCE) {
                // Whoever has met an error listens no more.
                if sender.send((batch, read_batch(batch, threads))).is_err() {
                    break;
                }
            }
        });
        for (batch, sidecars) in batches {
            for (found, sidecar) in batch.iter().zip(sidecars) {
                each(found, sidecar)?;
            }
        }
        Ok(())
    })
}

fn read_batch(batch: &[Found], threads: usize) -> Vec<Result<Option<Sidecar>, LibraryError>> {
    let mut sidecars: Vec<Option<Result<Option<Sidecar>, LibraryError>>> = Vec::new();
    sidecars.resize_with(batch.len(), || None);
    thread::scope(|scope| {
        let piece = batch.len().div_ceil(threads).max(1);
        for (batch, into) in batch.chunks(piece).zip(sidecars.chunks_mut(piece)) {
            scope.spawn(move || {
                for (found, into) in batch.iter().zip(into) {
                    *into = Some(read_sidecar(&found.sidecar));
                }
            });
        }
    });
    sidecars.into_iter().map(|sidecar| sidecar.unwrap_or(Ok(None))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        library::{
            images::{
                backfill::Look,
                originals::tests::{facts, store},
            },
            library::Library,
            queue_store::{
                requests::{Intent, Turn},
                spool::{ResponseHead, SpoolHeader, SpooledRequest},
            },
        },
        recipe::{Change, Collection, CollectionEdit, CollectionId, Flag, Money, Recipe},
    };

    /// Everything that the index says, but for how far it has come in a journal.
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

    /// A library with something of everything.
    fn filled(folder: &Path) {
        let library = Arc::new(Library::open(folder).unwrap());
        let ids = [1, 2, 3, 4].map(|number| store(&library, facts(number, "海 and sea"), &[number as u8]).id);
        let collection = Collection {
            id: CollectionId::from_uuid(uuid::Uuid::from_u128(9)),
            name: "A".to_owned(),
            parent: None,
            query: None,
            count: 0,
        };
        let place = collection.id;
        library.edit_collections(&CollectionEdit::Create { collection, images: vec![ids[3]] }).unwrap();
        for change in [
            Change::Rate(4),
            Change::Flag(Flag::Picked),
            Change::Tag("濕".to_owned()),
            Change::Note("n".to_owned()),
            Change::AddTo(place),
        ] {
            library.organise(&ids[..2], &change).unwrap();
        }
        library
            .set_looks(&[(ids[0], Some(Look { palette: [[9, 8, 7, 50]; 5], likeness: 77 })), (ids[1], None)])
            .unwrap();
        library.trash(&ids[1..3]).unwrap();
        let request = facts(5, "").request;
        let intent = Intent { request, recipe: Recipe::default(), created: facts(5, "").created };
        let turn = Turn { place: 7, paused: true, estimate: Some(Money::from_dollars(0.04)), ..Turn::default() };
        library.enqueue([(&intent, turn)]).unwrap();
        library.pause_queue(true).unwrap();
        let spooled = SpooledRequest { recipe: Recipe::default(), created: Timestamp::UNIX_EPOCH, estimate: None };
        let header = SpoolHeader::new(spooled, Timestamp::UNIX_EPOCH, None);
        let mut spool = library.spool(request, header, 0).unwrap();
        spool.arm().unwrap();
        spool.begin(&ResponseHead::default()).unwrap();
        spool.write(b"{").unwrap();
        spool.finish().unwrap();
    }

    #[test]
    fn an_index_that_is_made_anew_says_what_the_old_one_said() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let before = everything(folder.path());
        let heard = std::cell::Cell::new((0, 0));
        let rebuilt = rebuild(folder.path(), |done, of| heard.set((done, of))).unwrap();
        assert_eq!(rebuilt, Rebuilt { pictures: 4, trashed: 2, intents: 1, ..Rebuilt::default() });
        assert_eq!(heard.get(), (4, 4));
        assert_eq!(everything(folder.path()), before);
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.unfinished_intents().unwrap().len(), 1);
        assert!(library.spooled(facts(5, "").request).unwrap().is_some(), "what has arrived is still there");
        assert_eq!(library.view("濕", &TimeZone::UTC).unwrap().ids.len(), 1);
        assert_eq!(rebuild(folder.path(), |_, _| ()), Err(LibraryError::Busy { folder: folder.path().to_owned() }));
    }

    #[test]
    fn what_cannot_be_read_is_named_and_the_rest_is_there() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let month = folder.path().join("originals/2026/11");
        let [unreadable, alone] = [1, 4].map(|number| month.join(format!("{}.json", facts(number, "").id)));
        fs::write(&unreadable, "{").unwrap();
        fs::remove_file(alone.with_extension("png")).unwrap();
        let rebuilt = rebuild(folder.path(), |_, _| ()).unwrap();
        assert_eq!((rebuilt.pictures, rebuilt.unreadable, rebuilt.alone), (2, vec![unreadable], vec![alone]));
    }

    #[test]
    fn a_sidecar_with_a_format_of_a_newer_version_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let newer = folder.path().join(format!("originals/2026/11/{}.json", facts(1, "").id));
        let text = fs::read_to_string(&newer).unwrap().replace("\"png\"", "\"holograph\"");
        fs::write(&newer, &text).unwrap();
        let rebuilt = rebuild(folder.path(), |_, _| ()).unwrap();
        assert_eq!((rebuilt.pictures, rebuilt.unreadable), (3, vec![newer.clone()]));
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.view("", &TimeZone::UTC).unwrap().ids.len(), 1, "the others are in the trash");
        assert_eq!(fs::read_to_string(&newer).unwrap(), text);
    }

    #[test]
    fn a_damaged_index_is_kept_aside_and_nothing_said_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        for suffix in ["-wal", "-shm"] {
            fs::remove_file(folder.path().join(format!("library.db{suffix}"))).ok();
        }
        fs::write(folder.path().join("library.db"), "no database at all ".repeat(99)).unwrap();
        assert_eq!(rebuild(folder.path(), |_, _| ()).unwrap().pictures, 4);
        assert!(folder.path().join("library.db.damaged-1").exists());
        let library = Library::open(folder.path()).unwrap();
        assert_eq!(library.marks(facts(1, "").id).unwrap().rating, 4);
    }

    #[test]
    fn an_index_that_cannot_be_finished_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path());
        let before = everything(folder.path());
        // A trash that is no folder stands for any error on the way.
        let (trash, away) = (folder.path().join("trash"), folder.path().join("away"));
        fs::rename(&trash, &away).unwrap();
        fs::write(&trash, "").unwrap();
        assert!(rebuild(folder.path(), |_, _| ()).is_err());
        assert!(!folder.path().join(UNFINISHED).exists());
        fs::remove_file(&trash).unwrap();
        fs::rename(&away, &trash).unwrap();
        assert_eq!(everything(folder.path()), before);
    }
}
