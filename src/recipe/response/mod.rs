//! The content of responses apart from images, and the record of a request and its response.

mod answer;
mod exchange;
mod kept_response;
mod signatures;

pub use answer::{Answer, FinishReason, Usage};
pub use exchange::{Exchange, RecordedResponse, SentBody, SentField};
pub use kept_response::{KeptLocation, KeptResponse};
pub use signatures::{PartContent, PartForm, Signatures, SignedPart, TurnSignatures};
