//! Links to images within texts, parsed like Markdown renderers and browsers do.

use super::{
    image_scanner::{
        Attribute, ImageScanner, LinkContext, MAX_ALT_BYTES, MAX_LINK_BYTES, MAX_RESCANS, ScanSink, ScanState,
        last_character,
    },
    signatures::{
        LinkRank, clean_address, ends_address, is_base64, is_base64_byte, is_link, is_named, is_relative,
        may_be_base64, may_be_link, rank, starts, without_punctuation,
    },
};

impl ImageScanner {
    /// In an image tag.
    pub(crate) fn tag(&mut self, byte: u8, attribute: Attribute, found: &mut impl ScanSink) -> bool {
        let is_source = |name: &[u8]| {
            [&b"src"[..], b"data-src", b"href", b"xlink:href"]
                .iter()
                .any(|known| name.trim_ascii().eq_ignore_ascii_case(known))
        };
        match attribute {
            // The tag has no address.
            Attribute::Name(_) | Attribute::Equals(_) | Attribute::Value(0) if byte == b'>' => {
                return self.reject_held(found);
            }
            Attribute::Name(start) if byte == b'=' => {
                let source = is_source(&self.held[start..]);
                self.hold(byte, ScanState::Tag(Attribute::Equals(source)));
            }
            // A blank ends a name, unless an equals sign follows.
            Attribute::Name(start) => {
                let word = &self.held[start..];
                let new = word.last().is_some_and(u8::is_ascii_whitespace) && !byte.is_ascii_whitespace();
                let start = if new || (word.is_empty() && byte == b'/') { self.held.len() } else { start };
                self.hold(byte, ScanState::Tag(Attribute::Name(start)));
            }
            Attribute::Equals(_) if byte.is_ascii_whitespace() => self.held.push(byte),
            Attribute::Equals(true) => {
                let quote = if matches!(byte, b'"' | b'\'') { byte } else { 0 };
                self.frame = LinkContext::Html(quote);
                if quote == 0 {
                    self.state = ScanState::Target(self.held.len());
                    return false;
                }
                self.hold(byte, ScanState::Target(self.held.len() + 1));
            }
            Attribute::Equals(false) => {
                let quote = if matches!(byte, b'"' | b'\'') { byte } else { 0 };
                self.hold(byte, ScanState::Tag(Attribute::Value(quote)));
            }
            Attribute::Value(quote) => {
                let ends = if quote == 0 { byte.is_ascii_whitespace() } else { byte == quote };
                let state = if ends { ScanState::Tag(Attribute::Name(self.held.len() + 1)) } else { self.state };
                self.hold(byte, state);
            }
        }
        true
    }

    pub(crate) fn target(&mut self, byte: u8, start: usize, found: &mut impl ScanSink) -> bool {
        if self.held.len() <= start
            && (byte.is_ascii_whitespace() || (byte == b'<' && self.frame == LinkContext::Markdown))
        {
            self.hold(byte, ScanState::Target(self.held.len() + 1));
            return self.held.len() < MAX_ALT_BYTES * 2 || self.reject_held(found);
        }
        // It is short in any case.
        if !self.is_field() && self.ends_target(byte, 0) {
            self.state = ScanState::Link(start, 0);
            return false;
        }
        self.held.push(byte);
        let target = &self.held[start..];
        if target.eq_ignore_ascii_case(b"data:") {
            self.state = ScanState::Header(start);
        } else if is_link(target) {
            self.state = ScanState::Link(start, 0);
        } else if is_base64(target) {
            self.begin_raw(found);
        } else if !may_be_link(target) && !starts(b"data:", target) && !may_be_base64(target) {
            let relative = matches!(target[0], b'/' | b'.') || target[0].is_ascii_alphanumeric() || target[0] >= 0x80;
            match self.frame {
                LinkContext::RawField
                    if is_base64_byte(target[0])
                        && target.iter().all(|byte| is_base64_byte(*byte) || *byte == b'%') =>
                {
                    self.begin_raw(found);
                }
                _ if relative => {
                    self.held.pop();
                    self.state = ScanState::Link(start, 0);
                    return false;
                }
                _ => {
                    self.held.pop();
                    return self.reject_held(found);
                }
            }
        }
        true
    }

