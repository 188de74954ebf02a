//! Pixels and file formats; pure, knows nothing else of the project.
