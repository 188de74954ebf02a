//! The built-in gateway: a loopback HTTP server and a painter.
