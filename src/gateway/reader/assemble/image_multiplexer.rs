//! Passes images to a receiver one after the other, even if they arrive interleaved.

use crate::gateway::reader::{
    image_slot::{ImageEnd, ImageSlot},
    receiver::{ImageRole, Receiver},
    scan::Rank,
};

/// Links of which it is not clear that they lead to an image, as many as are kept.
const MAX_LINKS: usize = 16;

/// The images of an answer so far.
#[derive(Debug)]
pub(crate) struct ImageMultiplexer {
    /// Largest image that is accepted, in bytes.
    limit: u64,
    next: usize,
    /// The image that the receiver is being given, and its bytes so far.
    live: Option<(ImageSlot, u64)>,
    /// Images that began while another one was live, in order.
    waiting: Vec<Waiting>,
    /// Images that came in full.
    pub complete: usize,
    /// Images whose text was not base64.
    pub broken: usize,
    /// Images whose end did not come.
    pub cut: usize,
    /// Links to images.
    pub links: usize,
    /// Images that were only drafts.
    pub drafts: usize,
    /// Images that began and are no guesses.
    pub meant: usize,
    /// Guesses that came in full.
    pub guesses: usize,
    /// Which images are guesses.
    guessed: Vec<ImageSlot>,
    /// Links that are followed only if there is nothing better.
    maybe: Vec<(Rank, bool, String)>,
    /// An image was beyond the limit.
    pub too_large: bool,
}

/// How far the images of an answer have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    pub pictures: usize,
    pub links: usize,
}

#[derive(Debug)]
struct Waiting {
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
            self.waiting.push(Waiting {
                ticket,
                mime: mime.map(str::to_owned),
                bytes: Vec::new(),
                end: None,
                role: ImageRole::Final,
            });
        }
        ticket
    }

    /// How many images have begun, and how many links were found.
    pub fn begun(&self) -> Begun {
        Begun { pictures: self.next, links: self.links }
    }

    /// Takes an image for a guess: nothing says that it is one of the answer's.
    pub fn guess(&mut self, ticket: ImageSlot, receiver: &mut impl Receiver) {
        self.guessed.push(ticket);
        self.role(ticket, ImageRole::Guess, receiver);
    }

    /// Whether nothing has come yet that is surely of the answer.
    pub fn may_guess(&self) -> bool {
        self.meant == 0 && self.links == 0 && self.guessed.len() < MAX_LINKS
    }

    /// Keeps a link that may lead to an image.
    pub fn maybe(&mut self, url: &str, rank: Rank, guess: bool) {
        if self.maybe.len() < MAX_LINKS && self.maybe.iter().all(|(.., known)| known != url) {
            self.maybe.push((rank, guess, url.to_owned()));
        }
    }

    /// The best of the links that may lead to an image, if there is nothing better; how sure they are, and whether one
    /// of them is a guess.
    pub fn best_links(&mut self) -> Option<(Rank, bool, Vec<String>)> {
        let maybe = std::mem::take(&mut self.maybe);
        if self.links > 0 || self.complete > 0 || self.guesses > 0 {
            return None;
        }
        let best = maybe.iter().map(|(rank, guess, _)| (*guess, *rank)).min()?;
        let chosen = maybe.into_iter().filter(|(rank, guess, _)| (*guess, *rank) == best).map(|(.., url)| url);
        Some((best.1, best.0 || best.1 > Rank::Named, chosen.collect()))
    }

    /// Says what an image is.
    pub fn role(&mut self, ticket: ImageSlot, role: ImageRole, receiver: &mut impl Receiver) {
        self.drafts += usize::from(role == ImageRole::Draft);
        match self.waiting.iter_mut().find(|waiting| waiting.ticket == ticket) {
            Some(waiting) => waiting.role = role,
            None => receiver.image_role(ticket.0, role),
        }
    }

    /// Notes whether an image of so many bytes would be too large.
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
            // What was no image after all was none of the answer's.
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
        // Those that are over already, then the first that is not.
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
