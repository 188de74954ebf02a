//! Talking to a gateway: requests out, answers in.
