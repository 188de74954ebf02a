//! Passes images to a receiver one after the other, even if they arrive interleaved.

use crate::gateway::reader::{
    image_slot::{ImageEnd, ImageSlot},
    receiver::{ImageRole, Receiver},
    scan::LinkRank,
};

/// The number of uncertain links that are kept.
const MAX_LINKS: usize = 16;

/// The images of a response so far.
#[derive(Debug)]
pub(crate) struct ImageMultiplexer {
    /// The largest image that is accepted, in bytes.
    limit: u64,
    next: usize,
    /// The image that is being passed on, and the number of its bytes so far.
    live: Option<(ImageSlot, u64)>,
    /// Images that began while another one was live, in order.
    waiting: Vec<PendingImage>,
    /// The number of complete images.
    pub complete: usize,
    /// The number of images whose text was not base64.
    pub broken: usize,
    /// The number of images whose end did not arrive.
    pub cut: usize,
    /// The number of links to images.
    pub links: usize,
    /// The number of drafts.
    pub drafts: usize,
    /// The number of images that began and are not guesses.
    pub meant: usize,
    /// The number of complete guesses.
    pub guesses: usize,
    /// The images that are guesses.
    guessed: Vec<ImageSlot>,
    /// Links that are followed only if nothing better was found.
    maybe: Vec<(LinkRank, bool, String)>,
    /// Whether an image exceeded the limit.
    pub too_large: bool,
}

/// The number of images and links so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageCounts {
    pub images: usize,
    pub links: usize,
}

#[derive(Debug)]
struct PendingImage {
    ticket: ImageSlot,
    mime: Option<String>,
    bytes: Vec<u8>,
    end: Option<ImageEnd>,
    role: ImageRole,
}

impl ImageMultiplexer {
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            next: 0,
            live: None,
            waiting: Vec::new(),
            complete: 0,
            broken: 0,
            cut: 0,
            links: 0,
            drafts: 0,
            meant: 0,
            guesses: 0,
            guessed: Vec::new(),
            maybe: Vec::new(),
            too_large: false,
        }
    }

    pub fn start(&mut self, mime: Option<&str>, receiver: &mut impl Receiver) -> ImageSlot {
        let ticket = ImageSlot(self.next);
        self.next += 1;
        if self.live.is_none() {
            self.live = Some((ticket, 0));
            receiver.image_start(mime);
        } else {
            self.waiting.push(PendingImage {
                ticket,
                mime: mime.map(str::to_owned),
                bytes: Vec::new(),
                end: None,
                role: ImageRole::Final,
            });
        }
        ticket
    }

    /// The number of images that have begun, and of links that were found.
    pub fn begun(&self) -> ImageCounts {
        ImageCounts { images: self.next, links: self.links }
    }

    /// Marks an image as a guess, because nothing identifies it as one of the response.
    pub fn guess(&mut self, ticket: ImageSlot, receiver: &mut impl Receiver) {
        self.guessed.push(ticket);
        self.role(ticket, ImageRole::Guess, receiver);
    }

    /// Whether no certain image was found yet.
    pub fn may_guess(&self) -> bool {
        self.meant == 0 && self.links == 0 && self.guessed.len() < MAX_LINKS
    }

    /// Keeps a link that may lead to an image.
    pub fn maybe(&mut self, url: &str, rank: LinkRank, guess: bool) {
        if self.maybe.len() < MAX_LINKS && self.maybe.iter().all(|(.., known)| known != url) {
            self.maybe.push((rank, guess, url.to_owned()));
        }
    }

    /// The best of the uncertain links, if nothing better was found; their rank, and whether one of them is a guess.
    pub fn best_links(&mut self) -> Option<(LinkRank, bool, Vec<String>)> {
        let maybe = std::mem::take(&mut self.maybe);
        if self.links > 0 || self.complete > 0 || self.guesses > 0 {
            return None;
        }
        let best = maybe.iter().map(|(rank, guess, _)| (*guess, *rank)).min()?;
        let chosen = maybe.into_iter().filter(|(rank, guess, _)| (*guess, *rank) == best).map(|(.., url)| url);
        Some((best.1, best.0 || best.1 > LinkRank::Named, chosen.collect()))
    }

    /// Sets the role of an image.
    pub fn role(&mut self, ticket: ImageSlot, role: ImageRole, receiver: &mut impl Receiver) {
        self.drafts += usize::from(role == ImageRole::Draft);
        match self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
            Some(waiting) => waiting.role = role,
            None => receiver.image_role(ticket.0, role),
        }
    }

    /// Records whether an image of this length would exceed the limit.
    pub fn check(&mut self, length: u64) {
        self.too_large |= length > self.limit;
    }

    pub fn bytes(&mut self, ticket: ImageSlot, bytes: &[u8], receiver: &mut impl Receiver) {
        let length = match &mut self.live {
            Some((live, length)) if *live == ticket => length,
            _ => {
                let held: u64 = self.waiting.iter().map(|waiting| waiting.bytes.len() as u64).sum();
                if held + bytes.len() as u64 > self.limit {
                    self.too_large = true;
                } else if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
                    waiting.bytes.extend_from_slice(bytes);
                }
                return;
            }
        };
        *length += bytes.len() as u64;
        if *length > self.limit {
            self.too_large = true;
        } else {
            receiver.image_bytes(bytes);
        }
    }

    pub fn end(&mut self, ticket: ImageSlot, end: ImageEnd, receiver: &mut impl Receiver) {
        match end {
            ImageEnd::Complete if self.guessed.contains(&ticket) => self.guesses += 1,
            // A guess that turns out not to be an image is not counted.
            ImageEnd::Broken | ImageEnd::Cut if self.guessed.contains(&ticket) => {}
            ImageEnd::Complete => self.complete += 1,
            ImageEnd::Broken => self.broken += 1,
            ImageEnd::Cut => self.cut += 1,
        }
        if self.live.is_none_or(|(live, _)| live != ticket) {
            if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
                waiting.end = Some(end);
            }
            return;
        }
        receiver.image_end(end == ImageEnd::Complete);
        self.live = None;
        // Passes on the images that have ended, then the first that has not.
        while self.live.is_none() && !self.waiting.is_empty() {
            let next = self.waiting.remove(0);
            receiver.image_start(next.mime.as_deref());
            if next.role != ImageRole::Final {
                receiver.image_role(next.ticket.0, next.role);
            }
            receiver.image_bytes(&next.bytes);
            match next.end {
                Some(end) => receiver.image_end(end == ImageEnd::Complete),
                None => self.live = Some((next.ticket, next.bytes.len() as u64)),
            }
        }
    }
}
