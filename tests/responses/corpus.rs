//! The bodies in `corpus/`, filled with images.
//!
//! A body has the name of an image in place of its base64: `{{png}}`, or `{{png 1/3}}` for the first third of it.
//! Images whose names start with `draft` or `thought` have that role. Each body starts with the letter of its shape.

use std::{collections::BTreeMap, fs, path::Path};

use atelier::{
    gateway::{AnswerReader, BodyKind, ImageRole, ReaderLimits, Receiver, ResponseOutcome},
    imaging::{Bitmap, Encoding, encode},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};

/// The link in bodies with links.
pub const LINK: &str = "https://files.example/fox.png";

/// A body of the corpus, without images.
pub struct Entry {
    pub name: String,
    text: String,
}

/// A body with its images, in order.
pub struct Body {
    pub text: String,
    pub pictures: Vec<(ImageRole, Vec<u8>)>,
    pub links: usize,
}

/// The spelling of base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base64Spelling {
    Padded,
    Unpadded,
    UrlSafe,
    /// With the escapes of some JSON libraries: `\/` and `\u002b`.
    Escaped,
}

/// All bodies.
pub fn corpus() -> Vec<Entry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/responses/corpus");
    let mut entries: Vec<Entry> = fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|file| {
            let path = file.expect("it can be listed").path();
            let name = path.file_name().expect("files have names").to_string_lossy().into_owned();
            Entry { name, text: fs::read_to_string(path).expect("bodies are text") }
        })
        .collect();
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(entries.len() > 40, "only {} bodies", entries.len());
    entries
}

/// A body by its name.
pub fn entry(name: &str) -> Entry {
    corpus().into_iter().find(|entry| entry.name == name).unwrap_or_else(|| panic!("no body is called {name}"))
}

impl Entry {
    /// Whether it is a stream of events.
    pub fn is_stream(&self) -> bool {
        self.name.strip_suffix(".sse").is_some()
    }

    /// Fills in images.
    pub fn fill(&self, pictures: &TestImages, spelling: Base64Spelling) -> Body {
        let mut body = Body { text: String::new(), pictures: Vec::new(), links: 0 };
        let mut rest = self.text.as_str();
        let mut open: Vec<&str> = Vec::new();
        while let Some((before, after)) = rest.split_once("{{") {
            let (placeholder, after) = after.split_once("}}").expect("what opens closes");
            let (name, share) = match placeholder.rsplit_once(' ').filter(|(_, share)| share.contains('/')) {
                Some((name, share)) => (name, share.split_once('/')),
                None => (placeholder, None),
            };
            let bytes = pictures.get(name);
            let base64 = base64_text(bytes, spelling);
            let (nth, of) = share.map_or((1, 1), |(nth, of)| {
                (nth.parse::<usize>().expect("a number"), of.parse::<usize>().expect("a number"))
            });
            body.text += before;
            body.text += &escape(&base64[base64.len() * (nth - 1) / of..base64.len() * nth / of], spelling);
            if nth == 1 {
                body.pictures.push((role(name), bytes.to_vec()));
                open.push(name);
            }
            rest = after;
        }
        body.text += rest;
        // The link may be split in two.
        body.links = usize::from(self.text.contains("fox.png"));
        body
    }
}

fn role(name: &str) -> ImageRole {
    match name.split(' ').next() {
        Some("draft") => ImageRole::Draft,
        Some("thought") => ImageRole::Thought,
        _ => ImageRole::Final,
    }
}

fn base64_text(bytes: &[u8], spelling: Base64Spelling) -> String {
    match spelling {
        Base64Spelling::Padded | Base64Spelling::Escaped => STANDARD.encode(bytes),
        Base64Spelling::Unpadded => STANDARD_NO_PAD.encode(bytes),
        Base64Spelling::UrlSafe => URL_SAFE.encode(bytes),
    }
}

fn escape(base64: &str, spelling: Base64Spelling) -> String {
    if spelling == Base64Spelling::Escaped {
        base64.replace('/', "\\/").replace('+', "\\u002b")
    } else {
        base64.to_owned()
    }
}

