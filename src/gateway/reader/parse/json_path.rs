//! The meaning of each path in the JSON of a response.

use crate::recipe::PartForm;

/// A step from a container to a value in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathStep {
    /// Into an object.
    Key(Key),
    /// Into an array.
    Index(u32),
}

macro_rules! keys {
    ($($name:ident = $($text:literal)|+),+ $(,)?) => {
        /// The known keys, in all their spellings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Key {
            $($name,)+
            Other,
        }

        impl Key {
            pub fn of(text: &[u8]) -> Self {
                match text {
                    $($($text)|+ => Self::$name,)+
                    _ if REQUEST_ECHO_WORDS.iter().any(|part| memchr::memmem::find(text, part).is_some()) => Self::Aside,
                    _ if IMAGE_FIELD_WORDS.iter().any(|part| memchr::memmem::find(text, part).is_some()) => Self::Image,
                    _ => Self::Other,
                }
            }
        }
    };
}

keys! {
    // Fields of the request that some gateways repeat, and links to web pages.
    Aside = b"annotations" | b"citations" | b"groundingMetadata" | b"grounding_metadata" | b"logprobs"
        | b"messages" | b"parameters" | b"request" | b"search_results" | b"signature" | b"thumbnail" | b"thumbnail_url" | b"avatar" | b"logo" | b"icon" | b"tools"
        | b"encrypted_content",
    B64 = b"b64_json" | b"image_base64" | b"b64" | b"base64" | b"b64Json" | b"image_b64" | b"imageBase64" | b"base64Image"
        | b"base64_image" | b"img_base64" | b"bytesBase64Encoded" | b"bytes_base64_encoded" | b"imageBytes" | b"image_bytes"
        | b"binary_data_base64" | b"base64_data" | b"image_data" | b"imageData",
    BaseResponse = b"base_resp",
    BlockReason = b"blockReason" | b"block_reason" | b"raiFilteredReason" | b"rai_filtered_reason",
    Candidates = b"candidates",
    Choices = b"choices",
    Code = b"code" | b"error_code" | b"errorCode" | b"errcode",
    Content = b"content",
    ContentBlocks = b"content_blocks" | b"multi_mod_content" | b"multi_modal_content",
    Data = b"data",
    Delta = b"delta",
    Detail = b"detail" | b"error_description" | b"msg" | b"error_msg" | b"errorMessage" | b"error_message" | b"errmsg"
        | b"fail_reason" | b"failReason" | b"failMsg" | b"failure_reason",
    Error = b"error" | b"errors" | b"Error",
    FinishMessage = b"finishMessage" | b"finish_message" | b"blockReasonMessage",
    FinishReason = b"finish_reason" | b"finishReason" | b"stop_reason",
    ExtraContent = b"extra_content",
    Fingerprint = b"system_fingerprint",
    Function = b"functionCall" | b"function_call",
    Id = b"id" | b"responseId",
    Image = b"image" | b"images" | b"img" | b"imgs" | b"image_urls" | b"imageUrls" | b"img_url" | b"imgUrl" | b"img_urls"
        | b"image_uri" | b"imageUri" | b"image_link" | b"artifacts" | b"generated_images" | b"generatedImages"
        | b"generated_image" | b"output_image" | b"output_images" | b"output_url" | b"output_urls" | b"outputs" | b"sample"
        | b"samples" | b"result_url" | b"resultUrl" | b"result_urls" | b"resultUrls" | b"result_image" | b"resultImageUrl"
        | b"image_list" | b"imageList" | b"picture" | b"pictures",
    ImageUrl = b"image_url" | b"imageUrl",
    Index = b"index",
    InlineData = b"inlineData" | b"inline_data" | b"source" | b"fileData" | b"file_data",
    Item = b"item",
    Message = b"message",
    Mime = b"mimeType" | b"mime_type" | b"media_type" | b"content_type" | b"contentType",
    Model = b"model" | b"modelVersion",
    NativeFinish = b"native_finish_reason",
    Output = b"output",
    PartialImage = b"partial_image_b64",
    Parts = b"parts",
    Predictions = b"predictions" | b"results" | b"generations" | b"media" | b"files" | b"attachments" | b"creations",
    PromptFeedback = b"promptFeedback" | b"prompt_feedback",
    ProviderFields = b"provider_specific_fields",
    Reasoning = b"reasoning_content" | b"reasoning",
    ReasoningDetails = b"reasoning_details",
    ReasoningOpaque = b"reasoning_opaque",
    Refusal = b"refusal",
    Response = b"response",
    Result = b"result",
    SignatureCamel = b"thoughtSignature",
    SignatureList = b"thought_signatures",
    SignatureSnake = b"thought_signature",
    Status = b"status" | b"task_status" | b"taskStatus",
    Success = b"success" | b"ok",
    Text = b"text" | b"output_text",
    ThinkingBlocks = b"thinking_blocks",
    Thought = b"thought",
    ToolCalls = b"tool_calls" | b"toolCalls",
    Type = b"type",
    Url = b"url" | b"urls" | b"uri" | b"fileUri" | b"file_uri" | b"file_url" | b"fileUrl" | b"src" | b"href" | b"download_url"
        | b"downloadUrl" | b"signed_url" | b"public_url",
    Usage = b"usage",
    UsageMetadata = b"usageMetadata",
    Wrapper = b"body" | b"payload" | b"Response" | b"ResponseMetadata",
}