    /// Whether a byte ends a target at this depth of parentheses.
    pub(crate) fn ends_target(&self, byte: u8, depth: u16) -> bool {
        match self.frame {
            LinkContext::Markdown | LinkContext::Reference => byte == b'\n' || (byte == b')' && depth == 0),
            LinkContext::Html(0) => byte.is_ascii_whitespace() || byte == b'>',
            LinkContext::Html(quote) => byte == quote || byte == b'>',
            LinkContext::Bare | LinkContext::Field | LinkContext::RawField => false,
        }
    }

    pub(crate) fn within_link(&mut self, byte: u8, start: usize, depth: u16, found: &mut impl ScanSink) -> bool {
        let target = &self.held[start..];
        let may_be_address = may_be_link(target) || target.starts_with(b"/");
        if self.frame == LinkContext::Reference && (target.len() > MAX_LINK_BYTES || !may_be_address) {
            self.emit_held(found);
            return false;
        }
        if self.is_field() {
            if target.len() > MAX_LINK_BYTES {
                self.state = ScanState::Deaf;
                return true;
            }
            // Neither an address nor a path contains these, so it is text.
            let is_text = byte.is_ascii_whitespace() || matches!(byte, b'"' | b'<' | b'{' | b'(' | b'[' | b'!');
            let is_address = is_link(target) || target.first().is_some_and(|first| matches!(first, b'/' | b'.'));
            if is_text && !is_address {
                return self.reject_held(found);
            }
        }
        if target.len() > MAX_LINK_BYTES {
            self.rescan_held(MAX_RESCANS, found);
            return false;
        }
        let escaped = self.held.last() == Some(&b'\\');
        if (escaped && byte == b')') || !self.ends_target(byte, depth) {
            let depth = match byte {
                b'(' if !escaped => depth.saturating_add(1),
                b')' if !escaped => depth.saturating_sub(1),
                _ => depth,
            };
            self.hold(byte, ScanState::Link(start, depth));
            return true;
        }
        let Some(address) = address(&self.held[start..]) else {
            if self.frame == LinkContext::Reference {
                self.emit_held(found);
                return false;
            }
            return self.reject_held(found);
        };
        let held = std::mem::take(&mut self.held);
        match self.frame {
            // It is also passed on as text, because it may not be an image.
            LinkContext::Reference => {
                self.emit_text(&held, found);
                if is_link(address.as_bytes()) || is_named(&address) {
                    found.link(&address, rank(&address));
                }
                self.state = ScanState::Plain;
                return false;
            }
            LinkContext::Html(_) => {
                found.link(&address, LinkRank::Sure);
                self.state = if byte == b'>' { ScanState::Plain } else { ScanState::TagEnd(0) };
            }
            _ => {
                found.link(&address, LinkRank::Sure);
                self.state = ScanState::Plain;
            }
        }
        true
    }

    /// Whether a text that is one link so far may still be one with this byte after a blank, as part of a file name.
    pub(crate) fn may_go_on(&self, byte: u8) -> bool {
        let text = String::from_utf8_lossy(&self.held);
        !is_named(text.trim()) && !text.trim_end().contains('\n') && !text.ends_with('\n') && byte != b'h'
    }

    /// Whether the held text, which is the whole text, is one link.
    pub(crate) fn is_alone(&self) -> bool {
        let text = String::from_utf8_lossy(&self.held);
        let text = text.trim();
        let ends = text.chars().any(|c| ends_address(c) || matches!(c, '"' | '<' | '>' | '`' | '|'));
        is_link(text.as_bytes())
            && !ends
            && (is_named(text) || !text.contains(char::is_whitespace))
            && text.matches("://").count() == 1 + text.matches("=http").count()
    }

