//! Tests that a response of which not all images were stored is kept, whatever the reason, and that reading it later
//! costs nothing.

use std::{
    fs,
    path::PathBuf,
    thread,
    time::{Duration, Instant, SystemTime},
};

use atelier::{
    gateway::Timeouts,
    imaging::Encoding,
    library::{KeptLimits, Library},
    studio::{Event, GalleryEvent},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Part, Reply},
    images::{chat_response, encoded_image, event_stream, image_response, markdown_image, png},
    network::timeouts::{open_studio, shut_down, wait_for_event},
    test_home::{Run, TestHome, files, files_with_extension, sha256, wait_for_exit},
};

/// The number of times that the index is damaged. Set `ATELIER_KILLS` for more.
fn number_of_damages() -> usize {
    std::env::var("ATELIER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(10)
}

/// The start of a HEIC, and as many bytes after it as a small one has.
fn heic() -> Vec<u8> {
    [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], &[7; 900]].concat()
}

/// A response of the image endpoints.
fn images_response(all: &[&[u8]]) -> Value {
    let all: Vec<Value> = all.iter().map(|bytes| json!({ "b64_json": STANDARD.encode(bytes) })).collect();
    json!({ "created": 1, "data": all })
}

fn generate(home: &TestHome, gateway: &Gateway) -> Run {
    home.generate(&gateway.base_url(), &["--dialect", "images"])
}

/// The kept responses of a library.
fn kept_files(home: &TestHome) -> Vec<PathBuf> {
    files_with_extension(&home.library().join("spool/kept"), "body")
}

/// Asserts that the only kept file contains the bytes of a response.
fn assert_kept(home: &TestHome, failure: &Value, body: &Value) {
    let files = kept_files(home);
    assert_eq!(files.len(), 1, "{failure}");
    let file = fs::read(&files[0]).expect("it can be read");
    assert!(file.ends_with(body.to_string().as_bytes()), "{failure}");
    assert_eq!(failure["kept"]["bytes"], json!(body.to_string().len()), "{failure}");
    assert_ne!(failure["charged"], "no", "{failure}");
}

fn with_wrong_crc(mut png: Vec<u8>) -> Vec<u8> {
    let at = png.len() - 20;
    png[at] ^= 0xff;
    png
}

#[test]
fn undecodable_image_is_kept_and_its_format_is_named() {
    let half = encoded_image(90, 60, 1, Encoding::Png);
    let half = half[..half.len() / 2].to_vec();
    let rows = [
        (heic(), "unknown_format", "HEIC"),
        (b"8BPS\0\x01 and the rest of a Photoshop file".to_vec(), "unknown_format", "Photoshop"),
        (b"II*\0\x08\0\0\0 and the rest of a TIFF".to_vec(), "broken_image", "damaged"),
        (with_wrong_crc(png(1)), "broken_image", "damaged"),
        (half, "broken_image", "incomplete"),
    ];
    for (bytes, kind, word) in rows {
        let home = TestHome::new();
        let body = images_response(&[&bytes]);
        let gateway = Gateway::always(Reply::json(&body));
        let run = generate(&home, &gateway);
        let failure = run.only_event("failure");
        assert_eq!(
            (run.code, &failure["kind"], &failure["charged"]),
            (Some(1), &json!(kind), &json!("yes")),
            "{run:?}"
        );
        assert!(failure["message"].as_str().is_some_and(|message| message.contains(word)), "{failure}");
        assert_kept(&home, &failure, &body);
        // Another start changes nothing and sends nothing.
        home.run(&["spending"]);
        assert_eq!((kept_files(&home).len(), gateway.posts().len()), (1, 1), "{word}");
    }
}

