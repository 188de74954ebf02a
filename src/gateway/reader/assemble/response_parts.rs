//! The parts of a response so far.

use serde_json::Value;

use super::{
    image_multiplexer::ImageMultiplexer,
    metadata_fields::{base_response, cost, finish_reason, is_said, tool_name, usage},
    repeated_event::EventTemplate,
    thought_signatures::SignatureCollector,
};
use crate::{
    gateway::{
        mask::SecretMask,
        reader::{
            image_slot::ImageSlot,
            parse::{MetadataField, SignaturePath, TextRole},
            receiver::ImageRole,
            scan::{FieldHint, ImageScanner},
        },
    },
    recipe::{Answer, FinishReason},
};

/// The number of bytes of text that are kept.
pub(crate) const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The number of choices that are distinguished.
pub(crate) const MAX_CHOICES: u32 = 64;

/// The parts of a response so far.
pub(crate) struct ResponseParts {
    pub answer: Answer,
    pub images: ImageMultiplexer,
    /// The thoughts of the model.
    pub thoughts: String,
    pub refusal: String,
    /// The first error, in any form.
    pub error: Option<Value>,
    /// The reason why the prompt was blocked, in Gemini's word.
    pub block_reason: Option<String>,
    /// `message`, `detail` and `code` at the top level of the response, and `success: false`.
    pub message: Option<Value>,
    pub detail: Option<Value>,
    pub code: Option<Value>,
    pub unsuccessful: bool,
    /// The status of the gateway's work.
    pub status: Option<String>,
    /// The model's explanation of why it stopped.
    pub finish_message: Option<String>,
    /// The tool that the model called; empty if it has no name.
    pub tool: Option<String>,
    /// The provider's own finish reason, if the gateway has another one.
    pub(crate) native_finish: Option<String>,
    /// Whether server-sent events are being read.
    pub events: bool,
    /// Whether a body of plain text is searched.
    pub(crate) searched: bool,
    pub(crate) slot: ValueTarget,
    pub(crate) channels: Vec<TextChannel>,
    pub(crate) field: ImageScanner,
    pub(crate) mime: Option<String>,
    pub(crate) number: ChoiceNumber,
    pub(crate) unassigned: Vec<HeldText>,
    /// The channel that was assumed before the number of the choice was known.
    pub(crate) assumed: Option<usize>,
    pub(crate) choice_finished: bool,
    pub(crate) scope: ImageScope,
    pub(crate) utf8: Vec<u8>,
    /// The signatures of the model.
    pub signing: SignatureCollector,
    /// The strings of the current event.
    pub told: EventTemplate,
}

/// The purpose of the current string or value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueTarget {
    None,
    Channel { index: usize, closes: bool },
    Unassigned,
    Field { guess: bool },
    Fact(MetadataField),
    Signed(SignaturePath),
}

/// The number of a choice, which in a stream need not be its index in the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChoiceNumber {
    /// There is no choice object.
    Position,
    /// The number is not known yet.
    Unknown(u32),
    Known(u32),
}

/// A text whose choice is not known yet.
pub(crate) struct HeldText {
    /// The choice it belongs to if no number follows.
    pub(crate) choice: u32,
    pub(crate) voice: TextRole,
    /// Whether no later event continues it.
    pub(crate) closes: bool,
    /// Whether its end has arrived.
    pub(crate) ended: bool,
    pub(crate) text: Vec<u8>,
}

/// The images in one event or in a part of it.
#[derive(Default)]
pub(crate) struct ImageScope {
    pub(crate) role: ImageRole,
    /// Images without a role so far.
    pub(crate) plain: Vec<ImageSlot>,
}

/// A text of a choice, and the state of its scanner.
pub(crate) struct TextChannel {
    pub(crate) choice: u32,
    pub(crate) voice: TextRole,
    pub(crate) finder: ImageScanner,
}

impl ResponseParts {
    /// Masks secrets in all texts.
    pub fn hide(&mut self, mask: &SecretMask) {
        mask.data(&mut self.answer);
        for text in [&mut self.thoughts, &mut self.refusal].into_iter().chain(&mut self.block_reason) {
            *text = mask.text(text);
        }
        let values = [&mut self.error, &mut self.message, &mut self.detail, &mut self.code];
        values.into_iter().flatten().for_each(|value| mask.json(value));
    }

    pub fn new(max_image_bytes: u64) -> Self {
        Self {
            answer: Answer::default(),
            images: ImageMultiplexer::new(max_image_bytes),
            thoughts: String::new(),
            refusal: String::new(),
            error: None,
            block_reason: None,
            message: None,
            detail: None,
            code: None,
            unsuccessful: false,
            status: None,
            finish_message: None,
            tool: None,
            native_finish: None,
            events: false,
            searched: false,
            slot: ValueTarget::None,
            channels: Vec::new(),
            field: ImageScanner::new(),
            mime: None,
            number: ChoiceNumber::Position,
            unassigned: Vec::new(),
            assumed: None,
            choice_finished: false,
            scope: ImageScope::default(),
            utf8: Vec::new(),
            signing: SignatureCollector::default(),
            told: EventTemplate::default(),
        }
    }

