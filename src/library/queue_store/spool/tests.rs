use std::{fs, io::Read as _, mem::ManuallyDrop, path::Path};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    library::{
        Library,
        queue_store::request_record::{RequestRecord, RequestStatus},
    },
    recipe::{Charge, Failure, FailureKind, KeptLocation, Recipe, RequestId},
};

use super::header::{SpoolHeader, SpooledHead, SpooledRequest};

const BODY: &str = "{\"choices\":\n[";

fn request(number: u128) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(number))
}

fn recipe(number: u128) -> Recipe {
    Recipe { prompt: format!("prompt {number}"), ..Recipe::default() }
}

fn header(number: u128) -> SpoolHeader {
    let spooled = SpooledRequest { recipe: recipe(number), created: Timestamp::UNIX_EPOCH, estimate: None };
    SpoolHeader::new(spooled, Timestamp::UNIX_EPOCH, None)
}

/// Records a request and spools the part of its response that arrived.
fn spool(library: &Library, number: u128, body: Option<&str>) {
    let intent = RequestRecord { request: request(number), recipe: recipe(number), created: Timestamp::UNIX_EPOCH };
    library.requests().record(&[intent]).unwrap();
    let mut spool = library.spool().create(request(number), header(number), 4096).unwrap();
    library.requests().set_status(request(number), &RequestStatus::Sending).unwrap();
    spool.arm().unwrap();
    if let Some(body) = body {
        spool.begin(&SpooledHead { kind: "json".to_owned(), answer: None }).unwrap();
        for piece in body.as_bytes().chunks(5) {
            spool.write(piece).unwrap();
        }
    }
    assert_eq!(spool.finish().unwrap(), KeptLocation::Library);
}

fn body(library: &Library, number: u128) -> Option<String> {
    let mut spooled = library.spool().read(request(number)).unwrap()?;
    let mut body = String::new();
    spooled.body.read_to_string(&mut body).unwrap();
    assert_eq!(spooled.bytes, if spooled.head.is_some() { body.len() as u64 } else { 0 });
    spooled.head.map(|_| body)
}

/// Removes the index.
fn lose_index(folder: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(folder.join(format!("library.db{suffix}"))).ok();
    }
}

#[test]
fn partial_response_can_be_read_back() {
    let folder = tempfile::tempdir().unwrap();
    spool(&Library::open(folder.path()).unwrap(), 5, Some(BODY));
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(body(&library, 5).as_deref(), Some(BODY));
    library.spool().remove(request(5)).unwrap();
    library.spool().remove(request(5)).unwrap();
    assert_eq!(body(&library, 5), None);
}

#[test]
fn spools_of_ended_requests_are_removed_and_kept_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    {
        let library = Library::open(folder.path()).unwrap();
        let failed = |charged| RequestStatus::Failed(Failure::new(FailureKind::BrokenImage).charged(charged));
        for (number, state) in [
            (1, RequestStatus::Stored),
            (2, RequestStatus::Cancelled { sent: true }),
            (3, failed(Charge::Yes)),
            (4, failed(Charge::No)),
        ] {
            spool(&library, number, Some(BODY));
            library.requests().set_status(request(number), &state).unwrap();
        }
        spool(&library, 5, None);
        library.requests().set_status(request(5), &failed(Charge::Maybe)).unwrap();
    }
    let library = Library::open(folder.path()).unwrap();
    let left: Vec<u128> = (1..=5).filter(|number| library.spool().read(request(*number)).unwrap().is_some()).collect();
    assert_eq!(left, [3], "only what was charged and has a body");
    assert_eq!(library.spool().kept_totals().unwrap().responses, 1);
}

