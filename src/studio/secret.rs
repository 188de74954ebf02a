//! A text that must not be shown.

use std::fmt;

/// An API key. It has no `Display` and its `Debug` tells nothing, so that it cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key, without surrounding white space.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
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
        let key = Secret::new(" sk-0123456789abcdef4f2c\n");
        assert_eq!(key.last_four(), "4f2c");
        assert_eq!(format!("{key:?}"), "Secret(…)");
        assert_eq!(Secret::new("abcd").last_four(), "d");
        assert_eq!(Secret::new("").last_four(), "");
    }
}
