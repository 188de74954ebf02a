//! The name of a provider as it is shown.

use crate::{
    recipe::{Profile, replace_invisible_in_name},
    ui::state::view_context::ViewContext,
};

/// A profile's name; the built-in one says what it is.
pub fn profile_name(profile: &Profile, cx: &ViewContext<'_>) -> String {
    if profile.id.is_demo() {
        cx.text.get("provider-demo")
    } else {
        replace_invisible_in_name(&profile.name).into_owned()
    }
}
