//! Tests of `atelier generate`: its output, its requests and its exit codes.

use std::{fs, path::Path};

use atelier::imaging::Encoding;
use serde_json::{Value, json};

use crate::{
    gateway::{Gateway, Reply},
    images::{chat_response, data_url, encoded_image, event_stream, image_response, markdown_image, png},
    test_home::{Run, TestHome, run, sha256},
};

/// Asserts that an `"image"` line describes these bytes, and that they are at its path.
fn assert_describes(image: &Value, bytes: &[u8], format: &str, size: (u32, u32)) {
    let path = image["path"].as_str().expect("a path");
    assert_eq!(fs::read(path).expect("the file is there"), bytes);
    assert_eq!(image["sha256"], sha256(bytes));
    assert_eq!(image["format"], format);
    assert_eq!((&image["width"], &image["height"]), (&json!(size.0), &json!(size.1)));
    assert!(image["id"].as_str().is_some_and(|id| id.len() == 36), "{image}");
}

fn failure(run: &Run) -> Value {
    let failure = run.only_event("failure");
    assert!(failure["message"].as_str().is_some_and(|message| !message.trim().is_empty()), "{failure}");
    failure
}

#[test]
fn demo_gateway_generates_images_with_an_empty_home() {
    let home = TestHome::new();
    let run = home.run(&["generate", "--prompt", "海上的日落", "--aspect", "16:9", "--size", "512", "--json"]);
    let image = run.only_image();
    let bytes = fs::read(image["path"].as_str().expect("a path")).expect("the file is there");
    let (width, height) = (image["width"].as_u64().expect("a number"), image["height"].as_u64().expect("a number"));
    assert_describes(&image, &bytes, "png", (width as u32, height as u32));
    assert!((width as f64 / height as f64 - 16.0 / 9.0).abs() < 0.05, "{width} × {height}");
    assert_eq!((&image["provider"], &image["prompt"]), (&json!("demo"), &json!("海上的日落")));
    assert!(image["usage"]["total_tokens"].is_u64(), "{image}");
    assert!(Path::new(image["path"].as_str().expect("a path")).starts_with(home.library()));
}

#[test]
fn json_line_describes_the_image() {
    let home = TestHome::new();
    let bytes = png(1);
    let gateway = Gateway::always(Reply::json(&image_response(&bytes)));
    let image = home.generate(&gateway.base_url(), &[]).only_image();
    assert_describes(&image, &bytes, "png", (64, 48));
    assert_eq!(image["model"], "maker/painter");
    assert_eq!(image["usage"], json!({ "prompt_tokens": 7, "completion_tokens": 1290, "total_tokens": 1297 }));
    assert_eq!(image["system_fingerprint"], "fp_scripted");
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn unset_parameters_are_not_sent() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(2))));
    home.generate(&gateway.base_url(), &[]).only_image();
    let [request] = &gateway.posts()[..] else { panic!("{:?}", gateway.requests()) };
    assert_eq!(request.path, "/v1/chat/completions");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("authorization"), None, "a gateway on this machine needs no key");
    assert_eq!(
        request.json(),
        json!({ "model": "maker/painter", "messages": [{ "role": "user", "content": "a fox" }] })
    );
}

