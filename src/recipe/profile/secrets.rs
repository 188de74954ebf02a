//! Detects secrets in a profile, by the name of a field or because a value looks like a key.

use url::Url;

/// Parts of names that usually denote secrets.
const SECRET_NAME_PARTS: [&str; 13] = [
    "auth",
    "key",
    "token",
    "secret",
    "cookie",
    "password",
    "passwd",
    "passphrase",
    "credential",
    "signature",
    "bearer",
    "session",
    "private",
];
/// Whole words in names that usually denote secrets: `X-Pass`, `sig`.
const SECRET_NAME_WORDS: [&str; 9] = ["cred", "creds", "jwt", "otp", "pass", "pin", "pwd", "sid", "sig"];

/// Prefixes of keys.
const KEY_PREFIXES: [&str; 24] = [
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "rk_",
    "AIza",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "gsk_",
    "hf_",
    "r8_",
    "fal_",
    "key-",
    "key_",
    "nvapi-",
    "xai-",
    "xox",
    "ya29.",
];
/// Words in front of a secret in a header.
const AUTH_SCHEMES: [&str; 5] = ["bearer", "basic", "token", "digest", "apikey"];
/// Minimum number of characters after a prefix; shorter words are names.
const MIN_CHARS_AFTER_PREFIX: usize = 8;
/// Minimum number of characters of a random key with digits.
const MIN_RANDOM_CHARS: usize = 20;
const MIN_RANDOM_LETTERS: usize = 32;

/// Whether this name usually denotes a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SECRET_NAME_PARTS.iter().any(|part| lower.contains(part))
        || words(name).iter().any(|word| SECRET_NAME_WORDS.contains(&word.as_str()))
}

/// Splits names such as `X-Pass`, `apiPin` or `user_pwd` into lower-case words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() || (character.is_ascii_uppercase() && before.is_ascii_lowercase()) {
            words.push(String::new());
        }
        if character.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(character.to_ascii_lowercase());
        }
        before = character;
    }
    words
}

/// Whether a value looks like a key, whatever its name.
pub(super) fn looks_like_key(value: &str) -> bool {
    let trimmed = value.trim();
    if let Some((scheme, rest)) = trimmed.split_once(char::is_whitespace)
        && AUTH_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return !matches!(rest.trim(), "" | "{key}");
    }
    if !address_secrets(trimmed).is_empty() {
        return true;
    }
    let parts = trimmed.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '~')));
    parts.into_iter().any(is_key)
}

fn is_key(word: &str) -> bool {
    let after_prefix = KEY_PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix));
    if after_prefix.is_some_and(|rest| rest.len() >= MIN_CHARS_AFTER_PREFIX) {
        return true;
    }
    let is_token = word.starts_with("eyJ") && word.matches('.').count() >= 1 && word.len() >= MIN_RANDOM_CHARS;
    is_token || is_uuid(word) || word.split(['-', '_', '.']).any(is_random)
}

/// Whether a word is a UUID, which some providers use as a key.
fn is_uuid(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let is_hexadecimal = |part: &&str| part.chars().all(|c| c.is_ascii_hexdigit());
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(is_hexadecimal)
}

fn is_random(part: &str) -> bool {
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let (upper, lower) =
        (part.contains(|c: char| c.is_ascii_uppercase()), part.contains(|c: char| c.is_ascii_lowercase()));
    (part.len() >= MIN_RANDOM_CHARS && digits > 0 && (upper || lower))
        || (part.len() >= MIN_RANDOM_LETTERS && upper && lower)
}

/// The secrets in an address: credentials and query values.
pub(super) fn address_secrets(address: &str) -> Vec<String> {
    let Some(url) = Url::parse(address.trim()).ok().filter(Url::has_host) else { return Vec::new() };
    let decoded = |text: &str| {
        url::form_urlencoded::parse(format!("x={}", text.replace('+', "%2B")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    let user = (!url.username().is_empty()).then(|| url.username());
    let mut found: Vec<String> = user.into_iter().chain(url.password()).filter_map(decoded).collect();
    // A user name beside a password is not a secret.
    if found.len() == 2 {
        found.remove(0);
    }
    found.extend(
        url.query_pairs()
            .filter(|(name, value)| is_secret_name(name) || is_key(value))
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty()),
    );
    found
}

/// Removes possible secrets from an address. Returns whether any was removed.
pub(super) fn without_credentials(address: &str) -> (String, bool) {
    let Ok(mut url) = Url::parse(address.trim()) else { return (address.to_owned(), false) };
    let kept: Vec<String> = url
        .path_segments()
        .map(|segments| segments.filter(|segment| !is_key(segment)).map(str::to_owned).collect())
        .unwrap_or_default();
    let has_key_in_path = url.path_segments().is_some_and(|segments| segments.count() != kept.len());
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if plain && !has_key_in_path {
        return (address.to_owned(), false);
    }
    // This fails only for addresses without a host.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.set_query(None);
    url.set_fragment(None);
    if has_key_in_path {
        url.set_path(&kept.join("/"));
    }
    (url.into(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_names_are_detected() {
        for name in [
            "X-Credential",
            "X-Pass",
            "X-Signature",
            "passwd",
            "pin",
            "bearer",
            "apiPin",
            "user_pwd",
            "Authorization",
            "access_token",
            "X-Sig",
            "session_id",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["X-Title", "mapping", "spinner", "compass", "design", "HTTP-Referer", "quality", "passes"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_that_look_like_keys_are_detected() {
        for value in [
            "sk-0123456789abcdef",
            "Bearer abc",
            "Basic bWU6eA==",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            "5entinel5entinel5entinel7988",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "https://me:secret@host/x",
            "https://host/x?sig=abc",
            "prefix sk-proj-0123456789abcdef, more",
            "QWxhZGRpbjpvcGVuIHNlc2FtZQxyzABCDE",
        ] {
            assert!(looks_like_key(value), "{value}");
        }
        for value in [
            "blue",
            "Bearer {key}",
            "{key}",
            "gemini-2.5-flash-image-preview",
            "https://example.com/my/page?tenant=2",
            "black-forest-labs/FLUX.1-Kontext-dev",
            "a photograph of a lighthouse at dusk",
            "Mozilla/5.0 (X11; Linux x86_64)",
            "2026-11-30T12:00:00Z",
            "stable-diffusion-xl-base-1.0",
        ] {
            assert!(!looks_like_key(value), "{value}");
        }
    }
}
