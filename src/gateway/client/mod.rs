//! The HTTP client for gateways.

mod client;
mod connection;
mod image_download;
mod model_list;
mod response;
mod task_poll;
#[cfg(test)]
mod tests;
mod timeouts;
mod web_page;

pub use client::Client;
pub use image_download::LinkPolicy;
pub use model_list::ListedModel;
pub use response::{IncomingResponse, ResponseHead, cost_in, describe_request};
pub use task_poll::{PollResponse, task_addresses};
pub use timeouts::Timeouts;
pub use web_page::page_instead;
