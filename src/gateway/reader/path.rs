//! Which places in an answer mean what.

/// One step from a container to a value in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into an object.
    Key(Key),
    /// Into an array.
    Index(u32),
}

macro_rules! keys {
    ($($name:ident = $($text:literal)|+),+ $(,)?) => {
        /// The keys that mean something, by all their spellings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Key {
            $($name,)+
            Other,
        }

        impl Key {
            pub fn of(text: &[u8]) -> Self {
                match text {
                    $($($text)|+ => Self::$name,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

keys! {
    B64 = b"b64_json" | b"image_base64" | b"b64",
    BlockReason = b"blockReason" | b"block_reason",
    Candidates = b"candidates",
    Choices = b"choices",
    Code = b"code",
    Content = b"content",
    ContentBlocks = b"content_blocks" | b"multi_mod_content" | b"multi_modal_content",
    Data = b"data",
    Delta = b"delta",
    Detail = b"detail" | b"error_description" | b"msg",
    Error = b"error",
    FinishReason = b"finish_reason" | b"finishReason",
    Fingerprint = b"system_fingerprint",
    Id = b"id" | b"responseId",
    Images = b"images",
    ImageUrl = b"image_url" | b"imageUrl",
    Index = b"index",
    InlineData = b"inlineData" | b"inline_data" | b"source",
    Item = b"item",
    Message = b"message",
    Mime = b"mimeType" | b"mime_type" | b"media_type",
    Model = b"model" | b"modelVersion",
    NativeFinish = b"native_finish_reason",
    Output = b"output",
    PartialImage = b"partial_image_b64",
    Parts = b"parts",
    PromptFeedback = b"promptFeedback" | b"prompt_feedback",
    Reasoning = b"reasoning_content" | b"reasoning",
    Refusal = b"refusal",
    Response = b"response",
    Result = b"result",
    Success = b"success",
    Text = b"text",
    Thought = b"thought",
    Type = b"type",
    Url = b"url",
    Usage = b"usage",
    UsageMetadata = b"usageMetadata",
}

/// Where a text belongs: what a choice says, or what it thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Says,
    Thinks,
}

/// Small values that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    BlockReason,
    ChoiceIndex,
    Code,
    Detail,
    Error,
    Finish,
    Fingerprint,
    Id,
    Message,
    Mime,
    Model,
    NativeFinish,
    Refusal,
    Success,
    Thought,
    Type,
    Usage,
}

/// What a place means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing by itself.
    Other,
    /// A choice begins; its real number may come in its `index`.
    Choice(u32),
    /// A part of a Gemini candidate begins, which may be a thought.
    Part,
    /// Text that may have pictures in it.
    Text {
        /// The choice, counted by its place in the array.
        choice: u32,
        /// Spoken or thought.
        voice: Voice,
        /// A part of a longer text that later events go on with.
        delta: bool,
    },
    /// A data URL or a link to a picture.
    Url,
    /// A picture's base64, perhaps as a data URL.
    Base64 {
        /// The picture is a draft of one that is to come.
        draft: bool,
    },
    /// A small value.
    Fact(Fact),
}

/// What the value at this path is.
pub(super) fn place(path: &[Step]) -> Place {
    use Step::{Index as At, Key as K};

    // Google's stream without `alt=sse` is an array of answers.
    let path = match path {
        [At(_), rest @ ..] => rest,
        _ => path,
    };
    // Some events, and some gateways' documents, are the answer within another object.
    let path = match path {
        [K(Key::Response), rest @ ..] => rest,
        _ => path,
    };
    match path {
        [K(Key::Choices), rest @ ..] => choice(rest),
        [K(Key::Candidates), At(_), K(Key::FinishReason)] => Place::Fact(Fact::Finish),
        [K(Key::Candidates), At(choice), K(Key::Content), K(Key::Parts), At(_), K(Key::Text)] => {
            Place::Text { choice: *choice, voice: Voice::Says, delta: true }
        }
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_)] => Place::Part,
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_), K(Key::Thought)] => {
            Place::Fact(Fact::Thought)
        }
        // What the Responses dialect calls its output leaks into others.
        [K(Key::Output), At(_), K(Key::Content), At(_), K(Key::Text)] => {
            Place::Text { choice: 0, voice: Voice::Says, delta: false }
        }
        [K(Key::Output), At(_), K(Key::Result)] | [K(Key::Item), K(Key::Result)] => Place::Base64 { draft: false },
        [K(Key::Type)] => Place::Fact(Fact::Type),
        [K(Key::PromptFeedback), K(Key::BlockReason)] => Place::Fact(Fact::BlockReason),
        [K(Key::Usage | Key::UsageMetadata)] => Place::Fact(Fact::Usage),
        [K(Key::Error)] => Place::Fact(Fact::Error),
        [K(Key::Id)] => Place::Fact(Fact::Id),
        [K(Key::Model)] => Place::Fact(Fact::Model),
        [K(Key::Fingerprint)] => Place::Fact(Fact::Fingerprint),
        [K(Key::Message)] => Place::Fact(Fact::Message),
        [K(Key::Code)] => Place::Fact(Fact::Code),
        [K(Key::Detail)] => Place::Fact(Fact::Detail),
        [K(Key::Success)] => Place::Fact(Fact::Success),
        [K(Key::Data | Key::Images), At(_), K(Key::Url)] => Place::Url,
        _ => picture(path),
    }
}

