//! Lays out a request or a response as rows of equal height: JSON with one field per line, long lines wrapped, each
//! piece with its kind.
//!
//! Nothing here fails: invalid or truncated JSON is shown as far as it can be parsed.

/// The kind of a piece of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagePart {
    /// Anything else.
    Plain,
    /// The name of a field or header.
    Name,
    /// A text.
    Text,
    /// A number or a word of JSON.
    Value,
    /// Brackets and commas.
    Mark,
    /// A placeholder of something that was left out.
    LeftOut,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageRow {
    /// Its text.
    pub text: String,
    /// Lengths in bytes and kinds of its pieces, in order.
    pub pieces: Vec<(usize, MessagePart)>,
}

/// Lays out a message: a first line, headers, a blank line, a body.
pub fn message(text: &str, columns: usize) -> Vec<MessageRow> {
    let mut page = MessageText::new(columns);
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    for (number, line) in head.lines().enumerate() {
        match line.split_once(": ") {
            Some((name, value)) if number > 0 => {
                page.put(name, MessagePart::Name);
                page.put(": ", MessagePart::Mark);
                page.put(value, MessagePart::Text);
            }
            _ => page.put(line, MessagePart::Plain),
        }
        page.end();
    }
    if !body.is_empty() {
        page.end();
        self::body(body, &mut page);
    }
    page.rows
}

fn body(text: &str, page: &mut MessageText) {
    let whole = text.trim_start();
    if whole.starts_with(['{', '[']) {
        // After a left-out middle the rest begins anywhere, so it is shown unparsed.
        let cut = whole.find("\n… ");
        json(&whole[..cut.unwrap_or(whole.len())], page);
        for line in cut.map(|cut| &whole[cut + 1..]).unwrap_or_default().lines() {
            plain(line, page);
        }
        return;
    }
    for line in text.lines() {
        match line.strip_prefix("data:").map(str::trim_start).filter(|data| data.starts_with('{')) {
            Some(data) => {
                page.put("data: ", MessagePart::Name);
                json(data, page);
            }
            None => plain(line, page),
        }
    }
}

fn plain(line: &str, page: &mut MessageText) {
    page.put(line, if line.starts_with('…') { MessagePart::LeftOut } else { MessagePart::Plain });
    page.end();
}

/// Lays out JSON as far as it is valid.
fn json(text: &str, page: &mut MessageText) {
    let mut rest = text.trim();
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '"' => rest.split_at(string_end(rest)),
            '{' | '[' | '}' | ']' | ',' | ':' => rest.split_at(1),
            first if first.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "{}[],:\"".contains(c)).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        rest = after.trim_start();
        match first {
            '{' | '[' => {
                page.put(token, MessagePart::Mark);
                let close = if first == '{' { '}' } else { ']' };
                if let Some(after) = rest.strip_prefix(close) {
                    page.put(&close.to_string(), MessagePart::Mark);
                    rest = after;
                } else {
                    depth += 1;
                    page.end();
                    page.indent(depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                page.end();
                page.indent(depth);
                page.put(token, MessagePart::Mark);
            }
            ',' => {
                page.put(token, MessagePart::Mark);
                page.end();
                page.indent(depth);
            }
            ':' => page.put(": ", MessagePart::Mark),
            '"' if rest.starts_with(':') => page.put(token, MessagePart::Name),
            '"' => page.put_text(token),
            _ => page.put(token, MessagePart::Value),
        }
    }
    page.end();
}

/// The length of a JSON string including its quotes.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Rows while they are filled.
struct MessageText {
    rows: Vec<MessageRow>,
    row: MessageRow,
    used: usize,
    columns: usize,
    /// The indentation of continued rows.
    hang: usize,
}

impl MessageText {
    fn new(columns: usize) -> Self {
        Self { rows: Vec::new(), row: MessageRow::default(), used: 0, columns: columns.max(20), hang: 0 }
    }

    fn indent(&mut self, depth: usize) {
        // Deep structures must leave space for text.
        let spaces = (depth * 2).min(self.columns / 2);
        self.hang = (spaces + 2).min(self.columns / 2);
        self.put(&" ".repeat(spaces), MessagePart::Plain);
    }

    fn put_text(&mut self, text: &str) {
        let mut rest = text;
        // `<2.1 MB image/png>`
        while let Some((start, length)) = placeholder(rest) {
            self.put(&rest[..start], MessagePart::Text);
            self.put(&rest[start..start + length], MessagePart::LeftOut);
            rest = &rest[start + length..];
        }
        self.put(rest, MessagePart::Text);
    }