/// Parts of the names of fields that repeat the request.
const REQUEST_ECHO_WORDS: [&[u8]; 9] =
    [b"prompt", b"input", b"mask", b"reference", b"init_", b"source_im", b"original", b"control", b"thumb"];

/// Parts of the names of fields that contain images.
const IMAGE_FIELD_WORDS: [&[u8]; 7] = [b"image", b"Image", b"img", b"Img", b"picture", b"photo", b"result_url"];

/// Whether a text is the reply of a choice or its thoughts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextRole {
    Reply,
    Thought,
}

/// Metadata that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetadataField {
    BaseResponse,
    BlockReason,
    ChoiceIndex,
    Code,
    Detail,
    Error,
    Finish,
    FinishMessage,
    Fingerprint,
    Id,
    ItemType,
    Message,
    Mime,
    Model,
    NativeFinish,
    Refusal,
    Status,
    Success,
    Thought,
    Tool,
    Type,
    Usage,
}

/// The meaning of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// Cannot contain an image of the response.
    Aside,
    /// No meaning of its own; an image in it is a guess.
    Other,
    /// A choice; its number may follow in its `index`.
    Choice(u32),
    /// A part of a Gemini candidate, which may be a thought.
    Part,
    /// Text that may contain images.
    Text {
        /// The index of the choice in the array.
        choice: u32,
        /// Reply or thought.
        voice: TextRole,
        /// Whether later events continue it.
        delta: Continuation,
    },
    /// A data URL, a link to an image, or base64 of a known format.
    Image,
    /// The base64 of an image, possibly as a data URL.
    Base64 {
        /// Whether the image is a draft.
        draft: bool,
    },
    /// Metadata.
    Fact(MetadataField),
    /// A signature of the model, which is large and not an image.
    Signed(SignaturePath),
}

/// Whether later events continue a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// It is complete.
    No,
    /// If there are events.
    InEvents,
    /// Always.
    Always,
}

