//! Tests of disks that fail at one call or from one call on: the program reports an error, nothing that was reported as
//! saved is lost, and the library can be opened afterwards.

use std::{
    fs,
    path::{Path, PathBuf},
};

use atelier::{
    imaging::Encoding,
    library::Library,
    recipe::{ImageId, Marks},
};
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{encoded_image, image_response},
    test_home::{Run, TestHome, compile_preload_library, run, sha256},
};

const NO_SPACE: i32 = 28;
const IO_ERROR: i32 = 5;

/// The number of calls of a run that fail, spread over all of them. Set `ATELIER_FAULTS` for more.
fn number_of_faults() -> usize {
    std::env::var("ATELIER_FAULTS").ok().and_then(|faults| faults.parse().ok()).unwrap_or(5)
}

/// The folder that replaces the system's temporary one, so that nothing outlives the test.
fn temporary_folder(home: &TestHome) -> PathBuf {
    let folder = home.path().join("temporary");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs the program on a disk on which these calls in its library fail. Returns the number of calls.
fn run_on_failing_disk(
    home: &TestHome,
    disk: &Path,
    arguments: &[&str],
    calls: (usize, usize),
    errno: i32,
) -> (Run, usize) {
    run_on_failing_folder(home, disk, &home.library(), arguments, calls, errno)
}

/// The same for calls below any folder.
fn run_on_failing_folder(
    home: &TestHome,
    disk: &Path,
    folder: &Path,
    arguments: &[&str],
    (at, last): (usize, usize),
    errno: i32,
) -> (Run, usize) {
    let count = home.path().join("count");
    fs::remove_file(&count).ok();
    let mut command = home.command(arguments);
    command
        .env("TMPDIR", temporary_folder(home))
        .env("LD_PRELOAD", disk)
        .env("ATELIER_FAULT_FOLDER", folder)
        .env("ATELIER_FAULT_AT", at.to_string())
        .env("ATELIER_FAULT_LAST", last.to_string())
        .env("ATELIER_FAULT_ERRNO", errno.to_string())
        .env("ATELIER_FAULT_COUNT", &count);
    let run = run(command);
    let calls = fs::read_to_string(&count).ok().and_then(|count| count.trim().parse().ok()).unwrap_or_default();
    (run, calls)
}

/// The reported facts of an image.
struct ReportedImage {
    id: ImageId,
    sha256: String,
    marks: Marks,
    deleted: bool,
}

impl ReportedImage {
    /// Stores an image on a disk that works.
    fn store(home: &TestHome, base: &str) -> Self {
        let image = home.generate(base, &[]).only_image();
        let id = serde_json::from_value(image["id"].clone()).expect("an id");
        let sha256 = image["sha256"].as_str().expect("a hash").to_owned();
        Self { id, sha256, marks: Marks::default(), deleted: false }
    }

    fn assert_stored(&self, library: &Library, case: &str) {
        let bytes = fs::read(library.images().original_path(self.id).expect("it has a path")).expect("it has a file");
        assert_eq!(sha256(&bytes), self.sha256, "{case}");
        assert_eq!(
            library.images().sidecar(self.id).expect("it can be read").map(|sidecar| sidecar.facts.id),
            Some(self.id),
            "{case}"
        );
        assert_eq!(library.organizer().marks(self.id).expect("they can be read"), self.marks, "{case}");
        let deleted = library.trash().list().expect("it can be read").contains(&self.id);
        assert_eq!(deleted, self.deleted, "{case}");
    }
}

/// A run that failed has printed a message; a run that succeeded has done everything.
fn assert_reported(run: &Run, case: &str) -> bool {
    let failures = run.events("failure");
    assert_eq!(run.code == Some(0), failures.is_empty(), "{case}: {run:?}");
    assert!(run.code == Some(0) || run.code == Some(1) || run.code == Some(2), "{case}: {run:?}");
    let sentence = |failure: &Value| failure["message"].as_str().is_some_and(|message| message.len() > 10);
    assert!(failures.iter().all(sentence), "{case}: {failures:?}");
    failures.is_empty()
}

/// The mode of failure of a disk: at one call, or from one call on.
#[derive(Clone, Copy, Debug)]
enum Fault {
    NoSpaceForGood,
    ErrorOnce,
    ErrorForGood,
}

impl Fault {
    const ALL: [Self; 3] = [Self::NoSpaceForGood, Self::ErrorOnce, Self::ErrorForGood];

    fn errno(self) -> i32 {
        match self {
            Self::NoSpaceForGood => NO_SPACE,
            Self::ErrorOnce | Self::ErrorForGood => IO_ERROR,
        }
    }

    /// The calls that fail, from this one on.
    fn failing_calls(self, at: usize) -> (usize, usize) {
        match self {
            Self::ErrorOnce => (at, at),
            Self::NoSpaceForGood | Self::ErrorForGood => (at, usize::MAX >> 1),
        }
    }
}

/// The numbers of the calls that fail: all of them if as many runs are requested, otherwise a selection that is spread
/// over them.
fn spread_calls(calls: usize) -> Vec<usize> {
    let some = number_of_faults().clamp(1, calls);
    (0..some).map(|number| 1 + number * calls / some).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn no_paid_response_is_lost_when_any_disk_call_fails() {
    let home = TestHome::new();
    let Some(disk) = compile_preload_library(home.path(), "failing_disk") else { return };
    // Each request gets another image.
    let number = std::sync::atomic::AtomicU32::new(0);
    let gateway = Gateway::start(move |_| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Reply::json(&image_response(&encoded_image(200, 150, number, Encoding::Png)))
            .paced(6, std::time::Duration::from_millis(1))
    });
    let base = gateway.base_url();
    let store = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--base-url", &base];
    let go = |calls: (usize, usize), errno: i32| run_on_failing_disk(&home, &disk, &store, calls, errno);
    // The first use of a library makes more calls than any later one.
    go((0, 0), 0);
    let (run, calls) = go((0, 0), 0);
    assert_eq!(run.code, Some(0), "{run:?}");
    let (mut runs, mut unsent, mut recovered) = (0, 0, 0);
    for fault in Fault::ALL {
        for at in spread_calls(calls) {
            let case = format!("{fault:?} at call {at} of {calls}");
            let before = gateway.posts().len();
            let (run, _) = go(fault.failing_calls(at), fault.errno());
            runs += 1;
            unsent += usize::from(gateway.posts().len() == before);
            assert_reported(&run, &case);
            assert!(gateway.posts().len() <= before + 1, "{case}: sent more than once: {run:?}");
            // The disk works again.
            let mut next = home.command(&["spending", "--json"]);
            next.env("TMPDIR", temporary_folder(&home));
            assert_eq!(crate::test_home::run(next).code, Some(0), "{case}");
            let library = Library::open(&home.library()).unwrap_or_else(|error| panic!("{case}: {error}"));
            let images = library.search().find_text("", &jiff::tz::TimeZone::UTC).expect("it can be read").ids;
            assert_eq!(images.len(), gateway.posts().len(), "{case}: {run:?}");
            recovered += usize::from(run.events("image").is_empty() && gateway.posts().len() > before);
        }
    }
    println!("{runs} runs: {unsent} not sent, {recovered} stored by the next start, 0 lost");
    let checked = home.run(&["doctor", "--library", "--json"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn error_is_reported_and_no_reported_change_is_lost_when_any_disk_call_fails() {
    let home = TestHome::new();
    let Some(disk) = compile_preload_library(home.path(), "failing_disk") else { return };
    let gateway = Gateway::always(Reply::json(&image_response(&encoded_image(64, 48, 1, Encoding::Png))));
    let base = gateway.base_url();
    let store = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--base-url", &base];
    let mut known = ReportedImage::store(&home, &base);
    let id = known.id.to_string();
    let (mut runs, mut failed) = (0, 0);
    let organise = |rate: usize| {
        vec!["organise".to_owned(), "--json".to_owned(), "--rate".to_owned(), rate.to_string(), id.clone()]
    };
    let word = |word: &str| vec!["organise".to_owned(), "--json".to_owned(), word.to_owned(), id.clone()];
    for action in ["store", "organise", "delete", "restore", "rebuild"] {
        let arguments = |rate: usize| match action {
            "store" => store.map(str::to_owned).to_vec(),
            "organise" => organise(rate),
            "delete" => word("--delete"),
            "restore" => word("--restore"),
            _ => vec!["rebuild".to_owned(), "--json".to_owned()],
        };
        let words = |arguments: &[String]| -> Vec<String> { arguments.to_vec() };
        let go = |rate: usize, calls: (usize, usize), errno: i32| {
            let arguments = words(&arguments(rate));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            run_on_failing_disk(&home, &disk, &arguments, calls, errno)
        };
        // The state before each of them must be the same as before the action.
        let prepare = |known: &mut ReportedImage| {
            let wanted = action == "restore";
            if known.deleted != wanted {
                let word = word(if wanted { "--delete" } else { "--restore" });
                let arguments: Vec<&str> = word.iter().map(String::as_str).collect();
                assert_eq!(home.run(&arguments).code, Some(0));
                known.deleted = wanted;
            }
        };
        prepare(&mut known);
        known.marks.rating = if action == "organise" { 1 } else { known.marks.rating };
        let (run, calls) = go(1, (0, 0), 0);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(calls > 3, "{action}: {calls} calls");
        known.deleted = action == "delete";
        for number in 0..number_of_faults().min(calls) * 4 {
            let (errno, lasting) = ([NO_SPACE, IO_ERROR][number % 2], number / 2 % 2 == 1);
            let at = 1 + number / 4 * calls / number_of_faults().min(calls);
            let case = format!("{action}: call {at} of {calls}, errno {errno}, lasting {lasting}");
            prepare(&mut known);
            let rate = 2 + number % 4;
            let (run, _) = go(rate, (at, if lasting { usize::MAX >> 1 } else { at }), errno);
            runs += 1;
            let done = assert_reported(&run, &case);
            failed += usize::from(!done);
            // An action that failed may have been done in part; nothing else may have changed.
            let library = Library::open(&home.library()).unwrap_or_else(|error| panic!("{case}: {error}: {run:?}"));
            let rating = library.organizer().marks(known.id).expect("they can be read").rating;
            let deleted = library.trash().list().expect("it can be read").contains(&known.id);
            match action {
                "organise" if done || usize::from(rating) == rate => known.marks.rating = rate as u8,
                "delete" if done || deleted => known.deleted = true,
                "restore" if done || !deleted => known.deleted = false,
                _ => {}
            }
            known.assert_stored(&library, &case);
            for image in run.events("image") {
                let path = image["path"].as_str().expect("a path");
                assert_eq!(json!(sha256(&fs::read(path).expect("it is there"))), image["sha256"], "{case}");
            }
        }
    }
    let checked = home.run(&["doctor", "--library", "--json"]);
    println!("{runs} runs, of which {failed} failed; {:?}", checked.events("flaw"));
    assert!(failed > 0);
}

#[test]
#[cfg(target_os = "linux")]
fn import_stores_each_image_once_when_any_disk_call_fails() {
    let home = TestHome::new();
    let Some(disk) = compile_preload_library(home.path(), "failing_disk") else { return };
    let own = home.path().join("own");
    fs::create_dir_all(&own).expect("a folder");
    let (mut number, mut runs, mut failed) = (0, 0, 0);
    let mut next = || {
        number += 1;
        let bytes = encoded_image(120, 90, 5_000 + number, Encoding::Png);
        let file = own.join("one.png");
        fs::write(&file, &bytes).expect("a file");
        (file, bytes)
    };
    next();
    run_on_failing_disk(&home, &disk, &["import", "--json", "own"], (0, 0), 0);
    next();
    let (_, calls) = run_on_failing_disk(&home, &disk, &["import", "--json", "own"], (0, 0), 0);
    let mut images = 2;
    for fault in Fault::ALL {
        for at in spread_calls(calls) {
            let case = format!("{fault:?} at call {at} of {calls}");
            let (file, bytes) = next();
            let (run, _) =
                run_on_failing_disk(&home, &disk, &["import", "--json", "own"], fault.failing_calls(at), fault.errno());
            runs += 1;
            failed += usize::from(!assert_reported(&run, &case));
            assert_eq!(fs::read(&file).expect("it is there"), bytes, "{case}");
            // The disk works again, and the same file is imported a second time.
            let retried = home.run(&["import", "--json", "own"]);
            assert_eq!(retried.code, Some(0), "{case}: {retried:?}");
            images += 1;
            let library = Library::open(&home.library()).unwrap_or_else(|error| panic!("{case}: {error}"));
            let ids = library.search().find_text("", &jiff::tz::TimeZone::UTC).expect("it can be read").ids;
            assert_eq!(ids.len(), images, "{case}: {run:?}");
            let newest = library.images().sidecar(ids[0]).expect("it can be read").expect("it has one");
            assert_eq!(newest.sha256, sha256(&bytes), "{case}");
        }
    }
    println!("{runs} imports, of which {failed} failed");
    assert!(failed > 0);
    let checked = home.run(&["doctor", "--library", "--json"]);
    let flaws = checked.events("flaw");
    assert!(flaws.iter().all(|flaw| flaw["kind"] == "left_over"), "{flaws:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn export_leaves_no_partial_file_when_any_disk_call_fails() {
    let home = TestHome::new();
    let Some(disk) = compile_preload_library(home.path(), "failing_disk") else { return };
    let gateway = Gateway::always(Reply::json(&image_response(&encoded_image(90, 60, 1, Encoding::Png))));
    let known = ReportedImage::store(&home, &gateway.base_url());
    let out = home.path().join("out");
    let export = ["export", "--json", "--all", "--out", "out", "--name", "{n}"];
    let go = |calls: (usize, usize), errno: i32| {
        fs::remove_dir_all(&out).ok();
        run_on_failing_folder(&home, &disk, &out, &export, calls, errno)
    };
    let (run, calls) = go((0, 0), 0);
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut failed = 0;
    for fault in Fault::ALL {
        for at in 1..=calls {
            let case = format!("{fault:?} at call {at} of {calls}");
            let (run, _) = go(fault.failing_calls(at), fault.errno());
            failed += usize::from(!assert_reported(&run, &case));
            let names = crate::test_home::files(&out);
            // A file that is being written has another name, and may remain if removing it fails as well.
            for file in names.iter().filter(|file| file.extension().is_some_and(|end| end == "png")) {
                assert_eq!(sha256(&fs::read(file).expect("it is there")), known.sha256, "{case}: {names:?}");
            }
            known.assert_stored(&Library::open(&home.library()).expect("it opens"), &case);
        }
    }
    assert!(failed > 0);
}
