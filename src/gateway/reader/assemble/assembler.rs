//! Assembles the parts of a response from its values while they arrive.

use super::{
    image_multiplexer::ImageMultiplexer,
    response_parts::{ChoiceNumber, HeldText, ImageScope, ResponseParts, ValueTarget, append},
};
use crate::{
    gateway::reader::{
        image_slot::{ImageEnd, ImageSlot},
        parse::{
            Continuation, Delivery, FieldKind, JsonHandler, MetadataField, PathStep, TextRole, is_chat_part, place,
        },
        receiver::{ImageRole, Receiver},
        scan::{FieldHint, ImageScanner, LinkRank, ScanSink, is_image, is_named},
    },
    recipe::PartForm,
};

/// The number of bytes of a text that are buffered until its choice is known.
const MAX_UNASSIGNED_BYTES: usize = 16 * 1024;
/// The collected parts, and the receiver.
pub(crate) struct ResponseAssembler<'a, R> {
    pub gathered: &'a mut ResponseParts,
    pub receiver: &'a mut R,
}

impl<R: Receiver> ResponseAssembler<'_, R> {
    /// Ends an event, or the body.
    pub fn event_end(&mut self) {
        self.end_choice();
        self.gathered.scope = ImageScope::default();
        self.gathered.number = ChoiceNumber::Position;
        self.gathered.mime = None;
    }

    /// Sets the role of the images of this event or part, those before and those after it.
    pub fn role(&mut self, role: ImageRole) {
        let ResponseParts { scope, images, .. } = &mut *self.gathered;
        scope.role = role;
        for ticket in scope.plain.drain(..) {
            images.role(ticket, role, self.receiver);
        }
    }

    /// Begins a string that may contain an image.
    fn begin_field(&mut self, field: FieldHint, mime: Option<String>, guess: bool) -> Delivery {
        let gathered = &mut *self.gathered;
        gathered.told.others += usize::from(!guess);
        gathered.slot = ValueTarget::Field { guess };
        gathered.field.begin_field(field, mime);
        Delivery::Stream
    }

    /// Ends an event or a body within a value.
    pub fn break_off(&mut self) {
        match self.gathered.slot {
            ValueTarget::Field { guess } => self.with_field(guess, |field, out| field.finish(false, out)),
            ValueTarget::Channel { index, closes: true } => {
                self.with_channel(index, |finder, out| finder.finish(false, out));
            }
            _ => {}
        }
        self.gathered.slot = ValueTarget::None;
        // The text might be continued by an image of another choice.
        let guessed = matches!(self.gathered.number, ChoiceNumber::Unknown(_));
        if guessed && self.gathered.is_within_image() {
            self.gathered.unassigned.clear();
        }
        // A finish reason does not apply to a text that was cut.
        self.gathered.choice_finished = false;
    }

    /// Ends the response. Texts of choices that have not finished are incomplete.
    pub fn finish(&mut self) {
        self.end_choice();
        for index in 0..self.gathered.channels.len() {
            self.with_channel(index, |finder, out| finder.finish(false, out));
        }
        self.flush_utf8();
        self.gathered.settle_finish();
    }

    /// Ends the object of a choice, after which its number is known.
    fn end_choice(&mut self) {
        let number = match self.gathered.number {
            ChoiceNumber::Known(number) | ChoiceNumber::Unknown(number) => Some(number),
            ChoiceNumber::Position => None,
        };
        self.assign(number);
        let ResponseParts { signing, images, .. } = &mut *self.gathered;
        signing.end_choice(number.unwrap_or(0), images.begun());
        self.gathered.assumed = None;
        if std::mem::take(&mut self.gathered.choice_finished) {
            for index in 0..self.gathered.channels.len() {
                if number.is_none_or(|number| self.gathered.channels[index].choice == number) {
                    self.with_channel(index, |finder, out| finder.finish(true, out));
                }
            }
        }
    }

    /// Assigns the held texts to their choice.
    fn assign(&mut self, number: Option<u32>) {
        for held in std::mem::take(&mut self.gathered.unassigned) {
            let voice = if self.gathered.scope.role == ImageRole::Thought { TextRole::Thought } else { held.voice };
            let index = self.gathered.channel(number.unwrap_or(held.choice), voice);
            self.with_channel(index, |finder, out| {
                finder.push(&held.text, out);
                if held.closes {
                    finder.finish(held.ended, out);
                }
            });
        }
    }

    fn with_channel(&mut self, index: usize, act: impl FnOnce(&mut ImageScanner, &mut ChannelSink<'_, R>)) {
        let ResponseParts { answer, images, scope, thoughts, channels, utf8, .. } = &mut *self.gathered;
        let Some(channel) = channels.get_mut(index) else { return };
        let (text, spoken) = match channel.voice {
            TextRole::Reply => (&mut answer.text, true),
            TextRole::Thought => (thoughts, false),
        };
        let mut out =
            ChannelSink { images, scope, receiver: self.receiver, text: Some(text), spoken, guess: false, utf8 };
        act(&mut channel.finder, &mut out);
    }

    fn with_field(&mut self, guess: bool, act: impl FnOnce(&mut ImageScanner, &mut ChannelSink<'_, R>)) {
        let ResponseParts { images, scope, field, utf8, .. } = &mut *self.gathered;
        act(field, &mut ChannelSink { images, scope, receiver: self.receiver, text: None, spoken: false, guess, utf8 });
    }

    /// Adds text of a body that is only text.
    pub fn words(&mut self, text: &[u8]) {
        if !self.gathered.searched {
            return;
        }
        self.with_field(false, |field, out| field.push(text, out));
    }

    /// Ends such a body.
    pub fn words_end(&mut self) {
        self.with_field(false, |field, out| field.finish(true, out));
    }

    /// Flushes a character that remained incomplete.
    fn flush_utf8(&mut self) {
        if !std::mem::take(&mut self.gathered.utf8).is_empty() {
            append(&mut self.gathered.answer.text, "\u{FFFD}");
            self.receiver.text("\u{FFFD}");
        }
    }
}

impl<R: Receiver> JsonHandler for ResponseAssembler<'_, R> {
    fn value(&mut self, path: &[PathStep], first: u8) -> Delivery {
        let gathered = &mut *self.gathered;
        if first == b'{' {
            gathered.mime = None;
            if is_chat_part(path) {
                gathered.signing.begin_part(PartForm::Chat, gathered.images.begun());
            }
        }
        match place(path) {
            FieldKind::Aside => Delivery::Nothing,
            FieldKind::Other => {
                if first != b'"' || !gathered.may_guess() {
                    return Delivery::Nothing;
                }
                self.begin_field(FieldHint::Text, None, true)
            }
            FieldKind::Choice(position) => {
                self.end_choice();
                self.gathered.number = ChoiceNumber::Unknown(position);
                Delivery::Nothing
            }
            FieldKind::Part => {
                self.assign(None);
                self.gathered.scope = ImageScope::default();
                let ResponseParts { signing, images, .. } = &mut *self.gathered;
                signing.begin_part(PartForm::Gemini, images.begun());
                Delivery::Nothing
            }
            _ if first == b'n' => Delivery::Nothing,
            // Some gateways use this key for the message of the model, and some for an object with an error.
            FieldKind::Fact(MetadataField::Message) if first == b'{' || first == b'[' => Delivery::Nothing,
            FieldKind::Fact(fact) => {
                let known = match fact {
                    MetadataField::Id => gathered.answer.response_id.is_some(),
                    MetadataField::Model => gathered.answer.model.is_some(),
                    MetadataField::Fingerprint => gathered.answer.system_fingerprint.is_some(),
                    _ => false,
                };
                if known {
                    return Delivery::Nothing;
                }
                gathered.slot = ValueTarget::Fact(fact);
                Delivery::Whole
            }
            FieldKind::Signed(place) => {
                gathered.slot = ValueTarget::Signed(place);
                Delivery::LongWhole
            }
            _ if first != b'"' => Delivery::Nothing,
            FieldKind::Text { choice, voice, delta } => {
                let in_part = delta == Continuation::InEvents && gathered.number == ChoiceNumber::Position;
                let delta = delta == Continuation::Always || (delta == Continuation::InEvents && gathered.events);
                gathered.signing.begin_words(voice == TextRole::Reply);
                gathered.told.deltas += usize::from(delta);
                gathered.told.others += usize::from(!delta);
                gathered.slot = match gathered.number {
                    ChoiceNumber::Known(choice) if delta => {
                        ValueTarget::Channel { index: gathered.channel(choice, voice), closes: false }
                    }
                    // Whether a part is a thought, and the number of the choice, may follow the text.
                    number if in_part || (delta && matches!(number, ChoiceNumber::Unknown(_))) => {
                        let held = HeldText { choice, voice, closes: !delta, ended: false, text: Vec::new() };
                        gathered.unassigned.push(held);
                        ValueTarget::Unassigned
                    }
                    _ => ValueTarget::Channel { index: gathered.channel(choice, voice), closes: !delta },
                };
                Delivery::Stream
            }
            FieldKind::Image => {
                let mime = gathered.mime.take();
                self.begin_field(FieldHint::Any, mime, false)
            }
            FieldKind::Base64 { draft } => {
                if draft {
                    self.role(ImageRole::Draft);
                }
                let mime = self.gathered.mime.take();
                let field = if mime.as_deref().is_none_or(is_image) { FieldHint::Base64 } else { FieldHint::Any };
                self.begin_field(field, mime, false)
            }
        }
    }

    fn fragment(&mut self, bytes: &[u8]) {
        if !matches!(self.gathered.slot, ValueTarget::Field { guess: true }) {
            self.gathered.told.fragments += 1;
            self.gathered.told.last = (bytes.as_ptr().addr(), bytes.len());
        }
        if matches!(self.gathered.slot, ValueTarget::Channel { .. } | ValueTarget::Unassigned) {
            self.gathered.signing.words(bytes);
        }
        match self.gathered.slot {
            ValueTarget::Channel { index, .. } => self.with_channel(index, |finder, out| finder.push(bytes, out)),
            ValueTarget::Field { guess } => self.with_field(guess, |field, out| field.push(bytes, out)),
            ValueTarget::Unassigned => {
                let Some(held) = self.gathered.unassigned.last_mut() else { return };
                held.text.extend_from_slice(bytes);
                if held.text.len() <= MAX_UNASSIGNED_BYTES {
                    return;
                }
                if matches!(self.gathered.number, ChoiceNumber::Unknown(_)) {
                    // An open text may continue with this or start something else.
                    if self.gathered.channels.iter().any(|channel| !channel.finder.is_idle()) {
                        self.gathered.images.check(held.text.len() as u64 / 4 * 3);
                        return;
                    }
                    // Beyond the limit a choice is assumed, so that an image in the text is not delayed.
                    let (choice, voice) = (held.choice, held.voice);
                    self.gathered.assumed = Some(self.gathered.channel(choice, voice));
                }
                let Some(held) = self.gathered.unassigned.pop() else { return };
                self.assign(None);
                let index = self.gathered.channel(held.choice, held.voice);
                self.gathered.slot = ValueTarget::Channel { index, closes: held.closes };
                self.with_channel(index, |finder, out| finder.push(&held.text, out));
            }
            ValueTarget::None | ValueTarget::Fact(_) | ValueTarget::Signed(_) => {}
        }
    }

    fn string_end(&mut self) {
        match self.gathered.slot {
            ValueTarget::Channel { index, closes: true } => {
                self.with_channel(index, |finder, out| finder.finish(true, out));
                self.flush_utf8();
            }
            ValueTarget::Unassigned => {
                if let Some(held) = self.gathered.unassigned.last_mut() {
                    held.ended = true;
                }
            }
            ValueTarget::Field { guess } => self.with_field(guess, |field, out| field.finish(true, out)),
            _ => {}
        }
        self.gathered.slot = ValueTarget::None;
    }

    fn document_end(&mut self) {
        // If there are several documents, each is an event.
        if !self.gathered.events {
            self.event_end();
        }
    }

    fn whole(&mut self, raw: &[u8], complete: bool) {
        match std::mem::replace(&mut self.gathered.slot, ValueTarget::None) {
            ValueTarget::Fact(MetadataField::Thought) if raw == b"true" => {
                self.gathered.signing.part_is_thought();
                self.role(ImageRole::Thought);
            }
            ValueTarget::Fact(MetadataField::Type) if is_draft(raw) => self.role(ImageRole::Draft),
            ValueTarget::Fact(MetadataField::ItemType) if raw == b"\"function_call\"" => {
                self.gathered.tool.get_or_insert_default();
            }
            ValueTarget::Fact(fact) => self.gathered.take_fact(fact, raw, complete),
            ValueTarget::Signed(place) => {
                let ResponseParts { signing, told, .. } = &mut *self.gathered;
                told.others += usize::from(signing.take(place, complete.then_some(raw)));
            }
            _ => {}
        }
    }
}

