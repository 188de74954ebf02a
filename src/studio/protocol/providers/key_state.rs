//! What is known of a provider's key.

use crate::recipe::KeyFlaw;

/// What is known of a profile's key. The key itself never leaves the studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The keychain is being asked.
    Asking,
    /// There is none.
    Missing,
    /// It is in the system's keychain.
    Stored {
        /// Its last four characters.
        last_four: String,
    },
    /// It is in memory only, until the window closes, because there is no usable keychain.
    SessionOnly {
        /// Its last four characters.
        last_four: String,
        /// Why it is not in the keychain.
        reason: KeychainTrouble,
    },
    /// It comes from an environment variable.
    FromEnvironment {
        /// Its last four characters.
        last_four: String,
        /// The variable's name.
        variable: String,
    },
    /// There is something that cannot be a key.
    Unusable {
        /// What is wrong with it.
        flaw: KeyFlaw,
        /// The environment variable that it comes from; `None` if it is in the keychain.
        variable: Option<String>,
    },
    /// The keychain could not be asked.
    Unreachable(KeychainTrouble),
}

/// Why the keychain cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainTrouble {
    /// The system has none.
    None,
    /// It is locked and nobody unlocked it in time.
    Silent,
    /// It refused.
    Refused,
}
