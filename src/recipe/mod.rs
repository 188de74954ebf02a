//! The nouns that every room shares: plain data with serde, no behaviour that touches the world.
//!
//! `recipe` is the ground floor. It uses nothing else of the project, and everything else may use it.

mod abilities;
mod answer;
mod api_key;
mod base_url;
mod certificate;
mod exchange;
mod failure;
mod failure_detail;
mod fitting;
mod foreign;
mod ids;
mod ignored;
mod kept;
mod learned;
mod listed;
mod mask;
mod mentions;
mod mismatch;
mod money;
mod next_step;
mod organising;
mod origin;
mod parameter;
mod parameters;
mod pixel_size;
mod profile;
mod sheet;
mod signed;
mod spending;
mod turn;
mod unseen;
mod vote;

pub use abilities::{Abilities, Deprecated, NotSent, Price, ReferenceLimits};
pub use answer::{Answer, FinishReason, Usage};
pub use api_key::{KeyFlaw, character_name, clean_key};
pub use base_url::{AddressError, AddressNote, BaseUrl};
pub use certificate::{CertificateFlaw, Fingerprint, NotFingerprint, RefusedCertificate, TrustedCertificate};
pub use exchange::{Answered, Exchange, SentBody, SentField};
pub use failure::{Charge, Failure, FailureKind, Retry};
pub use failure_detail::FailureDetail;
pub use fitting::{Fit, Formats, Measured, TOGETHER};
pub use foreign::{ForeignField, ForeignRecipe, Source};
pub use ids::{BatchId, CollectionId, ImageId, ProfileId, RequestId, RowId, SheetId};
pub use ignored::references_ignored;
pub use kept::{KeptPlace, KeptResponse};
pub use learned::{Learned, Tally};
pub use listed::Listed;
pub use mask::{BrushStroke, Coverage};
pub use mentions::{Mention, Spoken, keep_short_names, mentions, numbered, short_names, spoken};
pub use mismatch::{Mismatch, mismatch};
pub use money::Money;
pub use next_step::{NextStep, billing_page};
pub use organising::{Change, Collection, CollectionEdit, Flag, Label, Marks, Order, OrderKey, STARS};
pub use origin::{Part, StackOf};
pub use parameter::Parameter;
pub use parameters::{AspectRatio, ImageSize, Parameters};
pub use pixel_size::{PixelLimits, PixelSize};
pub use profile::{
    Dialect, KeyHeader, Modalities, OptionStyle, Profile, Proxy, ReferenceStyle, Shared, SharedProfiles, SharingError,
    TimeLimits,
};
pub use sheet::{Sheet, SheetHead, SheetListed, SheetRow};
pub use signed::{PartContent, PartForm, Signatures, Signed, SignedPart};
pub use spending::{Cap, Caps, Spending};
pub use turn::Turn;
pub use unseen::{harmless, harmless_name, is_unseen};
pub use vote::{Choice, Score, Vote, scores};

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use ignored::references_seen;

/// Everything that was asked of a gateway, complete enough to ask it again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// What the person wrote, after template expansion and with the styles' words.
    pub prompt: String,
    /// What is not to be seen. No gateway that is asked here has a field for it; it goes along in words, see
    /// [`Self::words`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub negative: String,
    /// What the prompt was made of, where it was not written as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composed: Option<Composed>,
    /// Which gateway was asked.
    pub profile: ProfileId,
    /// The model id as the gateway spells it.
    pub model: String,
    /// The parameters that were set away from "default (not sent)".
    #[serde(default)]
    pub parameters: Parameters,
    /// Pictures that went along with the prompt, in the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// What was said before and what came of it, where this goes on from there. The last picture of them is the one that
    /// is to be changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Which part of the first reference is to be painted anew: a PNG of its size, transparent there. Only image
    /// endpoints take one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Reference>,
    /// What of all this did not go to the model, because the model is known not to take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_sent: Vec<NotSent>,
    /// The requests that it was asked for together with. The studio says it when it takes a recipe that has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
    /// Its place among them.
    #[serde(default, skip_serializing_if = "Part::is_prompt")]
    pub part: Part,
}

