//! A1111's web interface and Forge: the prompt, a line `Negative prompt: …`, and a last line of `Key: value` pairs.

use crate::recipe::ForeignRecipe;

use super::{Metadata, parameters};

const NEGATIVE: &str = "Negative prompt:";

/// A last line with fewer pairs is part of the prompt.
const PAIRS: usize = 3;

pub(super) fn read(metadata: &Metadata) -> Option<ForeignRecipe> {
    parse(parameters(metadata)?)
}

pub(super) fn parse(text: &str) -> Option<ForeignRecipe> {
    let (above, last) = text.trim().rsplit_once('\n').unwrap_or_else(|| ("", text.trim()));
    let pairs = pairs(last);
    if pairs.len() < PAIRS || !pairs.iter().any(|(key, _)| key == "Steps" || key == "Seed") {
        return None;
    }
    let (prompt, negative) = match above.find(NEGATIVE) {
        Some(at) if at == 0 || above[..at].ends_with('\n') => (&above[..at], &above[at + NEGATIVE.len()..]),
        _ => (above, ""),
    };
    let mut recipe = ForeignRecipe {
        tool: "A1111".to_owned(),
        prompt: prompt.trim().to_owned(),
        negative: negative.trim().to_owned(),
        ..ForeignRecipe::default()
    };
    for (key, value) in pairs {
        match key.as_str() {
            "Steps" => recipe.steps = value.parse().ok(),
            "Sampler" => recipe.sampler = value,
            "CFG scale" => recipe.cfg = value.parse().ok().filter(|value: &f64| value.is_finite()),
            "Seed" => recipe.seed = value.parse().ok(),
            "Size" => {
                recipe.size = value.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
            }
            "Model" => recipe.model = value,
            _ => {
                // Forge's versions begin with an f.
                if key == "Version" && value.starts_with('f') {
                    "Forge".clone_into(&mut recipe.tool);
                }
                recipe.extra.insert(key, value);
            }
        }
    }
    Some(recipe)
}

/// The pairs of a line. A value with commas is in quotes, as JSON writes them.
fn pairs(line: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = line.trim();
    while let Some((key, after)) = rest.split_once(':') {
        let after = after.trim_start();
        let end = value_end(after);
        let value = after[..end].trim();
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.to_owned());
        let key = key.trim();
        // A key is a few words; anything else is a sentence with a colon.
        if key.is_empty() || key.len() > 60 || key.contains(',') {
            return Vec::new();
        }
        pairs.push((key.to_owned(), value));
        rest = after[end..].trim_start_matches([',', ' ']);
    }
    pairs
}

/// Where a value ends: at the next comma that is not in quotes.
fn value_end(text: &str) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if quoted || at == 0 => quoted = !quoted,
            ',' if !quoted => return at,
            _ => {}
        }
    }
    // A quote that is never closed is only a letter.
    if quoted { text.find(',').unwrap_or(text.len()) } else { text.len() }
}
