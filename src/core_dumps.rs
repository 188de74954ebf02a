//! Disables core dumps, because the memory of a program that holds a key must not be written to a disk when it crashes.

/// Sets the limit of core files to zero and, on Linux, marks the program as not dumpable, which also applies to crash
/// collectors that read a dump through a pipe regardless of the limit. Errors are ignored, because the program can run
/// without it.
pub fn turn_off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        // A child process, such as a file manager, may raise its own limit again.
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum }).ok();
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}