#[test]
fn images_in_foreign_formats_are_stored_as_received() {
    const AVIF: &str = "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAMQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAAFGlzcGUAAAAAAAAAEAAAAAwAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBIAAAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAAOW1kYXQSAAoIOAz+2kBDQaQyI0RAiNSgADyAAQC+zmPdi7olQNFNBTICA4TcnVBw5wFCHJqA";
    const JXL: &str = "/wpYMBAJCAABAJgASxiTjoODAKhxvBjUCwQBoE9pCwC+TfkN+WhMDPT4cxgLybkUEJo=";
    let svg =
        "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9' fill='red'/></svg>";
    let text = |content: &str| json!({ "choices": [{ "message": { "content": content }, "finish_reason": "stop" }] });
    let avif = STANDARD.decode(AVIF).expect("base64");
    let jxl = STANDARD.decode(JXL).expect("base64");
    let mut bmp = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(3, 2).write_to(&mut bmp, image::ImageFormat::Bmp).expect("it can be written");
    let bmp = bmp.into_inner();
    let rows = [
        (images_response(&[&avif]), avif.clone(), "avif"),
        (images_response(&[&jxl]), jxl, "jxl"),
        (images_response(&[&bmp]), bmp, "bmp"),
        (images_response(&[svg.as_bytes()]), svg.into(), "svg"),
        (json!({ "data": [{ "b64_json": svg }] }), svg.into(), "svg"),
        (text(&format!("Here is your drawing:\n```svg\n{svg}\n```")), svg.into(), "svg"),
        (text(&format!("![fox](data:image/svg+xml;utf8,{svg})")), svg.into(), "svg"),
        (text(&format!("![fox](data:image/avif;base64,{AVIF})")), avif, "avif"),
    ];
    for (body, bytes, extension) in rows {
        let home = TestHome::new();
        let run = generate(&home, &Gateway::always(Reply::json(&body)));
        let stored = run.only_event("image");
        assert_eq!((run.code, &stored["sha256"]), (Some(0), &json!(sha256(&bytes))), "{run:?}");
        let path = std::path::PathBuf::from(stored["path"].as_str().expect("a path"));
        assert_eq!(path.extension().and_then(|end| end.to_str()), Some(extension));
        assert_eq!(fs::read(path).expect("it can be read"), bytes);
    }
}

#[test]
fn response_of_unknown_shape_is_kept() {
    let home = TestHome::new();
    let body = json!({ "outcome": { "video": "AAAAIGZ0eXBpc29t".repeat(40) } });
    let run = generate(&home, &Gateway::always(Reply::json(&body)));
    assert_eq!(run.code, Some(1));
    assert_kept(&home, &run.only_event("failure"), &body);
}

#[test]
fn valid_images_are_stored_and_failed_ones_reported() {
    for (bad, kind) in [(heic(), "unknown_format"), (with_wrong_crc(png(8)), "broken_image")] {
        let home = TestHome::new();
        let body = images_response(&[&png(1), &bad, &png(2)]);
        let gateway = Gateway::always(Reply::json(&body));
        let run = generate(&home, &gateway);
        let stored: Vec<Value> = run.events("image").iter().map(|image| image["sha256"].clone()).collect();
        assert_eq!(stored, [sha256(&png(1)), sha256(&png(2))], "{run:?}");
        let failure = run.only_event("failure");
        assert_eq!((run.code, &failure["kind"], &failure["stored"]), (Some(1), &json!(kind), &json!(2)), "{run:?}");
        assert_kept(&home, &failure, &body);
    }
}