/// A place below `choices`.
fn choice(path: &[Step]) -> Place {
    use Step::{Index as At, Key as K};

    let [At(choice), rest @ ..] = path else { return Place::Other };
    let choice = *choice;
    let text = |voice, delta| Place::Text { choice, voice, delta };
    match rest {
        [] => Place::Choice(choice),
        [K(Key::Index)] => Place::Fact(Fact::ChoiceIndex),
        [K(Key::FinishReason)] => Place::Fact(Fact::Finish),
        [K(Key::Error)] => Place::Fact(Fact::Error),
        [.., K(Key::NativeFinish)] => Place::Fact(Fact::NativeFinish),
        [K(Key::Message | Key::Delta), K(Key::Refusal)] => Place::Fact(Fact::Refusal),
        [K(Key::Message), K(Key::Content)] => text(Voice::Says, false),
        [K(Key::Text)] | [K(Key::Delta), K(Key::Content)] => text(Voice::Says, true),
        [K(Key::Message), K(Key::Reasoning)] => text(Voice::Thinks, false),
        [K(Key::Delta), K(Key::Reasoning)] => text(Voice::Thinks, true),
        [K(side @ (Key::Message | Key::Delta)), K(Key::Content | Key::ContentBlocks), At(_), part @ ..] => match part {
            [K(Key::Text)] | [K(Key::Delta), K(Key::Text)] => text(Voice::Says, *side == Key::Delta),
            [K(Key::Url)] => Place::Url,
            _ => picture(part),
        },
        [K(Key::Message | Key::Delta), K(Key::Images), At(_)]
        | [K(Key::Message | Key::Delta), K(Key::Images), At(_), K(Key::Url)] => Place::Url,
        [K(Key::Message | Key::Delta), rest @ ..] => picture(rest),
        _ => Place::Other,
    }
}

/// Places that are pictures wherever they are.
fn picture(path: &[Step]) -> Place {
    use Step::Key as K;

    match path {
        [.., K(Key::ImageUrl)] | [.., K(Key::ImageUrl), K(Key::Url)] => Place::Url,
        [.., K(Key::B64)] | [.., K(Key::InlineData), K(Key::Data)] => Place::Base64 { draft: false },
        [.., K(Key::PartialImage)] => Place::Base64 { draft: true },
        [.., K(Key::Mime)] => Place::Fact(Fact::Mime),
        _ => Place::Other,
    }
}
