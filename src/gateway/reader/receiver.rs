//! The interface that receives images, links and text while a response arrives.

/// What an image is to its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImageRole {
    /// What was requested, as far as the answer says.
    #[default]
    Final,
    /// A sketch on the way to it, which the next one replaces.
    Draft,
    /// What the model drew while it was thinking.
    Thought,
    /// A string that begins as an image does where none was expected. It counts only if nothing else came.
    Guess,
}

/// Who is given what an answer holds, while it arrives.
///
/// Images come one after the other: every `image_start` is followed by any number of `image_bytes` and one
/// `image_end`, before the next one starts.
pub trait Receiver {
    /// An image begins. The mime type is what the gateway reports, which is often wrong.
    fn image_start(&mut self, declared_mime: Option<&str>);
    /// More of the image, decoded.
    fn image_bytes(&mut self, bytes: &[u8]);
    /// The image is over; if it is not complete, its end never came or is not base64.
    fn image_end(&mut self, complete: bool);
    /// What the image of this number is, counted by `image_start` from 0, unless it is [`ImageRole::Final`]. Some
    /// answers say so only after the image's end.
    fn image_role(&mut self, _number: usize, _role: ImageRole) {}
    /// An image is to be had at this address.
    fn image_link(&mut self, url: &str);
    /// More of the text, without the images in it.
    fn text(&mut self, delta: &str);
}

/// Takes nothing, where only the outcome counts.
impl Receiver for () {
    fn image_start(&mut self, _declared_mime: Option<&str>) {}
    fn image_bytes(&mut self, _bytes: &[u8]) {}
    fn image_end(&mut self, _complete: bool) {}
    fn image_link(&mut self, _url: &str) {}
    fn text(&mut self, _delta: &str) {}
}
