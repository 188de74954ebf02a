//! Looks a whole library over: whether every picture is there and unaltered, and whether anything lies about that
//! belongs to nothing. Nothing is ever deleted: what has no place goes to `lost+found`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read as _,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use jiff::Timestamp;
use rusqlite::params;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{
    library::{
        images::originals::insert,
        io::{
            atomic_file::{self, PART},
            error::{At as _, LibraryError},
        },
        library::Library,
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::{Format, ImageId, Recipe, RequestId},
};

/// How much of a file is read at once.
const PIECE: usize = 256 << 10;

/// What is wrong with a file or with what the index says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlawKind {
    /// A picture that the index or a sidecar tells of is not there. Mended, the index no longer tells of it.
    MissingPicture,
    /// A picture that was left where it was is gone from there. Mended, a file with the same bytes was found.
    Gone,
    /// A picture's bytes are not those that were received. Nothing can mend that but a backup.
    AlteredPicture,
    /// A picture has no sidecar.
    MissingSidecar,
    /// A sidecar cannot be understood.
    UnreadableSidecar,
    /// A picture is not in the index. Mended, it is.
    NotInIndex,
    /// The index has a picture in the trash that is not, or the other way round, or elsewhere. Mended, it follows the
    /// files.
    WrongPlace,
    /// A file that was being written and belongs to nothing any more.
    LeftOver,
    /// An answer that no request waits for.
    LoneSpool,
    /// A reference that a recipe names is not there.
    MissingReference,
    /// A reference's bytes are not those that its name says.
    AlteredReference,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What.
    pub kind: FlawKind,
    /// The file.
    pub path: PathBuf,
    /// The picture.
    pub image: Option<ImageId>,
    /// Whether it was mended.
    pub mended: bool,
}

/// What was found in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Pictures that were read.
    pub pictures: usize,
    /// Everything that is wrong, by kind and path.
    pub flaws: Vec<Flaw>,
    /// References that no recipe of the library names. They may still be in a draft, and stay.
    pub unused: Vec<PathBuf>,
}

/// What the index says of a picture.
struct Row {
    path: PathBuf,
    sha256: String,
    trashed: bool,
}

/// The files of one picture.
#[derive(Default)]
struct Files {
    picture: Option<PathBuf>,
    sidecar: Option<PathBuf>,
    trashed: bool,
}

