//! The state of a provider's key.

use crate::recipe::KeyFlaw;

/// The state of a profile's key. The key itself never leaves the studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The keychain is being queried.
    Asking,
    /// There is no key.
    Missing,
    /// The key is in the system's keychain.
    Stored {
        /// Its last four characters.
        last_four: String,
    },
    /// The key is in memory only, until the program ends, because the keychain cannot be used.
    SessionOnly {
        /// Its last four characters.
        last_four: String,
        /// Why it is not in the keychain.
        reason: KeychainProblem,
    },
    /// The key comes from an environment variable.
    FromEnvironment {
        /// Its last four characters.
        last_four: String,
        /// The variable's name.
        variable: String,
    },
    /// What is stored cannot be a key.
    Unusable {
        /// What is wrong with it.
        flaw: KeyFlaw,
        /// The environment variable that contains it; `None` if it is in the keychain.
        variable: Option<String>,
    },
    /// The keychain could not be queried.
    Unreachable(KeychainProblem),
}

/// Why the keychain cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainProblem {
    /// The system has no keychain.
    Missing,
    /// It is locked, and was not unlocked in time.
    TimedOut,
    /// It refused access.
    Refused,
}
