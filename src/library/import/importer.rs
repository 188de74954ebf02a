//! Imports images that were made elsewhere, as copies or as links. The same bytes are imported once.

use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use uuid::{NoContext, Uuid};

use crate::{
    imaging::{self, Bitmap, ImageError, ImageLimits, Metadata, average_color},
    library::{
        images::{
            image_store::ImageStore,
            linked_originals::{link_original, relocate},
            new_image::NewImage,
        },
        index::{database::IndexDb, visual_features::VisualFeatures},
        io::{
            atomic_file,
            error::{LibraryError, WithPath as _},
            hashing,
            library_folder::LibraryFolder,
            regular_file::read_regular,
        },
        store::{references::ReferenceStore, sidecar::Sidecar},
    },
    recipe::{Answer, ForeignRecipe, ImageFacts, ImageId, Parameters, ProfileId, Recipe, RequestId, Source},
};

use super::companion_files::{own_sidecar, texts_beside};

/// The size of an imported file at most, in bytes.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// The longest side of the thumbnail that is returned, in pixels.
const THUMBNAIL_EDGE: u32 = 512;

/// How files are imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImportMode {
    /// The bytes are copied into the library.
    #[default]
    Copy,
    /// The files stay where they are and belong to the person. The library links to them: it reads them, and never
    /// moves, changes or removes them.
    Link,
}

/// The outcome of a successful import.
#[derive(Debug)]
pub enum ImportOutcome {
    /// The image was added to the library.
    New {
        /// Its sidecar.
        sidecar: Box<Sidecar>,
        /// Its large thumbnail.
        thumbnail: Bitmap,
    },
    /// The library had a link to an image with the same bytes whose file was missing, and now links to this file.
    Relocated {
        /// The image.
        id: ImageId,
        /// Whether the image is in the trash.
        trashed: bool,
    },
    /// The library already has an image with the same bytes.
    Known {
        /// The image.
        id: ImageId,
        /// Whether the image is in the trash.
        trashed: bool,
    },
}

