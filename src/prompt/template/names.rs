//! The names of wildcards, variables and placeholders.

/// Whether a wildcard can have this name. Such a name is also a safe relative path of a file.
pub fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | ' ');
    let is_step = |step: &str| {
        let edges = ['.', ' ', '_'];
        !step.is_empty() && !step.starts_with(edges) && !step.ends_with(edges) && step.chars().all(is_letter)
    };
    name.len() <= MAX_NAME_BYTES && !name.contains("__") && name.split('/').all(is_step)
}

/// The longest name of a variable or a wildcard, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 200;

/// The length of the variable name at the start of the text between braces.
pub(super) fn name_length(inside: &str) -> Option<usize> {
    let mut end = inside.len().min(MAX_NAME_BYTES);
    while !inside.is_char_boundary(end) {
        end -= 1;
    }
    let length = inside[..end].find(['=', ':', '{', '|', '}', '\\', '$']).unwrap_or(end);
    let ends = matches!(inside[length..].chars().next(), None | Some('=' | ':'));
    let name = &inside[..length];
    let is_own = name.starts_with(char::is_alphabetic) && !name.contains(['*', '/', '.']);
    (ends && is_own && is_name(name)).then_some(length)
}

/// The placeholders that a batch fills in, without their braces.
pub const PLACEHOLDERS: [&str; 4] = ["prompt", "model", "n", "tag"];
