//! Bringing in pictures that were made elsewhere: their bytes are copied as they are, and each is stored once.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{Timestamp, tz::TimeZone};
use rusqlite::{OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};
use uuid::{NoContext, Uuid};

use crate::{
    imaging::{self, Bitmap, ImageError, Limits, Metadata, average_colour},
    library::{
        images::{backfill::Look, originals::SidecarFacts},
        io::{
            atomic_file,
            error::{At as _, LibraryError},
            regular_file::read_regular,
        },
        library::Library,
        store::sidecar::Sidecar,
    },
    recipe::{Answer, ForeignRecipe, ImageId, Parameters, ProfileId, Recipe, RequestId, Source},
};

/// Bytes of a file that is taken for a picture at most.
const LARGEST: u64 = 512 << 20;

/// Bytes of a sidecar at most.
const LARGEST_SIDECAR: u64 = 16 << 20;

/// The longest side of the thumbnail that is given back.
const EDGE: u32 = 512;

/// What becomes of the files that are brought in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Keeping {
    /// Their bytes are copied into the library.
    #[default]
    Copied,
    /// They stay where they are and the person's own. The library refers to them: it reads them, and never moves,
    /// changes or removes them.
    Referred,
}

/// How bringing in a file has ended well.
#[derive(Debug)]
pub enum Brought {
    /// It is part of the library now.
    New {
        /// Everything about it.
        sidecar: Box<Sidecar>,
        /// Its large thumbnail.
        thumbnail: Bitmap,
    },
    /// The library refers to a picture of these very bytes that was gone from its place, and knows now that it is here.
    Found {
        /// Which.
        id: ImageId,
        /// Whether that is in the trash.
        trashed: bool,
    },
    /// The library has a picture of these very bytes.
    There {
        /// Which.
        id: ImageId,
        /// Whether that is in the trash.
        trashed: bool,
    },
}

