//! One reader for each program that writes recipes.

pub(crate) mod a1111;
pub(crate) mod comfy;
pub(crate) mod draw_things;
pub(crate) mod fooocus;
pub(crate) mod invoke;
pub(crate) mod midjourney;
pub(crate) mod novelai;
pub(crate) mod swarm;
pub(crate) mod unmarked;
