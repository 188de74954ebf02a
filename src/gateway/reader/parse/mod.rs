//! Parsers of the formats of responses. Each reads chunks of any size and holds nothing large.

mod base64_decoder;
pub(crate) mod decompression;
mod json;
mod json_path;
mod sse;

pub(crate) use base64_decoder::Base64Decoder;
pub(crate) use decompression::{Compression, Decompressor};
pub(crate) use json::{Delivery, JsonHandler, JsonTokenizer};
pub(crate) use json_path::{
    Continuation, FieldKind, MetadataField, PathStep, SignaturePath, TextRole, is_chat_part, place,
};
pub(crate) use sse::{SseHandler, SseParser};
