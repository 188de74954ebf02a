//! The encodings of a secret that are not layers of escapes: verbatim, base64, hexadecimal, decimal numbers.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::unescape;

/// Shorter secrets are not masked, because they may be words.
pub(super) const MIN_SECRET_BYTES: usize = 4;
/// The least length of a secret whose base64 and hexadecimal forms are searched too. Shorter ones would match by
/// chance.
const MIN_ENCODED_SECRET_BYTES: usize = 8;
/// The number of bytes of a secret that are searched at most.
const MAX_SECRET_BYTES: usize = 4 << 10;

/// Schemes before a secret in the value of a header.
const AUTH_SCHEMES: [&str; 6] = ["bearer", "basic", "token", "key", "apikey", "digest"];

/// The encodings that are searched in the text and in its unescaped layers.
pub(super) fn plain(secrets: &[&str], shortest: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for secret in parts(secrets, shortest) {
        add(&mut all, &secret);
        // A sequence in the secret that looks like an escape is unescaped together with the text around it.
        let undone = unescape::undone(&secret);
        let twice = unescape::undone(&undone);
        for undone in [undone, twice] {
            if undone.len() >= shortest {
                add(&mut all, &undone);
            }
        }
        if secret.contains(&b' ') {
            add(&mut all, &secret.iter().map(|&byte| if byte == b' ' { b'+' } else { byte }).collect::<Vec<_>>());
        }
        if secret.len() < MIN_ENCODED_SECRET_BYTES {
            continue;
        }
        coded(&mut all, &secret);
        // Some gateways encode a header that is encoded already.
        coded(&mut all, STANDARD_NO_PAD.encode(&secret).as_bytes());
        add(&mut all, hexadecimal(&secret, "").as_bytes());
        for separator in [",", ", "] {
            let numbers: Vec<String> = secret.iter().map(u8::to_string).collect();
            add(&mut all, numbers.join(separator).as_bytes());
        }
    }
    all
}

/// The encodings that are searched without the separators between bytes.
pub(super) fn spaced(secrets: &[&str], shortest: usize) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for secret in parts(secrets, shortest).iter().filter(|secret| secret.len() >= MIN_ENCODED_SECRET_BYTES) {
        add(&mut all, hexadecimal(secret, "").as_bytes());
        add(&mut all, hexadecimal(secret, "0x").as_bytes());
    }
    all
}

/// The secrets, and the part after the scheme of a secret that is a whole header such as `Bearer abc`.
fn parts(secrets: &[&str], shortest: usize) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut take = |secret: &[u8]| {
        let secret = secret[..secret.len().min(MAX_SECRET_BYTES)].to_owned();
        if secret.len() >= shortest && !parts.contains(&secret) {
            parts.push(secret);
        }
    };
    for secret in secrets {
        let secret = secret.trim();
        take(secret.as_bytes());
        let Some((scheme, rest)) = secret.split_once(' ') else { continue };
        if !AUTH_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            continue;
        }
        let rest = rest.trim();
        take(rest.as_bytes());
        let password = STANDARD.decode(rest).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
        if let Some(at) = password.as_ref().and_then(|pair| pair.iter().position(|&byte| byte == b':'))
            && let Some(pair) = &password
        {
            take(&pair[at + 1..]);
        }
    }
    parts
}

/// Adds the base64 characters that depend only on the secret, for each of the offsets at which it may start.
fn coded(all: &mut Vec<Vec<u8>>, secret: &[u8]) {
    for before in 0..3_usize {
        let text = [vec![0; before], secret.to_owned()].concat();
        let (first, bits) = ((before * 8).div_ceil(6), text.len() * 8);
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&text);
            add(all, &encoded.as_bytes()[first..bits / 6]);
        }
    }
}

fn hexadecimal(secret: &[u8], before: &str) -> String {
    secret.iter().map(|byte| format!("{before}{byte:02x}")).collect::<Vec<_>>().concat()
}

fn add(all: &mut Vec<Vec<u8>>, writing: &[u8]) {
    if !all.iter().any(|known| known == writing) {
        all.push(writing.to_owned());
    }
}