impl Library {
    /// Reads every picture of the library and says what is wrong. With `mend`, mends what can be mended. `progress`
    /// hears how many pictures of how many were read.
    ///
    /// # Errors
    /// The library cannot be read, or, with `mend`, written.
    pub fn check(&self, mend: bool, progress: impl Fn(usize, usize)) -> Result<Checked, LibraryError> {
        if mend {
            self.writable()?;
        }
        let mut checked = Checked::default();
        let mut rows = self.all_rows()?;
        let mut references = BTreeMap::new();
        let mut hashes = Vec::new();
        // Where pictures are that stay there, and the sidecars of those that are gone.
        let (mut places, mut gone) = (BTreeSet::new(), Vec::new());
        let (pictures, left_over) = self.all_files()?;
        let mut flaws = Flaws { library: self, mend, found: Vec::new() };
        for path in left_over {
            flaws.find(FlawKind::LeftOver, path, None, Self::put_aside)?;
        }
        for (name, files) in pictures {
            let id: Option<ImageId> = name.file_name().and_then(|name| name.to_str()?.parse().ok());
            let row = id.and_then(|id| rows.remove(&id));
            let stands_alone = row.as_ref().is_some_and(|row| row.path.extension().is_some_and(|end| end == "json"));
            let sidecar = files.sidecar.as_deref().and_then(|path| read_sidecar(path).ok().flatten());
            let picture = match &sidecar {
                Some(sidecar) if sidecar.elsewhere().is_some() => files.sidecar.clone(),
                None if stands_alone => files.sidecar.clone(),
                _ => files.picture,
            };
            match (picture, files.sidecar) {
                (Some(picture), Some(path)) => {
                    if let Some(sidecar) = sidecar {
                        for reference in sidecar.recipe.pictures().chain(&sidecar.recipe.mask) {
                            references.entry(reference.sha256.clone()).or_insert_with(|| path.clone());
                        }
                        self.check_row(&mut flaws, &sidecar, &picture, files.trashed, row.as_ref())?;
                        match sidecar.elsewhere() {
                            Some(own) if !own.is_file() => gone.push(path),
                            Some(own) => {
                                places.extend(own.parent().map(Path::to_owned));
                                hashes.push((own.to_owned(), Some(sidecar.id), sidecar.sha256));
                            }
                            None => hashes.push((picture, Some(sidecar.id), sidecar.sha256)),
                        }
                    } else {
                        flaws.found.push(Flaw { kind: FlawKind::UnreadableSidecar, path, image: id, mended: false });
                        let row = row.filter(|_| !stands_alone);
                        hashes.extend(row.map(|row| (picture, id, row.sha256)));
                    }
                }
                (Some(picture), None) => {
                    // With a place in the index it is shown, and stays; else nothing is known of it.
                    match row {
                        Some(row) => {
                            let path = picture.clone();
                            flaws.found.push(Flaw { kind: FlawKind::MissingSidecar, path, image: id, mended: false });
                            hashes.push((picture, id, row.sha256));
                        }
                        None => flaws.find(FlawKind::MissingSidecar, picture, id, Self::put_aside)?,
                    }
                }
                (None, Some(sidecar)) => {
                    flaws.find(FlawKind::MissingPicture, sidecar, id, |library, path| {
                        library.put_aside(path)?;
                        id.map_or(Ok(()), |id| library.take_out(id))
                    })?;
                }
                (None, None) => {}
            }
        }
        for (id, row) in rows {
            let path = self.folder.join(&row.path);
            if path.exists() {
                hashes.push((path, Some(id), row.sha256));
            } else {
                flaws.find(FlawKind::MissingPicture, path, Some(id), |library, _| library.take_out(id))?;
            }
        }
        let found = if mend { self.find_moved(&gone, &places)? } else { BTreeSet::new() };
        for kept in gone {
            let mended = found.contains(&kept);
            let Some(sidecar) = read_sidecar(&kept)? else { continue };
            // Its own path is what a person would look for.
            let path = sidecar.elsewhere().unwrap_or(&kept).to_owned();
            flaws.found.push(Flaw { kind: FlawKind::Gone, path, image: Some(sidecar.id), mended });
        }
        self.check_spools(&mut flaws)?;
        let of_pictures = hashes.len();
        hashes.extend(self.references_by_name()?);
        let intents = self.unfinished_intents()?.into_iter().map(|(intent, _)| intent);
        let intents = intents.chain(self.failed_intents()?.into_iter().map(|(intent, _)| intent));
        let waiting: BTreeSet<String> = intents
            .flat_map(|intent| {
                let Recipe { mask, .. } = &intent.recipe;
                intent.recipe.pictures().chain(mask).map(|reference| reference.sha256.clone()).collect::<Vec<_>>()
            })
            .collect();
        let used = |sha256: &String| references.contains_key(sha256) || waiting.contains(sha256);
        let unused = hashes[of_pictures..].iter().filter(|(.., sha256)| !used(sha256));
        checked.unused = unused.map(|(path, ..)| path.clone()).collect();
        // A picture of the library may be one.
        let there: BTreeSet<&str> = hashes.iter().map(|(.., sha256)| sha256.as_str()).collect();
        for (sha256, sidecar) in references {
            if !there.contains(sha256.as_str()) {
                flaws.found.push(Flaw { kind: FlawKind::MissingReference, path: sidecar, image: None, mended: false });
            }
        }
        for at in altered(&hashes, progress) {
            let (path, image, _) = hashes.swap_remove(at);
            let kind = if at < of_pictures { FlawKind::AlteredPicture } else { FlawKind::AlteredReference };
            flaws.found.push(Flaw { kind, path, image, mended: false });
        }
        checked.pictures = of_pictures;
        checked.flaws = flaws.found;
        checked.flaws.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
        if checked.flaws.iter().any(|flaw| flaw.kind == FlawKind::NotInIndex && flaw.mended) {
            self.take_in_journal(true)?;
        }
        Ok(checked)
    }

    fn check_row(
        &self,
        flaws: &mut Flaws<'_>,
        sidecar: &Sidecar,
        picture: &Path,
        trashed: bool,
        row: Option<&Row>,
    ) -> Result<(), LibraryError> {
        let live = if trashed { self.month(sidecar.created).join(sidecar.file_name()) } else { picture.to_owned() };
        let live = self.relative(&live);
        let since = trashed.then(|| Timestamp::now().as_millisecond());
        let id = sidecar.id.uuid().into_bytes();
        let set_trashed = "UPDATE images SET trashed = ?2, path = ?3 WHERE id = ?1";
        let Some(row) = row else {
            return flaws.find(FlawKind::NotInIndex, picture.to_owned(), Some(sidecar.id), |library, _| {
                let mut writer = library.writer();
                let transaction = writer.transaction()?;
                insert(&transaction, sidecar, &live)?;
                transaction.execute(set_trashed, params![id, since, live])?;
                Ok(transaction.commit()?)
            });
        };
        if row.trashed == trashed && (trashed || row.path == Path::new(&live)) {
            return Ok(());
        }
        flaws.find(FlawKind::WrongPlace, picture.to_owned(), Some(sidecar.id), |library, _| {
            library.writer().execute(set_trashed, params![id, since, live])?;
            Ok(())
        })
    }

