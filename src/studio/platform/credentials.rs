//! Keys of gateways: from the keychain, else from the environment, else in memory.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::{
    keychain::{Keychain, KeychainError},
    recipe::{Failure, FailureDetail, FailureKind, KeyFlaw, Profile, ProfileId},
    studio::protocol::{KeyState, KeychainProblem, Secret},
};

/// How long a keychain that did not answer is not queried again, so that several queued requests do not wait for
/// it one after another.
const KEYCHAIN_RETRY_DELAY: Duration = Duration::from_secs(5);

/// Where environment variables are read; tests pass their own.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Looks up, stores and deletes keys. Cheap to clone, because all clones share the cache.
#[derive(Clone)]
pub(in crate::studio) struct CredentialStore {
    keychain: Arc<dyn Keychain>,
    environment: Environment,
    cache: Arc<Mutex<HashMap<ProfileId, CachedKey>>>,
}

#[derive(Clone)]
enum CachedKey {
    Stored(Secret),
    SessionOnly(Secret, KeychainProblem),
    FromEnvironment(Secret, String),
    /// The content of the keychain, or of this variable, cannot be a key.
    Unusable(KeyFlaw, Option<String>),
    Missing,
    Unavailable(KeychainProblem, Instant),
}

impl CachedKey {
    fn state(&self) -> KeyState {
        match self {
            Self::Stored(key) => KeyState::Stored { last_four: key.last_four() },
            Self::SessionOnly(key, reason) => KeyState::SessionOnly { last_four: key.last_four(), reason: *reason },
            Self::FromEnvironment(key, variable) => {
                KeyState::FromEnvironment { last_four: key.last_four(), variable: variable.clone() }
            }
            Self::Unusable(flaw, variable) => KeyState::Unusable { flaw: *flaw, variable: variable.clone() },
            Self::Missing => KeyState::Missing,
            Self::Unavailable(trouble, _) => KeyState::Unreachable(*trouble),
        }
    }

    fn key(&self) -> Option<&Secret> {
        match self {
            Self::Stored(key) | Self::SessionOnly(key, _) | Self::FromEnvironment(key, _) => Some(key),
            Self::Unusable(..) | Self::Missing | Self::Unavailable(..) => None,
        }
    }
}

impl CredentialStore {
    pub(in crate::studio) fn new(keychain: Arc<dyn Keychain>, environment: Environment) -> Self {
        Self { keychain, environment, cache: Arc::default() }
    }

    /// The state of a profile's key. Queries the keychain if it is not cached.
    pub(in crate::studio) async fn look_up(&self, profile: &Profile) -> KeyState {
        if profile.unconfirmed {
            return KeyState::Missing;
        }
        self.find(profile).await.state()
    }

    /// The key to send to a profile's gateway; `None` if none is needed.
    pub(in crate::studio) async fn key(&self, profile: &Profile) -> Result<Option<Secret>, Failure> {
        if profile.id.is_demo() {
            return Ok(None);
        }
        // The author of an imported profile chose its ID, which must not be enough to get the key of that ID.
        if profile.unconfirmed {
            return if profile.needs_key() { Err(Failure::new(FailureKind::HostNotConfirmed)) } else { Ok(None) };
        }
        let entry = self.find(profile).await;
        match (entry.key(), &entry) {
            (Some(key), _) => Ok(Some(key.clone())),
            (None, CachedKey::Unusable(flaw, _)) => {
                Err(Failure::new(FailureKind::UnusableKey).detail(FailureDetail::Key(*flaw)))
            }
            (None, _) if !profile.needs_key() => Ok(None),
            (None, CachedKey::Unavailable(KeychainProblem::TimedOut | KeychainProblem::Refused, _)) => {
                Err(Failure::new(FailureKind::KeychainSilent))
            }
            (None, _) => Err(Failure::new(FailureKind::NoKey)),
        }
    }

    /// Stores a key in the keychain, or in memory if that fails.
    pub(in crate::studio) async fn store(&self, profile: &ProfileId, key: Secret) -> KeyState {
        let kept = {
            let (keychain, profile, key) = (Arc::clone(&self.keychain), profile.clone(), key.clone());
            blocking(move || keychain.set(profile.as_str(), key.reveal())).await
        };
        let entry = match kept {
            Ok(()) => CachedKey::Stored(key),
            Err(trouble) => CachedKey::SessionOnly(key, trouble),
        };
        let state = entry.state();
        self.cache.lock().await.insert(profile.clone(), entry);
        state
    }

