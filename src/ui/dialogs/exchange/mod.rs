//! The dialog with the raw request and response of one request: the request at the left, the response at the right.

mod message;
mod state;
mod view;

pub use state::ExchangeDialog;
pub use view::show;