/// What a prompt was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composed {
    /// The template that the person wrote.
    pub template: String,
    /// Names of the styles that were put around it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// What the person wrote that is not to be seen, without what the styles add.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub negative: String,
}

impl Recipe {
    /// The words that go to the model: the prompt, and what is not to be seen in a sentence after it.
    pub fn words(&self) -> Cow<'_, str> {
        let negative = self.negative.trim();
        if negative.is_empty() {
            return Cow::Borrowed(&self.prompt);
        }
        Cow::Owned(format!("{}\n\nAvoid: {negative}", self.prompt.trim_end()))
    }

    /// The recipe without what does not go to the model.
    #[must_use]
    pub fn as_sent(&self) -> Self {
        let mut sent = Self { not_sent: Vec::new(), ..self.clone() };
        for left_out in &self.not_sent {
            match left_out {
                NotSent::Parameter(parameter) => parameter.clear(&mut sent.parameters),
                NotSent::Turns => sent.keep_last_picture(),
                NotSent::TurnsBefore(kept) => {
                    let dropped = (*kept).min(sent.turns.len());
                    sent.turns.drain(..dropped);
                }
                NotSent::ReferencesBeyond(most) => sent.references.truncate(*most),
                NotSent::Mask => sent.mask = None,
            }
        }
        sent
    }
}

/// A picture sent along with a prompt.
///
/// Its bytes are kept in the library under their hash, so that a recipe stays complete when the file
/// that it came from is moved or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Mime type found by looking at the bytes, for example `image/png`.
    pub mime: String,
    /// What to call it on screen: a file name or the start of a prompt.
    pub name: String,
    /// The picture of the library that it is, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageId>,
}

/// The formats that a picture can be stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG/JFIF.
    Jpeg,
    /// WebP, lossy or lossless.
    Webp,
    /// GIF; the first frame is shown.
    Gif,
    /// AVIF; of a sequence the first frame is shown.
    Avif,
    /// JPEG XL; of an animation the first frame is shown.
    Jxl,
    /// Windows bitmap.
    Bmp,
    /// TIFF; the first page is shown.
    Tiff,
    /// SVG, whose pixels are drawn here.
    Svg,
}

impl Format {
    /// Every format, in the order in which they are offered.
    pub const ALL: [Self; 9] =
        [Self::Png, Self::Jpeg, Self::Webp, Self::Gif, Self::Avif, Self::Jxl, Self::Bmp, Self::Tiff, Self::Svg];

    /// The usual file extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Jxl => "jxl",
            Self::Bmp => "bmp",
            Self::Tiff => "tif",
            Self::Svg => "svg",
        }
    }

    /// The registered media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Jxl => "image/jxl",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Other extensions that its files have.
    pub fn other_extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpeg", "jpe", "jfif", "pjpeg", "pjp"],
            Self::Bmp => &["dib"],
            Self::Tiff => &["tiff"],
            Self::Png | Self::Webp | Self::Gif | Self::Avif | Self::Jxl | Self::Svg => &[],
        }
    }

    /// Whether files of this format are named with an extension, in any case.
    pub fn is_named(self, extension: &str) -> bool {
        let mut extensions = self.other_extensions().iter().copied().chain([self.extension()]);
        extensions.any(|own| own.eq_ignore_ascii_case(extension))
    }

    /// The name as designers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Webp => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Svg => "SVG",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_belongs_to_one_format() {
        for (extension, format) in
            [("JPG", Format::Jpeg), ("jfif", Format::Jpeg), ("TIFF", Format::Tiff), ("dib", Format::Bmp)]
        {
            let named: Vec<Format> = Format::ALL.into_iter().filter(|format| format.is_named(extension)).collect();
            assert_eq!(named, [format], "{extension}");
        }
        assert!(!Format::ALL.iter().any(|format| format.is_named("heic")));
    }

    #[test]
    fn what_is_to_be_avoided_is_said_after_the_prompt() {
        let of = |prompt: &str, negative: &str| {
            let recipe = Recipe { prompt: prompt.to_owned(), negative: negative.to_owned(), ..Recipe::default() };
            recipe.words().into_owned()
        };
        assert_eq!(of("a fox ", " \n"), "a fox ");
        assert_eq!(of("a fox\n", "fog, text "), "a fox\n\nAvoid: fog, text");
    }
}
