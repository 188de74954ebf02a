//! The built-in gateway: an HTTP server on this machine that implements a gateway's protocol and paints images itself.
//!
//! It responds to `GET /v1/models` and `POST /v1/chat/completions`, streaming or not, like gateways based on new-api:
//! the image is a data URL in Markdown in the content of the message. The image depends only on the words of the prompt
//! (English and Chinese), the seed, the model, the aspect ratio and the references.
//!
//! Words in square brackets make it misbehave, to test error handling:
//!
//! | in the prompt | response |
//! |---|---|
//! | `[fail:401]` and other statuses | that status with an error object |
//! | `[blocked]` | a refusal of a content filter |
//! | `[text only]` | text without an image |
//! | `[empty]` | an empty response |
//! | `[html]` | a web page |
//! | `[cut]` | half a response, then the connection breaks |
//! | `[broken image]` | half an image in a complete response |
//! | `[absurd]` | an image whose header claims 100,000 × 100,000 pixels |
//! | `[slow]` | ten seconds without a byte first |

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
