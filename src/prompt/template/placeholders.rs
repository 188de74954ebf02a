//! Placeholders, which a batch fills in before the template is parsed.

use super::printer::literal;

/// Replaces `{name}` by values; names are given without their braces. Values are inserted literally.
pub fn fill_placeholders(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(place) = rest.find(['\\', '{']) {
        let (before, here) = rest.split_at(place);
        filled.push_str(before);
        let value = values.iter().find_map(|(name, value)| {
            let after = here.strip_prefix('{')?.strip_prefix(name)?.strip_prefix('}')?;
            Some((value, after))
        });
        if let Some((value, after)) = value {
            filled.push_str(&literal(value));
            rest = after;
        } else {
            // An escaped brace is skipped with its backslash.
            let taken = here.char_indices().nth(if here.starts_with('\\') { 2 } else { 1 });
            let (taken, after) = here.split_at(taken.map_or(here.len(), |(end, _)| end));
            filled.push_str(taken);
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::expansion::expand;

    fn all(template: &str, prompt: &str) -> Vec<String> {
        expand(&fill_placeholders(template, &[("prompt", prompt), ("n", "3")])).collect()
    }

    #[test]
    fn prompt_of_an_image_is_inserted_literally() {
        assert_eq!(all("{prompt}, in {rain|snow}", "a {b|c} d"), ["a {b|c} d, in rain", "a {b|c} d, in snow"]);
        assert_eq!(all("{prompt} {n} {tag}", "海"), ["海 3 {tag}"]);
        assert_eq!(all("{a {prompt}|b}", "x"), ["a x", "b"]);
        assert_eq!(all(r"\{prompt}", "x"), ["{prompt}"], "escaped");
        assert_eq!(all("plain \\", "x"), ["plain \\"]);
        for own in ["__x__", "$a ${b=c}", "3::x", "1..5", r"\{", "_", "$", "!"] {
            assert_eq!(all("{prompt}", own), [own]);
            assert_eq!(all("{{prompt}|{prompt}}", own), [own, own]);
        }
    }
}
