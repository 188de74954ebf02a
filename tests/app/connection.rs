//! Tests of the connection of a provider: its certificate, its key and its address, as a person sets them up in the
//! window.

use std::fs;

use atelier::{demo::DemoOptions, keychain::Keychain as _, settings::Language};
use egui::{Key, Modifiers, accesskit::Role};

use crate::{
    scripted_gateways::{
        gateway::{Gateway, RecordedRequest, Reply},
        images::{image_response, png},
        json,
        tls::{Certificate, TlsGateway},
    },
    test_app::{Machine, Stage},
};

const KEY: &str = "sk-0123456789abcdefWHOLE4f2c";

fn answer(request: &RecordedRequest) -> Reply {
    match request.method.as_str() {
        "POST" => Reply::json(&image_response(&png(1))),
        _ => Reply::json(&serde_json::json!({ "data": [{ "id": "demo/painter" }, { "id": "maker/image-1" }] })),
    }
}

/// The trusted certificate of the local provider in the settings on disk.
fn trusted(machine: &Machine) -> Option<String> {
    let settings = json(&machine.home.path().join("config/settings.json"));
    let profiles = settings["profiles"].as_array().cloned().unwrap_or_default();
    let near = profiles.into_iter().find(|profile| profile["id"] == "near")?;
    near["certificate"]["sha256"].as_str().map(str::to_owned)
}

fn open_provider(stage: &mut Stage) {
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("Near");
    stage.sees("Connection");
}

/// Draws frames until scrolling has finished.
fn settle(stage: &mut Stage) {
    for _ in 0..20 {
        stage.frames();
    }
}

#[test]
fn certificate_is_trusted_on_a_failed_card_and_removed_in_the_settings() {
    let certificate = Certificate::authority();
    let gateway = TlsGateway::start(&certificate, answer);
    let machine = Machine::at(&gateway.base_url("localhost"));
    let mut stage = machine.open();
    stage.generate("a fox");
    stage.sees("Certificate not trusted");
    stage.sees("You were not charged.");
    assert_eq!(gateway.posts(), 0);

    stage.click("Trust this certificate…");
    stage.sees("Trust this certificate?");
    stage.sees(&gateway.host("localhost"));
    stage.sees(&certificate.fingerprint()[..47]);
    stage.click("Cancel");
    stage.sees_no_more("Trust this certificate?");
    assert_eq!(trusted(&machine), None, "nothing is trusted without a yes");

    stage.click("Trust this certificate…");
    stage.click("Trust for this provider");
    stage.until("the certificate is trusted", |_| trusted(&machine) == Some(certificate.fingerprint()));
    stage.click("Retry");
    stage.pictures(1);
    assert_eq!(gateway.posts(), 1);

    open_provider(&mut stage);
    stage.sees("Trusted certificate");
    stage.sees(&certificate.fingerprint()[..47]);
    stage.click("Stop trusting");
    stage.sees_no_more("Trusted certificate");
    stage.until("the certificate is not trusted", |_| trusted(&machine).is_none());
    stage.click("Test connection");
    stage.sees("comes from an issuer that this computer does not trust");

    // The question is shown over the settings, and the connection is tested at once.
    settle(&mut stage);
    stage.click("Trust this certificate…");
    stage.click("Trust for this provider");
    stage.sees("OK · ");
    assert_eq!(trusted(&machine), Some(certificate.fingerprint()));
}

#[test]
fn changed_address_drops_the_trusted_certificate() {
    let certificate = Certificate::unknown();
    let gateway = TlsGateway::start(&certificate, answer);
    let machine = Machine::at(&gateway.base_url("localhost"));
    let mut stage = machine.open();
    open_provider(&mut stage);
    stage.click("Test connection");
    stage.sees("Trust this certificate…");
    settle(&mut stage);
    stage.click("Trust this certificate…");
    stage.click("Trust for this provider");
    stage.sees("OK · ");
    stage.write(Role::TextInput, "Base URL", &gateway.base_url("127.0.0.1"));
    stage.click("Test connection");
    stage.sees("comes from an issuer that this computer does not trust");
    stage.until("the certificate is not trusted", |_| trusted(&machine).is_none());
}

#[test]
fn pasted_key_is_cleaned_and_an_invalid_one_rejected() {
    let machine = Machine::new(DemoOptions::instant());
    let mut stage = machine.open();
    stage.press(Modifiers::COMMAND, Key::Comma);
    stage.click("DGrid");
    stage.write(Role::TextInput, "Base URL", &machine.gateway.base_url());
    for (pasted, said) in [
        ("sk-01…4f2c", "shortened form"),
        ("ｓｋ－0123", "ｓ (U+FF53)"),
        ("sk-01 23", "space"),
        ("https://api.example/v1", "web address"),
    ] {
        stage.write(Role::PasswordInput, "API key", pasted);
        stage.sees(said);
        stage.press(Modifiers::NONE, Key::Enter);
        assert_eq!(machine.keychain.get("dgrid"), Ok(None), "{pasted}");
    }
    stage.write(Role::PasswordInput, "API key", &format!("export DGRID_API_KEY='Bearer \u{200b}{KEY}\u{feff}' "));
    stage.sees_no_more("shortened form");
    stage.click("Save");
    stage.sees("Stored in the system keychain");
    assert_eq!(machine.keychain.get("dgrid").unwrap().as_deref(), Some(KEY));
}

#[test]
fn address_is_stored_normalized_and_assumptions_are_shown() {
    let gateway = Gateway::start(|request| match request.path.as_str() {
        "/v1/chat/completions" | "/v1/models" => answer(request),
        _ => Reply::new(404, "application/json", "{}"),
    });
    let host = gateway.origin().trim_start_matches("http://").to_owned();
    let machine = Machine::with(DemoOptions::instant(), |settings, _| settings.language = Language::English);
    let mut stage = machine.open();
    open_provider(&mut stage);
    stage.write(Role::TextInput, "Base URL", &format!("{host}//v1/chat/completions#"));
    stage.sees(&format!("Requests go to http://{host}/v1."));
    stage.sees("“/chat/completions” was left out");
    stage.click("Test connection");
    stage.sees("OK · ");
    for (pasted, said) in [
        ("ftp://files.example", "ftp: is not a web address"),
        ("https://me:secret@api.example/v1", "user name or password"),
    ] {
        stage.write(Role::TextInput, "Base URL", pasted);
        stage.sees(said);
    }
    stage.click("Done");
    stage.generate("a fox");
    stage.pictures(1);
    stage.close();
    let settings = fs::read_to_string(machine.home.path().join("config/settings.json")).unwrap();
    assert!(settings.contains(&format!("\"http://{host}/v1\"")) && !settings.contains("secret@"), "{settings}");
}
