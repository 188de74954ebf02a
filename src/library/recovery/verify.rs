//! Verifies a whole library: whether every image exists and is unchanged, and whether there are files that belong to
//! nothing. Nothing is ever deleted: such files are moved to `lost+found`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::params;

use crate::{
    library::{
        images::{image_store::ImageStore, linked_originals::find_moved},
        index::{database::IndexDb, insert::insert_image},
        io::{
            atomic_file,
            error::{LibraryError, WithPath as _},
            library_folder::LibraryFolder,
        },
        organize::organizer::Organizer,
        queue_store::request_table::RequestTable,
        store::sidecar::{Sidecar, read_sidecar},
    },
    recipe::{ImageId, Recipe, RequestId},
};

use super::{
    library_scan::{ImageRecord, all_files, all_files_below, all_rows, changed_files, references_by_name},
    verify_report::{Issue, IssueKind, VerifyReport},
};

/// The verification of an open library.
pub(in crate::library) struct Verifier<'a> {
    pub(in crate::library) folder: &'a LibraryFolder,
    pub(in crate::library) index: &'a IndexDb,
    pub(in crate::library) images: &'a ImageStore,
    pub(in crate::library) requests: &'a RequestTable,
    pub(in crate::library) organizer: &'a Organizer,
}

impl Verifier<'_> {
    /// Reads every image of the library and reports all issues. With `repair`, repairs what can be repaired. `progress`
    /// receives the number of images that were read, and the number of all images.
    ///
    /// # Errors
    /// The library cannot be read, or, with `repair`, written.
    pub(in crate::library) fn run(
        &self,
        repair: bool,
        progress: impl Fn(usize, usize),
    ) -> Result<VerifyReport, LibraryError> {
        if repair {
            self.folder.ensure_writable()?;
        }
        let mut checked = VerifyReport::default();
        let mut rows = all_rows(&self.index.reader())?;
        let mut references = BTreeMap::new();
        let mut hashes = Vec::new();
        // The paths of linked images, and the sidecars of those whose files are missing.
        let (mut places, mut gone) = (BTreeSet::new(), Vec::new());
        let (images, left_over) = all_files(self.folder)?;
        let mut issues = Issues { repair, found: Vec::new() };
        for path in left_over {
            issues.find(IssueKind::Leftover, path, None, |path| self.move_to_lost_found(path))?;
        }
        for (name, files) in images {
            let id: Option<ImageId> = name.file_name().and_then(|name| name.to_str()?.parse().ok());
            let row = id.and_then(|id| rows.remove(&id));
            let stands_alone = row.as_ref().is_some_and(|row| row.path.extension().is_some_and(|end| end == "json"));
            let sidecar = files.sidecar.as_deref().and_then(|path| read_sidecar(path).ok().flatten());
            let image = match &sidecar {
                Some(sidecar) if sidecar.elsewhere().is_some() => files.sidecar.clone(),
                None if stands_alone => files.sidecar.clone(),
                _ => files.image,
            };
            match (image, files.sidecar) {
                (Some(image), Some(path)) => {
                    if let Some(sidecar) = sidecar {
                        for reference in sidecar.facts.recipe.images().chain(&sidecar.facts.recipe.mask) {
                            references.entry(reference.sha256.clone()).or_insert_with(|| path.clone());
                        }
                        self.check_row(&mut issues, &sidecar, &image, files.trashed, row.as_ref())?;
                        match sidecar.elsewhere() {
                            Some(own) if !own.is_file() => gone.push(path),
                            Some(own) => {
                                places.extend(own.parent().map(Path::to_owned));
                                hashes.push((own.to_owned(), Some(sidecar.facts.id), sidecar.sha256));
                            }
                            None => hashes.push((image, Some(sidecar.facts.id), sidecar.sha256)),
                        }
                    } else {
                        issues.found.push(Issue {
                            kind: IssueKind::UnreadableSidecar,
                            path,
                            image: id,
                            repaired: false,
                        });
                        let row = row.filter(|_| !stands_alone);
                        hashes.extend(row.map(|row| (image, id, row.sha256)));
                    }
                }
                (Some(image), None) => {
                    // An image with a row is shown, so its files stay; without one, nothing is known about them.
                    match row {
                        Some(row) => {
                            let path = image.clone();
                            issues.found.push(Issue {
                                kind: IssueKind::MissingSidecar,
                                path,
                                image: id,
                                repaired: false,
                            });
                            hashes.push((image, id, row.sha256));
                        }
                        None => {
                            issues.find(IssueKind::MissingSidecar, image, id, |path| self.move_to_lost_found(path))?;
                        }
                    }
                }
                (None, Some(sidecar)) => {
                    issues.find(IssueKind::MissingImage, sidecar, id, |path| {
                        self.move_to_lost_found(path)?;
                        id.map_or(Ok(()), |id| self.remove_row(id))
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
                issues.find(IssueKind::MissingImage, path, Some(id), |_| self.remove_row(id))?;
            }
        }
        let found = if repair { find_moved(self.images, &gone, &places)? } else { BTreeSet::new() };
        for kept in gone {
            let repaired = found.contains(&kept);
            let Some(sidecar) = read_sidecar(&kept)? else { continue };
            // The person's own path is the one that a person would look for.
            let path = sidecar.elsewhere().unwrap_or(&kept).to_owned();
            issues.found.push(Issue {
                kind: IssueKind::MissingLinkedFile,
                path,
                image: Some(sidecar.facts.id),
                repaired,
            });
        }
        self.check_spools(&mut issues)?;
        let of_images = hashes.len();
        hashes.extend(references_by_name(self.folder)?);
        let intents = self.requests.unfinished()?.into_iter().map(|(intent, _)| intent);
        let intents = intents.chain(self.requests.failed()?.into_iter().map(|(intent, _)| intent));
        let waiting: BTreeSet<String> = intents
            .flat_map(|intent| {
                let Recipe { mask, .. } = &intent.recipe;
                intent.recipe.images().chain(mask).map(|reference| reference.sha256.clone()).collect::<Vec<_>>()
            })
            .collect();
        let used = |sha256: &String| references.contains_key(sha256) || waiting.contains(sha256);
        let unused = hashes[of_images..].iter().filter(|(.., sha256)| !used(sha256));
        checked.unused = unused.map(|(path, ..)| path.clone()).collect();
        // A reference may be an image of the library.
        let there: BTreeSet<&str> = hashes.iter().map(|(.., sha256)| sha256.as_str()).collect();
        for (sha256, sidecar) in references {
            if !there.contains(sha256.as_str()) {
                issues.found.push(Issue {
                    kind: IssueKind::MissingReference,
                    path: sidecar,
                    image: None,
                    repaired: false,
                });
            }
        }
        for at in changed_files(&hashes, progress) {
            let (path, image, _) = hashes.swap_remove(at);
            let kind = if at < of_images { IssueKind::AlteredImage } else { IssueKind::AlteredReference };
            issues.found.push(Issue { kind, path, image, repaired: false });
        }
        checked.images = of_images;
        checked.issues = issues.found;
        checked.issues.sort_by(|a, b| (a.kind, &a.path).cmp(&(b.kind, &b.path)));
        if checked.issues.iter().any(|issue| issue.kind == IssueKind::NotInIndex && issue.repaired) {
            self.organizer.sync(true)?;
        }
        Ok(checked)
    }

    fn check_row(
        &self,
        issues: &mut Issues,
        sidecar: &Sidecar,
        image: &Path,
        trashed: bool,
        row: Option<&ImageRecord>,
    ) -> Result<(), LibraryError> {
        let live =
            if trashed { self.folder.month(sidecar.facts.created).join(sidecar.file_name()) } else { image.to_owned() };
        let live = self.folder.relative(&live);
        let since = trashed.then(|| Timestamp::now().as_millisecond());
        let id = sidecar.facts.id.uuid().into_bytes();
        let set_trashed = "UPDATE images SET trashed = ?2, path = ?3 WHERE id = ?1";
        let Some(row) = row else {
            return issues.find(IssueKind::NotInIndex, image.to_owned(), Some(sidecar.facts.id), |_| {
                let mut writer = self.index.writer();
                let transaction = writer.transaction()?;
                insert_image(&transaction, sidecar, &live)?;
                transaction.execute(set_trashed, params![id, since, live])?;
                Ok(transaction.commit()?)
            });
        };
        if row.trashed == trashed && (trashed || row.path == Path::new(&live)) {
            return Ok(());
        }
        issues.find(IssueKind::WrongPlace, image.to_owned(), Some(sidecar.facts.id), |_| {
            self.index.writer().execute(set_trashed, params![id, since, live])?;
            Ok(())
        })
    }

    fn check_spools(&self, issues: &mut Issues) -> Result<(), LibraryError> {
        for path in all_files_below(&self.folder.join("spool"))? {
            let request: Option<RequestId> = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            let known = match request {
                // When the library was opened, everything that can be understood was recorded in the index again.
                Some(request) => self.requests.status(request)?.is_some(),
                None => false,
            };
            if !known {
                issues.find(IssueKind::OrphanedSpool, path, None, |path| self.move_to_lost_found(path))?;
            }
        }
        Ok(())
    }

    /// Moves a file to `lost+found`.
    fn move_to_lost_found(&self, path: &Path) -> Result<(), LibraryError> {
        let folder = self.folder.join("lost+found");
        atomic_file::create_dir_durable(&folder, self.folder.path())?;
        let name = path.file_name().unwrap_or_default();
        let to = folder.join(name);
        let mut free = to.clone();
        let mut number = 0;
        while free.exists() {
            number += 1;
            free = to.with_added_extension(number.to_string());
        }
        fs::rename(path, &free).at(path)?;
        atomic_file::sync_dir(&folder)
    }

    /// Removes an image from the index.
    fn remove_row(&self, id: ImageId) -> Result<(), LibraryError> {
        self.index.writer().execute("DELETE FROM images WHERE id = ?1", params![id.uuid().as_bytes()])?;
        Ok(())
    }
}

/// The issues that were found so far.
struct Issues {
    repair: bool,
    found: Vec<Issue>,
}

impl Issues {
    /// Records an issue that can be repaired, and repairs it if that was requested.
    fn find(
        &mut self,
        kind: IssueKind,
        path: PathBuf,
        image: Option<ImageId>,
        repair: impl FnOnce(&Path) -> Result<(), LibraryError>,
    ) -> Result<(), LibraryError> {
        if self.repair {
            repair(&path)?;
        }
        self.found.push(Issue { kind, path, image, repaired: self.repair });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
        },
        recipe::{Format, ImageFacts, MarkChange, Reference},
    };

    fn issues(library: &Library, repair: bool) -> Vec<(IssueKind, bool)> {
        let checked = library.verify(repair, |_, _| ()).unwrap();
        checked.issues.iter().map(|issue| (issue.kind, issue.repaired)).collect()
    }

    #[test]
    fn every_issue_is_found_and_repaired_if_possible() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let reference = library.references().put(b"reference", Format::Png).unwrap();
        let with = |sha256: &str| {
            let (sha256, mime, name) = (sha256.to_owned(), "image/png".to_owned(), "a".to_owned());
            let references = vec![Reference { sha256, mime, name, image: None }];
            let facts = facts(2, "two");
            ImageFacts { recipe: Recipe { references, ..facts.recipe }, ..facts }
        };
        let one = store(&library, facts(1, "one"), b"one");
        store(&library, with(&reference), b"two");
        for number in 3..=8 {
            store(&library, facts(number, "more"), &[number as u8]);
        }
        let id = |number| facts(number, "").id;
        library.trash().discard(&[id(8)]).unwrap();
        let unused = library.references().put(b"nobody names me", Format::Png).unwrap();
        let unused = folder.path().join(format!("references/{unused}.png"));
        assert_eq!(library.verify(true, |_, _| ()).unwrap().unused, std::slice::from_ref(&unused));
        fs::remove_file(unused).unwrap();
        assert_eq!(library.verify(false, |_, _| ()).unwrap(), VerifyReport { images: 8, ..VerifyReport::default() });

        let month = folder.path().join("originals/2026/11");
        let file = |number, extension: &str| month.join(format!("{}.{extension}", id(number)));
        fs::write(file(1, "png"), b"two").unwrap();
        fs::remove_file(file(3, "png")).unwrap();
        fs::remove_file(file(3, "json")).unwrap();
        fs::remove_file(file(4, "png")).unwrap();
        fs::write(file(5, "json"), "{").unwrap();
        fs::write(file(9, "png"), "nobody knows me").unwrap();
        library.organizer().change(&[id(6)], &MarkChange::Rate(4)).unwrap();
        let sixth = id(6).uuid().into_bytes();
        library.index().writer().execute("DELETE FROM images WHERE id = ?1", params![sixth]).unwrap();
        fs::rename(file(7, "png"), folder.path().join("trash").join(file(7, "png").file_name().unwrap())).unwrap();
        fs::rename(file(7, "json"), folder.path().join("trash").join(file(7, "json").file_name().unwrap())).unwrap();
        fs::write(month.join("half.part"), "").unwrap();
        fs::write(folder.path().join("spool").join(format!("{}.body", facts(1, "").request)), "").unwrap();
        fs::write(folder.path().join(format!("references/{reference}.png")), "other").unwrap();
        let all = |repaired| {
            use IssueKind as Kind;
            vec![
                (Kind::MissingImage, repaired),
                (Kind::MissingImage, repaired),
                (Kind::AlteredImage, false),
                (Kind::MissingSidecar, repaired),
                (Kind::UnreadableSidecar, false),
                (Kind::NotInIndex, repaired),
                (Kind::WrongPlace, repaired),
                (Kind::Leftover, repaired),
                (Kind::OrphanedSpool, repaired),
                (Kind::AlteredReference, false),
            ]
        };
        assert_eq!(issues(&library, false), all(false));
        assert_eq!(issues(&library, false), all(false), "looking changes nothing");
        assert_eq!(issues(&library, true), all(true));
        let left: Vec<_> = all(true).into_iter().filter(|(_, repaired)| !repaired).collect();
        assert_eq!(issues(&library, true), left);
        assert_eq!(library.organizer().marks(id(6)).unwrap().rating, 4, "what was said of it holds again");
        assert_eq!(fs::read_dir(folder.path().join("lost+found")).unwrap().count(), 4);
        library.trash().restore(&[id(7)]).unwrap();
        assert!(library.images().original_path(one.facts.id).unwrap().exists());
        fs::remove_file(folder.path().join(format!("references/{reference}.png"))).unwrap();
        assert!(issues(&library, true).contains(&(IssueKind::MissingReference, false)));
    }
}
