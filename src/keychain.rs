//! The system keychain, asked with a time limit.