#[test]
fn negative_prompt_and_styles_are_added_to_the_prompt() {
    let home = TestHome::new();
    let config = home.path().join("config/atelier");
    fs::create_dir_all(config.join("wildcards")).expect("a folder");
    fs::write(config.join("wildcards/lens.txt"), "50 mm\n").expect("a file");
    let prompt_library = json!({ "styles": [
        { "name": "Film", "prefix": "film still of", "suffix": "__lens__, $grain", "negative": "text",
          "parameters": { "aspect": "16:9", "seed": 4 } },
        { "name": "Two", "suffix": "{at dawn|at dusk}" },
    ], "variables": [{ "name": "grain", "text": "coarse grain" }] });
    fs::write(config.join("kit.json"), prompt_library.to_string()).expect("a file");
    let gateway = Gateway::always(Reply::json(&image_response(&png(2))));
    let prompt = |at: usize| gateway.posts()[at].json()["messages"][0]["content"].clone();
    // Braces of the prompt itself are not syntax here, whatever surrounds them.
    let base = gateway.base_url();
    let usual = ["generate", "--json", "--model", "maker/painter", "--base-url", &base];
    let more = ["--prompt", "a {fox|owl}", "--avoid", "fog", "--style", "Film", "--seed", "9"];
    let image = home.run(&[&usual[..], &more].concat()).only_image();
    assert_eq!(prompt(0), "film still of a {fox|owl}, 50 mm, coarse grain\n\nAvoid: fog, text");
    let body = gateway.posts()[0].json();
    assert_eq!(body["seed"], 9, "what is said here counts before what the style says");
    assert_eq!(body["extra_body"]["google"]["image_config"]["aspect_ratio"], "16:9");
    let original = image["original"].as_str().expect("a path");
    let sidecar: Value =
        serde_json::from_slice(&fs::read(Path::new(original).with_extension("json")).expect("a file")).expect("JSON");
    assert_eq!(sidecar["recipe"]["composed"]["styles"], json!(["Film"]));
    // A style with alternatives expands one prompt to several.
    let run = home.generate(&gateway.base_url(), &["--style", "Two"]);
    assert_eq!((run.code, run.events("image").len()), (Some(0), 2), "{run:?}");
    let mut both = [prompt(1), prompt(2)].map(|prompt| prompt.to_string());
    both.sort();
    assert_eq!(both, ["\"a fox, at dawn\"", "\"a fox, at dusk\""]);
    // A misspelled style costs nothing.
    let run = home.generate(&gateway.base_url(), &["--style", "Fil"]);
    assert_eq!((run.code, gateway.posts().len()), (Some(2), 3), "{run:?}");
    assert!(failure(&run)["message"].as_str().is_some_and(|message| message.contains("Film, Two")), "{run:?}");
}