/// The meaning of a path.
pub(crate) fn place(path: &[PathStep]) -> FieldKind {
    use PathStep::{Index as At, Key as K};

    if path.iter().any(|step| matches!(step, K(key) if *key == Key::Aside || signed_name(*key).is_some())) {
        return signed(path).map_or(FieldKind::Aside, FieldKind::Signed);
    }
    let path = unwrapped(path);
    let facts = match path {
        [K(Key::Data | Key::Output | Key::Result), At(_), rest @ ..]
        | [K(Key::Data | Key::Output | Key::Result), rest @ ..] => rest,
        _ => path,
    };
    match path {
        [K(Key::Choices), rest @ ..] => choice(rest),
        [K(Key::Candidates | Key::Image), At(_), K(Key::FinishReason)] | [K(Key::FinishReason)] => {
            FieldKind::Fact(MetadataField::Finish)
        }
        [K(Key::Candidates), At(_), K(Key::FinishMessage)] | [K(Key::PromptFeedback), K(Key::FinishMessage)] => {
            FieldKind::Fact(MetadataField::FinishMessage)
        }
        [K(Key::Candidates), At(choice), K(Key::Content), K(Key::Parts), At(_), K(Key::Text)] => {
            FieldKind::Text { choice: *choice, voice: TextRole::Reply, delta: Continuation::InEvents }
        }
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_)] => FieldKind::Part,
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_), K(Key::Thought)] => {
            FieldKind::Fact(MetadataField::Thought)
        }
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_), K(Key::Function)] => {
            FieldKind::Fact(MetadataField::Tool)
        }
        // The output fields of the Responses dialect also appear in others.
        [K(Key::Output), At(_), K(Key::Content), At(_), K(Key::Text)]
        | [K(Key::Content), At(_), K(Key::Text)]
        | [K(Key::Output), K(Key::Text)]
        | [K(Key::Text)] => FieldKind::Text { choice: 0, voice: TextRole::Reply, delta: Continuation::No },
        // Ollama has one choice without a list.
        [K(Key::Message), rest @ ..] if !rest.is_empty() => message(0, rest, false),
        [K(Key::Output), At(_), K(Key::Result)] | [K(Key::Item), K(Key::Result)] => FieldKind::Base64 { draft: false },
        [K(Key::Type)] => FieldKind::Fact(MetadataField::Type),
        [K(Key::Output), At(_), K(Key::Type)] => FieldKind::Fact(MetadataField::ItemType),
        [K(Key::PromptFeedback), K(Key::BlockReason)] | [K(Key::Predictions), At(_), K(Key::BlockReason)] => {
            FieldKind::Fact(MetadataField::BlockReason)
        }
        [K(Key::Usage | Key::UsageMetadata)] => FieldKind::Fact(MetadataField::Usage),
        [K(Key::BaseResponse)] => FieldKind::Fact(MetadataField::BaseResponse),
        [K(Key::Id)] => FieldKind::Fact(MetadataField::Id),
        [K(Key::Model)] => FieldKind::Fact(MetadataField::Model),
        [K(Key::Fingerprint)] => FieldKind::Fact(MetadataField::Fingerprint),
        [K(Key::Success)] => FieldKind::Fact(MetadataField::Success),
        _ => match facts {
            [K(Key::Error)] => FieldKind::Fact(MetadataField::Error),
            [K(Key::Status)] => FieldKind::Fact(MetadataField::Status),
            [K(Key::Message)] => FieldKind::Fact(MetadataField::Message),
            [K(Key::Code)] => FieldKind::Fact(MetadataField::Code),
            [K(Key::Detail)] => FieldKind::Fact(MetadataField::Detail),
            _ => image(path),
        },
    }
}

/// The path and name of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignaturePath {
    /// A field of the message.
    Message(&'static str),
    /// A field in an object of the message that contains other fields too.
    Within(&'static str, &'static str),
    /// A field of a part.
    Part(PartForm, &'static str),
}

/// The wire name of a field that contains a signature.
fn signed_name(key: Key) -> Option<&'static str> {
    Some(match key {
        Key::ExtraContent => "extra_content",
        Key::ReasoningDetails => "reasoning_details",
        Key::ReasoningOpaque => "reasoning_opaque",
        Key::SignatureCamel => "thoughtSignature",
        Key::SignatureList => "thought_signatures",
        Key::SignatureSnake => "thought_signature",
        Key::ThinkingBlocks => "thinking_blocks",
        _ => return None,
    })
}

/// The meaning of a path, if it is a signature of the reply.
fn signed(path: &[PathStep]) -> Option<SignaturePath> {
    use PathStep::{Index as At, Key as K};

    let (K(key), before) = unwrapped(path).split_last()? else { return None };
    let name = signed_name(*key)?;
    let is_single = matches!(key, Key::SignatureCamel | Key::SignatureSnake | Key::ExtraContent);
    let within = match before {
        [K(Key::Candidates), At(_), K(Key::Content), K(Key::Parts), At(_)] => {
            return is_single.then_some(SignaturePath::Part(PartForm::Gemini, name));
        }
        [K(Key::Choices), At(_), K(Key::Message | Key::Delta), rest @ ..] | [K(Key::Message), rest @ ..] => rest,
        _ => return None,
    };
    match within {
        [] => Some(SignaturePath::Message(name)),
        [K(Key::ProviderFields)] => Some(SignaturePath::Within("provider_specific_fields", name)),
        [K(Key::Content | Key::ContentBlocks | Key::Image), At(_)] => {
            is_single.then_some(SignaturePath::Part(PartForm::Chat, name))
        }
        _ => None,
    }
}

/// Whether an object at this path is a part of a chat message.
pub(crate) fn is_chat_part(path: &[PathStep]) -> bool {
    use PathStep::{Index as At, Key as K};

    matches!(
        unwrapped(path),
        [.., K(Key::Message | Key::Delta), K(Key::Content | Key::ContentBlocks | Key::Image), At(_)]
    )
}

