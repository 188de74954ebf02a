//! Group commit: writes of several threads at the same moment are flushed together, so that the threads wait for one
//! flush instead of one after the other.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Jobs of one kind that end with a flush.
///
/// The first thread that finds no leader becomes the leader: it executes every waiting job, including its own. Jobs
/// that arrive during its flush form the next group. A single job is executed at once, on its own thread.
#[derive(Debug)]
pub(in crate::library) struct GroupCommit<J, R> {
    state: Mutex<State<J, R>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<J, R> {
    waiting: Vec<(u64, J)>,
    /// Results that were not fetched yet; `None` if the leader panicked.
    done: BTreeMap<u64, Option<R>>,
    next: u64,
    /// Whether a thread is executing a group.
    led: bool,
}

impl<J, R> Default for GroupCommit<J, R> {
    fn default() -> Self {
        let state = State { waiting: Vec::new(), done: BTreeMap::new(), next: 0, led: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl<J, R> GroupCommit<J, R> {
    /// Executes a job as part of a group and waits for its result. Returns `None` if the leader of the group panicked.
    ///
    /// `carry_out` is called only on the leader's thread. It first acquires what it needs, such as a lock, then calls
    /// its argument to get the jobs of the group, and returns their results in the same order.
    pub(in crate::library) fn submit(
        &self,
        job: J,
        carry_out: impl FnOnce(&mut dyn FnMut() -> Vec<J>) -> Vec<R>,
    ) -> Option<R> {
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push((ticket, job));
        while state.led {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            if let Some(result) = state.done.remove(&ticket) {
                return result;
            }
        }
        state.led = true;
        drop(state);
        let mut group = Group { commit: self, tickets: Vec::new(), results: Vec::new() };
        let results = carry_out(&mut || {
            let (tickets, jobs): (Vec<_>, Vec<_>) = std::mem::take(&mut self.state().waiting).into_iter().unzip();
            group.tickets.extend(tickets);
            jobs
        });
        group.results = results;
        drop(group);
        self.state().done.remove(&ticket).flatten()
    }

    fn state(&self) -> MutexGuard<'_, State<J, R>> {
        // No code that may panic runs while the lock is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The jobs of a group. Dropping it wakes the waiting threads, also after a panic.
struct Group<'a, J, R> {
    commit: &'a GroupCommit<J, R>,
    tickets: Vec<u64>,
    results: Vec<R>,
}

impl<J, R> Drop for Group<'_, J, R> {
    fn drop(&mut self) {
        let mut state = self.commit.state();
        let results = std::mem::take(&mut self.results).into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        state.done.extend(std::mem::take(&mut self.tickets).into_iter().zip(results));
        state.led = false;
        self.commit.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
        time::Duration,
    };

    use super::*;

    #[test]
    fn each_job_gets_its_result_and_jobs_share_a_flush() {
        let (commit, flushes, begin) = (GroupCommit::default(), AtomicUsize::new(0), Barrier::new(16));
        thread::scope(|scope| {
            for number in 0..16 {
                let (commit, flushes, begin) = (&commit, &flushes, &begin);
                scope.spawn(move || {
                    begin.wait();
                    for round in 0..10 {
                        let job = number * 100 + round;
                        let result = commit.submit(job, |take| {
                            let jobs = take();
                            flushes.fetch_add(1, Ordering::Relaxed);
                            thread::sleep(Duration::from_millis(2));
                            jobs.into_iter().map(|job| job * 2).collect()
                        });
                        assert_eq!(result, Some(job * 2));
                    }
                });
            }
        });
        assert!(flushes.into_inner() < 160, "no two jobs have shared a flush");
    }

    #[test]
    fn panicking_leader_wakes_waiting_threads() {
        let commit = GroupCommit::<(), ()>::default();
        let leads = Barrier::new(2);
        thread::scope(|scope| {
            let leader = scope.spawn(|| {
                catch_unwind(AssertUnwindSafe(|| {
                    commit.submit((), |take| {
                        leads.wait();
                        while commit.state().waiting.len() < 2 {
                            thread::yield_now();
                        }
                        take();
                        panic!("the disk is on fire");
                    })
                }))
            });
            leads.wait();
            let follower = scope.spawn(|| commit.submit((), |take| vec![(); take().len()]));
            assert!(leader.join().unwrap().is_err());
            assert_eq!(follower.join().unwrap(), None);
        });
        assert_eq!(commit.submit((), |take| vec![(); take().len()]), Some(()), "the next one leads");
    }
}
