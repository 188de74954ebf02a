//! Finds the source of SVG images within texts.

use super::{
    image_scanner::{ImageScanner, LinkContext, MAX_SVG_PROLOGUE_BYTES, SVG_MIME, ScanSink, ScanState},
    svg_end::SvgEnd,
};
use crate::{gateway::reader::image_slot::ImageEnd, imaging::sniff, recipe::Format};

impl ImageScanner {
    /// In the text before an SVG, or before another document.
    pub(crate) fn prologue(&mut self, byte: u8, found: &mut impl ScanSink) -> bool {
        self.held.push(byte);
        // Only the end of a tag can decide what follows.
        if !(byte.is_ascii_whitespace() || byte == b'>') {
            return true;
        }
        if sniff(&self.held) == Some(Format::Svg) {
            self.begin_drawing(false, found);
        } else if self.held.len() > MAX_SVG_PROLOGUE_BYTES || is_other_document(&self.held) {
            self.emit_held(found);
        }
        true
    }

    /// The held text and what follows is the source of an SVG.
    pub(crate) fn begin_drawing(&mut self, escaped: bool, found: &mut impl ScanSink) {
        let held = std::mem::take(&mut self.held);
        self.image = Some(found.start(Some(SVG_MIME)));
        self.drawing = Some(SvgEnd::new(escaped));
        self.state = ScanState::Drawing;
        self.drawing(&held, found);
    }

    pub(crate) fn drawing(&mut self, text: &[u8], found: &mut impl ScanSink) -> usize {
        let (Some(drawing), Some(image)) = (&mut self.drawing, self.image) else {
            self.state = ScanState::Plain;
            return 0;
        };
        let (taken, over) = drawing.push(text, |bytes| found.bytes(image, bytes));
        if over {
            self.end_drawing(ImageEnd::Complete, found);
            self.state = match self.frame {
                LinkContext::Markdown | LinkContext::Reference => ScanState::Tail,
                LinkContext::Html(quote) => ScanState::TagEnd(quote),
                LinkContext::Field | LinkContext::RawField => ScanState::Skip,
                LinkContext::Bare => ScanState::Plain,
            };
        }
        taken
    }

    pub(crate) fn end_drawing(&mut self, end: ImageEnd, found: &mut impl ScanSink) {
        self.drawing = None;
        if let Some(image) = self.image.take() {
            found.end(image, end);
        }
        self.tail = *b"  )";
    }
}

/// Whether the first element of a document is known and is not an `svg`.
fn is_other_document(text: &[u8]) -> bool {
    let start = text.iter().rposition(|byte| *byte == b'<').unwrap_or(0);
    let tag = &text[start..];
    tag.len() > 2
        && tag[1].is_ascii_alphabetic()
        && !tag.starts_with(b"<svg")
        && !tag[1..].contains(&b':')
        && memchr::memmem::find(text, b"<!--").is_none()
        && memchr::memchr(b'[', text).is_none()
}
