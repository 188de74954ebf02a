//! Votes in blind comparisons: recording them, and sending them to the window.

use std::sync::Arc;

use crate::{
    library::LibraryError,
    recipe::{BatchId, BatchRole, Vote, VoteChoice},
    studio::{
        protocol::{Ballot, Event},
        runtime::{context::Context, task::Task},
    },
};

/// Sends all decided blind comparisons.
pub(in crate::studio) fn send_votes(context: &Arc<Context>) {
    let work = |context: &Arc<Context>| send(context).unwrap_or_else(|error| report_error(context, &error));
    context.spawn_blocking(Task::Votes, work, Context::report_read_panic);
}

/// Records a vote and sends all decided blind comparisons.
pub(in crate::studio) fn record_vote(context: &Arc<Context>, batch: BatchId, ballot: Ballot) {
    let work = move |context: &Arc<Context>| {
        record(context, batch, ballot).unwrap_or_else(|error| report_error(context, &error));
    };
    context.spawn_blocking(Task::Votes, work, Context::report_read_panic);
}

fn record(context: &Arc<Context>, batch: BatchId, ballot: Ballot) -> Result<(), LibraryError> {
    let members = context.library.search().batch(batch)?;
    let mut contenders: Vec<String> = Vec::new();
    for member in members.iter().filter(|member| matches!(member.role, BatchRole::Contender { .. })) {
        if !contenders.contains(&member.model) {
            contenders.push(member.model.clone());
        }
    }
    let choice = match ballot {
        Ballot::Best(image) => {
            // A deleted image cannot win.
            let Some(best) = members.iter().find(|member| member.image == image) else { return send(context) };
            VoteChoice::Won(best.model.clone())
        }
        Ballot::Tie => VoteChoice::Tied,
        Ballot::Skip => VoteChoice::Skipped,
    };
    if !context.library.votes().read()?.iter().any(|vote| vote.batch == batch) {
        context.library.votes().record(&Vote { batch, at: context.now(), contenders, choice })?;
    }
    send(context)
}

fn send(context: &Context) -> Result<(), LibraryError> {
    context.events.send(Event::Votes(context.library.votes().read()?.into()));
    Ok(())
}

fn report_error(context: &Context, error: &LibraryError) {
    context.report_library_error(error);
}
