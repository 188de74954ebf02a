//! Signals that request the end of the program. The first one requests an orderly end: nothing new is sent, requests
//! under way may finish within a grace period, and their images are stored. A second one ends the program at once; what
//! has arrived by then is in the spool, and is read at the next start.

use std::{
    io,
    sync::{Arc, OnceLock},
    thread,
    time::{Duration, Instant},
};

use crate::error_chain::chain;

pub use crate::studio::protocol::{DEFAULT_GRACE_PERIOD, Signal};

/// Signals within this time count as one, because a system that shuts down, or a terminal that closes, may send
/// several.
const SAME_SIGNAL_WINDOW: Duration = Duration::from_millis(500);

/// A signal that has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalEvent {
    /// The first signal.
    First(Signal),
    /// A further signal: the program ends as soon as this is handled.
    Repeated(Signal),
}

/// Remembers the first signal.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<OnceLock<Signal>>);

impl Signals {
    /// The signal that has requested the end of the program, if one has.
    pub fn first(&self) -> Option<Signal> {
        self.0.get().copied()
    }
}

/// Handles signals on a separate thread until the program ends. A signal that the program was started to ignore
/// (`nohup`, `&` in a script) stays ignored. If the system does not allow handlers, signals keep their default
/// effect.
pub fn listen(mut on_signal: impl FnMut(SignalEvent) + Send + 'static) -> Signals {
    let signals = Signals::default();
    let first = signals.clone();
    let listening = thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(watch(&first, &mut on_signal))
    });
    if let Err(error) = listening {
        tracing::warn!(error = %chain(&error), "signals cannot be handled");
    }
    signals
}

async fn watch(first: &Signals, on_signal: &mut impl FnMut(SignalEvent)) -> io::Result<()> {
    let mut source = SignalStream::new()?;
    let signal = source.next().await;
    let since = Instant::now();
    tracing::info!(signal = signal.name(), "a signal requests the end of the program");
    first.0.get_or_init(|| signal);
    on_signal(SignalEvent::First(signal));
    loop {
        let signal = source.next().await;
        if since.elapsed() >= SAME_SIGNAL_WINDOW {
            tracing::warn!(signal = signal.name(), "a second signal ends the program at once");
            on_signal(SignalEvent::Repeated(signal));
            exit(signal);
        }
    }
}

/// Ends the program at once, with the exit code of a signal.
#[expect(clippy::exit, reason = "a person or the system wants the program to end now, whatever it is doing")]
pub fn exit(signal: Signal) -> ! {
    std::process::exit(signal.code().into())
}

#[cfg(unix)]
struct SignalStream {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl SignalStream {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let ignored = ignored();
        let listen = |kind: SignalKind| {
            let number = kind.as_raw_value();
            let is_ignored = (1..=64).contains(&number) && ignored & (1 << (number - 1)) != 0;
            if is_ignored { Ok(None) } else { signal(kind).map(Some) }
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Signal {
        async fn one(source: &mut Option<tokio::signal::unix::Signal>) {
            match source {
                Some(source) => drop(source.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = one(&mut self.interrupt) => Signal::Interrupt,
            () = one(&mut self.terminate) => Signal::Terminate,
            () = one(&mut self.hang_up) => Signal::HangUp,
        }
    }
}

/// The signals that the program was started to ignore, as bits.
#[cfg(unix)]
fn ignored() -> u64 {
    // Only Linux reports them in a file; on other systems no signal counts as ignored.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(windows)]
struct SignalStream {
    interrupt: tokio::signal::windows::CtrlC,
    terminate: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    log_off: tokio::signal::windows::CtrlLogoff,
    shut_down: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl SignalStream {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};

        Ok(Self {
            interrupt: ctrl_c()?,
            terminate: ctrl_break()?,
            close: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = self.close.recv() => Signal::HangUp,
            _ = self.log_off.recv() => Signal::HangUp,
            _ = self.shut_down.recv() => Signal::HangUp,
        }
    }
}
