//! `ComfyUI`'s graphs: nodes of both forms in one type ([`nodes`]), the form of its editor ([`workflow`]) with the
//! names of its values ([`widgets`]), the walk along links to texts and numbers ([`walk`]), and the recipe of the image
//! that a graph saves ([`saved`]).
//!
//! Graphs may contain cycles, refer to missing nodes and be of any size, so all walks are bounded.

mod nodes;
mod saved;
#[cfg(test)]
mod tests;
mod walk;
mod widgets;
mod workflow;

pub(super) use nodes::api;
pub(super) use saved::recipe;
pub(super) use workflow::workflow;
