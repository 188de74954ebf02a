//! Tests of the exact requests, and of what is stored of the responses.

use std::fs;

use atelier::{imaging::Encoding, recipe::OptionStyle};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use egui_kittest::kittest::Queryable as _;
use serde_json::{Value, json};

use crate::{
    scripted_gateways::{
        gateway,
        gateway::Reply,
        images::{chat_response, encoded_image, event_stream, image_response, markdown_image, png},
    },
    test_app::Machine,
};

#[test]
fn every_set_parameter_reaches_the_wire_with_its_name_and_type() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.window.set_size(egui::vec2(1440.0, 1900.0));
    stage.write_prompt("a fox");
    stage.again();
    stage.until_posts(&gateway, 1);
    let plain = json!({ "model": "demo/painter", "messages": [{ "role": "user", "content": "a fox" }] });
    assert_eq!(gateway.posts()[0].json(), plain);

    for chip in ["Aspect ratio: 16:9", "Size: 2K", "Streaming: Off", "Advanced", "Gemini parts: On"] {
        stage.click(chip);
    }
    for (field, value) in [
        ("Number of images", "3"),
        ("Temperature", "0.7"),
        ("Top-p", "0.9"),
        ("Seed", "42"),
        ("Presence penalty", "-0.5"),
        ("Frequency penalty", "1.5"),
        ("Max tokens", "2048"),
        ("Max completion tokens", "4096"),
        ("User", "studio-7"),
        ("Stop sequences", "END\n完"),
        ("Logit bias", r#"{"50256": -100}"#),
        ("Tools", r#"[{"type": "function", "function": {"name": "paint"}}]"#),
        ("Tool choice", "auto"),
        ("Response format", r#"{"type": "text"}"#),
    ] {
        stage.fill(field, value);
    }
    stage.again();
    stage.until_posts(&gateway, 2);
    let expected = json!({
        "model": "demo/painter",
        "messages": [{ "role": "user", "content": "a fox" }],
        "contents": [{ "role": "user", "parts": [{ "text": "a fox" }] }],
        "n": 3,
        "temperature": 0.7,
        "top_p": 0.9,
        "seed": 42,
        "presence_penalty": -0.5,
        "frequency_penalty": 1.5,
        "max_tokens": 2048,
        "max_completion_tokens": 4096,
        "user": "studio-7",
        "stop": ["END", "完"],
        "logit_bias": { "50256": -100 },
        "tools": [{ "type": "function", "function": { "name": "paint" } }],
        "tool_choice": "auto",
        "response_format": { "type": "text" },
        "stream": false,
        "extra_body": { "google": { "image_config": { "aspect_ratio": "16:9", "image_size": "2K" } } }
    });
    assert_eq!(gateway.posts()[1].json(), expected);

    stage.click("Reset");
    stage.again();
    stage.until_posts(&gateway, 3);
    assert_eq!(gateway.posts()[2].json(), plain);
}

#[test]
fn aspect_ratios_are_sent_in_the_configured_style() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at_with(&gateway.base_url(), |settings| {
        settings.profiles.last_mut().expect("it is there").options = OptionStyle::ImageConfig;
    });
    let mut stage = machine.open();
    stage.click("Aspect ratio: 16:9");
    stage.generate("a fox");
    stage.until_posts(&gateway, 1);
    let body = gateway.posts()[0].json();
    assert_eq!((&body["image_config"], &body["extra_body"]), (&json!({ "aspect_ratio": "16:9" }), &Value::Null));
}

#[test]
fn several_images_are_stored_with_text_tokens_and_fingerprint() {
    let gateway = gateway(|request| {
        let streams = request.json()["stream"] == json!(true);
        let (first, second) = if streams { (1, 2) } else { (3, 4) };
        let content = format!(
            "One by day.\n{}\nOne by night.\n{}",
            markdown_image("image/png", &png(first)),
            markdown_image("image/png", &png(second))
        );
        if streams {
            let pieces: Vec<&str> = [&content[..300], &content[300..301], &content[301..]].to_vec();
            let fingerprint = json!({ "system_fingerprint": "fp_streamed", "choices": [] });
            let body = format!("data: {fingerprint}\n\n{}", event_stream(&pieces, Some("stop")));
            Reply::event_stream(&body)
        } else {
            let mut answer = chat_response(&json!(content), "stop");
            answer["usage"]["completion_tokens_details"] = json!({ "image_tokens": 1290 });
            Reply::json(&answer)
        }
    });
    let machine = Machine::at(&gateway.base_url());
    let mut stage = machine.open();
    stage.generate("a street");
    stage.pictures(2);
    stage.sees("64 × 48 · PNG");
    stage.sees("1,297 (7 in, 1,290 out)");
    stage.sees("Text from the model");
    stage.sees("One by night.");
    stage.sees("maker/painter-2");
    stage.click("Streaming: On");
    stage.again();
    stage.pictures(4);
    assert_eq!(gateway.posts().len(), 2);

    let sidecars = machine.sidecars();
    let expected = [(3, false), (4, false), (1, true), (2, true)];
    for ((sidecar, original), (number, streamed)) in sidecars.iter().zip(machine.originals()).zip(expected) {
        assert!(fs::read(original).expect("it is there") == png(number), "image {number} was changed");
        let answer = &sidecar["answer"];
        assert_eq!(answer["streamed"], streamed);
        assert_eq!(answer["system_fingerprint"], if streamed { "fp_streamed" } else { "fp_scripted" });
        assert_eq!(answer["usage"]["total_tokens"], 1297);
        let text = answer["text"].as_str().expect("there were words");
        assert!(text.contains("One by day.") && text.contains("One by night.") && !text.contains("base64"), "{text}");
    }
    let details = &sidecars[0]["answer"]["usage"]["details"];
    assert_eq!(details["completion_tokens_details"]["image_tokens"], 1290);
}

#[test]
fn references_are_sent_as_data_urls_and_gemini_parts() {
    let gateway = gateway(|_| Reply::json(&image_response(&png(1))));
    let machine = Machine::at(&gateway.base_url());
    fs::create_dir(machine.chosen()).expect("a folder");
    let (one, two) = (encoded_image(20, 10, 5, Encoding::Jpeg { quality: 90 }), png(6));
    // A JPEG with the extension of a PNG.
    fs::write(machine.chosen().join("one.png"), &one).expect("a file");
    fs::write(machine.chosen().join("two.png"), &two).expect("a file");
    fs::write(machine.chosen().join("words.png"), "no picture").expect("a file");
    let mut stage = machine.open();
    stage.click("Add reference");
    stage.sees("Remove one.png");
    stage.sees("Remove two.png");
    stage.sees("words.png can’t be used as a reference image");
    stage.generate("both together");
    stage.until_posts(&gateway, 1);
    stage.click("Advanced");
    stage.window.set_size(egui::vec2(1440.0, 1900.0));
    stage.frames();
    stage.click("Gemini parts: On");
    stage.again();
    stage.until_posts(&gateway, 2);

    let posts = gateway.posts();
    let mut expected = [("image/jpeg", one), ("image/png", two)];
    let content = posts[0].json()["messages"][0]["content"].clone();
    assert_eq!(content[0], json!({ "type": "text", "text": "both together" }));
    let url = |at: usize| content[at]["image_url"]["url"].as_str().expect("a URL").to_owned();
    if !url(1).starts_with("data:image/jpeg") {
        expected.reverse();
    }
    let url_of = |(mime, bytes): &(&str, Vec<u8>)| format!("data:{mime};base64,{}", STANDARD.encode(bytes));
    assert_eq!([url(1), url(2)], [url_of(&expected[0]), url_of(&expected[1])]);
    assert_eq!(posts[0].json()["contents"], Value::Null);
    let parts = posts[1].json()["contents"][0]["parts"].clone();
    let inline =
        |(mime, bytes): &(&str, Vec<u8>)| json!({ "inlineData": { "mimeType": mime, "data": STANDARD.encode(bytes) } });
    assert_eq!(parts, json!([{ "text": "both together" }, inline(&expected[0]), inline(&expected[1])]));

    stage.pictures(2);
    stage.sees("References");
    stage.click("Remove one.png");
    assert!(stage.window.query_by_label("Remove one.png").is_none());
}
