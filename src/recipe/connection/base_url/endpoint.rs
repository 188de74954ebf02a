//! Removes endpoints from the end of an address, because people copy whole endpoint URLs from documentation.

/// Paths of endpoints below the base URL.
const ENDPOINTS: [&str; 13] = [
    "chat/completions",
    "completions",
    "images/generations",
    "images/edits",
    "images/variations",
    "responses",
    "messages",
    "embeddings",
    "models",
    "audio/speech",
    "audio/transcriptions",
    "moderations",
    "rerank",
];

/// Last segments of Ollama's own endpoints; its OpenAI-compatible API is at `/v1`.
const OLLAMA_ENDPOINTS: [&str; 9] =
    ["chat", "generate", "tags", "show", "embed", "embeddings", "ps", "version", "pull"];
const OLLAMA_BASE: &str = "v1";

/// A path that is split into the base of the API and the endpoint after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SplitPath {
    /// The base, without slashes at its ends.
    pub base: String,
    /// The endpoint, if the path had one.
    pub endpoint: Option<String>,
}

/// Splits a path and removes its empty segments.
pub(crate) fn split_path(path: &str) -> SplitPath {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let at = |count: usize, base: Option<&str>| SplitPath {
        base: base.map_or_else(|| segments[..count].join("/"), |base| [&segments[..count], &[base]].concat().join("/")),
        endpoint: Some(segments[count..].join("/")),
    };
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    if let [before @ .., api, last] = lower.as_slice()
        && api == "api"
        && OLLAMA_ENDPOINTS.contains(&last.as_str())
    {
        return at(before.len(), Some(OLLAMA_BASE));
    }
    // Gemini's endpoints name the model: `models/gemini-3-pro-image:generateContent`.
    if let Some(models) = lower.iter().rposition(|segment| segment == "models")
        && (lower[models + 1..].iter().any(|segment| segment.contains(':') || segment.contains("%3a"))
            || (models > 0 && is_version(&lower[models - 1])))
    {
        return at(models, None);
    }
    let whole = lower.join("/");
    let ends =
        |endpoint: &&&str| whole.strip_suffix(**endpoint).is_some_and(|base| base.is_empty() || base.ends_with('/'));
    match ENDPOINTS.iter().find(ends) {
        Some(endpoint) => at(segments.len() - endpoint.split('/').count(), None),
        None => SplitPath { base: segments.join("/"), endpoint: None },
    }
}

/// Whether a segment is a version such as `v1`, `v1beta` or `v2`.
fn is_version(segment: &str) -> bool {
    let mut characters = segment.chars();
    characters.next() == Some('v') && characters.next().is_some_and(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_every_dialect_are_split_from_the_base() {
        for (path, base, endpoint) in [
            ("/v1/chat/completions", "v1", "chat/completions"),
            ("/v1/Chat/Completions/", "v1", "Chat/Completions"),
            ("/v1/completions", "v1", "completions"),
            ("/v1/images/generations", "v1", "images/generations"),
            ("//v1//images//edits", "v1", "images/edits"),
            ("/v1/responses", "v1", "responses"),
            ("/v1/messages", "v1", "messages"),
            ("/v1/models", "v1", "models"),
            ("/v1/models/gpt-image-1", "v1", "models/gpt-image-1"),
            ("/v1beta/models/g-3:generateContent", "v1beta", "models/g-3:generateContent"),
            ("/v1beta/models/g-3%3AstreamGenerateContent", "v1beta", "models/g-3%3AstreamGenerateContent"),
            ("/v1/projects/p/models/g:predict", "v1/projects/p", "models/g:predict"),
            ("/openai/deployments/gpt-image-1/images/edits", "openai/deployments/gpt-image-1", "images/edits"),
            ("/api/chat", "v1", "api/chat"),
            ("/ollama/api/tags", "ollama/v1", "api/tags"),
            ("/api/chat/completions", "api", "chat/completions"),
            ("/chat/completions", "", "chat/completions"),
        ] {
            let expected = SplitPath { base: base.to_owned(), endpoint: Some(endpoint.to_owned()) };
            assert_eq!(split_path(path), expected, "{path}");
        }
        for (path, base) in [
            ("/", ""),
            ("/v1/", "v1"),
            ("//v1//", "v1"),
            ("/api/v1", "api/v1"),
            ("/api", "api"),
            ("/v1beta/openai", "v1beta/openai"),
            ("/models/org/name", "models/org/name"),
            ("/my-responses", "my-responses"),
        ] {
            assert_eq!(split_path(path), SplitPath { base: base.to_owned(), endpoint: None }, "{path}");
        }
    }
}