/// The destination of the images and texts that are found in a string.
struct ChannelSink<'a, R> {
    images: &'a mut ImageMultiplexer,
    scope: &'a mut ImageScope,
    receiver: &'a mut R,
    /// The text that is kept, if it is of interest.
    text: Option<&'a mut String>,
    /// Whether the receiver gets the text.
    spoken: bool,
    /// Whether nothing identifies the image as one of the response.
    guess: bool,
    /// The start of a character whose end has not arrived.
    utf8: &'a mut Vec<u8>,
}

impl<R: Receiver> ChannelSink<'_, R> {
    fn push_text(&mut self, text: &str) {
        if let Some(kept) = &mut self.text {
            append(kept, text);
        }
        if self.spoken {
            self.receiver.text(text);
        }
    }
}

impl<R: Receiver> ScanSink for ChannelSink<'_, R> {
    fn text(&mut self, text: &[u8]) {
        if text.is_empty() || self.text.is_none() {
            return;
        }
        let joined;
        let mut rest = text;
        if !self.utf8.is_empty() {
            joined = [self.utf8.as_slice(), text].concat();
            self.utf8.clear();
            rest = &joined;
        }
        loop {
            match std::str::from_utf8(rest) {
                Ok("") => return,
                Ok(text) => return self.push_text(text),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    // The text before this position was found to be valid.
                    if let Ok(good) = std::str::from_utf8(good)
                        && !good.is_empty()
                    {
                        self.push_text(good);
                    }
                    let Some(length) = error.error_len() else {
                        self.utf8.extend_from_slice(bad);
                        return;
                    };
                    self.push_text("\u{FFFD}");
                    rest = &bad[length..];
                }
            }
        }
    }

    fn link(&mut self, url: &str, rank: LinkRank) {
        if self.guess {
            if is_named(url) {
                self.images.maybe(url, LinkRank::Named, true);
            }
        } else if rank == LinkRank::Sure {
            self.images.links += 1;
            self.receiver.image_link(url);
        } else {
            self.images.maybe(url, rank, false);
        }
    }

    fn start(&mut self, mime: Option<&str>) -> ImageSlot {
        let ticket = self.images.start(mime, self.receiver);
        match self.scope.role {
            _ if self.guess => self.images.guess(ticket, self.receiver),
            ImageRole::Final => self.scope.plain.push(ticket),
            role => self.images.role(ticket, role, self.receiver),
        }
        self.images.meant += usize::from(!self.guess);
        ticket
    }

    fn bytes(&mut self, ticket: ImageSlot, bytes: &[u8]) {
        self.images.bytes(ticket, bytes, self.receiver);
    }

    fn end(&mut self, ticket: ImageSlot, end: ImageEnd) {
        self.images.end(ticket, end, self.receiver);
    }
}

/// Whether events of this name or type contain drafts, such as `image_generation.partial_image`.
pub(crate) fn is_draft(name: &[u8]) -> bool {
    memchr::memmem::find(name, b"partial_image").is_some()
}
