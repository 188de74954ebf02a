//! Plain state that every part of the window may read.

pub mod bitset;
pub mod page;
pub mod provider_contact;
pub mod requests;
pub mod selection;
pub mod studio_state;
pub mod undo_stack;
pub mod view_context;