    /// Whether an image has begun and not ended.
    pub fn is_within_image(&self) -> bool {
        self.field.is_within_image() || self.channels.iter().any(|channel| channel.finder.is_within_image())
    }

    /// Prepares for a body of plain text. A web page is not searched for images.
    pub fn begin_words(&mut self, searched: bool) {
        self.searched = searched;
        self.field.begin_field(FieldHint::Text, None);
    }

    /// Whether a string whose path has no meaning may be an image.
    pub(crate) fn may_guess(&self) -> bool {
        self.error.is_none() && !self.is_within_image() && self.images.may_guess()
    }

    pub(crate) fn channel(&mut self, choice: u32, voice: TextRole) -> usize {
        let choice = if choice < MAX_CHOICES { choice } else { 0 };
        let known = self.channels.iter().position(|channel| channel.choice == choice && channel.voice == voice);
        known.unwrap_or_else(|| {
            self.channels.push(TextChannel { choice, voice, finder: ImageScanner::new() });
            self.channels.len() - 1
        })
    }

    /// Assigns a channel to this choice, because a text went to it before the number was known.
    pub(crate) fn correct(&mut self, choice: u32) {
        let Some(assumed) = self.assumed.take() else { return };
        let (before, voice) = (self.channels[assumed].choice, self.channels[assumed].voice);
        let right = self.channel(choice, voice);
        self.channels[assumed].choice = self.channels[right].choice;
        if right != assumed {
            self.channels[right].choice = before;
        }
    }

    pub(crate) fn take_fact(&mut self, fact: MetadataField, raw: &[u8], complete: bool) {
        let value: Option<Value> = if complete { serde_json::from_slice(raw).ok() } else { None };
        let Some(value) = value else {
            if fact == MetadataField::Error && self.error.is_none() {
                self.error = Some(Value::String(String::from_utf8_lossy(raw).into_owned()));
            }
            return;
        };
        let text = || value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        match fact {
            MetadataField::BaseResponse => {
                if let Some(error) = base_response(&value) {
                    self.error.get_or_insert(error);
                }
            }
            MetadataField::BlockReason => self.block_reason = text().or_else(|| self.block_reason.take()),
            MetadataField::ChoiceIndex => {
                if let Some(index) = value.as_u64() {
                    let index = u32::try_from(index).unwrap_or(0);
                    self.number = ChoiceNumber::Known(index);
                    self.correct(index);
                }
            }
            MetadataField::Code => self.code = Some(value),
            MetadataField::Detail => {
                if is_said(&value) {
                    self.detail = Some(value);
                }
            }
            MetadataField::Error if is_said(&value) => {
                self.error.get_or_insert(value);
            }
            MetadataField::Error | MetadataField::ItemType | MetadataField::Thought | MetadataField::Type => {}
            MetadataField::Finish => {
                if let Some(word) = text() {
                    self.choice_finished = true;
                    let reason = finish_reason(&word);
                    if self.answer.finish_reason.as_ref().is_none_or(|known| *known == FinishReason::Stop) {
                        self.answer.finish_reason = Some(reason);
                    }
                }
            }
            MetadataField::FinishMessage => self.finish_message = text().or_else(|| self.finish_message.take()),
            MetadataField::Fingerprint => self.answer.system_fingerprint = text(),
            MetadataField::Id => self.answer.response_id = text(),
            MetadataField::Message => self.message = Some(value),
            MetadataField::Mime => self.mime = text(),
            MetadataField::Model => self.answer.model = text(),
            MetadataField::NativeFinish => self.native_finish = text().or_else(|| self.native_finish.take()),
            MetadataField::Refusal => {
                self.told.others += 1;
                if let Some(text) = text() {
                    append(&mut self.refusal, &text);
                }
            }
            MetadataField::Status => self.status = text().or_else(|| self.status.take()),
            MetadataField::Tool => {
                self.told.others += 1;
                self.signing.part_is_tool();
                if is_said(&value) && self.tool.as_ref().is_none_or(String::is_empty) {
                    self.tool = Some(tool_name(&value));
                }
            }
            MetadataField::Success => self.unsuccessful = value == Value::Bool(false),
            MetadataField::Usage => {
                if value.is_object() {
                    self.answer.cost = cost(&value).or(self.answer.cost);
                    self.answer.usage = Some(usage(value));
                }
            }
        }
    }

    /// The finish reason, replaced by the provider's own if the gateway only reports a filter.
    pub fn settle_finish(&mut self) {
        if let Some(FinishReason::ContentFilter(word)) = &mut self.answer.finish_reason
            && let Some(native) = self.native_finish.take()
            && word.eq_ignore_ascii_case("content_filter")
        {
            if ["no_image", "image_other"].iter().any(|other| native.eq_ignore_ascii_case(other)) {
                self.answer.finish_reason = Some(FinishReason::Other(native));
            } else {
                *word = native;
            }
        }
    }
}

/// Appends text up to the limit.
pub(crate) fn append(text: &mut String, more: &str) {
    let room = MAX_TEXT_BYTES.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
}
