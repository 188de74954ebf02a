//! A request without address and key.

/// An image that is sent with a prompt.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceBytes<'a> {
    /// The MIME type according to the bytes, because gateways reject images with a wrong one.
    pub mime: &'a str,
    /// The bytes of the image file.
    pub bytes: &'a [u8],
}

/// A request without address and key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The path relative to the base URL, without a leading slash: `chat/completions`.
    pub path: String,
    /// The query. Never contains a key.
    pub query: Option<&'static str>,
    /// The body.
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
    /// File name and MIME type, if it is a file.
    pub file: Option<(String, String)>,
    /// Its contents.
    pub bytes: Vec<u8>,
}
