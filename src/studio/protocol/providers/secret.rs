//! A text that must not be shown or logged.

use std::fmt;

use crate::recipe::{KeyFlaw, clean_key};

/// An API key. It has no `Display`, and its `Debug` does not contain it, so that it cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Extracts the key from a pasted text.
    ///
    /// # Errors
    /// The text is not a key.
    pub fn read(pasted: &str) -> Result<Self, KeyFlaw> {
        clean_key(pasted).map(Self)
    }

    /// Wraps a secret text of a request without cleaning it, so that it can be found and masked in recordings.
    pub(in crate::studio) fn verbatim(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The key itself; for the `Authorization` header and the keychain only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four characters, or fewer of a short key: at most a quarter of it is ever shown.
    pub fn last_four(&self) -> String {
        let count = self.0.chars().count();
        self.0.chars().skip(count - 4.min(count / 4)).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_its_last_four_characters_and_no_more() {
        let key = Secret::read(" Bearer sk-0123456789abcdef4f2c\n").unwrap();
        assert_eq!(key.last_four(), "4f2c");
        assert_eq!(format!("{key:?}"), "Secret(…)");
        assert_eq!(Secret::read("abcd").unwrap().last_four(), "d");
        assert_eq!(Secret::read("abc").unwrap().last_four(), "");
        assert_eq!(Secret::read(""), Err(KeyFlaw::Empty));
    }
}
