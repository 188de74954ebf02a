//! Limits the memory that decoders take at the same time, all threads together.
//!
//! One large image takes hundreds of megabytes while it is decoded. A few at once are held up here until there is
//! room, instead of taking the machine's memory.

use std::{
    cell::Cell,
    marker::PhantomData,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{
    imaging::{
        header::{Probe, probe},
        pixels::Limits,
    },
    recipe::Format,
};

/// What decoders of this process may take at the same time, in bytes.
static DECODER_BUDGET: Budget = Budget::new(768 << 20);

/// Such a part of the total is granted without waiting.
const SMALL_GRANT_DIVISOR: u64 = 32;

thread_local! {
    /// How many grants this thread holds.
    static GRANTS_HELD: Cell<u32> = const { Cell::new(0) };
}

/// Bytes that are shared by threads. Grants are given in the order in which they are asked for, so that a large one is
/// not overtaken for ever by small ones.
struct Budget {
    total: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Clone, Copy)]
struct State {
    used: u64,
    /// The number that the next thread in the line gets, and the one whose turn it is.
    next: u64,
    turn: u64,
}

/// Room for pixels, which is given back when it is dropped. It stays on the thread that asked for it.
#[derive(Debug)]
#[must_use = "dropped, it grants nothing"]
pub struct DecodeMemory {
    budget: &'static Budget,
    bytes: u64,
    /// A thread that holds room is granted more at once, so it must not leave its thread.
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
        // Numbers are changed in one step each, so they are right whatever became of another thread.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room for so many bytes. More than the total is granted when nobody else holds any.
    ///
    /// A thread that holds room already waits for nobody, because others may be waiting for what it holds. Nor does
    /// what takes little: a thumbnail must not wait for a large image to be decoded.
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

/// Waits for room to decode an image in full and to work with its pixels. Whoever keeps a full bitmap for longer than
/// it takes to decode it holds this as long; [`crate::imaging::decode::decode::decode`] takes it for itself.
///
/// Bytes that are no image need none, which the decoder then tells.
pub fn room_for(bytes: &[u8]) -> Option<DecodeMemory> {
    probe(bytes, &Limits::default()).ok().map(whole)
}

/// Waits for room to decode an image in full.
pub(crate) fn whole(probe: Probe) -> DecodeMemory {
    // Rows of one channel to four, beside the four of the result, and what a decoder keeps of planes.
    DECODER_BUDGET.take(pixels(probe).saturating_mul(match probe.format {
        Format::Png => 5,
        Format::Jpeg => 7,
        Format::Webp | Format::Gif | Format::Bmp => 6,
        // Samples of two bytes and more, and layers.
        Format::Avif | Format::Tiff => 16,
        Format::Jxl | Format::Svg => 24,
    }))
}

/// Waits for room to decode an image to three bytes a pixel, of which only a thumbnail is kept.
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
    fn what_does_not_fit_waits_and_what_is_larger_than_all_goes_alone() {
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
                // In this order.
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
    fn a_thread_never_waits_for_itself() {
        static BUDGET: Budget = Budget::new(100);
        let outer = BUDGET.take(90);
        let inner = BUDGET.take(90);
        assert_eq!(BUDGET.state().used, 180);
        // And another thread does not for what is little.
        thread::spawn(|| drop(BUDGET.take(3))).join().unwrap();
        drop((outer, inner));
        assert_eq!(BUDGET.state().used, 0);
    }
}
