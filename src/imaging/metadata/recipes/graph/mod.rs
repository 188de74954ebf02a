//! `ComfyUI`'s graphs: nodes of either form in one ([`nodes`]), the form of its window ([`workflow`]) with the names of
//! its values ([`widgets`]), the walk along links to texts and numbers ([`walk`]), and what a graph says about the
//! image that it saves ([`saved`]).
//!
//! Graphs may go in circles, name nodes that are not there and be of any size: all walks are bounded.

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
