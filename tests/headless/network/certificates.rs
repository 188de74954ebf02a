//! Tests of certificates that this computer does not trust: rejected with a message, or trusted for one provider.

use std::fs;

use serde_json::json;

use crate::{
    gateway::{RecordedRequest, Reply},
    images::{chat_response, image_response, png},
    test_home::{Run, TestHome, run},
    tls::{Certificate, TlsGateway},
};

fn image_reply(request: &RecordedRequest) -> Reply {
    match request.method.as_str() {
        "POST" => Reply::json(&image_response(&png(1))),
        _ => Reply::json(&json!({ "data": [{ "id": "maker/painter" }] })),
    }
}

/// A home whose provider `mine` has this base URL.
fn home_with_provider(base: &str) -> TestHome {
    let home = TestHome::new();
    let config = home.path().join("config/atelier");
    fs::create_dir_all(&config).expect("a folder");
    let profile = json!({ "id": "mine", "name": "Mine", "base_url": base });
    fs::write(config.join("settings.json"), json!({ "version": 1, "profiles": [profile] }).to_string())
        .expect("a file");
    home
}

fn generate(home: &TestHome) -> Run {
    let usual = ["generate", "--json", "--prompt", "a fox", "--model", "maker/painter", "--provider", "mine"];
    let mut command = home.command(&usual);
    command.env("MINE_API_KEY", "sk-sentinel-1f2e3d4c5b6a7988");
    run(command)
}

fn trust_certificate(home: &TestHome, fingerprint: &str) -> Run {
    home.run(&["profiles", "trust-certificate", "mine", "--fingerprint", fingerprint])
}

#[test]
fn each_certificate_problem_has_its_message_and_nothing_is_sent() {
    for (certificate, flaw, said) in [
        (Certificate::unknown(), "unknown_issuer", "comes from an issuer that this computer does not trust"),
        (Certificate::authority(), "unknown_issuer", "comes from an issuer that this computer does not trust"),
        (Certificate::expired(), "expired", "has expired"),
        (Certificate::not_yet_valid(), "not_yet_valid", "not valid yet"),
    ] {
        let gateway = TlsGateway::start(&certificate, image_reply);
        let home = TestHome::new();
        let made = home.generate(&gateway.base_url("localhost"), &[]);
        let failure = made.only_event("failure");
        assert_eq!((made.code, &failure["kind"]), (Some(1), &json!("certificate_refused")), "{made:?}");
        assert_eq!(failure["charged"], "no");
        let (message, next) = (failure["message"].to_string(), failure["next"].to_string());
        assert!(message.contains(said) && message.contains(&gateway.host("localhost")), "{message}");
        assert!(message.contains(&certificate.fingerprint()) && next.contains("trust-certificate"), "{next}");
        assert_eq!(failure["detail"]["certificate"]["flaw"], flaw, "{made:?}");
        assert_eq!(gateway.posts(), 0);
    }
}

#[test]
fn trusted_certificate_applies_to_one_provider_at_its_host() {
    for certificate in [
        Certificate::unknown(),
        Certificate::authority(),
        Certificate::expired(),
        Certificate::not_yet_valid(),
        Certificate::of_another_host(),
    ] {
        let gateway = TlsGateway::start(&certificate, image_reply);
        let home = home_with_provider(&gateway.base_url("localhost"));
        assert_eq!(generate(&home).only_event("failure")["kind"], "certificate_refused");

        let other = Certificate::unknown().fingerprint();
        assert_eq!(trust_certificate(&home, &other).code, Some(0));
        assert_eq!(generate(&home).only_event("failure")["kind"], "certificate_refused", "it is another certificate");

        let trusted = trust_certificate(&home, &certificate.fingerprint().to_lowercase().replace(':', ""));
        assert!(trusted.code == Some(0) && trusted.stdout.contains(&gateway.host("localhost")), "{trusted:?}");
        generate(&home).only_image();
        let listed = home.run(&["profiles", "list", "--json"]);
        let mine = listed.events("profile").into_iter().find(|profile| profile["id"] == "mine");
        assert_eq!(mine.expect("it is listed")["certificate"], certificate.fingerprint());

        // The same certificate at another host, or at another provider, is as untrusted as before.
        assert_eq!(
            home.generate(&gateway.base_url("localhost"), &[]).only_event("failure")["kind"],
            "certificate_refused"
        );
        let elsewhere = gateway.base_url("127.0.0.1");
        let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine"];
        let moved = home.run(&[&usual[..], &["--base-url", &elsewhere]].concat());
        assert_eq!(moved.only_event("failure")["kind"], "certificate_refused", "{moved:?}");

        let removed = home.run(&["profiles", "trust-certificate", "mine", "--remove"]);
        assert_eq!(removed.code, Some(0), "{removed:?}");
        assert_eq!(generate(&home).only_event("failure")["kind"], "certificate_refused");
    }
}

#[test]
fn linked_images_of_the_gateway_use_the_same_trusted_certificate() {
    let certificate = Certificate::authority();
    let gateway = TlsGateway::start(&certificate, |request| match request.method.as_str() {
        "POST" => {
            let host = request.header("host").unwrap_or_default();
            Reply::json(&chat_response(&json!(format!("![image](https://{host}/files/1.png)")), "stop"))
        }
        _ if request.path == "/files/1.png" => Reply::new(200, "image/png", png(1)),
        _ => Reply::json(&json!({ "data": [] })),
    });
    let home = home_with_provider(&gateway.base_url("localhost"));
    assert_eq!(trust_certificate(&home, &certificate.fingerprint()).code, Some(0));
    generate(&home).only_image();
}

