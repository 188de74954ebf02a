//! Originals and recipes on disk, and the index over them.
