//! Builds the request for a recipe in its profile's dialect.

use super::{
    call::{Call, ReferenceBytes},
    chat, gemini, images,
};
use crate::recipe::{Dialect, Profile, Recipe};

/// The request for a recipe, in its profile's dialect.
///
/// Only parameters that are set are sent. `pictures` are the bytes of [`Recipe::images`], in the same order; `mask`
/// those of `recipe.mask`, which only the image endpoints accept. Those have no field for earlier messages, and receive
/// only the last images.
pub fn call(
    recipe: &Recipe,
    profile: &Profile,
    images: &[ReferenceBytes<'_>],
    mask: Option<ReferenceBytes<'_>>,
) -> Call {
    match profile.dialect {
        Dialect::Chat => chat::call(recipe, profile, images),
        Dialect::Images => images::call(recipe, profile, images, mask),
        Dialect::Gemini => gemini::call(recipe, profile, images),
    }
}
