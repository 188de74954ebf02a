//! What gateways answer, in every shape that is known, in whatever pieces and with whatever flaws it comes.

mod corpus;
mod flaws;
mod long;
mod properties;
mod shapes;
