//! Tests of the responses of gateways, in every known shape, in chunks of any size and with any mistakes.

mod corpus;
mod flaws;
mod long;
mod properties;
mod shapes;