#[test]
fn every_parameter_reaches_the_wire() {
    let home = TestHome::new();
    let gateway =
        Gateway::always(Reply::event_stream(&event_stream(&[&markdown_image("image/png", &png(3))], Some("stop"))));
    let tools = r#"[{"type":"function","function":{"name":"look"}}]"#;
    let run = home.generate(
        &gateway.base_url(),
        &[
            ["--n", "2"],
            ["--temperature", "0.5"],
            ["--top-p", "0.25"],
            ["--seed", "-7"],
            ["--max-tokens", "100"],
            ["--max-completion-tokens", "200"],
            ["--presence-penalty", "-1.5"],
            ["--frequency-penalty", "1.5"],
            ["--logit-bias", r#"{"50256":-100}"#],
            ["--stop", "END"],
            ["--stop", "FIN"],
            ["--tools", tools],
            ["--tool-choice", "auto"],
            ["--response-format", r#"{"type":"text"}"#],
            ["--user", "someone"],
            ["--aspect", "16:9"],
            ["--size", "2K"],
            ["--stream", "--contents"],
        ]
        .concat(),
    );
    run.only_image();
    assert_eq!(
        gateway.posts()[0].json(),
        json!({
            "model": "maker/painter",
            "messages": [{ "role": "user", "content": "a fox" }],
            "contents": [{ "role": "user", "parts": [{ "text": "a fox" }] }],
            "n": 2,
            "temperature": 0.5,
            "top_p": 0.25,
            "seed": -7,
            "max_tokens": 100,
            "max_completion_tokens": 200,
            "presence_penalty": -1.5,
            "frequency_penalty": 1.5,
            "logit_bias": { "50256": -100 },
            "stop": ["END", "FIN"],
            "tools": serde_json::from_str::<Value>(tools).expect("JSON"),
            "tool_choice": "auto",
            "response_format": { "type": "text" },
            "user": "someone",
            "stream": true,
            "stream_options": { "include_usage": true },
            "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "2K" } } },
        })
    );
}

#[test]
fn streamed_and_complete_responses_give_the_same_image() {
    let home = TestHome::new();
    let bytes = png(4);
    let text = format!("Here it is: {}", markdown_image("image/png", &bytes));
    let pieces: Vec<&str> = text.as_bytes().chunks(37).map(|piece| str::from_utf8(piece).expect("ASCII")).collect();
    let streamed = Gateway::always(Reply::event_stream(&event_stream(&pieces, Some("stop"))));
    let whole = Gateway::always(Reply::json(&chat_response(&json!(text), "stop")));
    for (gateway, option, sent) in [(&streamed, "--stream", true), (&whole, "--no-stream", false)] {
        let image = home.generate(&gateway.base_url(), &[option]).only_image();
        assert_describes(&image, &bytes, "png", (64, 48));
        assert_eq!(image["text"].as_str().map(str::trim), Some("Here it is:"));
        assert_eq!(gateway.posts()[0].json()["stream"], sent);
    }
}

#[test]
fn each_response_shape_yields_its_images() {
    let home = TestHome::new();
    let (one, two) = (png(5), encoded_image(32, 32, 6, Encoding::Jpeg { quality: 90 }));
    let (first, second) = (data_url("image/png", &one), data_url("image/jpeg", &two));
    let base64 = |url: &str| url.split(',').nth(1).unwrap_or_default().to_owned();
    let part = |url: &str| json!({ "type": "image_url", "image_url": { "url": url } });
    let message = |message: Value| json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
    let shapes = [
        chat_response(
            &json!(format!("a {} b {}", markdown_image("image/png", &one), markdown_image("image/jpeg", &two))),
            "stop",
        ),
        message(json!({ "content": "", "reasoning_content": format!("![]({first})\n![]({second})") })),
        message(json!({ "content": null, "images": [part(&first), part(&second)] })),
        message(json!({ "content": [{ "type": "text", "text": "two" }, part(&first), part(&second)] })),
        json!({ "created": 1, "data": [{ "b64_json": base64(&first) }, { "b64_json": base64(&second) }] }),
        json!({ "candidates": [{ "finishReason": "STOP", "content": { "parts": [
            { "text": "two" },
            { "inlineData": { "mimeType": "image/png", "data": base64(&first) } },
            { "inlineData": { "mimeType": "image/jpeg", "data": base64(&second) } },
        ] } }] }),
    ];
    for shape in shapes {
        for events in [false, true] {
            let body = if events { format!("data: {shape}\n\n") } else { shape.to_string() };
            let mime = if events { "text/event-stream" } else { "application/json" };
            // A stream has deltas in place of messages.
            let body = if events { body.replace("\"message\":", "\"delta\":") } else { body };
            let gateway = Gateway::always(Reply::new(200, mime, body));
            let run = home.generate(&gateway.base_url(), &[]);
            let hashes: Vec<Value> = run.events("image").iter().map(|image| image["sha256"].clone()).collect();
            assert_eq!(hashes, [json!(sha256(&one)), json!(sha256(&two))], "{run:?}");
            assert_eq!(run.code, Some(0));
        }
    }
}

#[test]
fn linked_image_is_downloaded_from_the_gateway() {
    let home = TestHome::new();
    let bytes = png(7);
    let gateway = Gateway::start({
        let bytes = bytes.clone();
        move |request| match (request.method.as_str(), request.header("host")) {
            ("POST", Some(host)) => {
                Reply::json(&chat_response(&json!(format!("![image](http://{host}/files/1.png)")), "stop"))
            }
            _ => Reply::new(200, "image/png", &bytes),
        }
    });
    assert_describes(&home.generate(&gateway.base_url(), &[]).only_image(), &bytes, "png", (64, 48));
    assert_eq!(gateway.requests().len(), 2);
}

#[test]
fn references_are_sent_byte_for_byte() {
    let home = TestHome::new();
    let (first, second) = (png(8), encoded_image(40, 30, 9, Encoding::Jpeg { quality: 80 }));
    fs::write(home.path().join("one.png"), &first).expect("a file");
    // The file has a wrong extension; gateways reject images with a wrong type.
    fs::write(home.path().join("two.png"), &second).expect("a file");
    let gateway = Gateway::always(Reply::json(&image_response(&png(10))));
    let run = home.generate(&gateway.base_url(), &["--reference", "one.png", "--reference", "two.png", "--contents"]);
    run.only_image();
    let body = gateway.posts()[0].json();
    let content = &body["messages"][0]["content"];
    assert_eq!(content[0], json!({ "type": "text", "text": "a fox" }));
    assert_eq!(content[1]["image_url"]["url"], data_url("image/png", &first));
    assert_eq!(content[2]["image_url"]["url"], data_url("image/jpeg", &second));
    assert_eq!(body["contents"][0]["parts"][2]["inlineData"]["mimeType"], "image/jpeg");
}

#[test]
fn output_option_writes_copies_without_overwriting() {
    let home = TestHome::new();
    let out = home.path().join("out");
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("a-fox.png"), "mine").expect("a file");
    let bytes = png(11);
    let gateway = Gateway::always(Reply::json(&image_response(&bytes)));
    for name in ["a-fox (2).png", "a-fox (3).png"] {
        let image = home.generate(&gateway.base_url(), &["--out", "out", "--name", "{prompt}"]).only_image();
        assert_describes(&image, &bytes, "png", (64, 48));
        // Also if the folder was given relative to the working directory.
        assert_eq!(Path::new(image["path"].as_str().expect("a path")), out.join(name));
        let original = fs::read(image["original"].as_str().expect("a path")).expect("the original is there");
        assert_eq!(original, bytes);
    }
    assert_eq!(fs::read(out.join("a-fox.png")).expect("the file is there"), b"mine");
    assert_eq!(fs::read_dir(&out).expect("the folder is there").count(), 3);
}

#[test]
fn file_names_from_prompts_stay_in_the_folder_and_within_length_limits() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(14))));
    let long = "海".repeat(5_000);
    for prompt in ["../../escaped", "/etc/passwd", "C:\\x:y*?", "CON", "..", &long, "a\u{1}b", "a\nb"] {
        let run = home.run(&[
            "generate",
            "--json",
            "--model",
            "m",
            "--base-url",
            &gateway.base_url(),
            "--out",
            "out",
            "--name",
            "{prompt}",
            "--prompt",
            prompt,
        ]);
        let path = run.only_image()["path"].as_str().expect("a path").to_owned();
        assert_eq!(Path::new(&path).parent(), Some(home.path().join("out").as_path()), "{prompt}");
    }
    let made = fs::read_dir(home.path().join("out")).expect("the folder is there").count();
    assert_eq!(made, 8);
    assert!(!home.path().join("escaped.png").exists());
}

