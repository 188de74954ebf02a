//! Simulates the queue against gateways with rate limits, in virtual time: a hundred requests each, the number of
//! refused `POST` requests, and the time compared with a client that knows the limit.
//!
//! ```text
//! cargo bench --bench limits
//! ```

use std::time::Duration;

use atelier::studio::bench::{LimitRule, Simulation, simulate};

/// The number of requests.
const REQUESTS: usize = 100;

fn main() {
    let window = |seconds| Duration::from_secs(seconds);
    let rules = [
        ("3 within any 20 s", LimitRule::Sliding { count: 3, window: window(20) }),
        ("3 in each 20 s", LimitRule::Fixed { count: 3, window: window(20) }),
        ("bucket of 3, one more every 6.7 s", LimitRule::Bucket { count: 3, refill: window(20) / 3 }),
        ("10 within any minute", LimitRule::Sliding { count: 10, window: window(60) }),
        ("1 within any 5 s", LimitRule::Sliding { count: 1, window: window(5) }),
        ("2 at once", LimitRule::AtOnce { count: 2 }),
        ("all but one of 20, by chance", LimitRule::Chance { count: 20 }),
    ];
    println!(
        "{:<34} {:>7} {:>8} {:>6} {:>7} {:>8} {:>8} {:>6}",
        "the gateway takes", "takes s", "at once", "done", "refused", "took s", "ideal s", "ratio"
    );
    for (name, rule) in rules {
        for (at_once, takes, names_wait) in [(3, 0.1, false), (3, 12.0, false), (3, 12.0, true), (8, 25.0, false)] {
            let takes = Duration::from_secs_f64(takes);
            let run = Simulation { rule, requests: REQUESTS, at_once, takes, names_wait, seed: 7 };
            let figures = simulate(&run);
            println!(
                "{:<34} {:>7.1} {:>8} {:>6} {:>7} {:>8.0} {:>8.0} {:>6.2}{}",
                name,
                takes.as_secs_f64(),
                at_once,
                figures.done,
                figures.refused,
                figures.took.as_secs_f64(),
                figures.ideal.as_secs_f64(),
                figures.took.as_secs_f64() / figures.ideal.as_secs_f64(),
                if names_wait { "  names the wait" } else { "" }
            );
        }
    }
}
