//! No core dumps: the memory of a program that holds a key must not be written to a disk when it crashes.

/// Sets the limit of core files to nothing and, on Linux, tells the system that the program is not to be dumped, which
/// also holds for the collectors that read a crash through a pipe whatever the limit says. What the system refuses is
/// no reason not to start.
pub fn turn_off() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        // What it starts, such as a file manager, may raise its own limit again.
        let Rlimit { maximum, .. } = getrlimit(Resource::Core);
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum }).ok();
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
    }
}
