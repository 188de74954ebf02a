//! The interface that receives images, links and text while a response arrives.

/// The role of an image in its response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImageRole {
    /// A requested image, as far as the response says.
    #[default]
    Final,
    /// A draft, which the next one replaces.
    Draft,
    /// An image that the model generated while it was thinking.
    Thought,
    /// A string that starts like an image in an unexpected field. It counts only if there is no other image.
    Guess,
}

/// Receives the contents of a response while it arrives.
///
/// Images come one after the other: every `image_start` is followed by any number of `image_bytes` and one
/// `image_end`, before the next one starts.
pub trait Receiver {
    /// An image begins. The MIME type is the one that the gateway reports, which is often wrong.
    fn image_start(&mut self, declared_mime: Option<&str>);
    /// Decoded bytes of the image.
    fn image_bytes(&mut self, bytes: &[u8]);
    /// The image has ended. If it is not complete, its end did not arrive or is not base64.
    fn image_end(&mut self, complete: bool);
    /// The role of the image with this number, counted by `image_start` from 0, unless it is [`ImageRole::Final`]. Some
    /// responses contain it only after the end of the image.
    fn image_role(&mut self, _number: usize, _role: ImageRole) {}
    /// A link to an image.
    fn image_link(&mut self, url: &str);
    /// A fragment of the text, without the images in it.
    fn text(&mut self, delta: &str);
}

/// Ignores everything, for callers that need only the outcome.
impl Receiver for () {
    fn image_start(&mut self, _declared_mime: Option<&str>) {}
    fn image_bytes(&mut self, _bytes: &[u8]) {}
    fn image_end(&mut self, _complete: bool) {}
    fn image_link(&mut self, _url: &str) {}
    fn text(&mut self, _delta: &str) {}
}
