//! The parts of a recipe that are not sent because the model does not support them.

use serde::{Deserialize, Serialize};

use crate::recipe::parameters::Parameter;

/// A part of a recipe that is not sent, because the model is known not to support it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsupported {
    /// A parameter.
    Parameter(Parameter),
    /// The conversation: only its last image is sent.
    Turns,
    /// The first turns of a conversation, as many as this.
    TurnsBefore(usize),
    /// References beyond this number.
    ReferencesBeyond(usize),
    /// The mask.
    Mask,
}
