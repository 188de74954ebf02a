//! Limits the memory that decoders use at the same time, over all threads.
//!
//! Decoding one large image takes hundreds of megabytes. Several such images wait here for memory instead of exhausting
//! that of the machine.

use std::{
    cell::Cell,
    marker::PhantomData,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{
    imaging::{
        header::{Probe, probe},
        pixels::ImageLimits,
    },
    recipe::Format,
};

/// The memory of all decoders of this process together, in bytes.
static DECODER_BUDGET: Budget = Budget::new(768 << 20);

/// Requests of up to this fraction of the total are granted without waiting.
const SMALL_GRANT_DIVISOR: u64 = 32;

thread_local! {
    /// The number of grants that this thread holds.
    static GRANTS_HELD: Cell<u32> = const { Cell::new(0) };
}

/// Memory that threads share. Requests are granted in order, so that small ones cannot delay a large one forever.
struct Budget {
    total: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy)]
struct State {
    used: u64,
    /// The ticket of the next thread in the queue, and the ticket that is served.
    next: u64,
    turn: u64,
}

/// Granted memory, which is released on drop. It stays on the thread that requested it.
#[derive(Debug)]
#[must_use = "dropped, it grants nothing"]
pub struct DecodeMemory {
    budget: &'static Budget,
    bytes: u64,
    /// Not `Send`, because a thread that holds a grant gets more without waiting.
    on_thread: PhantomData<*const ()>,
}

impl std::fmt::Debug for Budget {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Budget").field("total", &self.total).finish_non_exhaustive()
    }
}

impl Budget {
    const fn new(total: u64) -> Self {
        Self { total, state: Mutex::new(State { used: 0, next: 0, turn: 0 }), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The numbers change in one step each, so a panic of another thread cannot leave them inconsistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for this much memory. More than the total is granted when no other thread holds any.
    ///
    /// A thread that holds a grant already does not wait, because others may be waiting for its memory. Small requests
    /// do not wait either: a thumbnail must not wait for a large image to be decoded.
    fn take(&'static self, bytes: u64) -> DecodeMemory {
        let mut state = self.state();
        if GRANTS_HELD.get() == 0 && bytes > self.total / SMALL_GRANT_DIVISOR {
            let number = state.next;
            state.next += 1;
            while state.turn != number || (state.used > 0 && state.used.saturating_add(bytes) > self.total) {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.turn += 1;
        }
        state.used = state.used.saturating_add(bytes);
        drop(state);
        self.changed.notify_all();
        GRANTS_HELD.set(GRANTS_HELD.get() + 1);
        DecodeMemory { budget: self, bytes, on_thread: PhantomData }
    }
}

impl Drop for DecodeMemory {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        state.used = state.used.saturating_sub(self.bytes);
        drop(state);
        self.budget.changed.notify_all();
        GRANTS_HELD.set(GRANTS_HELD.get().saturating_sub(1));
    }
}

/// Waits for memory to decode an image in full and to process its pixels. A caller that keeps a full bitmap after
/// decoding holds this as long; [`crate::imaging::decode::decode::decode`] requests it itself.
///
/// Returns `None` for bytes that are not an image, which the decoder then reports.
pub fn room_for(bytes: &[u8]) -> Option<DecodeMemory> {
    probe(bytes, &ImageLimits::default()).ok().map(whole)
}

/// Waits for memory to decode an image in full.
pub(crate) fn whole(probe: Probe) -> DecodeMemory {
    // Rows of one to four channels, besides the four of the result, and the decoder's own planes.
    DECODER_BUDGET.take(pixels(probe).saturating_mul(match probe.format {
        Format::Png => 5,
        Format::Jpeg => 7,
        Format::Webp | Format::Gif | Format::Bmp => 6,
        // Samples of two bytes or more, and layers.
        Format::Avif | Format::Tiff => 16,
        Format::Jxl | Format::Svg => 24,
    }))
}

/// Waits for memory to decode an image to three bytes per pixel, of which only a thumbnail is kept.
pub(crate) fn plain(probe: Probe) -> DecodeMemory {
    DECODER_BUDGET.take(pixels(probe).saturating_mul(5))
}

fn pixels(probe: Probe) -> u64 {
    u64::from(probe.width) * u64::from(probe.height)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use super::*;

    #[test]
    fn reservation_waits_for_space_and_an_oversized_one_runs_alone() {
        static BUDGET: Budget = Budget::new(100);
        let first = BUDGET.take(60);
        let (sender, done) = mpsc::channel();
        let waiting: Vec<_> = [(500, "large"), (30, "small")]
            .map(|(bytes, name)| {
                let sender = sender.clone();
                let thread = thread::spawn(move || {
                    let room = BUDGET.take(bytes);
                    let used = BUDGET.state().used;
                    sender.send((name, used)).unwrap();
                    drop(room);
                });
                // Requests are granted in this order.
                let is_waiting = || {
                    let state = *BUDGET.state();
                    state.next > state.turn
                };
                while !is_waiting() {
                    thread::yield_now();
                }
                thread
            })
            .into();
        assert!(done.recv_timeout(Duration::from_millis(50)).is_err(), "neither overtakes");
        drop(first);
        assert_eq!(done.recv(), Ok(("large", 500)), "alone");
        assert_eq!(done.recv().map(|(name, _)| name), Ok("small"));
        for thread in waiting {
            thread.join().unwrap();
        }
        assert_eq!(BUDGET.state().used, 0);
    }

    #[test]
    fn nested_reservation_does_not_deadlock() {
        static BUDGET: Budget = Budget::new(100);
        let outer = BUDGET.take(90);
        let inner = BUDGET.take(90);
        assert_eq!(BUDGET.state().used, 180);
        // Another thread does not wait for a small request either.
        thread::spawn(|| drop(BUDGET.take(3))).join().unwrap();
        drop((outer, inner));
        assert_eq!(BUDGET.state().used, 0);
    }
}