    pub(crate) fn within_word(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        let held = &self.held;
        if held.len() > MAX_LINK_BYTES {
            return self.reject_held(found);
        }
        // Software may have escaped the address for JSON.
        let escaped = held.last() == Some(&b'\\');
        if !is_link(held) {
            let skips = byte == b'\\' && held.last() != Some(&b'\\') && held.len() > 4;
            let plain: Vec<u8> = held.iter().copied().chain([byte]).filter(|byte| *byte != b'\\').collect();
            if !skips && !may_be_link(&plain) {
                return self.reject_held(found);
            }
            if !skips && is_link(&plain) {
                self.held = plain;
            } else {
                self.held.push(byte);
            }
            return true;
        }
        let count = |wanted: u8| memchr::memchr_iter(wanted, held).count();
        let ends = match byte {
            b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b'{' | b'}' | b'^' => true,
            b')' => count(b')') >= count(b'('),
            b']' => count(b']') >= count(b'['),
            b'*' => held.last() == Some(&b'*'),
            _ if escaped => !(byte.is_ascii_punctuation() || byte == b'u'),
            _ => byte.is_ascii_whitespace() || byte.is_ascii_control(),
        };
        if ends {
            self.word(found);
            return false;
        }
        self.held.push(byte);
        if byte >= 0x80
            && let Some((start, character)) = last_character(&self.held)
        {
            let before = std::str::from_utf8(&self.held[..start]).unwrap_or_default();
            if ends_address(character) || is_named(before) || before.contains('?') {
                let after = self.held.split_off(start);
                self.word(found);
                self.emit_text(&after, found);
            }
        }
        true
    }

    /// Ends a word that starts like a link. It is also passed on as text, because it may not be the whole response.
    pub(crate) fn word(&mut self, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        self.emit_text(&held, found);
        self.state = ScanState::Plain;
        let Ok(text) = std::str::from_utf8(&held) else { return };
        if !is_link(&held) {
            return;
        }
        let mut rest = text;
        loop {
            // Lists of links may lack blanks.
            let next = [",http", ";http"].iter().filter_map(|mark| rest.find(mark)).min();
            let (one, more) = rest.split_at(next.unwrap_or(rest.len()));
            // Escaped brackets and quotes of HTML do not belong to the address.
            let end = ["&quot;", "&#34;", "&#39;", "&lt;", "&gt;"].iter().filter_map(|mark| one.find(mark)).min();
            let url = clean_address(without_punctuation(&one[..end.unwrap_or(one.len())]));
            found.link(
                &url,
                match rank(&url) {
                    LinkRank::Named => LinkRank::Sure,
                    rank => rank,
                },
            );
            let Some(more) = more.get(1..) else { return };
            rest = more;
        }
    }

    /// A string that is a link, or several, or a path.
    pub(crate) fn field_link(&mut self, start: usize, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        let Ok(text) = std::str::from_utf8(&held[start..]) else { return };
        let text = text.trim().trim_matches(['"', '\'', '<', '>', '`']);
        if !is_link(text.as_bytes()) {
            if is_relative(text) {
                found.link(&clean_address(text), LinkRank::Sure);
            } else {
                self.frame = LinkContext::Bare;
                self.state = ScanState::Plain;
                self.push(text.as_bytes(), found);
                self.finish(true, found);
            }
            return;
        }
        let mut rest = text;
        while !rest.is_empty() {
            let next = rest.match_indices("http").map(|(at, _)| at).find(|&at| {
                at > 0 && is_link(&rest.as_bytes()[at..]) && rest[..at].ends_with([' ', '\n', '\t', ',', ';', '|'])
            });
            let (one, more) = rest.split_at(next.unwrap_or(rest.len()));
            let one = one.lines().next().unwrap_or_default();
            found.link(&clean_address(one.trim_end_matches([' ', '\t', ',', ';', '|'])), LinkRank::Sure);
            rest = more;
        }
    }
}

/// The address in a target, without the title that may follow it.
fn address(target: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(target).ok()?.trim();
    let text = match text.split_once('>') {
        Some((before, _)) => before,
        None => text,
    };
    let title = [" \"", " '", " (", " =", "\t\"", " \u{201c}"].iter().filter_map(|mark| text.find(mark)).min();
    let text = match title {
        Some(at) if text.ends_with(['"', '\'', ')', '\u{201d}']) || text[at..].starts_with(" =") => text[..at].trim(),
        _ => text,
    };
    let address = clean_address(text.trim_matches(['"', '\'', '`']));
    (is_link(address.as_bytes()) || is_relative(&address)).then_some(address)
}
