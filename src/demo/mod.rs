//! The built-in gateway: an HTTP server on this machine that speaks a gateway's protocol and paints by itself.
//!
//! It answers `GET /v1/models` and `POST /v1/chat/completions`, streaming or not, as gateways made from new-api do:
//! the image is a data URL in markdown in the message's content. What it paints depends on the prompt's words
//! (English and Chinese), the seed, the model, the shape and the references, and on nothing else.
//!
//! Words in square brackets make it misbehave, for trying out what happens then:
//!
//! | in the prompt | what comes back |
//! |---|---|
//! | `[fail:401]` and other statuses | that status with an error object |
//! | `[blocked]` | a content filter's refusal |
//! | `[text only]` | words, no image |
//! | `[empty]` | an empty answer |
//! | `[html]` | a web page |
//! | `[cut]` | half an answer, then the connection breaks |
//! | `[broken image]` | half an image in a whole answer |
//! | `[absurd]` | an image whose header claims 100,000 × 100,000 pixels |
//! | `[slow]` | ten seconds of silence first |

mod canvas;
mod chat_request;
mod chat_response;
mod creatures;
mod painter;
mod palette;
mod reference_colors;
mod scene;
mod server;
mod things;

pub use painter::paint;
pub use reference_colors::ReferenceColors;
pub use scene::Scene;
pub use server::{DemoGateway, DemoOptions};
