//! Wildcards in YAML: mappings at any depth whose lists and texts are options.
//!
//! Wildcard packs are written by hand and contain templates, which YAML often does not accept without quotes
//! (`- {red|blue} dress`). [`quoted`] adds quotes before the text is parsed.

use std::{borrow::Cow, collections::HashMap, rc::Rc};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::option_list::{WildcardImportError, joined_name, option_line};

/// The nesting depth of mappings and lists at most, including aliases.
const MAX_NESTING_DEPTH: usize = 64;

/// The size of the text of all options at most, in bytes, with every alias expanded. Aliases of aliases could otherwise
/// grow without limit.
const MAX_EXPANDED_BYTES: usize = 16 << 20;

/// A value of a YAML document. Aliases share the value that they refer to.
#[derive(Debug)]
enum Node {
    Text(String),
    /// The options of a list, and the mappings and lists within it.
    List(Vec<Rc<Self>>),
    /// Keys with their values, in order.
    Mapping(Vec<(String, Value)>),
    /// A key or an item without a value.
    Nothing,
}

/// A node with the measures that limit it.
#[derive(Clone, Debug)]
struct Value {
    node: Rc<Node>,
    /// The nesting depth, including itself.
    depth: usize,
    /// The size of all texts within it, with every alias expanded.
    bytes: usize,
}

/// Reads every document of a text, and adds the names of its wildcards with the text of their files.
pub(super) fn read(text: &str, found: &mut Vec<(String, String)>) -> Result<(), WildcardImportError> {
    let text = quoted(text);
    let mut reader =
        Reader { parser: Parser::new_from_str(&text), anchors: HashMap::new(), line: 1, lines: text.lines().count() };
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(()),
            Event::DocumentStart(_) => {
                let event = reader.next()?;
                let line = reader.line;
                let root = reader.value(event, 0)?;
                match &*root.node {
                    Node::Mapping(_) => collect(&root.node, "", found),
                    Node::Nothing => {}
                    // Without a key there is no name.
                    Node::Text(_) | Node::List(_) => return Err(WildcardImportError::Line { line }),
                }
            }
            _ => {}
        }
    }
}

struct Reader<'text> {
    parser: Parser<'text, saphyr_parser::StrInput<'text>>,
    /// Values of anchors. A value that is not complete yet is not included.
    anchors: HashMap<usize, Value>,
    /// Line of the last event, from 1.
    line: usize,
    /// The number of lines, because the parser reports an incomplete last line as one line later.
    lines: usize,
}

impl<'text> Reader<'text> {
    fn next(&mut self) -> Result<Event<'text>, WildcardImportError> {
        let lines = self.lines;
        let failed = |error: &ScanError| WildcardImportError::Line { line: error.marker().line().min(lines).max(1) };
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.line = span.start.line().max(1);
                Ok(event)
            }
            Some(Err(error)) => Err(failed(&error)),
            None => Ok(Event::StreamEnd),
        }
    }

    fn refused(&self) -> WildcardImportError {
        WildcardImportError::Line { line: self.line }
    }

    /// Reads the value that an event begins. The nesting depth limits the recursion.
    fn value(&mut self, event: Event<'text>, outer: usize) -> Result<Value, WildcardImportError> {
        if outer >= MAX_NESTING_DEPTH {
            return Err(self.refused());
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_empty = style == ScalarStyle::Plain && matches!(&*text, "" | "~");
                let node = if is_empty { Node::Nothing } else { Node::Text(text.into_owned()) };
                let bytes = if let Node::Text(text) = &node { text.len() } else { 0 };
                (Value { node: Rc::new(node), depth: 1, bytes }, anchor)
            }
            Event::Alias(anchor) => {
                let nothing = Value { node: Rc::new(Node::Nothing), depth: 1, bytes: 0 };
                (self.anchors.get(&anchor).cloned().unwrap_or(nothing), 0)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                let (mut depth, mut bytes) = (0, 0_usize);
                loop {
                    let event = self.next()?;
                    if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                        break;
                    }
                    let item = self.value(event, outer + 1)?;
                    depth = depth.max(item.depth);
                    bytes = bytes.saturating_add(item.bytes);
                    items.push(item.node);
                }
                (Value { node: Rc::new(Node::List(items)), depth: depth + 1, bytes }, anchor)
            }
            Event::MappingStart(anchor, _) => {
                let mut entries = Vec::new();
                let (mut depth, mut bytes) = (0, 0_usize);
                loop {
                    let event = self.next()?;
                    if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                        break;
                    }
                    let key = self.value(event, outer + 1)?;
                    let event = self.next()?;
                    let value = self.value(event, outer + 1)?;
                    depth = depth.max(value.depth);
                    // A value whose key is not a text has no name.
                    let Node::Text(key) = &*key.node else { continue };
                    bytes = bytes.saturating_add(value.bytes).saturating_add(key.len());
                    entries.push((key.clone(), value));
                }
                (Value { node: Rc::new(Node::Mapping(entries)), depth: depth + 1, bytes }, anchor)
            }
            _ => return Err(self.refused()),
        };
        if value.depth + outer > MAX_NESTING_DEPTH || value.bytes > MAX_EXPANDED_BYTES {
            return Err(self.refused());
        }
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }
}

