//! Communication with gateways: requests in each dialect, the HTTP client, and the reader of responses.

mod client;
mod failure;
mod mask;
mod model_catalog;
mod reader;
mod request;
#[cfg(test)]
mod signature_tests;
mod text;
mod transcript;

pub use client::{
    Client, IncomingResponse, LinkPolicy, ListedModel, PollResponse, ResponseHead, Timeouts, cost_in, describe_request,
    page_instead, task_addresses,
};
pub use mask::{SecretMask, SpoolMask};
pub use mask::{mask_report, sanitize_message};
pub use model_catalog::ModelCatalog;
pub use reader::{
    AnswerReader, BodyKind, ImageRole, ReaderLimits, Receiver, ResponseOutcome, TaskState, TaskTicket, holds_image,
    task_state,
};
pub use request::{Call, CallBody, FormPart, ReferenceBytes, call};
pub use transcript::Transcript;