#[test]
fn prompt_is_read_from_standard_input() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(15))));
    for (input, code) in [("海\n上".as_bytes(), 0), (b"\xff\xfe", 2), (b"", 2)] {
        let file = home.path().join("prompt");
        fs::write(&file, input).expect("a file");
        let mut command = home.command(&["generate", "--json", "--model", "m", "--base-url", &gateway.base_url()]);
        command.args(["--prompt", "-"]).stdin(fs::File::open(&file).expect("it is there"));
        assert_eq!(run(command).code, Some(code), "{input:?}");
    }
    assert_eq!(gateway.posts()[0].json()["messages"][0]["content"], "海\n上");
    assert_eq!(gateway.posts().len(), 1);
}

#[test]
fn unreadable_or_unwritable_settings_do_not_stop_the_command() {
    let home = TestHome::new();
    let config = home.path().join("broken");
    fs::create_dir(&config).expect("a folder");
    for name in ["settings.json", "session.json", "models.json"] {
        fs::write(config.join(name), "{\"version\": \"no").expect("a file");
    }
    fs::write(home.path().join("file"), "").expect("a file");
    for config in ["broken", "file/below"] {
        let arguments = ["generate", "--json", "--prompt", "a fox", "--size", "512", "--config", config];
        home.run(&arguments).only_image();
    }
    let kept = crate::test_home::files(&config);
    assert!(kept.iter().any(|path| fs::read(path).is_ok_and(|text| text == b"{\"version\": \"no")), "{kept:?}");
}

