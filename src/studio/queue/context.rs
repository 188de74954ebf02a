//! The parts of the studio that the queue works with.

use std::sync::Arc;

use crate::{
    library::LibraryError,
    recipe::{Profile, ProfileId},
    settings::Settings,
    studio::{gallery::gallery::Gallery, protocol::Event, providers::providers::Providers, runtime::context::Context},
};

/// The parts of the studio that the queue reads or informs. The core lends them for one call.
pub(in crate::studio) struct QueueContext<'a> {
    pub(in crate::studio) context: &'a Arc<Context>,
    pub(in crate::studio) settings: &'a Settings,
    pub(in crate::studio) providers: &'a mut Providers,
    pub(in crate::studio) gallery: &'a mut Gallery,
}

impl QueueContext<'_> {
    /// Sends an event.
    pub(super) fn send(&self, event: Event) {
        self.context.events.send(event);
    }

    /// Reports that the library could not be read or written.
    pub(super) fn report_library_error(&self, error: &LibraryError) {
        self.context.report_library_error(error);
    }

    /// The profile of this ID.
    pub(super) fn profile(&self, id: &ProfileId) -> Option<Profile> {
        self.providers.profile(id, self.settings)
    }

    /// Reads the open view again, if one is open.
    pub(super) fn read_view(&mut self) {
        self.gallery.read_view(None, self.context, self.settings.stacked);
    }
}
