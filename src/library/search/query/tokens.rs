//! The tokens of which terms consist: words, keys and quoted texts.

/// The text up to the next space, and the rest; `None` if the text begins with a space or is empty.
pub(super) fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A key and the text after its colon, which input methods may write as a full-width one.
pub(super) fn keyed(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).filter(|end| *end > 0)?;
    let (key, rest) = text.split_at(end);
    let value = rest.strip_prefix([':', '：'])?;
    Some((key, value))
}

/// A text in quotes, whether its closing quote is missing, and the remaining text. Two quotes within the text mean one.
pub(super) fn quoted(text: &str) -> Option<(String, bool, &str)> {
    let Some(inner) = text.strip_prefix('"') else {
        let inner = text.strip_prefix('“')?;
        let (quote, rest) = inner.split_once('”').unwrap_or((inner, ""));
        return Some((quote.to_owned(), quote.len() == inner.len(), rest));
    };
    let mut found = String::new();
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('"') {
        found.push_str(before);
        let Some(after) = after.strip_prefix('"') else { return Some((found, false, after)) };
        found.push('"');
        rest = after;
    }
    found.push_str(rest);
    Some((found, true, ""))
}