#[test]
fn link_to_another_server_needs_its_own_certificate() {
    let (own, other) = (Certificate::unknown(), Certificate::unknown());
    let files = TlsGateway::start(&other, |_| Reply::new(200, "image/png", png(1)));
    let link = files.base_url("localhost").replace("/v1", "/1.png");
    let gateway =
        TlsGateway::start(&own, move |_| Reply::json(&chat_response(&json!(format!("![image]({link})")), "stop")));
    let home = home_with_provider(&gateway.base_url("localhost"));
    let settings = home.path().join("config/atelier/settings.json");
    let json = fs::read_to_string(&settings).expect("the settings");
    fs::write(&settings, json.replace("\"name\"", "\"link_other_ports\":true,\"name\"")).expect("a file");
    assert_eq!(trust_certificate(&home, &own.fingerprint()).code, Some(0));
    let made = generate(&home);
    let failure = made.only_event("failure");
    assert_eq!(failure["kind"], "link_failed", "{made:?}");
    let message = failure["message"].to_string();
    assert!(message.contains("certificate") && message.contains(&files.host("localhost")), "{message}");
    assert_eq!(failure["detail"]["certificate"]["sha256"], other.fingerprint());
}

#[cfg(target_os = "linux")]
#[test]
fn certificates_from_the_environment_are_trusted() {
    for certificate in [Certificate::unknown(), Certificate::authority()] {
        let gateway = TlsGateway::start(&certificate, image_reply);
        let home = TestHome::new();
        let folder = home.path().join("certificates");
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("mine.pem");
        fs::write(&file, &certificate.pem).expect("a file");
        for (name, path) in [("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", &folder)] {
            for host in ["localhost", "127.0.0.1"] {
                let mut command = home.generate_command(&gateway.base_url(host), &[]);
                command.env(name, path);
                run(command).only_image();
            }
        }
    }
    // Trusting a certificate does not accept a wrong name or time.
    for (certificate, flaw) in [(Certificate::of_another_host(), "wrong_host"), (Certificate::expired(), "expired")] {
        let gateway = TlsGateway::start(&certificate, image_reply);
        let home = TestHome::new();
        let file = home.path().join("mine.pem");
        fs::write(&file, &certificate.pem).expect("a file");
        let mut command = home.generate_command(&gateway.base_url("localhost"), &[]);
        command.env("SSL_CERT_FILE", &file);
        let made = run(command);
        assert_eq!(made.only_event("failure")["detail"]["certificate"]["flaw"], flaw, "{made:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn unreadable_certificates_are_reported_and_a_trusted_one_still_works() {
    let certificate = Certificate::unknown();
    let gateway = TlsGateway::start(&certificate, image_reply);
    let home = home_with_provider(&gateway.base_url("localhost"));
    let without = || {
        let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "mine"];
        let mut command = home.command(&usual);
        command.env("SSL_CERT_FILE", home.path().join("nothing.pem"));
        run(command)
    };
    let made = without();
    let failure = made.only_event("failure");
    assert_eq!((&failure["kind"], &failure["charged"]), (&json!("insecure_connection"), &json!("no")), "{made:?}");
    assert!(failure["message"].to_string().contains("SSL_CERT_FILE"), "{made:?}");
    assert_eq!(trust_certificate(&home, &certificate.fingerprint()).code, Some(0));
    without().only_image();
}

#[test]
fn imported_profile_never_trusts_a_certificate() {
    let certificate = Certificate::unknown();
    let gateway = TlsGateway::start(&certificate, image_reply);
    let home = home_with_provider(&gateway.base_url("localhost"));
    assert_eq!(trust_certificate(&home, &certificate.fingerprint()).code, Some(0));
    let exported = home.run(&["profiles", "export", "given.json"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let given = fs::read_to_string(home.path().join("given.json")).expect("a file");
    assert!(!given.contains("certificate"), "{given}");

    let gift = json!({
        "id": "gift", "name": "Gift", "base_url": gateway.base_url("localhost"),
        "certificate": { "host": gateway.host("localhost"), "sha256": certificate.fingerprint() },
    });
    fs::write(home.path().join("gift.json"), gift.to_string()).expect("a file");
    assert_eq!(home.run(&["profiles", "import", "gift.json"]).code, Some(0));
    let usual = ["generate", "--json", "--prompt", "a fox", "--model", "m", "--provider", "gift"];
    let made = home.run(&usual);
    assert_eq!(made.only_event("failure")["kind"], "certificate_refused", "{made:?}");

    for wrong in [&["--fingerprint", "abcd"][..], &[]] {
        let usual = ["profiles", "trust-certificate", "mine"];
        assert_eq!(home.run(&[&usual, wrong].concat()).code, Some(2));
    }
    assert_eq!(home.run(&["profiles", "trust-certificate", "nobody", "--remove"]).code, Some(2));
}

#[test]
fn doctor_names_the_untrusted_certificate() {
    let certificate = Certificate::unknown();
    let gateway = TlsGateway::start(&certificate, image_reply);
    let home = home_with_provider(&gateway.base_url("localhost"));
    let diagnosis = home.run(&["doctor", "--json", "--provider", "mine"]);
    assert_eq!(diagnosis.code, Some(1), "{diagnosis:?}");
    let step = diagnosis.events("check").into_iter().find(|step| step["check"] == "encryption").expect("a step");
    assert!(step["message"].to_string().contains(&certificate.fingerprint()), "{diagnosis:?}");
}
