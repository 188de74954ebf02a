//! Causes of errors: a shared source for errors that are cloned and sent in events, and a chain for the log.

use std::{
    error::Error,
    fmt::{self, Debug, Display, Formatter},
    sync::Arc,
};

/// The cause of an error, kept as its `#[source]`. It is shared, so that the error can be cloned, and compared by its
/// message, so that the error can be compared.
#[derive(Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// Keeps an error, or a message where there is no error.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into().into())
    }
}

impl From<&str> for Cause {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for Cause {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl Debug for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Display for Cause {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Cause {}

/// Displays an error with all of its sources: `tracing::warn!(error = %chain(&error), "…")`.
pub fn chain<E: Error>(error: &E) -> Chain<'_> {
    Chain(error)
}

/// An error with its sources, see [`chain`].
#[derive(Clone, Copy, Debug)]
pub struct Chain<'a>(&'a dyn Error);

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut message = self.0.to_string();
        f.write_str(&message)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            let next = error.to_string();
            // Some errors repeat their source at the end of their own message.
            if !message.ends_with(&next) {
                write!(f, ": {next}")?;
                message = next;
            }
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the sheet was not saved")]
    struct NotSaved(#[source] NotWritten);

    #[derive(Clone, Debug, PartialEq, thiserror::Error)]
    #[error("/library cannot be written: {0}")]
    struct NotWritten(#[source] Cause);

    #[test]
    fn chain_names_every_source_once() {
        let error = NotSaved(NotWritten(Cause::new(io::Error::other(NotWritten(Cause::new("no room"))))));
        let text = "the sheet was not saved: /library cannot be written: /library cannot be written: no room";
        assert_eq!(chain(&error).to_string(), text);
        assert_eq!(chain(&Cause::new("alone")).to_string(), "alone");
    }

    #[test]
    fn causes_are_equal_if_their_messages_are() {
        let refused = || io::Error::new(io::ErrorKind::PermissionDenied, "refused");
        assert_eq!(NotWritten(Cause::new(refused())), NotWritten(Cause::new("refused")));
        assert_ne!(NotWritten(Cause::new(refused())), NotWritten(Cause::new("full")));
    }
}
