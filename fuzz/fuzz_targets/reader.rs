//! The result of reading a response does not depend on how it is cut.
#![no_main]

use atelier::gateway::{AnswerReader, BodyKind, ImageRole, ReaderLimits, Receiver};
use libfuzzer_sys::fuzz_target;

/// Records everything that it receives.
#[derive(Debug, Default, PartialEq)]
struct Told {
    images: Vec<(Vec<u8>, Option<bool>)>,
    roles: Vec<(usize, ImageRole)>,
    links: Vec<String>,
    text: String,
}

impl Receiver for Told {
    fn image_start(&mut self, _declared_mime: Option<&str>) {
        assert!(self.images.last().is_none_or(|(_, end)| end.is_some()), "one picture after the other");
        self.images.push((Vec::new(), None));
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        let (image, end) = self.images.last_mut().expect("a picture has started");
        assert!(end.is_none(), "a picture that is over gets no more bytes");
        image.extend_from_slice(bytes);
    }

    fn image_end(&mut self, complete: bool) {
        let (_, end) = self.images.last_mut().expect("a picture has started");
        assert!(end.replace(complete).is_none(), "a picture ends once");
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        assert!(number < self.images.len(), "a picture has begun before it is something");
        self.roles.push((number, role));
    }

    fn image_link(&mut self, url: &str) {
        self.links.push(url.to_owned());
    }

    fn text(&mut self, delta: &str) {
        self.text.push_str(delta);
    }
}

fn kind(byte: u8) -> BodyKind {
    [BodyKind::Json, BodyKind::EventStream, BodyKind::Unknown][usize::from(byte % 3)]
}

// The first bytes are the declared kind and the chunk size, the rest is the body.
fuzz_target!(|input: (u8, Vec<u8>, &[u8])| {
    let (declared, cuts, body) = input;
    let (mut whole, mut told_whole) = (AnswerReader::new(kind(declared), ReaderLimits::default()), Told::default());
    whole.push(body, &mut told_whole);
    let whole = whole.finish(&mut told_whole);

    let (mut cut, mut told_cut) = (AnswerReader::new(kind(declared), ReaderLimits::default()), Told::default());
    let (mut rest, mut lengths) = (body, cuts.iter().cycle());
    while !rest.is_empty() {
        let length = lengths.next().map_or(1, |length| usize::from(*length)).clamp(1, rest.len());
        let (piece, after) = rest.split_at(length);
        cut.push(piece, &mut told_cut);
        rest = after;
    }
    let cut = cut.finish(&mut told_cut);

    assert_eq!(told_whole, told_cut);
    assert_eq!(whole, cut);
    assert!(told_whole.images.iter().all(|(_, end)| end.is_some()), "every picture ends");
});
