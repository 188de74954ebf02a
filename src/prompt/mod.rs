//! Templates of prompts; pure.
