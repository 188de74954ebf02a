//! Removes secrets from the reports of errors that a person copies.

use std::sync::Arc;

use crate::{
    gateway,
    studio::{
        protocol::{Event, Notice, Secret},
        runtime::{context::Context, task::Task},
    },
};

/// Masks a report and sends it. The keys may be locked while the keychain is asked, so that the core does not wait.
pub(in crate::studio) fn mask(report: String, context: &Arc<Context>) {
    let shared = Arc::clone(context);
    let work = async move {
        let keys = shared.keys.known_keys().await;
        let keys: Vec<&str> = keys.iter().map(Secret::reveal).collect();
        shared.events.send(Event::ReportMasked(gateway::mask_report(&report, &keys)));
    };
    context.spawn(Task::Report, work, |context| context.events.send(Event::Notice(Notice::InternalError)));
}
