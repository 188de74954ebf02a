//! Assembles the contents of a response.

mod assembler;
mod image_multiplexer;
mod metadata_fields;
mod repeated_event;
mod response_parts;
mod thought_signatures;

pub(crate) use assembler::{ResponseAssembler, is_draft};
pub(crate) use image_multiplexer::ImageMultiplexer;
pub(crate) use metadata_fields::is_said;
pub(crate) use repeated_event::{EventTemplate, RepeatedEvent};
pub(crate) use response_parts::ResponseParts;