/// An image for each name.
pub struct TestImages(BTreeMap<&'static str, (Bitmap, Vec<u8>)>);

impl TestImages {
    /// Images of this size.
    pub fn new(width: u32, height: u32) -> Self {
        let encodings = [
            ("png", Encoding::Png),
            ("jpeg", Encoding::Jpeg { quality: 90 }),
            ("webp", Encoding::Webp { quality: 100 }),
            ("draft", Encoding::Png),
            ("draft 2", Encoding::Png),
            ("thought", Encoding::Png),
            ("thought 2", Encoding::Jpeg { quality: 80 }),
        ];
        let picture = |(number, (name, encoding))| {
            let bitmap = noise(width, height, number);
            let bytes = encode(&bitmap, encoding).expect("an image can be encoded");
            (name, (bitmap, bytes))
        };
        Self((1..).zip(encodings).map(picture).collect())
    }

    /// Images so small that a body with one can be cut at every byte.
    pub fn small() -> Self {
        Self::new(4, 3)
    }

    /// One image of this size, as PNG.
    pub fn only(name: &'static str, width: u32, height: u32) -> Self {
        let bitmap = noise(width, height, 7);
        let bytes = encode(&bitmap, Encoding::Png).expect("an image can be encoded");
        Self(BTreeMap::from([(name, (bitmap, bytes))]))
    }

    /// The file with this name.
    pub fn get(&self, name: &str) -> &[u8] {
        &self.0.get(name).unwrap_or_else(|| panic!("no image is called {name}")).1
    }

    /// The pixels from which the image with these bytes was made, if its format preserves them.
    pub fn pixels(&self, bytes: &[u8]) -> Option<&Bitmap> {
        let lossless = bytes.starts_with(b"\x89PNG");
        self.0.values().find(|(_, known)| lossless && known == bytes).map(|(bitmap, _)| bitmap)
    }
}

fn noise(width: u32, height: u32, number: u32) -> Bitmap {
    let mut rgba = vec![255; width as usize * height as usize * 4];
    let mut mixed = number;
    for pixel in rgba.as_chunks_mut::<4>().0 {
        mixed = mixed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The least random byte is not used.
        pixel[..3].copy_from_slice(&mixed.to_le_bytes()[1..]);
    }
    Bitmap::new(width, height, rgba).expect("as many pixels as it says")
}

/// Records everything that it receives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingSink {
    pub images: Vec<Image>,
    pub links: Vec<String>,
    pub text: String,
}

/// A received image.
#[derive(Clone, PartialEq)]
pub struct Image {
    pub role: ImageRole,
    pub mime: Option<String>,
    pub bytes: Vec<u8>,
    /// `None` while it is arriving.
    pub complete: Option<bool>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?} of {} bytes, complete: {:?}", self.role, self.mime, self.bytes.len(), self.complete)
    }
}

impl Receiver for RecordingSink {
    fn image_start(&mut self, declared_mime: Option<&str>) {
        assert!(self.images.last().is_none_or(|image| image.complete.is_some()), "one image after the other");
        let mime = declared_mime.map(str::to_owned);
        self.images.push(Image { role: ImageRole::Final, mime, bytes: Vec::new(), complete: None });
    }

    fn image_bytes(&mut self, bytes: &[u8]) {
        let image = self.images.last_mut().expect("an image has begun");
        assert_eq!(image.complete, None, "a finished image gets no more bytes");
        image.bytes.extend_from_slice(bytes);
    }

    fn image_end(&mut self, complete: bool) {
        let image = self.images.last_mut().expect("an image has begun");
        assert_eq!(image.complete.replace(complete), None, "a picture ends once");
    }

    fn image_role(&mut self, number: usize, role: ImageRole) {
        self.images[number].role = role;
    }

    fn image_link(&mut self, url: &str) {
        self.links.push(url.to_owned());
    }

    fn text(&mut self, delta: &str) {
        self.text.push_str(delta);
    }
}

/// Reads a body in these chunks.
pub fn read<'a>(kind: BodyKind, pieces: impl IntoIterator<Item = &'a [u8]>) -> (RecordingSink, ResponseOutcome) {
    let (mut reader, mut kept) = (AnswerReader::new(kind, ReaderLimits::default()), RecordingSink::default());
    for piece in pieces {
        reader.push(piece, &mut kept);
    }
    let outcome = reader.finish(&mut kept);
    (kept, outcome)
}