/// The path within the response proper, because some gateways wrap it in lists and objects.
fn unwrapped(mut path: &[PathStep]) -> &[PathStep] {
    use PathStep::{Index as At, Key as K};

    // Google's stream without `alt=sse` is an array of responses.
    if let [At(_), rest @ ..] = path {
        path = rest;
    }
    loop {
        path = match path {
            [K(Key::Response | Key::Wrapper), rest @ ..] if !rest.is_empty() => rest,
            [
                K(Key::Data | Key::Output | Key::Result),
                K(
                    Key::Choices
                    | Key::Candidates
                    | Key::Output
                    | Key::Usage
                    | Key::UsageMetadata
                    | Key::PromptFeedback
                    | Key::Response
                    | Key::Content,
                ),
                ..,
            ] => &path[1..],
            path => return path,
        };
    }
}

/// A path below `choices`.
fn choice(path: &[PathStep]) -> FieldKind {
    use PathStep::{Index as At, Key as K};

    let [At(choice), rest @ ..] = path else { return FieldKind::Other };
    let choice = *choice;
    match rest {
        [] => FieldKind::Choice(choice),
        [K(Key::Index)] => FieldKind::Fact(MetadataField::ChoiceIndex),
        [K(Key::FinishReason)] => FieldKind::Fact(MetadataField::Finish),
        [K(Key::Error)] => FieldKind::Fact(MetadataField::Error),
        [.., K(Key::NativeFinish)] => FieldKind::Fact(MetadataField::NativeFinish),
        [K(Key::Text)] => FieldKind::Text { choice, voice: TextRole::Reply, delta: Continuation::InEvents },
        [K(Key::Message), rest @ ..] => message(choice, rest, false),
        [K(Key::Delta), rest @ ..] => message(choice, rest, true),
        _ => image(rest),
    }
}

/// A path within a message, or within a part of one.
fn message(choice: u32, path: &[PathStep], is_delta: bool) -> FieldKind {
    use PathStep::{Index as At, Key as K};

    let text = |voice| {
        let delta = if is_delta { Continuation::Always } else { Continuation::No };
        FieldKind::Text { choice, voice, delta }
    };
    match path {
        [K(Key::Refusal)] => FieldKind::Fact(MetadataField::Refusal),
        [K(Key::ToolCalls | Key::Function)] => FieldKind::Fact(MetadataField::Tool),
        [K(Key::Content)] | [K(Key::Content), At(_)] => text(TextRole::Reply),
        [K(Key::Reasoning)] => text(TextRole::Thought),
        [K(Key::Content | Key::ContentBlocks), rest @ ..] => {
            let index = usize::from(matches!(rest, [At(_), ..]));
            match &rest[index..] {
                [K(Key::Text)] | [K(Key::Delta), K(Key::Text)] => text(TextRole::Reply),
                [K(Key::Data | Key::Result)] => FieldKind::Image,
                _ => image(path),
            }
        }
        _ => image(path),
    }
}

/// Paths that are images in any context.
fn image(path: &[PathStep]) -> FieldKind {
    let mut keys = path.iter().rev().filter_map(|step| match step {
        PathStep::Key(key) => Some(*key),
        PathStep::Index(_) => None,
    });
    let Some(last) = keys.next() else { return FieldKind::Image };
    let holder = keys.next();
    match last {
        Key::ImageUrl | Key::Image => FieldKind::Image,
        Key::B64 => FieldKind::Base64 { draft: false },
        Key::PartialImage => FieldKind::Base64 { draft: true },
        Key::Data if holder == Some(Key::InlineData) => FieldKind::Base64 { draft: false },
        Key::Mime => FieldKind::Fact(MetadataField::Mime),
        Key::Url => match holder {
            None
            | Some(
                Key::Content
                | Key::ContentBlocks
                | Key::Data
                | Key::Image
                | Key::ImageUrl
                | Key::InlineData
                | Key::Item
                | Key::Message
                | Key::Delta
                | Key::Output
                | Key::Predictions
                | Key::Response
                | Key::Result
                | Key::Url,
            ) => FieldKind::Image,
            Some(_) => FieldKind::Other,
        },
        Key::Data | Key::Output | Key::Result | Key::Predictions | Key::Response => match holder {
            None
            | Some(
                Key::Data | Key::Image | Key::Output | Key::Result | Key::Predictions | Key::Message | Key::Content,
            ) => FieldKind::Image,
            Some(_) => FieldKind::Other,
        },
        _ => FieldKind::Other,
    }
}