/// Adds the lists within a value. Their names are the paths of keys to them, joined by slashes.
fn collect(node: &Node, name: &str, found: &mut Vec<(String, String)>) {
    match node {
        Node::Nothing => {}
        Node::Text(text) => found.push((name.to_owned(), option_line(text))),
        Node::List(items) => {
            let lines: String = items.iter().filter_map(|item| template(item)).map(|text| option_line(&text)).collect();
            match found.last_mut().filter(|(last, _)| last == name) {
                Some((_, text)) => text.push_str(&lines),
                None => found.push((name.to_owned(), lines)),
            }
            for item in items.iter().filter(|item| template(item).is_none()) {
                collect(item, name, found);
            }
        }
        Node::Mapping(entries) => {
            for (key, value) in entries {
                // `<<` merges the entries of another mapping.
                let name = if key == "<<" { name.to_owned() } else { joined_name(name, key) };
                collect(&value.node, &name, found);
            }
        }
    }
}

/// The text of an item that is an option. Braces without keys and values are a template: YAML parses `{a|b}` as a
/// mapping whose key `a|b` has no value.
fn template(item: &Node) -> Option<Cow<'_, str>> {
    match item {
        Node::Text(text) => Some(Cow::Borrowed(text)),
        Node::Mapping(entries) if entries.iter().all(|(_, value)| matches!(*value.node, Node::Nothing)) => {
            let keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
            Some(Cow::Owned(format!("{{{}}}", keys.join(", "))))
        }
        Node::Mapping(_) | Node::List(_) | Node::Nothing => None,
    }
}

/// Adds quotes around plain options that YAML does not accept or parses as something else: those that start with a
/// brace or a reserved character, and those that contain `: `. Tabs at the start of a line count as one space each.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + text.len() / 16);
    // The indentation of the line that opens a block scalar; lines that are indented more belong to it.
    let mut block: Option<usize> = None;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let content = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - content.len();
        quoted.extend(std::iter::repeat_n(' ', indent));
        if content.trim().is_empty() || block.is_some_and(|block| indent > block) {
            quoted.push_str(content);
            quoted.push('\n');
            continue;
        }
        let (head, body, is_item) = divided(content);
        let body = body.trim_end();
        let plain = without_comment(body);
        block = is_block_header(plain).then_some(indent);
        quoted.push_str(head);
        if block.is_none() && needs_quotes(plain, is_item) {
            quoted.push('\'');
            quoted.push_str(&plain.replace('\'', "''"));
            quoted.push('\'');
        } else {
            quoted.push_str(body);
        }
        quoted.push('\n');
    }
    quoted
}

/// Splits a line into the list markers or the key before its value, the value, and whether it is a list item. A line
/// with neither is only the first part.
fn divided(content: &str) -> (&str, &str, bool) {
    let mut rest = content;
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim_start_matches([' ', '\t']);
    }
    if rest.len() < content.len() {
        return (&content[..content.len() - rest.len()], rest, true);
    }
    let end = match content.chars().next() {
        // A quoted key ends at its quote, whatever it contains.
        Some(quote @ ('"' | '\'')) => content[1..].find(quote).map(|end| end + 2),
        Some('#' | '[' | '{' | '&' | '*' | '!' | '?' | '%') | None => None,
        Some(_) => Some(0),
    };
    let colon = end.and_then(|end| Some(end + content[end..].find(": ")?));
    let Some(colon) = colon else { return (content, "", false) };
    let value = content[colon + 1..].trim_start_matches([' ', '\t']);
    (&content[..content.len() - value.len()], value, false)
}

/// A plain text without the comment after it.
fn without_comment(body: &str) -> &str {
    if body.starts_with(['"', '\'', '#']) {
        return body;
    }
    body.split(" #").next().unwrap_or_default().trim_end()
}

/// Whether a value opens a block scalar: `|` or `>`, with indicators of indentation and chomping.
fn is_block_header(value: &str) -> bool {
    value
        .strip_prefix(['|', '>'])
        .is_some_and(|signs| signs.len() <= 2 && signs.chars().all(|sign| matches!(sign, '+' | '-' | '1'..='9')))
}

fn needs_quotes(plain: &str, is_item: bool) -> bool {
    let has_value = plain.contains(": ");
    match plain.chars().next() {
        // A flow mapping has values and no options.
        Some('{') => !(has_value && plain.ends_with('}')) || plain.contains('|') || plain.contains("$$"),
        Some('@' | '`' | '%' | ',' | ']' | '}') => true,
        // An alias is a single name.
        Some('*') => plain[1..].is_empty() || plain[1..].contains(|c: char| !c.is_alphanumeric() && !"-_".contains(c)),
        Some('"' | '\'' | '[' | '&' | '!' | '|' | '>' | '#') | None => false,
        Some('?' | '-') if plain[1..].starts_with(' ') => true,
        // An item such as `portrait: close up` is a text.
        Some(_) => has_value || (!is_item && plain.ends_with(':')),
    }
}