#[test]
fn lost_requests_are_restored_from_their_spools() {
    let folder = tempfile::tempdir().unwrap();
    {
        let library = Library::open(folder.path()).unwrap();
        spool(&library, 1, Some(BODY));
        spool(&library, 2, None);
        spool(&library, 3, Some(BODY));
        let failure = Failure::new(FailureKind::UnknownFormat);
        library.requests().set_status(request(3), &RequestStatus::Failed(failure)).unwrap();
        assert!(library.spool().keep(request(3)).unwrap().is_some());
    }
    lose_index(folder.path());
    fs::write(folder.path().join(format!("spool/{}.body", request(9))), "{\"half a header").unwrap();
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.restored_requests(), 3);
    let unfinished = library.requests().unfinished().unwrap();
    let states: Vec<_> = unfinished.iter().map(|(intent, state)| (intent.recipe.prompt.as_str(), state)).collect();
    assert_eq!(
        states,
        [
            ("prompt 1", &RequestStatus::Receiving),
            ("prompt 2", &RequestStatus::Sending),
            ("prompt 3", &RequestStatus::Receiving)
        ]
    );
    assert_eq!(body(&library, 3).as_deref(), Some(BODY));
    assert!(folder.path().join(format!("spool/{}.body", request(9))).exists(), "what is not understood stays");
}

#[test]
fn older_index_never_resends_answered_requests() {
    let folder = tempfile::tempdir().unwrap();
    {
        let library = Library::open(folder.path()).unwrap();
        let intent = RequestRecord { request: request(1), recipe: recipe(1), created: Timestamp::UNIX_EPOCH };
        library.requests().record(&[intent]).unwrap();
        let mut spool = library.spool().create(request(1), header(1), 0).unwrap();
        spool.arm().unwrap();
        spool.begin(&SpooledHead { kind: "json".to_owned(), answer: None }).unwrap();
        spool.write(BODY.as_bytes()).unwrap();
        spool.finish().unwrap();
    }
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.requests().status(request(1)).unwrap(), Some(RequestStatus::Receiving));
}

#[test]
fn unsent_requests_stay_queued_and_possibly_sent_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    {
        let library = Library::open(folder.path()).unwrap();
        for number in [1, 2] {
            let intent =
                RequestRecord { request: request(number), recipe: recipe(number), created: Timestamp::UNIX_EPOCH };
            library.requests().record(&[intent]).unwrap();
        }
        // Simulates a crash between the two.
        let _unsent = ManuallyDrop::new(library.spool().create(request(1), header(1), 0).unwrap());
        let mut sent = library.spool().create(request(2), header(2), 0).unwrap();
        sent.arm().unwrap();
        let _sent = ManuallyDrop::new(sent);
        let _library = ManuallyDrop::new(library);
    }
    // A copy without the lock of the process that was killed.
    let copy = tempfile::tempdir().unwrap();
    for name in ["library.db", "library.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    fs::create_dir_all(copy.path().join("spool")).unwrap();
    for entry in fs::read_dir(folder.path().join("spool")).unwrap().flatten() {
        fs::copy(entry.path(), copy.path().join("spool").join(entry.file_name())).unwrap();
    }
    let library = Library::open(copy.path()).unwrap();
    let state = |number| library.requests().status(request(number)).unwrap();
    assert_eq!((state(1), state(2)), (Some(RequestStatus::Queued), Some(RequestStatus::Sending)));
    assert_eq!(library.spool().read(request(1)).unwrap().map(|spooled| spooled.bytes), None);
}

#[test]
#[cfg(unix)]
fn response_survives_a_library_folder_moved_during_receipt() {
    let parent = tempfile::tempdir().unwrap();
    let [folder, away] = ["library", "away"].map(|name| parent.path().join(name));
    let number = Uuid::now_v7().as_u128();
    {
        let library = Library::open(&folder).unwrap();
        let mut spool = library.spool().create(request(number), header(number), 0).unwrap();
        spool.arm().unwrap();
        spool.begin(&SpooledHead { kind: "json".to_owned(), answer: None }).unwrap();
        fs::rename(&folder, &away).unwrap();
        spool.write(BODY.as_bytes()).unwrap();
        assert!(matches!(spool.finish().unwrap(), KeptLocation::Temporary(_)));
        assert_eq!(body(&library, number).as_deref(), Some(BODY));
    }
    fs::rename(&away, &folder).unwrap();
    let library = Library::open(&folder).unwrap();
    let place = library.spool().read(request(number)).unwrap().unwrap().place;
    assert_eq!(place, KeptLocation::Library, "it is taken back");
    assert_eq!(body(&library, number).as_deref(), Some(BODY));
}
