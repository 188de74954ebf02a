//! Tests of `atelier generate --sheet`: the exact request of each row of a table.

use std::{
    collections::BTreeMap,
    fs,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, RecordedRequest, Reply},
    images::{image_response, png},
    test_home::{Run, TestHome, files},
};

/// A gateway that returns another image each time, and rejects prompts that contain “fail”.
fn image_gateway() -> Gateway {
    let number = AtomicU32::new(0);
    Gateway::start(move |request| {
        if prompt(request).contains("fail") {
            return Reply::new(402, "application/json", r#"{"error":{"message":"insufficient balance"}}"#);
        }
        Reply::json(&image_response(&png(number.fetch_add(1, Ordering::Relaxed))))
    })
}

fn prompt(request: &RecordedRequest) -> String {
    let content = &request.json()["messages"][0]["content"];
    content.as_str().or_else(|| content[0]["text"].as_str()).unwrap_or_default().to_owned()
}

fn sheet(home: &TestHome, name: &str, text: impl AsRef<[u8]>, base: &str, more: &[&str]) -> Run {
    fs::write(home.path().join(name), text).expect("a file");
    let usual = ["generate", "--json", "--sheet", name, "--model", "m/usual", "--base-url", base];
    home.run(&[&usual, more].concat())
}

/// The body of each request, by prompt.
fn bodies_by_prompt(gateway: &Gateway) -> BTreeMap<String, Value> {
    gateway.posts().iter().map(|request| (prompt(request), request.json())).collect()
}

#[test]
fn each_row_sends_exactly_its_request() {
    let home = TestHome::new();
    let config = home.path().join("config/atelier");
    fs::create_dir_all(&config).expect("a folder");
    let style = json!({ "styles": [{ "name": "Film", "suffix": "35 mm", "negative": "text" }] });
    fs::write(config.join("kit.json"), style.to_string()).expect("a file");
    fs::write(home.path().join("bottle.png"), png(99)).expect("a file");
    let gateway = image_gateway();
    let table = "\u{feff}Animal,prompt,avoid,style,model,seed,aspect,reference,#note\r\n\
                 fox,,,,,,,,plain\r\n\
                 \"owl, \"\"snowy\"\"\",,fog,Film,m/other,-7,16:9,,\r\n\
                 狐狸,\"一隻$animal\n在雪中\",,,,,,bottle.png,\r\n\
                 ,,,,,,,,\r\n\
                 \"{red|white} hen\",,,,,,,,\r\n";
    let run = sheet(&home, "jobs.csv", table, &gateway.base_url(), &["--prompt", "a $Animal at dusk"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let bodies = bodies_by_prompt(&gateway);
    let owl = "a owl, \"snowy\" at dusk, 35 mm\n\nAvoid: fog, text";
    let prompts: Vec<&str> = bodies.keys().map(String::as_str).collect();
    let hens = ["a red hen at dusk", "a white hen at dusk"];
    assert_eq!(prompts, ["a fox at dusk", owl, hens[0], hens[1], "一隻狐狸\n在雪中"]);
    assert_eq!(bodies["a fox at dusk"], json!({ "model": "m/usual", "messages": bodies["a fox at dusk"]["messages"] }));
    assert_eq!((&bodies[owl]["model"], &bodies[owl]["seed"]), (&json!("m/other"), &json!(-7)));
    assert_eq!(bodies[owl]["extra_body"]["google"]["image_config"]["aspect_ratio"], "16:9");
    let parts = &bodies["一隻狐狸\n在雪中"]["messages"][0]["content"];
    assert!(parts.as_array().is_some_and(|parts| parts.iter().any(|part| part["image_url"].is_object())), "{parts}");
    let mut rows: Vec<u64> = run.events("image").iter().filter_map(|image| image["row"].as_u64()).collect();
    rows.sort_unstable();
    assert_eq!(rows, [1, 2, 3, 5, 5], "a blank row is nothing");
}

#[test]
fn failed_rows_are_reported_and_the_others_generated() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let table = "prompt\tseed\tsize\na fox\t1\t\nan owl\tx\t8K\nplease fail\t\t\na hen\t\t1K\na $cat\t\t\n";
    let out = ["--out", "out", "--name", "{row:02} {prompt:9} {seed}"];
    let run = sheet(&home, "jobs.tsv", table, &gateway.base_url(), &out);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(gateway.posts().len(), 3);
    let failures = run.events("failure");
    let named = |failure: &Value| (failure["row"].clone(), failure["column"].clone(), failure["charged"].clone());
    let mut found: Vec<_> = failures.iter().map(named).collect();
    found.sort_by_key(|(row, column, _)| (row.as_u64(), column.as_str().map(str::to_owned)));
    assert_eq!(
        found,
        [
            (json!(2), json!("seed"), json!("no")),
            (json!(2), json!("size"), json!("no")),
            (json!(3), Value::Null, json!("no")),
            (json!(5), json!("prompt"), json!("no")),
        ]
    );
    let names: Vec<String> = files(&home.path().join("out"))
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(names, ["01 a-fox 1.png", "04 a-hen random.png", "jobs.csv"]);
    let written = fs::read_to_string(home.path().join("out/jobs.csv")).expect("a table");
    let table = run.only_event("table")["path"].as_str().map(str::to_owned).expect("a path");
    assert_eq!(fs::read_to_string(table).expect("the same"), written);
    let lines: Vec<&str> = written.trim_start_matches('\u{feff}').lines().collect();
    let head = r##""prompt","seed","size","#row","#file","#state","#provider","#model","#seed","#cost","#picture""##;
    assert_eq!(lines[0], head);
    assert!(lines[1].starts_with(r#""a fox","1","","1","01 a-fox 1.png","done","dgrid","m/usual","1","#), "{lines:?}");
    assert!(lines[2].starts_with(r#""an owl","x","8K","2","","faulty","#), "{lines:?}");
    assert!(lines[3].starts_with(r#""please fail","","","3","","failed","#), "{lines:?}");
    // Cells for people in that table request nothing.
    let rerun = sheet(&home, "again.csv", &written, &gateway.base_url(), &[]);
    assert_eq!((rerun.code, rerun.events("image").len()), (Some(1), 2));
}

#[test]
fn only_valid_rows_of_ten_thousand_are_sent() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let mut table = String::from("prompt,seed\n");
    for row in 1..=10_000 {
        let seed = if row % 5_000 == 0 { row.to_string() } else { "\"no, \"\"number\"\"\n海\"".to_owned() };
        table.extend(["\"fox, ", &row.to_string(), "\",", &seed, "\n"]);
    }
    let run = sheet(&home, "many.csv", &table, &gateway.base_url(), &[]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.events("failure").len(), 9_998);
    let mut prompts: Vec<String> = gateway.posts().iter().map(prompt).collect();
    prompts.sort();
    assert_eq!(prompts, ["fox, 10000", "fox, 5000"]);
}

#[test]
fn file_that_is_not_a_table_is_rejected_before_anything_is_sent() {
    let home = TestHome::new();
    let gateway = image_gateway();
    for (text, words) in [("", "the file is empty"), ("a,b\n\"x,1\n", "line 2"), ("{\"a\":", "JSON")] {
        let name = if text.starts_with('{') { "x.jsonl" } else { "x.csv" };
        let run = sheet(&home, name, text, &gateway.base_url(), &[]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(
            run.only_event("failure")["message"].as_str().is_some_and(|message| message.contains(words)),
            "{run:?}"
        );
    }
    let run = sheet(&home, "x.csv", "prompt\na\n", &gateway.base_url(), &["--out", "o", "--name", "{nothing}"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(gateway.posts().len(), 0);
}

/// 夜市 and other words in GBK, in Big5, and in UTF-16 without a byte order mark.
const GBK: &[u8] = b"prompt,seed\n\xd2\xb9\xca\xd0\xc0\xef\xb5\xc4\xba\xfc\xc0\xea,1\n";
const BIG5: &[u8] = b"prompt,seed\n\xa9\x5d\xa5\xab\xb8\xcc\xaa\xba\xaa\xb0\xaf\x57,1\n";

#[test]
fn table_encoding_is_detected_and_can_be_given() {
    let home = TestHome::new();
    let gateway = image_gateway();
    let wide: Vec<u8> = "prompt,seed\n夜市裡的一隻狐狸,1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, encoding, words) in
        [(GBK, "GBK", "夜市里的狐狸"), (BIG5, "Big5", "夜市裡的狐狸"), (&wide[..], "UTF-16BE", "夜市裡的一隻狐狸")]
    {
        let run = sheet(&home, "jobs.csv", bytes, &gateway.base_url(), &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let read = run.only_event("sheet");
        assert_eq!((&read["encoding"], &read["encoding_guessed"]), (&json!(encoding), &json!(true)));
        assert!(bodies_by_prompt(&gateway).contains_key(words), "{words}");
    }
    let sent = gateway.posts().len();
    let named = sheet(&home, "jobs.csv", BIG5, &gateway.base_url(), &["--encoding", "cp1252"]);
    assert_eq!((named.code, &named.only_event("sheet")["encoding_guessed"]), (Some(0), &json!(false)), "{named:?}");
    assert_eq!(gateway.posts().len(), sent + 1);
    // An encoding that does not fit the bytes, and one that does not exist, send nothing.
    let wrong = sheet(&home, "jobs.csv", BIG5, &gateway.base_url(), &["--encoding", "utf-8"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.only_event("failure")["message"].as_str().is_some_and(|message| message.contains("UTF-8")),
        "{wrong:?}"
    );
    assert_eq!(sheet(&home, "jobs.csv", BIG5, &gateway.base_url(), &["--encoding", "klingon"]).code, Some(2));
    assert_eq!(gateway.posts().len(), sent + 1);
}

#[test]
fn shifted_and_error_cells_are_reported_and_not_sent() {
    let rejected: &[(&str, &str, &[u64])] = &[
        ("jobs.csv", "seed,prompt,avoid\n1,a fox, in snow,fog\n2,an owl,\n", &[1]),
        ("jobs.csv", "seed,prompt\n1,a fox, in snow\n2,an owl\n", &[1]),
        ("jobs.csv", "prompt,seed\n#REF!,1\nan owl,2\n#NV,\n", &[1, 3]),
        ("jobs.csv", "prompt,seed\nan owl,2\nprompt,seed\n=B2&\"x\",\n", &[2, 3]),
    ];
    for (name, text, rows) in rejected {
        let (home, gateway) = (TestHome::new(), image_gateway());
        let run = sheet(&home, name, text, &gateway.base_url(), &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        let mut named: Vec<u64> = run.events("failure").iter().filter_map(|failure| failure["row"].as_u64()).collect();
        named.dedup();
        assert_eq!(named, *rows, "{text}");
        assert_eq!(bodies_by_prompt(&gateway).into_keys().collect::<Vec<_>>(), ["an owl"], "{text}");
    }
    let read: &[(&str, &str, &[&str])] = &[
        ("list.csv", "prompt\na fox, in snow\n\"red\" owl, at dawn\n", &["\"red\" owl, at dawn", "a fox, in snow"]),
        (
            "list.txt",
            "a fox, in snow; at dawn\nan \"old\" owl, on a branch\n",
            &["a fox, in snow; at dawn", "an \"old\" owl, on a branch"],
        ),
        ("jobs.csv", "Campaign Q4,,\nClient,,\n,,\nprompt,seed,note\na fox,7,x\n,,\nNote: approved,,\n", &["a fox"]),
        (
            "jobs.csv",
            "\u{200B}prompt\u{A0},se\u{AD}ed\u{200D}\n👨\u{200D}👩\u{200D}👧 at sea,7\u{200B}\n",
            &["👨\u{200D}👩\u{200D}👧 at sea"],
        ),
        ("jobs.csv", "\u{FEFF}prompt\na fox\n\u{FEFF}an owl\n", &["a fox", "an owl"]),
    ];
    for (name, text, prompts) in read {
        let (home, gateway) = (TestHome::new(), image_gateway());
        let run = sheet(&home, name, text, &gateway.base_url(), &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(bodies_by_prompt(&gateway).into_keys().collect::<Vec<_>>(), *prompts, "{text}");
    }
}

#[test]
fn ignored_parts_of_a_table_are_reported() {
    let (home, gateway) = (TestHome::new(), image_gateway());
    let run = sheet(
        &home,
        "jobs.csv",
        "Campaign Q4,\n,\nprompt,seed\na fox,7\n,\nNote: approved,\n",
        &gateway.base_url(),
        &[],
    );
    assert_eq!(run.only_event("sheet")["left_out"], json!(["Campaign Q4", "Note: approved"]), "{run:?}");
}