    fn check_spools(&self, flaws: &mut Flaws<'_>) -> Result<(), LibraryError> {
        for path in files(&self.folder.join("spool"))? {
            let request: Option<RequestId> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            let known = match request {
                // Opening the library has given back to the index whatever can be understood.
                Some(request) => self.intent_state(request)?.is_some(),
                None => false,
            };
            if !known {
                flaws.find(FlawKind::LoneSpool, path, None, Self::put_aside)?;
            }
        }
        Ok(())
    }

    fn all_rows(&self) -> Result<BTreeMap<ImageId, Row>, LibraryError> {
        let reader = self.reader();
        let mut statement = reader.prepare("SELECT id, path, sha256, trashed IS NOT NULL FROM images")?;
        let rows = statement.query_map(params![], |row| {
            let id = ImageId::from_uuid(Uuid::from_bytes(row.get(0)?));
            Ok((id, Row { path: row.get::<_, String>(1)?.into(), sha256: row.get(2)?, trashed: row.get(3)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The files of pictures by their paths without extensions, and those that were never finished.
    fn all_files(&self) -> Result<(BTreeMap<PathBuf, Files>, Vec<PathBuf>), LibraryError> {
        let (mut pictures, mut left_over) = (BTreeMap::<PathBuf, Files>::new(), Vec::new());
        for (name, trashed) in [("originals", false), ("trash", true)] {
            for path in files(&self.folder.join(name))? {
                let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
                let is_picture = Format::ALL.iter().any(|format| format.extension() == extension);
                if extension == PART {
                    left_over.push(path);
                } else if is_picture || extension == "json" {
                    let files = pictures.entry(path.with_extension("")).or_default();
                    files.trashed = trashed;
                    let place = if is_picture { &mut files.picture } else { &mut files.sidecar };
                    *place = Some(path);
                }
            }
        }
        Ok((pictures, left_over))
    }

    /// References, and the hashes that their names say.
    fn references_by_name(&self) -> Result<Vec<(PathBuf, Option<ImageId>, String)>, LibraryError> {
        let named = |path: PathBuf| {
            let sha256 = path.file_stem()?.to_str()?.to_owned();
            path.extension().filter(|extension| *extension != PART)?;
            Some((path, None, sha256))
        };
        Ok(files(&self.folder.join("references"))?.into_iter().filter_map(named).collect())
    }

    /// Moves a file to where nothing is lost and nothing is looked for.
    fn put_aside(&self, path: &Path) -> Result<(), LibraryError> {
        let folder = self.folder.join("lost+found");
        atomic_file::make_folder(&folder, &self.folder)?;
        let name = path.file_name().unwrap_or_default();
        let to = folder.join(name);
        let mut free = to.clone();
        let mut number = 0;
        while free.exists() {
            number += 1;
            free = to.with_added_extension(number.to_string());
        }
        fs::rename(path, &free).at(path)?;
        atomic_file::sync_folder(&folder)
    }

    /// Takes a picture out of the index.
    fn take_out(&self, id: ImageId) -> Result<(), LibraryError> {
        self.writer().execute("DELETE FROM images WHERE id = ?1", params![id.uuid().as_bytes()])?;
        Ok(())
    }
}

/// What was found so far.
struct Flaws<'a> {
    library: &'a Library,
    mend: bool,
    found: Vec<Flaw>,
}

impl Flaws<'_> {
    /// Notes something that can be mended, and mends it if that is wished for.
    fn find(
        &mut self,
        kind: FlawKind,
        path: PathBuf,
        image: Option<ImageId>,
        mend: impl FnOnce(&Library, &Path) -> Result<(), LibraryError>,
    ) -> Result<(), LibraryError> {
        if self.mend {
            mend(self.library, &path)?;
        }
        self.found.push(Flaw { kind, path, image, mended: self.mend });
        Ok(())
    }
}

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>, LibraryError> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).at(&folder)? {
            let entry = entry.at(&folder)?;
            let into = if entry.file_type().at(&folder)?.is_dir() { &mut folders } else { &mut files };
            into.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Which files have another hash than they should have, the last first. All processors read.
fn altered(files: &[(PathBuf, Option<ImageId>, String)], progress: impl Fn(usize, usize)) -> Vec<usize> {
    let next = AtomicUsize::new(0);
    let mut altered = thread::scope(|scope| {
        let (sender, outcomes) = mpsc::channel();
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((path, _, sha256)) = files.get(at) else { break };
                    let same = hash(path).is_ok_and(|found| found == *sha256);
                    if sender.send((at, same)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut altered = Vec::new();
        for (done, (at, same)) in outcomes.into_iter().enumerate() {
            progress(done + 1, files.len());
            if !same {
                altered.push(at);
            }
        }
        altered
    });
    altered.sort_unstable_by(|a, b| b.cmp(a));
    altered
}

/// SHA-256 of a file, in lower-case hexadecimal.
pub(in crate::library) fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(atomic_file::hexadecimal(&hash.finalize())),
            count => hash.update(&piece[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        library::images::originals::tests::{facts, store},
        recipe::{Change, Reference},
    };

    fn flaws(library: &Library, mend: bool) -> Vec<(FlawKind, bool)> {
        let checked = library.check(mend, |_, _| ()).unwrap();
        checked.flaws.iter().map(|flaw| (flaw.kind, flaw.mended)).collect()
    }

    #[test]
    fn every_flaw_is_found_and_mended_where_that_is_possible() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let reference = library.put_reference(b"reference", Format::Png).unwrap();
        let with = |sha256: &str| {
            let (sha256, mime, name) = (sha256.to_owned(), "image/png".to_owned(), "a".to_owned());
            let references = vec![Reference { sha256, mime, name, image: None }];
            let facts = facts(2, "two");
            crate::library::SidecarFacts { recipe: Recipe { references, ..facts.recipe }, ..facts }
        };
        let one = store(&library, facts(1, "one"), b"one");
        store(&library, with(&reference), b"two");
        for number in 3..=8 {
            store(&library, facts(number, "more"), &[number as u8]);
        }
        let id = |number| facts(number, "").id;
        library.trash(&[id(8)]).unwrap();
        let unused = library.put_reference(b"nobody names me", Format::Png).unwrap();
        let unused = folder.path().join(format!("references/{unused}.png"));
        assert_eq!(library.check(true, |_, _| ()).unwrap().unused, std::slice::from_ref(&unused));
        fs::remove_file(unused).unwrap();
        assert_eq!(library.check(false, |_, _| ()).unwrap(), Checked { pictures: 8, ..Checked::default() });

        let month = folder.path().join("originals/2026/11");
        let file = |number, extension: &str| month.join(format!("{}.{extension}", id(number)));
        fs::write(file(1, "png"), b"two").unwrap();
        fs::remove_file(file(3, "png")).unwrap();
        fs::remove_file(file(3, "json")).unwrap();
        fs::remove_file(file(4, "png")).unwrap();
        fs::write(file(5, "json"), "{").unwrap();
        fs::write(file(9, "png"), "nobody knows me").unwrap();
        library.organise(&[id(6)], &Change::Rate(4)).unwrap();
        library.take_out(id(6)).unwrap();
        fs::rename(file(7, "png"), folder.path().join("trash").join(file(7, "png").file_name().unwrap())).unwrap();
        fs::rename(file(7, "json"), folder.path().join("trash").join(file(7, "json").file_name().unwrap())).unwrap();
        fs::write(month.join("half.part"), "").unwrap();
        fs::write(folder.path().join("spool").join(format!("{}.body", facts(1, "").request)), "").unwrap();
        fs::write(folder.path().join(format!("references/{reference}.png")), "other").unwrap();
        let all = |mended| {
            use FlawKind as Kind;
            vec![
                (Kind::MissingPicture, mended),
                (Kind::MissingPicture, mended),
                (Kind::AlteredPicture, false),
                (Kind::MissingSidecar, mended),
                (Kind::UnreadableSidecar, false),
                (Kind::NotInIndex, mended),
                (Kind::WrongPlace, mended),
                (Kind::LeftOver, mended),
                (Kind::LoneSpool, mended),
                (Kind::AlteredReference, false),
            ]
        };
        assert_eq!(flaws(&library, false), all(false));
        assert_eq!(flaws(&library, false), all(false), "looking changes nothing");
        assert_eq!(flaws(&library, true), all(true));
        let left: Vec<_> = all(true).into_iter().filter(|(_, mended)| !mended).collect();
        assert_eq!(flaws(&library, true), left);
        assert_eq!(library.marks(id(6)).unwrap().rating, 4, "what was said of it holds again");
        assert_eq!(fs::read_dir(folder.path().join("lost+found")).unwrap().count(), 4);
        library.restore(&[id(7)]).unwrap();
        assert!(library.original_path(one.id).unwrap().exists());
        fs::remove_file(folder.path().join(format!("references/{reference}.png"))).unwrap();
        assert!(flaws(&library, true).contains(&(FlawKind::MissingReference, false)));
    }
}
