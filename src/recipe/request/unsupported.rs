//! The parts of a recipe that are not sent because the model does not support them.

use serde::{Deserialize, Serialize};

use crate::recipe::parameters::Parameter;

/// A part of a recipe that does not go to the model, because the model is known not to take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unsupported {
    /// A parameter.
    Parameter(Parameter),
    /// What was said before: of a conversation only its last image is sent along.
    Turns,
    /// The first so many turns of a conversation.
    TurnsBefore(usize),
    /// References beyond the first so many.
    ReferencesBeyond(usize),
    /// The mask.
    Mask,
}