/// Why a file was not brought in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// Its path cannot be written down, so that it cannot be referred to.
    #[error("its path is no text")]
    OddPath,
    /// It is too large to be looked at.
    #[error("it is too large")]
    TooLarge,
    /// It is not a whole picture.
    #[error(transparent)]
    NoPicture(#[from] ImageError),
    /// It could not be stored.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl Library {
    /// Marks that pictures are being brought in, so that a crash in between leaves none outside the index.
    ///
    /// # Errors
    /// The library cannot be written.
    pub fn begin_import(&self) -> Result<(), LibraryError> {
        self.writable()?;
        let marker = self.not_indexed();
        File::create(&marker).at(&marker)?;
        atomic_file::sync_folder(&self.folder.join("originals"))
    }

    /// Takes the mark of [`Self::begin_import`] away, if all that was stored is in the index.
    ///
    /// # Errors
    /// The library cannot be written.
    pub fn end_import(&self) -> Result<(), LibraryError> {
        atomic_file::remove(&self.not_indexed())
    }

    /// Makes a picture part of the library, as a copy or where it is. Its date is that of its EXIF data, else of its file. What its maker wrote into
    /// it, or an own sidecar beside it, becomes its recipe. Returns when all is durable.
    ///
    /// # Errors
    /// The file is no whole picture or cannot be read, or the library cannot be written. Nothing is left behind.
    pub fn bring_in(self: &Arc<Self>, file: &Path, keeping: Keeping, now: Timestamp) -> Result<Brought, ImportError> {
        let about = fs::metadata(file).map_err(ImportError::Unreadable)?;
        if about.len() > LARGEST {
            return Err(ImportError::TooLarge);
        }
        let bytes = match read_regular(file, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => return Err(ImportError::TooLarge),
            Err(error) => return Err(ImportError::Unreadable(error)),
        };
        let sha256 = atomic_file::hexadecimal(&Sha256::digest(&bytes));
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        if let Some((id, trashed)) = self.with_bytes(&sha256)? {
            let found = self.find_again(id, &path)?;
            return Ok(if found { Brought::Found { id, trashed } } else { Brought::There { id, trashed } });
        }
        // What is in the library's own folder may be cleared away there.
        let stays = keeping == Keeping::Referred && !self.has_within(&path);
        if stays && path.to_str().is_none() {
            return Err(ImportError::OddPath);
        }
        let picture = imaging::thumbnail(&bytes, &Limits::default(), EDGE)?;
        let mut metadata = imaging::metadata(&bytes);
        // Cheap as these texts are to read, most pictures have none beside them.
        if metadata.recipe().is_none_or(|recipe| !recipe.guessed.is_empty()) {
            for text in texts_beside(file) {
                metadata.beside(&text);
            }
        }
        let modified = about.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let own = own_sidecar(file, &sha256);
        let created = own.as_ref().map(|own| own.created).or_else(|| taken(&metadata)).or(modified).unwrap_or(now);
        // Names carry the date, and can carry none before 1970.
        let created = created.clamp(Timestamp::UNIX_EPOCH, now);
        let foreign = if own.is_some() { None } else { metadata.recipe() };
        let thumbnail = picture.thumbnail;
        let facts = SidecarFacts {
            id: ImageId::from_uuid(named(created)),
            request: RequestId::from_uuid(named(created)),
            recipe: match &own {
                Some(own) => self.without_lost_references(own.recipe.clone()),
                None => recipe(foreign.as_ref()),
            },
            answer: own.as_ref().map_or_else(Answer::default, |own| own.answer.clone()),
            format: picture.probe.format,
            width: picture.probe.width,
            height: picture.probe.height,
            created,
            took: own.as_ref().map_or(Duration::ZERO, |own| own.took),
            cost: own.as_ref().and_then(|own| own.cost),
            colour: average_colour(&thumbnail),
            look: Some(Look::of(&thumbnail)),
            source: Some(Source { file: path.to_string_lossy().into_owned(), stays, recipe: foreign }),
        };
        if stays {
            let sidecar = Box::new(self.refer(facts, about.len(), sha256)?);
            return Ok(Brought::New { sidecar, thumbnail });
        }
        let mut writer = self.begin_original(facts.id, facts.created)?;
        writer.write(&bytes)?;
        Ok(Brought::New { sidecar: Box::new(writer.commit(facts)?), thumbnail })
    }

    /// A picture with these very bytes, and whether it is in the trash.
    fn with_bytes(&self, sha256: &str) -> Result<Option<(ImageId, bool)>, LibraryError> {
        // One that can be seen comes before one in the trash.
        let found: Option<([u8; 16], bool)> = self
            .writer()
            .prepare_cached(
                "SELECT id, trashed IS NOT NULL FROM images
                 WHERE substr(sha256, 1, 16) = substr(?1, 1, 16) AND sha256 = ?1 ORDER BY trashed IS NOT NULL",
            )?
            .query_row(params![sha256], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.map(|(id, trashed)| (ImageId::from_uuid(Uuid::from_bytes(id)), trashed)))
    }

    /// The recipe of another library's picture, without references that are not in this one.
    fn without_lost_references(&self, mut recipe: Recipe) -> Recipe {
        let here = |sha256: &str| self.reference(sha256).is_ok_and(|bytes| bytes.is_some());
        recipe.references.retain(|reference| here(&reference.sha256));
        recipe.mask = recipe.mask.filter(|mask| here(&mask.sha256));
        // A conversation is whole or not there.
        if recipe.pictures().any(|picture| !here(&picture.sha256)) {
            recipe.turns.clear();
        }
        recipe
    }
}

/// A name of its own that sorts by the time of its making.
fn named(created: Timestamp) -> Uuid {
    let seconds = u64::try_from(created.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(created.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}

fn taken(metadata: &Metadata) -> Option<Timestamp> {
    // Cameras and programs write the time of where they are, and do not say where that is.
    Some(metadata.taken()?.to_zoned(TimeZone::system()).ok()?.timestamp())
}

/// The sidecar that a copy of a library has beside its pictures, if it is about these bytes.
fn own_sidecar(file: &Path, sha256: &str) -> Option<Sidecar> {
    let sidecar: Sidecar = serde_json::from_slice(&beside(file, "json")?).ok()?;
    (sidecar.sha256 == sha256).then_some(sidecar)
}

/// What is in a file beside a picture that has its name with another extension.
fn beside(file: &Path, extension: &str) -> Option<Vec<u8>> {
    let beside: PathBuf = file.with_extension(extension);
    read_regular(&beside, LARGEST_SIDECAR).ok()
}

/// The texts in files beside a picture in which programs leave recipes. Their names are that of the picture, with or
/// without its extension.
fn texts_beside(file: &Path) -> impl Iterator<Item = String> {
    let bytes = ["swarm.json", "json", "txt"].into_iter().flat_map(|extension| {
        let whole = file.extension().map(|own| format!("{}.{extension}", own.to_string_lossy()));
        [Some(extension.to_owned()), whole].into_iter().flatten().filter_map(|extension| beside(file, &extension))
    });
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A recipe as far as another program's can be one.
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
