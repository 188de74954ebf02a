//! One request without address and key.

/// An image as it is sent with a prompt.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceBytes<'a> {
    /// Mime type found by looking at the bytes; gateways refuse images with a wrong one.
    pub mime: &'a str,
    /// The image's file, byte for byte.
    pub bytes: &'a [u8],
}

/// One request, without address and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What comes after the base URL's path, without a slash at its beginning: `chat/completions`.
    pub path: String,
    /// What comes after the question mark. Never a key.
    pub query: Option<&'static str>,
    /// What is sent.
    pub body: CallBody,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallBody {
    /// JSON.
    Json(Vec<u8>),
    /// A multipart form (RFC 7578).
    Form(Vec<FormPart>),
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// File name and mime type, where it is a file.
    pub file: Option<(String, String)>,
    /// What it holds.
    pub bytes: Vec<u8>,
}
