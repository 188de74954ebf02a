//! Tests that the log contains errors with all of their causes.

use std::{fs, net::TcpListener, thread};

use crate::test_home::{TestHome, run};

/// The text of all log files.
fn log_text(home: &TestHome) -> String {
    let folder = home.path().join("state/atelier/logs");
    let files = fs::read_dir(folder).expect("the log has a folder").flatten();
    files.map(|file| fs::read_to_string(file.path()).expect("the log is text")).collect()
}

#[test]
fn broken_connection_is_logged_with_its_causes_and_without_its_address() {
    let home = TestHome::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}/secret-path/v1", listener.local_addr().expect("it has an address"));
    // Closes each connection without a response.
    thread::spawn(move || listener.incoming().for_each(drop));
    let mut doctor = home.command(&["doctor", "--json", "--base-url", &base]);
    doctor.env("DGRID_API_KEY", "sk-sentinel-5a4b3c2d1e0f9a8b");
    let ended = run(doctor);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let log = log_text(&home);
    // The error of reqwest, that of hyper, and the reason; the first one contains the address.
    let line = log.lines().find(|line| line.contains("a connection failed")).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("client error (SendRequest): "), "{line}");
    assert!(!line.contains("secret-path"), "{line}");
}
