//! Plain data that every module shares: ids, recipes, responses, failures, profiles. No I/O.
//!
//! `recipe` is the ground floor. It uses nothing else of the project, and everything else may use it.

mod connection;
mod failure;
mod image_facts;
mod images;
mod model;
mod organizing;
mod parameters;
mod profile;
mod request;
mod response;
mod spending;
mod values;

pub use connection::{
    AddressError, AddressNote, BaseUrl, CertificateFlaw, Fingerprint, KeyFlaw, NotFingerprint, RefusedCertificate,
    TrustedCertificate, character_name, clean_key,
};
pub use failure::{Charge, Failure, FailureDetail, FailureKind, NextStep, Retry, billing_page};
pub use image_facts::ImageFacts;
pub use images::{AspectRatio, BrushStroke, Coverage, Format, ImageSize, PixelLimits, PixelSize};
pub use model::{
    Abilities, Deprecated, Fit, Formats, ImageInfo, Learned, ModelListing, Price, ReferenceLimits, TOGETHER, Tally,
    references_ignored,
};
pub use organizing::{
    Change, Collection, CollectionEdit, Flag, Label, Marks, Order, OrderKey, STARS, Score, Vote, VoteChoice, scores,
};
pub use parameters::{Mismatch, Parameter, Parameters, mismatch};
pub use profile::{
    Dialect, KeyHeader, Modalities, OptionStyle, Profile, Proxy, ReferenceStyle, Shared, SharedProfiles, SharingError,
    TimeLimits,
};
pub use request::{
    Composed, ForeignField, ForeignRecipe, NotSent, Part, PromptSegment, Recipe, Reference, ReferenceMention, Sheet,
    SheetHead, SheetListed, SheetRow, Source, StackOf, Turn, keep_short_names, mentions, numbered, short_names, spoken,
};
pub use response::{
    Answer, Answered, Exchange, FinishReason, KeptPlace, KeptResponse, PartContent, PartForm, SentBody, SentField,
    Signatures, Signed, SignedPart, Usage,
};
pub use spending::{Cap, Caps, Spending};
pub use values::{
    BatchId, CollectionId, ImageId, Money, ProfileId, RequestId, RowId, SheetId, harmless, harmless_name, is_unseen,
};
