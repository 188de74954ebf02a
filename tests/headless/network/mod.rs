//! Tests of what passes between the program and a gateway: requests, responses, and all that can fail on the way.

mod broken_connections;
mod certificates;
mod connection;
mod dialects;
mod drafts;
mod exchanges;
#[cfg(target_os = "linux")]
mod http2;
mod invalid_responses;
mod response_limits;
mod retry;
mod task_polling;
pub mod timeouts;
