//! What went over the wire for one request: the request at the left, the answer at the right.

mod message;
mod state;
mod view;

pub use state::ExchangeDialog;
pub use view::show;
