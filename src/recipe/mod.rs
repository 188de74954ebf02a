//! Plain data that every module shares: ids, recipes, responses, failures, profiles. No I/O.
//!
//! `recipe` is the lowest module. It imports no other module of the crate, and every other module may import it.

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
    AddressError, AddressNote, BaseUrl, CertificateFlaw, Fingerprint, InvalidFingerprint, KeyFlaw, RefusedCertificate,
    TrustedCertificate, character_name, clean_key,
};
pub use failure::{Charge, Failure, FailureDetail, FailureKind, NextStep, Retry, billing_page};
pub use image_facts::ImageFacts;
pub use images::{AspectRatio, BrushStroke, Coverage, Format, ImageSize, PixelLimits, PixelSize};
pub use model::{
    Abilities, Deprecated, FormatSet, ImageInfo, LearnedModel, MAX_REFERENCE_BYTES_PER_REQUEST, ModelListing, Price,
    ReferenceLimits, RequiredConversion, Tally, references_ignored,
};
pub use organizing::{
    Collection, CollectionEdit, Flag, Label, MAX_STARS, MarkChange, Marks, Score, SortField, SortOrder, Vote,
    VoteChoice, scores,
};
pub use parameters::{Mismatch, Parameter, Parameters, find_mismatch};
pub use profile::{
    Dialect, KeyHeader, Modalities, OptionStyle, Profile, ProfileExport, ProfileFile, ProfileFileError, Proxy,
    ReferenceStyle, TimeLimits,
};
pub use request::{
    BatchRole, Composed, ForeignField, ForeignRecipe, PromptSegment, Recipe, Reference, ReferenceMention, Sheet,
    SheetHead, SheetRow, SheetSummary, Source, StackKey, Turn, Unsupported, find_mentions, keep_short_names,
    number_mentions, short_names, split_at_mentions,
};
pub use response::{
    Answer, Exchange, FinishReason, KeptLocation, KeptResponse, PartContent, PartForm, RecordedResponse, SentBody,
    SentField, Signatures, SignedPart, TurnSignatures, Usage,
};
pub use spending::{Cap, Caps, Spending};
pub use values::{
    BatchId, CollectionId, ImageId, Money, ProfileId, RequestId, RowId, SheetId, is_invisible, replace_invisible,
    replace_invisible_in_name,
};
