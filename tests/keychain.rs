//! Tests of the system's real keychain: a gnome-keyring on a session bus of its own.
//!
//! Ignored by default, because they would write into the keychain of the user who runs them; `tests/keychain.sh`
//! creates the sessions that these tests need and runs them.
#![cfg(target_os = "linux")]

use std::time::Duration;

use atelier::keychain::{Keychain as _, KeychainError, SystemKeychain};

/// Long enough for a busy machine; a working keychain needs a few milliseconds.
const KEYCHAIN_TIMEOUT: Duration = Duration::from_mins(1);

#[test]
#[ignore = "writes into the system's keychain; run by tests/keychain.sh"]
fn unlocked_keychain_stores_replaces_and_deletes_keys() {
    let keychain = SystemKeychain::new(KEYCHAIN_TIMEOUT);
    assert_eq!(keychain.get("dgrid"), Ok(None));

    keychain.set("dgrid", "sk-first").unwrap();
    keychain.set("other", "sk-鑰匙").unwrap();
    assert_eq!(keychain.get("dgrid"), Ok(Some("sk-first".to_owned())));

    keychain.set("dgrid", "sk-second").unwrap();
    assert_eq!(keychain.get("dgrid"), Ok(Some("sk-second".to_owned())), "replaced, not kept twice");
    // Another start of the program is another connection.
    assert_eq!(SystemKeychain::new(KEYCHAIN_TIMEOUT).get("other"), Ok(Some("sk-鑰匙".to_owned())));

    keychain.forget("dgrid").unwrap();
    assert_eq!(keychain.get("dgrid"), Ok(None));
    assert_eq!(keychain.forget("dgrid"), Ok(()), "forgetting what is not there is no trouble");
    assert_eq!(keychain.get("other"), Ok(Some("sk-鑰匙".to_owned())), "the other key is still there");
    keychain.forget("other").unwrap();
    keychain.set("dgrid", "sk-third").unwrap();
}

#[test]
#[ignore = "needs the keychain that the first test has left; run by tests/keychain.sh"]
fn stored_key_survives_the_process() {
    assert_eq!(SystemKeychain::new(KEYCHAIN_TIMEOUT).get("dgrid"), Ok(Some("sk-third".to_owned())));
}

#[test]
#[ignore = "needs a keychain that stays locked; run by tests/keychain.sh"]
fn locked_keychain_is_an_error_without_waiting() {
    let keychain = SystemKeychain::new(Duration::from_secs(3));
    let trouble = keychain.set("dgrid", "sk-secret").unwrap_err();
    assert!(matches!(trouble, KeychainError::Silent | KeychainError::Refused), "{trouble:?}");
    assert!(!format!("{trouble:?} {trouble}").contains("secret"));
}

#[test]
#[ignore = "needs a locked keychain that asks on a screen; run by tests/keychain.sh"]
fn unanswered_keychain_prompt_times_out() {
    let keychain = SystemKeychain::new(Duration::from_secs(3));
    assert_eq!(keychain.get("dgrid"), Err(KeychainError::Silent), "a key is there, and asked for");
    assert_eq!(keychain.set("dgrid", "sk-secret"), Err(KeychainError::Silent));
}

#[test]
#[ignore = "needs a session without a keychain; run by tests/keychain.sh"]
fn missing_keychain_is_reported() {
    let keychain = SystemKeychain::new(KEYCHAIN_TIMEOUT);
    assert_eq!(keychain.get("dgrid"), Err(KeychainError::None));
    assert_eq!(keychain.set("dgrid", "sk-secret"), Err(KeychainError::None));
    assert_eq!(keychain.forget("dgrid"), Err(KeychainError::None));
}