#[test]
fn output_without_json_is_sentences() {
    let home = TestHome::new();
    let gateway = Gateway::always(Reply::json(&image_response(&png(12))));
    let base = gateway.base_url();
    let usual = ["generate", "--prompt", "a fox", "--model", "m", "--base-url", base.as_str()];
    let made = home.run(&usual);
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    assert!(made.stdout.contains("64 × 48") && made.stdout.contains(".png"), "{made:?}");

    let broken = Gateway::always(Reply::new(500, "application/json", r#"{"error":{"message":"painter is ill"}}"#));
    let failed = home.run(&["generate", "--prompt", "a fox", "--model", "m", "--base-url", &broken.base_url()]);
    assert_eq!((failed.code, failed.stdout.as_str()), (Some(1), ""));
    assert!(failed.stderr.contains("painter is ill"), "{failed:?}");
}

#[test]
fn usage_errors_exit_with_code_two() {
    let home = TestHome::new();
    fs::write(home.path().join("words.txt"), "no picture").expect("a file");
    let wrong: [&[&str]; 9] = [
        &["--provider", "nobody"],
        &["--prompt", "  "],
        &["--provider", "demo", "--base-url", "http://127.0.0.1:9/v1"],
        &["--reference", "words.txt"],
        &["--reference", "missing.png"],
        &["--temperature", "9"],
        &["--tools", "{"],
        &["--n", "0"],
        &["--colour", "red"],
    ];
    for arguments in wrong {
        let prompt: &[&str] = if arguments[0] == "--prompt" { &[] } else { &["--prompt", "a fox"] };
        let run = home.run(&[&["generate", "--json"], prompt, arguments].concat());
        assert_eq!(run.code, Some(2), "{arguments:?} {run:?}");
        let failures = run.events("failure");
        match failures.as_slice() {
            [failure] => assert!(failure["message"].is_string() && failure["charged"] == "no", "{failure}"),
            _ => assert!(run.stderr.contains("error:"), "{arguments:?} {run:?}"),
        }
    }
}

#[test]
fn unreachable_gateway_exits_with_code_one() {
    let home = TestHome::new();
    let run = home.generate(&format!("http://{}/v1", crate::gateway::unused_address()), &[]);
    assert_eq!(run.code, Some(1));
    let failure = failure(&run);
    assert_eq!(failure["kind"], "no_connection");
    assert_eq!((&failure["charged"], &failure["http_status"]), (&json!("no"), &Value::Null));
}

#[test]
fn first_image_model_of_the_gateway_is_the_default() {
    let home = TestHome::new();
    let gateway = Gateway::start(|request| match request.method.as_str() {
        "GET" => Reply::json(&json!({ "object": "list", "success": true, "data": [
            { "id": "maker/words", "object": "model" },
            { "id": "maker/flash-image", "object": "model", "supported_endpoint_types": ["image-generation"] },
        ] })),
        _ => Reply::json(&image_response(&png(13))),
    });
    let run = home.run(&["generate", "--json", "--prompt", "a fox", "--base-url", &gateway.base_url()]);
    assert_eq!(run.only_image()["model"], "maker/flash-image");
    assert_eq!(gateway.posts()[0].json()["model"], "maker/flash-image");
}

#[test]
#[cfg(target_os = "linux")]
fn missing_display_is_reported_in_one_sentence() {
    let run = TestHome::new().run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(run.stderr.trim().lines().count(), 1, "{run:?}");
    assert!(run.stderr.contains("display") && run.stderr.contains("atelier generate"), "{run:?}");
}

#[test]
fn library_that_is_open_elsewhere_is_refused_and_unchanged() {
    let home = TestHome::new();
    let first = atelier::library::Library::open(&home.library()).expect("it is free");
    let refused = home.run(&["generate", "--prompt", "a fox", "--json"]);
    assert_eq!(refused.code, Some(2));
    assert_eq!(failure(&refused)["kind"], "library_busy");
    let output = run(home.command(&["generate", "--prompt", "a fox"]));
    assert_eq!(
        (output.code, output.stdout.as_str(), output.stderr.trim().lines().count()),
        (Some(2), "", 1),
        "{output:?}"
    );
    drop(first);
    home.run(&["generate", "--prompt", "a fox", "--size", "512", "--json"]).only_image();
}

#[test]
fn unsupported_parameters_are_omitted_and_mismatches_reported() {
    let gateway = Gateway::always(Reply::json(&image_response(&png(1))));
    let home = TestHome::new();
    let base = gateway.base_url();
    let model = "google/gemini-2.5-flash-image";
    let usual = ["generate", "--json", "--prompt", "a fox", "--model", model, "--base-url", base.as_str()];
    let image = run(home.command(&[&usual[..], &["--aspect", "16:9", "--size", "4K"]].concat())).only_image();
    assert_eq!(image["not_sent"], json!([{ "parameter": "size" }]));
    assert_eq!(image["mismatch"], json!({ "asked": "16:9", "got": "4:3" }));
    let sent = gateway.posts()[0].json();
    assert_eq!(sent["extra_body"]["google"]["image_config"], json!({ "aspect_ratio": "16:9" }));
}
