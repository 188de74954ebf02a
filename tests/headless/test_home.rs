//! A temporary home folder, and the program run in it.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// The time after which a program that still runs is considered hung.
const HANG_TIMEOUT: Duration = Duration::from_mins(3);

/// A home folder of its own: the program reads and writes nothing outside, and has neither display nor keychain.
pub struct TestHome {
    folder: TempDir,
}

impl TestHome {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn library(&self) -> PathBuf {
        self.path().join("library")
    }

    /// The command for the program with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atelier"));
        command.env_clear();
        // Sockets on Windows and the dynamic linker need these.
        for name in ["PATH", "SystemRoot", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, folder) in [
            ("HOME", ""),
            ("USERPROFILE", ""),
            ("APPDATA", "roaming"),
            ("LOCALAPPDATA", "local"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(name, self.path().join(folder));
        }
        command
            .env("LANG", "en_GB.UTF-8")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("ATELIER_LIBRARY", self.library())
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program until it ends.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run(self.command(arguments))
    }

    /// `atelier generate --json` against a gateway at this base URL.
    pub fn generate(&self, base: &str, more: &[&str]) -> Run {
        run(self.generate_command(base, more))
    }

    /// The same as a command that was not started.
    pub fn generate_command(&self, base: &str, more: &[&str]) -> Command {
        let usual = ["generate", "--json", "--prompt", "a fox", "--model", "maker/painter", "--base-url", base];
        self.command(&[&usual, more].concat())
    }
}

/// The result of a run of the program.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The JSON objects that were printed.
    pub fn lines(&self) -> Vec<Value> {
        json_lines(&self.stdout)
    }

    /// The objects of an event.
    pub fn events(&self, event: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["event"] == event).collect()
    }

    /// The only object of an event.
    pub fn only_event(&self, event: &str) -> Value {
        match self.events(event).as_slice() {
            [one] => one.clone(),
            other => panic!("{} × {event}: {self:?}", other.len()),
        }
    }

    /// The only image of a run without any failure.
    pub fn only_image(&self) -> Value {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(self.events("failure"), Vec::<Value>::new());
        self.only_event("image")
    }
}

/// The JSON objects in lines; the last line may be truncated.
pub fn json_lines(text: &str) -> Vec<Value> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

/// Runs a command until it ends. One that hangs is killed, and the test fails.
pub fn run(mut command: Command) -> Run {
    let mut child = command.spawn().expect("the program starts");
    let stdout = read_in_background(child.stdout.take());
    let stderr = read_in_background(child.stderr.take());
    let code = wait_for_exit(&mut child);
    let run = Run { code, stdout: join_text(stdout), stderr: join_text(stderr) };
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run
}

/// Reads a pipe to its end on a thread of its own, so that it never blocks the writer.
pub fn read_in_background(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).ok();
        }
        String::from_utf8(bytes).expect("the output is UTF-8")
    })
}

pub fn join_text(thread: thread::JoinHandle<String>) -> String {
    thread.join().expect("a pipe can be read")
}

/// Waits for the end of a program; `None` if a signal ended it.
pub fn wait_for_exit(child: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + HANG_TIMEOUT;
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status.code();
        }
        if Instant::now() > deadline {
            child.kill().ok();
            panic!("the program hangs");
        }
        thread::sleep(Duration::from_millis(3));
    }
}

/// The number of open connections of this process to an address; `None` if the system does not report it.
pub fn open_connections(base: &str) -> Option<usize> {
    let port: u16 = base.trim_end_matches("/v1").rsplit(':').next()?.parse().ok()?;
    let sockets: Vec<String> = fs::read_dir("/proc/self/fd")
        .ok()?
        .filter_map(|entry| Some(fs::read_link(entry.ok()?.path()).ok()?.to_string_lossy().into_owned()))
        .collect();
    let table = fs::read_to_string("/proc/self/net/tcp").ok()?;
    let remote = format!(":{port:04X}");
    // Local address, remote address, state, …; the tenth column is the socket's number.
    let ours = table.lines().skip(1).filter(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let socket = columns.get(9).map(|number| format!("socket:[{number}]"));
        columns.get(2).is_some_and(|to| to.ends_with(&remote)) && socket.is_some_and(|socket| sockets.contains(&socket))
    });
    Some(ours.count())
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digits = Sha256::digest(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// The files of a folder with this extension.
pub fn files_with_extension(folder: &Path, extension: &str) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|path| path.extension().is_some_and(|known| known == extension)).collect()
}

/// A C library that is loaded between the program and the disk, compiled into a folder; `None` without a compiler,
/// which is printed.
pub fn compile_preload_library(folder: &Path, name: &str) -> Option<PathBuf> {
    let made = folder.join(format!("{name}.so"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/headless/crash_safety/{name}.c"));
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).arg(source).arg("-ldl").status();
    if !compiled.is_ok_and(|status| status.success()) {
        println!("skipped: there is no C compiler");
        return None;
    }
    Some(made)
}
