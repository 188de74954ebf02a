//! Lineage: which images were made from which. It is indexed as images are stored, and rebuilt from their sidecars.
//!
//! The parents of an image are the image that its request edited or repeated, and the references that were sent with
//! the prompt. A reference is identified by its bytes, so a file with the same bytes as an image of the library counts
//! as that image.

use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};
use uuid::Uuid;

use crate::{
    library::{io::error::LibraryError, store::sidecar::Sidecar},
    recipe::{BatchRole, ImageId, Recipe},
};

/// The images that an image was made from, and those that were made from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The images of the library from which it was made, in the order of its recipe.
    pub parents: Vec<ImageId>,
    /// The newest images that were made from it, newest first.
    pub children: Vec<ImageId>,
    /// The number of all images that were made from it.
    pub children_total: usize,
}

impl Lineage {
    /// The number of images in [`Self::children`] at most.
    pub const MAX_CHILDREN: usize = 8;

    /// Adds an image that was just made from it.
    pub fn add_child(&mut self, id: ImageId) {
        self.children.insert(0, id);
        self.children.truncate(Self::MAX_CHILDREN);
        self.children_total += 1;
    }
}

/// Records the parents of the image of a row, in a transaction of the caller's.
pub(in crate::library) fn index_lineage(
    connection: &Connection,
    row: i64,
    recipe: &Recipe,
) -> Result<(), LibraryError> {
    let images = recipe.parents().into_iter().map(|id| id.uuid().as_bytes().to_vec());
    let sent = recipe.sent_images();
    let files = sent.iter().filter_map(|sent| bytes(&sent.sha256));
    let mut insert = connection.prepare_cached(
        "INSERT INTO made_with (image, parent) VALUES (?1, ?2) ON CONFLICT (image, parent) DO NOTHING",
    )?;
    for parent in images.chain(files) {
        insert.execute(params![row, parent])?;
    }
    Ok(())
}

/// The image that a batch was made from, as the index stores it.
pub(in crate::library) fn batch_of(recipe: &Recipe) -> Option<[u8; 16]> {
    match recipe.role {
        BatchRole::Image(id) => Some(id.uuid().into_bytes()),
        _ => None,
    }
}

/// The bytes of a complete hash; `None` if it is not one.
fn bytes(sha256: &str) -> Hash {
    let (digits, rest) = sha256.as_bytes().as_chunks::<2>();
    let whole = digits.len() == 32 && rest.is_empty();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    whole.then(|| digits.iter().map(byte).collect()).flatten()
}

/// The lowest and the highest hash with this prefix; `None` if no hash can have it.
pub(in crate::library) fn range(beginning: &str) -> Option<[Vec<u8>; 2]> {
    let filled = |with: char| bytes(&beginning.chars().chain(std::iter::repeat(with)).take(64).collect::<String>());
    Some([filled('0')?, filled('f')?])
}

/// A hash; `None` if it is not complete.
type Hash = Option<Vec<u8>>;

