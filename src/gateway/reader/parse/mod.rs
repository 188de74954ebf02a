//! Parsers of the formats of responses. Each reads chunks of any size and holds nothing large.

mod base64_decoder;
pub(crate) mod decompression;
mod json;
mod json_path;
mod sse;

pub(crate) use base64_decoder::Base64Decoder;
pub(crate) use decompression::{Packing, Unpacker};
pub(crate) use json::{Json, Tokens, Want};
pub(crate) use json_path::{Delta, Fact, FieldKind, PathStep, Role, SignedPlace, is_chat_part, place};
pub(crate) use sse::{Events, Lines};