#[test]
fn error_after_a_valid_image_is_reported_with_it() {
    let home = TestHome::new();
    let error = json!({ "error": { "message": "upstream went away", "code": 502 } });
    let image = event_stream(&[&markdown_image("image/png", &png(3))], None);
    let stream = format!("{image}data: {error}\n\ndata: [DONE]\n\n");
    let gateway = Gateway::always(Reply::event_stream(&stream));
    let run = home.generate(&gateway.base_url(), &["--stream"]);
    assert_eq!(run.only_event("image")["sha256"], sha256(&png(3)), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!((run.code, &failure["stored"]), (Some(1), &json!(1)), "{run:?}");
    assert!(failure["message"].as_str().is_some_and(|message| message.contains("upstream went away")), "{failure}");
}

#[test]
fn failed_link_among_several_is_downloaded_again_at_no_cost() {
    let home = TestHome::new();
    let down = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let origin = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let gateway = Gateway::start({
        let (down, origin) = (std::sync::Arc::clone(&down), std::sync::Arc::clone(&origin));
        move |request| match request.path.as_str() {
            "/one.png" => Reply::new(200, "image/png", png(1)),
            "/two.png" if down.load(std::sync::atomic::Ordering::SeqCst) => Reply::new(503, "text/plain", "later"),
            "/two.png" => Reply::new(200, "image/png", png(2)),
            _ => {
                let origin = origin.get().expect("it is known");
                let links = ["one", "two"].map(|name| json!({ "url": format!("{origin}/{name}.png") }));
                Reply::json(&json!({ "created": 1, "data": links }))
            }
        }
    });
    origin.set(gateway.origin()).expect("it is set once");
    let run = generate(&home, &gateway);
    assert_eq!(run.only_event("image")["sha256"], sha256(&png(1)), "{run:?}");
    let failure = run.only_event("failure");
    assert_eq!(
        (&failure["kind"], &failure["stored"], run.code),
        (&json!("link_failed"), &json!(1), Some(1)),
        "{run:?}"
    );
    assert_eq!(kept_files(&home).len(), 1);
    down.store(false, std::sync::atomic::Ordering::SeqCst);
    // The next start fetches the missing images.
    let handle = open_studio(&home, Timeouts::default());
    wait_for_event(&handle, |event| matches!(event, Event::Gallery(GalleryEvent::ImageStored(_))).then_some(()));
    shut_down(&handle);
    assert_eq!(originals(&home).len(), 2);
    assert_eq!(gateway.posts().len(), 1);
}

fn originals(home: &TestHome) -> Vec<PathBuf> {
    files_with_extension(&home.library().join("originals"), "png")
}

#[test]
fn kept_responses_are_limited_by_size_and_age() {
    let home = TestHome::new();
    for number in 0..3 {
        let body = images_response(&[&[&b"\0\0\0\x18ftypavif"[..], &vec![number; 3000]].concat()]);
        assert_eq!(generate(&home, &Gateway::always(Reply::json(&body))).code, Some(1));
    }
    let library = Library::open(&home.library()).expect("it opens");
    let totals = library.spool().kept_totals().expect("it can be read");
    assert_eq!(totals.responses, 3);
    let now = SystemTime::now();
    let wide = KeptLimits { bytes: u64::MAX, days: 30 };
    assert_eq!(library.spool().prune_kept(wide, now).expect("it can be written").len(), 0);
    let narrow = KeptLimits { bytes: totals.bytes - 1, days: 30 };
    let oldest = kept_files(&home)[0].file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let removed = library.spool().prune_kept(narrow, now).expect("it can be written");
    assert_eq!(removed.iter().map(ToString::to_string).collect::<Vec<_>>(), oldest.into_iter().collect::<Vec<_>>());
    let later = now + Duration::from_hours(31 * 24);
    assert_eq!(library.spool().prune_kept(wide, later).expect("it can be written").len(), 2);
    assert_eq!(kept_files(&home), Vec::<PathBuf>::new());
    // The remaining cards do not offer responses that were removed.
    let failed = library.requests().failed().expect("it can be read");
    assert_eq!(failed.len(), 3);
}

/// Waits until a spool file contains this body.
fn wait_for_spool(home: &TestHome, body: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let whole = || {
        let spool = files(&home.library().join("spool"));
        spool.iter().any(|path| fs::read(path).is_ok_and(|file| file.ends_with(body.as_bytes())))
    };
    while !whole() {
        assert!(Instant::now() < deadline, "the response was not spooled");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Kinds of damage to an index, by number.
fn damage_index(home: &TestHome, how: usize) -> String {
    let database = home.library().join("library.db");
    let log = home.library().join("library.db-wal");
    let length = |path: &PathBuf| fs::metadata(path).map_or(0, |metadata| metadata.len());
    match how % 8 {
        0 => {
            for suffix in ["", "-wal", "-shm"] {
                fs::remove_file(home.library().join(format!("library.db{suffix}"))).ok();
            }
            "removed".to_owned()
        }
        1 => {
            fs::remove_file(&log).ok();
            "log removed".to_owned()
        }
        2 => {
            let file = fs::File::options().write(true).open(&database).expect("it is there");
            let to = length(&database) * (1 + how as u64 % 7) / 9;
            file.set_len(to).expect("it can be cut");
            fs::remove_file(&log).ok();
            format!("cut to {to} bytes")
        }
        3 => {
            let file = fs::File::options().write(true).open(&log).expect("it is there");
            let to = length(&log) * (1 + how as u64 % 5) / 7;
            file.set_len(to).expect("it can be cut");
            format!("log cut to {to} bytes")
        }
        4 => {
            fs::write(&database, "no database at all ".repeat(400)).expect("it can be written");
            "text".to_owned()
        }
        _ => {
            // The log is merged into the pages first, so that the zeroed pages are the ones that are read.
            checkpoint(&database);
            let mut bytes = fs::read(&database).expect("it is there");
            let pages = bytes.len() / 8192;
            let first = 1 + how.wrapping_mul(7) % pages.max(2).saturating_sub(1);
            let last = (first + 1 + how % 3).min(pages);
            bytes[first * 8192..last * 8192].fill(0);
            fs::write(&database, bytes).expect("it can be written");
            format!("pages {first} to {last} of {pages} zeroed")
        }
    }
}

/// Opens the index once and closes it, like `sqlite3`.
fn checkpoint(database: &PathBuf) {
    let connection = rusqlite::Connection::open(database).expect("it opens");
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("no other connection has it open");
}

#[test]
fn complete_response_in_the_spool_survives_a_damaged_index() {
    let mut lost = Vec::new();
    for number in 0..number_of_damages() {
        let home = TestHome::new();
        // Another image is in the library.
        let other = Gateway::always(Reply::json(&image_response(&png(900))));
        home.generate(&other.base_url(), &[]).only_image();
        let bytes = encoded_image(70, 50, number as u32, Encoding::Png);
        let body = chat_response(&json!(markdown_image("image/png", &bytes)), "stop").to_string();
        // All bytes arrive, and the end never does.
        let mut reply = Reply::with_length(200, &[("content-type", "application/json")], &body, body.len() + 1);
        reply.0.push(Part::Stall);
        let gateway = Gateway::always(reply);
        let mut child = home.generate_command(&gateway.base_url(), &[]).spawn().expect("the program starts");
        wait_for_spool(&home, &body);
        child.kill().expect("it can be killed");
        wait_for_exit(&mut child);
        let how = damage_index(&home, number);
        let run = home.run(&["spending", "--json"]);
        assert_eq!(run.code, Some(0), "{how}: {run:?}");
        let library = Library::open(&home.library()).expect("it opens");
        let ids = library.search().find_text("", &TimeZone::UTC).expect("it can be read").ids;
        let hashes: Vec<String> = ids
            .iter()
            .map(|id| {
                sha256(&fs::read(library.images().original_path(*id).expect("it has a path")).expect("it is there"))
            })
            .collect();
        if !hashes.contains(&sha256(&bytes)) || !hashes.contains(&sha256(&png(900))) {
            lost.push(format!("{how}: {hashes:?}"));
        }
        assert_eq!(gateway.posts().len(), 1, "{how}");
    }
    assert_eq!(lost, Vec::<String>::new());
}