    /// All keys that were looked up so far.
    pub(in crate::studio) async fn known_keys(&self) -> Vec<Secret> {
        self.cache.lock().await.values().filter_map(CachedKey::key).cloned().collect()
    }

    /// Deletes a key from keychain and memory. A key in the environment stays.
    pub(in crate::studio) async fn forget(&self, profile: &Profile) -> KeyState {
        let forgotten = {
            let (keychain, profile) = (Arc::clone(&self.keychain), profile.id.clone());
            blocking(move || keychain.forget(profile.as_str())).await
        };
        let mut cache = self.cache.lock().await;
        cache.remove(&profile.id);
        match forgotten {
            Ok(()) => {
                let entry = self.in_environment(profile).unwrap_or(CachedKey::Missing);
                let state = entry.state();
                cache.insert(profile.id.clone(), entry);
                state
            }
            // Without a keychain there was nothing to delete.
            Err(KeychainProblem::Missing) => KeyState::Missing,
            Err(trouble) => KeyState::Unreachable(trouble),
        }
    }

    async fn find(&self, profile: &Profile) -> CachedKey {
        // The lock is held during the query, so that concurrent requests query the keychain once.
        let mut cache = self.cache.lock().await;
        if let Some(entry) = cache.get(&profile.id) {
            match entry {
                CachedKey::Unavailable(_, queried_at) if queried_at.elapsed() > KEYCHAIN_RETRY_DELAY => {}
                CachedKey::Missing | CachedKey::Unusable(..) => {}
                entry => return entry.clone(),
            }
        }
        let found = {
            let (keychain, id) = (Arc::clone(&self.keychain), profile.id.clone());
            blocking(move || keychain.get(id.as_str())).await
        };
        let entry = match found {
            Ok(Some(key)) => match Secret::read(&key) {
                Ok(key) => CachedKey::Stored(key),
                Err(flaw) => CachedKey::Unusable(flaw, None),
            },
            Ok(None) => self.in_environment(profile).unwrap_or(CachedKey::Missing),
            Err(trouble) => {
                self.in_environment(profile).unwrap_or_else(|| CachedKey::Unavailable(trouble, Instant::now()))
            }
        };
        cache.insert(profile.id.clone(), entry.clone());
        entry
    }

    fn in_environment(&self, profile: &Profile) -> Option<CachedKey> {
        let variable = profile.key_variable();
        match Secret::read(&(self.environment)(&variable)?) {
            Ok(key) => Some(CachedKey::FromEnvironment(key, variable)),
            Err(KeyFlaw::Empty) => None,
            Err(flaw) => Some(CachedKey::Unusable(flaw, Some(variable))),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeychainError> + Send + 'static,
) -> Result<T, KeychainProblem> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(KeychainError::None)) => Err(KeychainProblem::Missing),
        Ok(Err(KeychainError::Silent)) => Err(KeychainProblem::TimedOut),
        Ok(Err(KeychainError::Refused)) | Err(_) => Err(KeychainProblem::Refused),
    }
}

#[cfg(test)]
mod tests {
    use crate::keychain::MemoryKeychain;

    use super::*;

    struct Silent;

    impl Keychain for Silent {
        fn get(&self, _profile: &str) -> Result<Option<String>, KeychainError> {
            Err(KeychainError::Silent)
        }
        fn set(&self, _profile: &str, _key: &str) -> Result<(), KeychainError> {
            Err(KeychainError::Silent)
        }
        fn forget(&self, _profile: &str) -> Result<(), KeychainError> {
            Err(KeychainError::Silent)
        }
    }

    fn environment(value: Option<&'static str>) -> Environment {
        Arc::new(move |name| (name == "DGRID_API_KEY").then(|| value.map(str::to_owned)).flatten())
    }

    #[tokio::test]
    async fn a_key_is_stored_found_and_deleted() {
        let keychain = Arc::new(MemoryKeychain::default());
        let keys = CredentialStore::new(Arc::<MemoryKeychain>::clone(&keychain), environment(None));
        let dgrid = Profile::dgrid();
        assert_eq!(keys.look_up(&dgrid).await, KeyState::Missing);
        assert_eq!(keys.key(&dgrid).await.unwrap_err().kind, FailureKind::NoKey);
        let stored = keys.store(&dgrid.id, Secret::read("sk-0123456789abcdef").unwrap()).await;
        assert_eq!(stored, KeyState::Stored { last_four: "cdef".to_owned() });
        // A new store, as after a restart, finds it in the keychain.
        let keys = CredentialStore::new(keychain, environment(None));
        assert_eq!(keys.key(&dgrid).await.unwrap().unwrap().reveal(), "sk-0123456789abcdef");
        assert_eq!(keys.forget(&dgrid).await, KeyState::Missing);
        assert_eq!(keys.look_up(&dgrid).await, KeyState::Missing);
    }