    fn put(&mut self, text: &str, kind: MessagePart) {
        for character in text.chars() {
            let wide = if character.is_ascii() { 1 } else { 2 };
            if self.used + wide > self.columns {
                self.rows.push(std::mem::take(&mut self.row));
                self.used = 0;
                for _ in 0..self.hang {
                    self.add(' ', 1, MessagePart::Plain);
                }
            }
            // The width of a tab is undefined, and other control characters are invisible.
            let character = if character.is_control() { ' ' } else { character };
            self.add(character, wide, kind);
        }
    }

    fn add(&mut self, character: char, wide: usize, kind: MessagePart) {
        self.row.text.push(character);
        self.used += wide;
        match self.row.pieces.last_mut().filter(|piece| piece.1 == kind) {
            Some(piece) => piece.0 += character.len_utf8(),
            None => self.row.pieces.push((character.len_utf8(), kind)),
        }
    }

    fn end(&mut self) {
        self.rows.push(std::mem::take(&mut self.row));
        self.used = 0;
        self.hang = 2;
    }
}

/// The position and the length of the next placeholder of binary data.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('<')?;
        let length = text[start..].find('>')? + 1;
        let mut words = text[start + 1..start + length - 1].split(' ');
        let number = words.next().is_some_and(|number| number.parse::<f64>().is_ok());
        let unit = words.next().is_some_and(|unit| ["B", "KB", "MB"].contains(&unit));
        if number && unit && words.next().is_some() && words.next().is_none() {
            return Some((start, length));
        }
        from = start + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &[MessageRow]) -> Vec<&str> {
        rows.iter().map(|row| row.text.as_str()).collect()
    }

    fn kind_of(rows: &[MessageRow], words: &str) -> MessagePart {
        let found = rows.iter().find_map(|row| {
            let at = row.text.find(words)?;
            let mut end = 0;
            row.pieces.iter().find_map(|(length, kind)| {
                end += length;
                (at < end).then_some(*kind)
            })
        });
        found.unwrap_or_else(|| panic!("{words} is in {rows:?}"))
    }

    #[test]
    fn json_is_shown_with_one_field_per_line() {
        let rows = message("HTTP 200\nserver: nginx\n\n{\"a\":[1,{}],\"b\":\"x \\\"y\\\" <2.1 MB image/png>\"}", 80);
        assert_eq!(
            texts(&rows),
            [
                "HTTP 200",
                "server: nginx",
                "",
                "{",
                "  \"a\": [",
                "    1,",
                "    {}",
                "  ],",
                "  \"b\": \"x \\\"y\\\" <2.1 MB image/png>\"",
                "}"
            ]
        );
        assert_eq!(kind_of(&rows, "server"), MessagePart::Name);
        assert_eq!(kind_of(&rows, "\"a\""), MessagePart::Name);
        assert_eq!(kind_of(&rows, "1,"), MessagePart::Value);
        assert_eq!(kind_of(&rows, "x "), MessagePart::Text);
        assert_eq!(kind_of(&rows, "<2.1"), MessagePart::LeftOut);
    }

    #[test]
    fn each_event_is_shown_with_its_json() {
        let rows = message("HTTP 200\n\ndata: {\"a\":1}\n\n… 7 events like these left out …\n\ndata: [DONE]\n", 80);
        let shown = texts(&rows);
        assert_eq!(shown[2..6], ["data: {", "  \"a\": 1", "}", ""]);
        assert_eq!(kind_of(&rows, "… 7"), MessagePart::LeftOut);
    }

    #[test]
    fn long_lines_are_wrapped_without_loss() {
        let words = "漢字 and ".repeat(40);
        for columns in [20, 33, 80] {
            let rows = message(&format!("HTTP 200\n\n{{\"t\":\"{words}\"}}"), columns);
            assert!(
                rows.iter()
                    .all(|row| row.text.chars().map(|c| 1 + usize::from(!c.is_ascii())).sum::<usize>() <= columns)
            );
            let all: String = rows.iter().flat_map(|row| row.text.chars()).filter(|c| !c.is_whitespace()).collect();
            assert!(all.contains(&words.replace(' ', "")));
        }
    }

    #[test]
    fn other_text_is_shown_unchanged() {
        for body in [
            "{\"a\":\"cut in the mid",
            "<html>",
            "{]}}",
            "[[[[",
            "data: {\"x",
            "\"",
            "{\"a\":1\n… 12 bytes left out …\n\"b\"",
        ] {
            let rows = message(&format!("HTTP 500\n\n{body}"), 60);
            let all: String = rows.iter().flat_map(|row| row.text.chars()).filter(|c| !c.is_whitespace()).collect();
            let expected: String = format!("HTTP500{body}").chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(all, expected);
        }
    }
}