/// The reason why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// The path is not Unicode, so that it cannot be recorded in a sidecar.
    #[error("its path is no text")]
    UnsupportedPath,
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("it is too large")]
    TooLarge,
    /// The file is not a complete image.
    #[error(transparent)]
    NotAnImage(#[from] ImageError),
    /// The image could not be stored.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Imports files into a library.
#[derive(Debug)]
pub struct ImageImporter {
    folder: Arc<LibraryFolder>,
    index: Arc<IndexDb>,
    images: Arc<ImageStore>,
    references: Arc<ReferenceStore>,
}

impl ImageImporter {
    /// Imports into an open library.
    pub(in crate::library) fn new(
        folder: Arc<LibraryFolder>,
        index: Arc<IndexDb>,
        images: Arc<ImageStore>,
        references: Arc<ReferenceStore>,
    ) -> Self {
        Self { folder, index, images, references }
    }

    /// Records that an import is running, so that images that a crash keeps out of the index are found at the next
    /// start.
    ///
    /// # Errors
    /// The library cannot be written.
    pub fn begin(&self) -> Result<(), LibraryError> {
        self.folder.ensure_writable()?;
        let marker = self.folder.reindex_marker();
        File::create(&marker).at(&marker)?;
        atomic_file::sync_dir(&self.folder.join("originals"))
    }

    /// Removes the record of [`Self::begin`], once all stored images are in the index.
    ///
    /// # Errors
    /// The library cannot be written.
    pub fn end(&self) -> Result<(), LibraryError> {
        atomic_file::remove_if_exists(&self.folder.reindex_marker())
    }

    /// Imports an image, as a copy or as a link. Its date is that of its EXIF data, or else of its file. Its recipe is
    /// read from a sidecar of a library beside it, or from the metadata that its program wrote. Durable when it
    /// returns.
    ///
    /// # Errors
    /// The file is not a complete image or cannot be read, or the library cannot be written. Nothing is left behind.
    pub fn import_file(&self, file: &Path, mode: ImportMode, now: Timestamp) -> Result<ImportOutcome, ImportError> {
        let about = fs::metadata(file).map_err(ImportError::Unreadable)?;
        if about.len() > MAX_FILE_BYTES {
            return Err(ImportError::TooLarge);
        }
        let bytes = match read_regular(file, MAX_FILE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => return Err(ImportError::TooLarge),
            Err(error) => return Err(ImportError::Unreadable(error)),
        };
        let sha256 = hashing::hexadecimal(&Sha256::digest(&bytes));
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        if let Some((id, trashed)) = self.with_bytes(&sha256)? {
            let found = relocate(&self.images, id, &path)?;
            return Ok(if found {
                ImportOutcome::Relocated { id, trashed }
            } else {
                ImportOutcome::Known { id, trashed }
            });
        }
        // A file in the library's own folder is copied, because the library may remove it there.
        let stays = mode == ImportMode::Link && !self.folder.contains(&path);
        if stays && path.to_str().is_none() {
            return Err(ImportError::UnsupportedPath);
        }
        let image = imaging::thumbnail(&bytes, &ImageLimits::default(), THUMBNAIL_EDGE)?;
        let mut metadata = imaging::metadata(&bytes);
        // Most images have no companion files, so they are read only if the metadata lacks a certain recipe.
        if metadata.recipe().is_none_or(|recipe| !recipe.guessed.is_empty()) {
            for text in texts_beside(file) {
                metadata.beside(&text);
            }
        }
        let modified = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let own = own_sidecar(file, &sha256);
        let created =
            own.as_ref().map(|own| own.facts.created).or_else(|| taken(&metadata)).or(modified).unwrap_or(now);
        // File names contain the date, which must not be before 1970.
        let created = created.clamp(Timestamp::UNIX_EPOCH, now);
        let foreign = if own.is_some() { None } else { metadata.recipe() };
        let thumbnail = image.thumbnail;
        let facts = ImageFacts {
            id: ImageId::from_uuid(uuid_at(created)),
            request: RequestId::from_uuid(uuid_at(created)),
            recipe: match &own {
                Some(own) => self.without_lost_references(own.facts.recipe.clone()),
                None => recipe(foreign.as_ref()),
            },
            answer: own.as_ref().map_or_else(Answer::default, |own| own.facts.answer.clone()),
            format: image.probe.format,
            width: image.probe.width,
            height: image.probe.height,
            created,
            took: own.as_ref().map_or(Duration::ZERO, |own| own.facts.took),
            cost: own.as_ref().and_then(|own| own.facts.cost),
            source: Some(Source { file: path.to_string_lossy().into_owned(), stays, recipe: foreign }),
        };
        let image =
            NewImage { facts, color: average_color(&thumbnail), features: Some(VisualFeatures::of(&thumbnail)) };
        if stays {
            let sidecar = Box::new(link_original(&self.images, image, about.len(), sha256)?);
            return Ok(ImportOutcome::New { sidecar, thumbnail });
        }
        let mut writer = self.images.begin_original(image.facts.id, image.facts.created)?;
        writer.write(&bytes)?;
        Ok(ImportOutcome::New { sidecar: Box::new(self.images.store_original(writer, image)?), thumbnail })
    }

    /// The image with the same bytes, and whether it is in the trash.
    fn with_bytes(&self, sha256: &str) -> Result<Option<(ImageId, bool)>, LibraryError> {
        // An image in view is preferred to one in the trash.
        let found: Option<([u8; 16], bool)> = self
            .index
            .writer()
            .prepare_cached(
                "SELECT id, trashed IS NOT NULL FROM images
                 WHERE substr(sha256, 1, 16) = substr(?1, 1, 16) AND sha256 = ?1 ORDER BY trashed IS NOT NULL",
            )?
            .query_row(params![sha256], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map(|(id, trashed)| (ImageId::from_uuid(Uuid::from_bytes(id)), trashed)))
    }

    /// The recipe of another library's image, without references that are not in this one.
    fn without_lost_references(&self, mut recipe: Recipe) -> Recipe {
        let here = |sha256: &str| self.references.read(sha256).is_ok_and(|bytes| bytes.is_some());
        recipe.references.retain(|reference| here(&reference.sha256));
        recipe.mask = recipe.mask.filter(|mask| here(&mask.sha256));
        // A conversation is kept only if all its images exist.
        if recipe.images().any(|image| !here(&image.sha256)) {
            recipe.turns.clear();
        }
        recipe
    }
}

/// A new ID that sorts by this time.
fn uuid_at(created: Timestamp) -> Uuid {
    let seconds = u64::try_from(created.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(created.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}

fn taken(metadata: &Metadata) -> Option<Timestamp> {
    // Cameras and programs write local time without a time zone.
    Some(metadata.taken()?.to_zoned(TimeZone::system()).ok()?.timestamp())
}

/// The recipe that corresponds to that of another program.
fn recipe(foreign: Option<&ForeignRecipe>) -> Recipe {
    let profile = ProfileId::new(ProfileId::IMPORTED);
    let Some(foreign) = foreign else { return Recipe { profile, ..Recipe::default() } };
    Recipe {
        prompt: foreign.prompt.clone(),
        profile,
        model: foreign.model.clone(),
        parameters: Parameters { seed: foreign.seed, ..Parameters::default() },
        ..Recipe::default()
    }
}
