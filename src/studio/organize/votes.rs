//! Votes in blind comparisons: recording them, and sending them to the window.

use std::sync::Arc;

use crate::{
    library::LibraryError,
    recipe::{BatchId, Part, Vote, VoteChoice},
    studio::{
        protocol::{Ballot, Event},
        runtime::{context::World, task::Task},
    },
};

/// Sends all decided blind comparisons.
pub(in crate::studio) fn send_votes(world: &Arc<World>) {
    let work = |world: &Arc<World>| tell(world).unwrap_or_else(|error| trouble(world, &error));
    world.on_thread(Task::Votes, work, World::reading_failed);
}

/// Records a vote and sends all decided blind comparisons.
pub(in crate::studio) fn vote(world: &Arc<World>, batch: BatchId, ballot: Ballot) {
    let work = move |world: &Arc<World>| {
        record(world, batch, ballot).unwrap_or_else(|error| trouble(world, &error));
    };
    world.on_thread(Task::Votes, work, World::reading_failed);
}

fn record(world: &Arc<World>, batch: BatchId, ballot: Ballot) -> Result<(), LibraryError> {
    let members = world.library.search().batch(batch)?;
    let mut contenders: Vec<String> = Vec::new();
    for member in members.iter().filter(|member| matches!(member.part, Part::Contender { .. })) {
        if !contenders.contains(&member.model) {
            contenders.push(member.model.clone());
        }
    }
    let choice = match ballot {
        Ballot::Best(image) => {
            // A picture that is not there any more cannot win.
            let Some(best) = members.iter().find(|member| member.image == image) else { return tell(world) };
            VoteChoice::Won(best.model.clone())
        }
        Ballot::Tie => VoteChoice::Tied,
        Ballot::Skip => VoteChoice::Skipped,
    };
    if !world.library.votes().read()?.iter().any(|vote| vote.batch == batch) {
        world.library.votes().record(&Vote { batch, at: world.now(), contenders, choice })?;
    }
    tell(world)
}

fn tell(world: &World) -> Result<(), LibraryError> {
    world.events.send(Event::Votes(world.library.votes().read()?.into()));
    Ok(())
}

fn trouble(world: &World, error: &LibraryError) {
    world.library_trouble(error);
}
