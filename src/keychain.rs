//! Secrets in the system's keychain: Secret Service, macOS Keychain, Windows Credential Manager.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use keyring::{Entry, Error};

/// The service name under which the system's keychain lists the keys.
const SERVICE_NAME: &str = "atelier";

/// The reason why the keychain cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// The system has no keychain.
    #[error("there is no keychain")]
    None,
    /// It did not respond in time, because it is locked and the user has not unlocked it.
    #[error("the keychain did not answer")]
    Silent,
    /// It denied access.
    #[error("the keychain refused")]
    Refused,
}

/// A store for keys, one per gateway profile. Calls may block.
pub trait Keychain: Send + Sync + 'static {
    /// Returns the key of a profile.
    ///
    /// # Errors
    /// The keychain cannot be used.
    fn get(&self, profile: &str) -> Result<Option<String>, KeychainError>;

    /// Stores the key of a profile, in place of an earlier one.
    ///
    /// # Errors
    /// The keychain cannot be used.
    fn set(&self, profile: &str, key: &str) -> Result<(), KeychainError>;

    /// Removes the key of a profile, if there is one.
    ///
    /// # Errors
    /// The keychain cannot be used.
    fn forget(&self, profile: &str) -> Result<(), KeychainError>;
}

/// The system's keychain. A locked one may wait for the user forever, so every call has a time limit.
#[derive(Clone, Copy, Debug)]
pub struct SystemKeychain {
    limit: Duration,
}

impl SystemKeychain {
    /// The system's keychain, with a time limit for every call.
    pub fn new(limit: Duration) -> Self {
        Self { limit }
    }

    /// Runs a question about a profile's entry on a thread of its own, which is abandoned if it does not return in
    /// time.
    fn ask<T: Send + 'static>(
        &self,
        profile: &str,
        question: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let profile = profile.to_owned();
        with_timeout(self.limit, move || Entry::new(SERVICE_NAME, &profile).and_then(|entry| question(&entry)))?
            .map_err(|error| trouble(&error))
    }
}

impl Keychain for SystemKeychain {
    fn get(&self, profile: &str) -> Result<Option<String>, KeychainError> {
        self.ask(profile, |entry| match entry.get_password() {
            Ok(key) => Ok(Some(key)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, profile: &str, key: &str) -> Result<(), KeychainError> {
        let key = key.to_owned();
        self.ask(profile, move |entry| entry.set_password(&key))
    }

    fn forget(&self, profile: &str) -> Result<(), KeychainError> {
        self.ask(profile, |entry| match entry.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            deleted => deleted,
        })
    }
}

fn with_timeout<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, KeychainError> {
    let (sender, answer) = mpsc::channel();
    let asking = thread::Builder::new().name("keychain".to_owned()).spawn(move || sender.send(work()));
    if asking.is_err() {
        return Err(KeychainError::Refused);
    }
    answer.recv_timeout(limit).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => KeychainError::Silent,
        mpsc::RecvTimeoutError::Disconnected => KeychainError::Refused,
    })
}

fn trouble(error: &Error) -> KeychainError {
    // The message of the error is not logged, because it could contain the attributes of the entry.
    match error {
        Error::NoDefaultStore | Error::PlatformFailure(_) => KeychainError::None,
        // Locked, or the user declined to unlock it, among others.
        _ => KeychainError::Refused,
    }
}

/// Keys in memory: for tests, and for programs that must not touch the system's keychain.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<HashMap<String, String>>);

impl fmt::Debug for MemoryKeychain {
    /// Does not print the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryKeychain").finish_non_exhaustive()
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, profile: &str) -> Result<Option<String>, KeychainError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(profile).cloned())
    }

    fn set(&self, profile: &str, key: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(profile.to_owned(), key.to_owned());
        Ok(())
    }

    fn forget(&self, profile: &str) -> Result<(), KeychainError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(profile);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unresponsive_keychain_is_silent_and_blocks_nobody() {
        let (never, waits) = mpsc::channel::<()>();
        let outcome = with_timeout(Duration::from_millis(20), move || waits.recv());
        assert_eq!(outcome, Err(KeychainError::Silent));
        drop(never);
    }

    #[test]
    fn keys_in_memory_are_stored_replaced_and_deleted() {
        let keychain = MemoryKeychain::default();
        assert_eq!(keychain.get("dgrid"), Ok(None));
        keychain.set("dgrid", "one").unwrap();
        keychain.set("dgrid", "two").unwrap();
        assert_eq!(keychain.get("dgrid"), Ok(Some("two".to_owned())));
        assert!(!format!("{keychain:?}").contains("two"), "a key is never in a log");
        keychain.forget("dgrid").unwrap();
        keychain.forget("dgrid").unwrap();
        assert_eq!(keychain.get("dgrid"), Ok(None));
    }
}
