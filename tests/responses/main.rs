//! Tests of the responses of gateways, in every known shape, in chunks of any size and with any mistakes.

mod corpus;
mod large_responses;
mod malformed;
mod properties;
mod shapes;