    #[tokio::test]
    async fn a_profile_with_an_unconfirmed_host_gets_no_key() {
        let keychain = Arc::new(MemoryKeychain::default());
        keychain.set("dgrid", "sk-0123456789abcdef").unwrap();
        let keys = CredentialStore::new(keychain, environment(Some("sk-fedcba9876543210")));
        let imported =
            Profile { base_url: "https://elsewhere.example/v1".to_owned(), unconfirmed: true, ..Profile::dgrid() };
        assert_eq!(keys.key(&imported).await.unwrap_err().kind, FailureKind::HostNotConfirmed);
        assert_eq!(keys.look_up(&imported).await, KeyState::Missing);
        let local = Profile { base_url: "http://127.0.0.1:9/v1".to_owned(), ..imported.clone() };
        assert_eq!(keys.key(&local).await.unwrap(), None, "a server on this machine needs no key");
        let confirmed = Profile { unconfirmed: false, ..imported };
        assert!(keys.key(&confirmed).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn without_an_answering_keychain_the_key_stays_in_memory_and_the_state_says_so() {
        let keys = CredentialStore::new(Arc::new(Silent), environment(None));
        let dgrid = Profile::dgrid();
        assert_eq!(keys.key(&dgrid).await.unwrap_err().kind, FailureKind::KeychainSilent);
        let stored = keys.store(&dgrid.id, Secret::read("sk-0123456789abcdef").unwrap()).await;
        assert_eq!(stored, KeyState::SessionOnly { last_four: "cdef".to_owned(), reason: KeychainProblem::TimedOut });
        assert!(keys.key(&dgrid).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn keys_from_all_sources_are_cleaned_and_rejected_if_they_cannot_be_sent() {
        let keychain = Arc::new(MemoryKeychain::default());
        let dgrid = Profile::dgrid();
        keychain.set("dgrid", "Bearer \u{feff}sk-0123456789abcdef\n").unwrap();
        let keys = CredentialStore::new(Arc::<MemoryKeychain>::clone(&keychain), environment(None));
        assert_eq!(keys.key(&dgrid).await.unwrap().unwrap().reveal(), "sk-0123456789abcdef");

        keychain.set("dgrid", "sk-01…ef").unwrap();
        let keys = CredentialStore::new(Arc::<MemoryKeychain>::clone(&keychain), environment(None));
        let failure = keys.key(&dgrid).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::UnusableKey);
        assert_eq!(failure.detail.as_deref(), Some(&FailureDetail::Key(KeyFlaw::Shortened)));
        let shortened = KeyState::Unusable { flaw: KeyFlaw::Shortened, variable: None };
        assert_eq!(keys.look_up(&dgrid).await, shortened);

        let keys = CredentialStore::new(
            Arc::<MemoryKeychain>::default(),
            environment(Some("export DGRID_API_KEY='sk-fedcba9876543210'")),
        );
        assert_eq!(keys.key(&dgrid).await.unwrap().unwrap().reveal(), "sk-fedcba9876543210");
        let keys = CredentialStore::new(Arc::<MemoryKeychain>::default(), environment(Some("ｓｋ－fedcba98")));
        let variable = Some("DGRID_API_KEY".to_owned());
        assert_eq!(keys.look_up(&dgrid).await, KeyState::Unusable { flaw: KeyFlaw::Character('ｓ'), variable });
    }

    #[tokio::test]
    async fn the_environment_is_used_if_the_keychain_has_no_key() {
        let keys = CredentialStore::new(Arc::new(MemoryKeychain::default()), environment(Some("sk-fedcba9876543210")));
        let state = keys.look_up(&Profile::dgrid()).await;
        let variable = "DGRID_API_KEY".to_owned();
        assert_eq!(state, KeyState::FromEnvironment { last_four: "3210".to_owned(), variable });
        assert_eq!(keys.key(&Profile::demo()).await.unwrap(), None);
    }
}
