//! Tests that kill the program at random times: nothing that was paid for is lost, and nothing is requested twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use atelier::{
    imaging::Encoding,
    library::{Library, RequestStatus},
    recipe::{Charge, FailureKind},
};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{
    gateway::{Gateway, RecordedRequest, Reply},
    images::{chat_response, encoded_image, markdown_image},
    test_home::{
        TestHome, files, files_with_extension, join_text, json_lines, read_in_background, sha256, wait_for_exit,
    },
};

/// The number of times that the program is killed. Set `ATELIER_KILLS` for more.
fn number_of_kills() -> u32 {
    std::env::var("ATELIER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12)
}

/// The two images of the response to a prompt.
fn images_of(number: u32) -> [Vec<u8>; 2] {
    [2 * number, 2 * number + 1].map(|number| encoded_image(120, 90, number, Encoding::Png))
}

fn response_body(number: u32) -> String {
    let [first, second] = images_of(number);
    let content = format!("{} {}", markdown_image("image/png", &first), markdown_image("image/png", &second));
    chat_response(&json!(content), "stop").to_string()
}

/// The number in the prompt of a request.
fn prompt_number(request: &RecordedRequest) -> u32 {
    let prompt = request.json()["messages"][0]["content"].to_string();
    prompt.trim_matches('"').rsplit(' ').next().and_then(|word| word.parse().ok()).expect("a prompt has a number")
}

/// Responds in forty chunks, so that there is time to kill the program.
fn paced_gateway() -> Gateway {
    Gateway::start(|request| {
        Reply::new(200, "application/json", response_body(prompt_number(request))).paced(40, Duration::from_millis(2))
    })
}

/// The contents of the library after it was opened again: the hashes of each request's images, by prompt.
fn images_by_prompt(library: &Library) -> BTreeMap<String, Vec<String>> {
    let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in library.search().find_text("", &TimeZone::UTC).expect("it can be read").ids {
        let sidecar = library.images().sidecar(id).expect("it can be read").expect("each image has a sidecar");
        let bytes =
            fs::read(library.images().original_path(id).expect("it has a path")).expect("each image has its file");
        assert_eq!(sha256(&bytes), sidecar.sha256, "an image is complete");
        stored.entry(sidecar.facts.recipe.prompt).or_default().push(sidecar.sha256);
    }
    stored
}

/// Asserts that the originals contain only images with their sidecars.
fn assert_only_complete_images(folder: &Path) {
    let pictures: BTreeSet<_> = files_with_extension(&folder.join("originals"), "png").into_iter().collect();
    let sidecars = files_with_extension(&folder.join("originals"), "json");
    let expected: BTreeSet<_> = sidecars.iter().map(|path| path.with_extension("png")).collect();
    assert_eq!(pictures, expected);
    assert_eq!(files(&folder.join("originals")).len(), pictures.len() * 2);
    // Interrupted responses are kept; nothing else stays in the spool.
    let kept = folder.join("spool/kept");
    let others = files(&folder.join("spool")).into_iter().filter(|path| !path.starts_with(&kept));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn kill_at_any_time_loses_no_paid_image_and_sends_nothing_twice() {
    let home = TestHome::new();
    let gateway = paced_gateway();
    let base = gateway.base_url();
    let prompt = |number: u32| format!("fox {number}");
    let generate = |number: u32| {
        let prompt = prompt(number);
        home.command(&["generate", "--json", "--model", "m", "--base-url", &base, "--prompt", &prompt])
    };

    // The duration of an undisturbed run.
    let start = Instant::now();
    let mut child = generate(0).spawn().expect("the program starts");
    let output = read_in_background(child.stdout.take());
    assert_eq!(wait_for_exit(&mut child), Some(0));
    let usual = start.elapsed();
    assert_eq!(json_lines(&join_text(output)).len(), 2);

    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut announced = Vec::new();
    let mut outcomes = BTreeMap::<&str, u32>::new();
    let mut instant = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usual.mul_f64((random >> 40) as f64 / f64::from(1 << 24))
    };
    for number in 1..=number_of_kills() {
        let mut child = generate(number).spawn().expect("the program starts");
        let output = read_in_background(child.stdout.take());
        thread::sleep(instant());
        child.kill().expect("it can be killed");
        wait_for_exit(&mut child);
        let killed_lines = json_lines(&join_text(output));
        announced.extend(killed_lines.iter().filter(|line| line["event"] == "image").cloned());

        // Whether the whole response reached the disk.
        let body = response_body(number);
        let spools = files(&home.library().join("spool"));
        let whole = spools.iter().any(|path| fs::read(path).is_ok_and(|spool| spool.ends_with(body.as_bytes())));

        if number % 3 == 0 {
            // The program may be killed while it continues unfinished requests.
            let mut next = home.command(&["export", "--all", "--out", "killed"]).spawn().expect("the program starts");
            thread::sleep(instant() / 2);
            next.kill().expect("it can be killed");
            wait_for_exit(&mut next);
        }

        // The next start continues unfinished requests.
        let export = home.run(&["export", "--json", "--search", &prompt(number), "--out", "out", "--name", "{id}"]);
        let exported = export.events("exported").len();
        assert_only_complete_images(&home.library());
        let library = Library::open(&home.library()).expect("it opens");
        for (_, state) in library.requests().unfinished().expect("it can be read") {
            assert_eq!(state, RequestStatus::Queued, "what was not sent waits for a person");
        }
        let mut found = images_by_prompt(&library).remove(&prompt(number)).unwrap_or_default();
        // Newest first.
        found.reverse();
        assert_eq!((exported, export.code), (found.len(), Some(if found.is_empty() { 2 } else { 0 })), "{export:?}");
        let failed = library.requests().failed().expect("it can be read");
        let interrupted = failed.iter().filter(|(intent, _)| intent.recipe.prompt == prompt(number)).count();
        let request = gateway.posts().iter().filter(|request| self::prompt_number(request) == number).count();

        assert!(request <= 1, "fox {number} was asked for {request} times");
        if !found.is_empty() {
            // Of a truncated response, the complete images are kept.
            let expected = images_of(number).map(|bytes| sha256(&bytes));
            assert!(found == expected || (!whole && found == expected[..1]), "{found:?} {whole}");
            // All requested images may be complete although the response is not.
            assert!(interrupted <= usize::from(found != expected), "{found:?}");
            *outcomes.entry("stored").or_default() += 1;
        } else if request == 1 {
            assert_eq!(interrupted, 1, "what may have cost money is shown");
            assert!(!whole, "a complete response was on disk and is lost");
            *outcomes.entry("interrupted").or_default() += 1;
        } else {
            *outcomes.entry("not asked").or_default() += 1;
        }
        for (_, failure) in failed {
            assert_eq!(failure.kind, FailureKind::Interrupted);
            assert!(request == 0 || failure.charged != Charge::Yes || failure.stored > 0, "{failure:?}");
        }
    }
    println!("{outcomes:?}");
    for line in announced {
        let bytes = fs::read(line["path"].as_str().expect("a path")).expect("what was announced is there");
        assert_eq!(sha256(&bytes), line["sha256"], "{line}");
    }
}

#[test]
fn complete_response_becomes_images_after_a_kill() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| {
        // The response is complete, and the connection stays open: the program waits for its end.
        let body = response_body(prompt_number(request));
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
        Reply(vec![crate::gateway::Part::Bytes(format!("{head}{body}").into_bytes()), crate::gateway::Part::Stall])
    });
    let base = gateway.base_url();
    let mut child = home
        .command(&["generate", "--json", "--model", "m", "--base-url", &base, "--prompt", "fox 7"])
        .spawn()
        .expect("the program starts");
    let body = response_body(7);
    let on_disk = || {
        let spools = files(&home.library().join("spool"));
        spools.iter().any(|path| fs::read_to_string(path).is_ok_and(|spool| spool.ends_with(&body)))
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while !on_disk() {
        assert!(Instant::now() < deadline, "the answer does not reach the disk");
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it can be killed");
    wait_for_exit(&mut child);

    // The images of another request are not taken for its own.
    let arguments = ["generate", "--json", "--provider", "demo", "--model", "m", "--size", "512", "--prompt", "fox 8"];
    let next = home.run(&arguments);
    assert_eq!(next.only_image()["prompt"], "fox 8");
    let export = home.run(&["export", "--search", "fox 7", "--json", "--out", "out", "--name", "{id}"]);
    assert_eq!((export.code, export.events("exported").len()), (Some(0), 2), "{export:?}");
    let found = images_by_prompt(&Library::open(&home.library()).expect("it opens"));
    let expected: BTreeSet<String> = images_of(7).iter().map(|bytes| sha256(bytes)).collect();
    assert_eq!(found["fox 7"].iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(gateway.posts().len(), 1);
    assert_only_complete_images(&home.library());
}

/// The rows of the sheet of a round.
const ROWS: u32 = 6;

/// A sheet whose rows request foxes with their own numbers.
fn sheet(home: &TestHome, round: u32) -> std::path::PathBuf {
    let path = home.path().join("rows.csv");
    let rows = (0..ROWS).map(|row| format!("fox {}\n", round * ROWS + row));
    fs::write(&path, format!("prompt\n{}", rows.collect::<String>())).expect("a file");
    path
}

#[test]
fn killed_queue_accounts_for_sent_requests_and_resumes_the_others() {
    let home = TestHome::new();
    let gateway = paced_gateway();
    let base = gateway.base_url();
    let generate = |round: u32| {
        let path = sheet(&home, round);
        let path = path.to_str().expect("a path");
        home.command(&["generate", "--json", "--model", "m", "--base-url", &base, "--sheet", path])
    };
    let start = Instant::now();
    let mut child = generate(0).spawn().expect("the program starts");
    let output = read_in_background(child.stdout.take());
    assert_eq!(wait_for_exit(&mut child), Some(0));
    let usual = start.elapsed();
    assert_eq!(
        json_lines(&join_text(output)).iter().filter(|line| line["event"] == "image").count(),
        2 * ROWS as usize
    );

    let mut random = 0xA076_1D64_78BD_642F_u64;
    let mut instant = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usual.mul_f64((random >> 40) as f64 / f64::from(1 << 24))
    };
    let mut outcomes = BTreeMap::<&str, u32>::new();
    for round in 1..=number_of_kills().div_ceil(2) {
        let mut child = generate(round).spawn().expect("the program starts");
        let output = read_in_background(child.stdout.take());
        thread::sleep(instant());
        child.kill().expect("it can be killed");
        wait_for_exit(&mut child);
        let announced = json_lines(&join_text(output));
        let whole: BTreeSet<u32> = {
            let spools = files(&home.library().join("spool"));
            let bytes: Vec<Vec<u8>> = spools.iter().filter_map(|path| fs::read(path).ok()).collect();
            let numbers = (0..ROWS).map(|row| round * ROWS + row);
            numbers
                .filter(|number| bytes.iter().any(|spool| spool.ends_with(response_body(*number).as_bytes())))
                .collect()
        };
        if round % 3 == 0 {
            let mut next = home.command(&["export", "--all", "--out", "killed"]).spawn().expect("the program starts");
            thread::sleep(instant() / 3);
            next.kill().expect("it can be killed");
            wait_for_exit(&mut next);
        }
        // The next start continues unfinished requests; without a window no one can resume the queue.
        home.run(&["export", "--json", "--search", "nothing of this name", "--out", "out"]);
        let posts =
            |number: u32| gateway.posts().iter().filter(|request| self::prompt_number(request) == number).count();
        let prompt = |number: u32| format!("fox {number}");
        let sent: Vec<usize> = (0..ROWS).map(|row| posts(round * ROWS + row)).collect();
        {
            let library = Library::open(&home.library()).expect("it opens");
            let found = images_by_prompt(&library);
            let waiting = library.requests().unfinished().expect("it can be read");
            let failed = library.requests().failed().expect("it can be read");
            let mut booked: BTreeMap<_, u32> = BTreeMap::new();
            library
                .spending()
                .read(|spending| *booked.entry(spending.request).or_default() += 1)
                .expect("it can be read");
            assert!(booked.values().all(|times| *times == 1), "each is written down once");
            for row in 0..ROWS {
                let number = round * ROWS + row;
                let is = |intent: &atelier::library::RequestRecord| intent.recipe.prompt == prompt(number);
                let waits = waiting.iter().filter(|(intent, _)| is(intent)).count();
                let interrupted: Vec<_> = failed.iter().filter(|(intent, _)| is(intent)).collect();
                let pictures = found.get(&prompt(number)).map_or(0, Vec::len);
                assert!(sent[row as usize] <= 1, "fox {number} was asked for {} times", sent[row as usize]);
                assert!(!whole.contains(&number) || pictures == 2, "fox {number}: a complete response was on disk");
                let outcome = match (pictures, waits, interrupted.as_slice()) {
                    (1 | 2, 0, []) => "stored",
                    (0, 1, []) => {
                        assert_eq!(sent[row as usize], 0, "fox {number} was sent and waits to be sent");
                        "waits"
                    }
                    (0, 0, [(intent, failure)]) => {
                        assert_eq!((failure.kind, failure.charged), (FailureKind::Interrupted, Charge::Maybe));
                        assert!(booked.contains_key(&intent.request), "what may have cost money is written down");
                        "interrupted"
                    }
                    (0, 0, []) => {
                        assert_eq!(sent[row as usize], 0);
                        "never asked for"
                    }
                    other => panic!("fox {number}: {other:?}"),
                };
                *outcomes.entry(outcome).or_default() += 1;
            }
            for line in announced.iter().filter(|line| line["event"] == "image") {
                let bytes = fs::read(line["path"].as_str().expect("a path")).expect("what was announced is there");
                assert_eq!(sha256(&bytes), line["sha256"], "{line}");
            }
        }
        // If the setting allows it, queued requests continue; nothing else is sent.
        let mut studio = crate::queue::TestStudio::open(&home, &base, |settings| settings.resume_on_start = true);
        studio.wait_until_idle();
        studio.stop();
        for row in 0..ROWS {
            let (before, after) = (sent[row as usize], posts(round * ROWS + row));
            assert!(after <= 1, "fox {} was asked for {after} times", round * ROWS + row);
            assert!(after >= before);
        }
        let library = Library::open(&home.library()).expect("it opens");
        assert!(library.requests().unfinished().expect("it can be read").is_empty());
        // Interrupted requests are dismissed, so that they are not checked again.
        let interrupted: Vec<_> =
            library.requests().failed().expect("it can be read").iter().map(|(intent, _)| intent.request).collect();
        library.requests().remove(&interrupted).expect("it can be written");
        drop(library);
        assert_only_complete_images(&home.library());
    }
    println!("{outcomes:?}");
}