/// The row of an image, which may be in the trash, and its hash.
pub(in crate::library) fn row_and_hash(
    connection: &Connection,
    id: ImageId,
) -> Result<Option<(i64, Hash)>, LibraryError> {
    let found: Option<(i64, String)> = connection
        .prepare_cached("SELECT rowid, sha256 FROM images WHERE id = ?1")?
        .query_row(params![id.uuid().as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map(|(row, sha256)| (row, bytes(&sha256))))
}

/// The images that an image was made from and those that were made from it, as far as they are in view.
///
/// # Errors
/// The index cannot be read.
pub(in crate::library) fn lineage_of(reader: &Connection, sidecar: &Sidecar) -> Result<Lineage, LibraryError> {
    let mut lineage = Lineage::default();
    let images = sidecar.facts.recipe.parents().into_iter().map(|id| {
        let mut statement = reader.prepare_cached("SELECT id FROM images WHERE id = ?1 AND trashed IS NULL")?;
        statement.query_row(params![id.uuid().as_bytes()], |row| row.get(0)).optional()
    });
    let sent = sidecar.facts.recipe.sent_images();
    let files = sent.iter().filter(|sent| sent.image.is_none()).map(|sent| {
        let mut statement = reader.prepare_cached(
            "SELECT id FROM images WHERE substr(sha256, 1, 16) = substr(?1, 1, 16) AND sha256 = ?1
             AND trashed IS NULL ORDER BY created DESC LIMIT 1",
        )?;
        statement.query_row(params![sent.sha256], |row| row.get(0)).optional()
    });
    for id in images.chain(files) {
        let id = id?.map(|id| ImageId::from_uuid(Uuid::from_bytes(id)));
        lineage.parents.extend(id.filter(|id| *id != sidecar.facts.id && !lineage.parents.contains(id)));
    }
    // An image is recorded as a parent by its ID or, if it was sent as a file, by its hash.
    let own = [Some(sidecar.facts.id.uuid().as_bytes().to_vec()), bytes(&sidecar.sha256)];
    let own: Vec<Vec<u8>> = own.into_iter().flatten().collect();
    let marks = vec!["?"; own.len()].join(",");
    let made = format!(
        "FROM images WHERE trashed IS NULL AND id <> ? AND rowid IN
         (SELECT image FROM made_with WHERE parent IN ({marks}))"
    );
    let with_id = || [sidecar.facts.id.uuid().as_bytes().to_vec()].into_iter().chain(own.clone());
    lineage.children_total = reader
        .prepare_cached(&format!("SELECT count(*) {made}"))?
        .query_row(params_from_iter(with_id()), |row| Ok(row.get::<_, i64>(0)? as usize))?;
    let newest = format!("SELECT id {made} ORDER BY created DESC, id DESC LIMIT {}", Lineage::MAX_CHILDREN);
    let mut statement = reader.prepare_cached(&newest)?;
    let rows = statement.query_map(params_from_iter(with_id()), |row| row.get(0))?;
    lineage.children = rows.map(|id| Ok(ImageId::from_uuid(Uuid::from_bytes(id?)))).collect::<rusqlite::Result<_>>()?;
    Ok(lineage)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::recipe::ImageFacts;
    use crate::{
        library::{
            Library,
            images::fixtures::{facts, store},
            rebuild,
        },
        recipe::Reference,
    };

    fn id(n: u128) -> ImageId {
        facts(n, "").id
    }

    fn reference(sha256: &str, image: Option<ImageId>) -> Reference {
        Reference { sha256: sha256.to_owned(), mime: "image/png".to_owned(), name: String::new(), image }
    }

    /// An image with these bytes that was made from others.
    fn made(library: &Arc<Library>, n: u128, role: BatchRole, references: Vec<Reference>) -> Sidecar {
        let facts = facts(n, "sea");
        let recipe = Recipe { references, role, ..facts.recipe };
        store(library, ImageFacts { recipe, ..facts }, &n.to_be_bytes())
    }

    /// Two sources, one of which was also imported as a file; a batch over both; an edit of one of the batch's images.
    fn family(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        let sources = [1, 2].map(|n| made(&library, n, BatchRole::Prompt, Vec::new()));
        let of = |source: &Sidecar| reference(&source.sha256, Some(source.facts.id));
        made(&library, 3, BatchRole::Image(id(1)), vec![of(&sources[0])]);
        made(&library, 4, BatchRole::Image(id(2)), vec![of(&sources[1])]);
        made(&library, 5, BatchRole::Edit(id(3)), vec![of(&sources[1]), reference(&"ab".repeat(32), None)]);
        made(&library, 6, BatchRole::Prompt, vec![reference(&sources[0].sha256, None)]);
        library
    }

    fn found(library: &Library, search: &str) -> Vec<u128> {
        library.search().find_text(search, &TimeZone::UTC).unwrap().ids.iter().map(|id| id.uuid().as_u128()).collect()
    }

    fn lineage(library: &Library, n: u128) -> (Vec<u128>, Vec<u128>, usize) {
        let lineage = library.search().lineage(&library.images().sidecar(id(n)).unwrap().unwrap()).unwrap();
        let numbers = |ids: Vec<ImageId>| ids.iter().map(|id| id.uuid().as_u128()).collect();
        (numbers(lineage.parents), numbers(lineage.children), lineage.children_total)
    }

    #[test]
    fn lineage_has_parents_and_variations() {
        let folder = tempfile::tempdir().unwrap();
        let library = family(folder.path());
        let whole = |library: &Library| {
            assert_eq!(lineage(library, 1), (vec![], vec![6, 3], 2), "a file with its bytes is it");
            assert_eq!(lineage(library, 2), (vec![], vec![5, 4], 2));
            assert_eq!(lineage(library, 5), (vec![3, 2], vec![], 0));
            assert_eq!(lineage(library, 6), (vec![1], vec![], 0));
            let source = id(1);
            assert_eq!(found(library, &format!("uses:{source}")), [6, 3]);
            assert_eq!(found(library, "uses:abab"), [6, 5, 4, 3, 2, 1], "still being typed");
            assert_eq!(found(library, "uses:abababab"), [5]);
            assert_eq!(found(library, &format!("-uses:{source}")), [5, 4, 2, 1]);
            assert_eq!(found(library, &format!("parents:{}", id(5))), [3, 2]);
            assert_eq!(found(library, &format!("parents:{}", id(6))), [1]);
            assert_eq!(found(library, &format!("parents:{source}")), []);
            assert_eq!(found(library, &format!("uses:{}", id(77))), []);
        };
        whole(&library);
        // Images in the trash are left out, and are shown again after they are restored.
        library.trash().discard(&[id(3)]).unwrap();
        assert_eq!(lineage(&library, 1), (vec![], vec![6], 1));
        assert_eq!(lineage(&library, 5), (vec![2], vec![], 0));
        library.trash().restore(&[id(3)]).unwrap();
        whole(&library);
        drop(library);
        rebuild(folder.path(), |_, _| ()).unwrap();
        whole(&Library::open(folder.path()).unwrap());
    }

    #[test]
    fn permanently_deleted_image_has_no_lineage() {
        let folder = tempfile::tempdir().unwrap();
        let library = family(folder.path());
        library.trash().discard(&[id(3), id(5)]).unwrap();
        library.trash().empty(|_| true).unwrap();
        assert_eq!(lineage(&library, 2), (vec![], vec![4], 1));
        let rows = "SELECT count(*) FROM made_with WHERE image NOT IN (SELECT rowid FROM images)";
        assert_eq!(library.index().reader().query_row(rows, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn library_of_an_older_version_gets_lineage() {
        let folder = tempfile::tempdir().unwrap();
        let library = family(folder.path());
        library
            .index()
            .writer()
            .execute_batch("DELETE FROM made_with; UPDATE images SET filled = 1, batch_of = NULL")
            .unwrap();
        assert_eq!(lineage(&library, 2), (vec![], vec![], 0));
        assert_eq!(found(&library, "sea").len(), 6, "words are found all the while");
        assert_eq!(library.backfill().fill_rows(3).unwrap(), 3);
        assert_eq!(found(&library, "sea").len(), 6);
        assert_eq!(library.backfill().fill_rows(9).unwrap(), 1, "only images with references are looked at");
        assert_eq!(library.backfill().fill_rows(9).unwrap(), 0);
        assert_eq!(lineage(&library, 2), (vec![], vec![5, 4], 2));
        assert_eq!(found(&library, "sea").len(), 6);
    }

    #[test]
    fn hash_is_found_by_its_prefix() {
        assert_eq!(range(&"ab".repeat(32)).unwrap()[0], [0xab; 32]);
        let [least, most] = range("abc").unwrap();
        assert_eq!((&least[..2], &most[..2]), (&[0xab, 0xc0][..], &[0xab, 0xcf][..]));
        assert_eq!((range("xy"), range(&"a".repeat(65)).map(|_| ())), (None, Some(())));
    }
}
