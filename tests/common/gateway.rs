//! A gateway on loopback that answers as a test scripts it, and records all requests.

use std::{
    io::{BufRead, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;

/// A recorded request.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl RecordedRequest {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a request's body is JSON")
    }
}

/// A part of a response, headers included, in the exact bytes that are sent.
#[derive(Clone, Debug)]
pub enum Part {
    Bytes(Vec<u8>),
    Pause(Duration),
    /// Sends nothing more until the gateway is dropped.
    Stall,
    /// Resets the connection instead of closing it.
    Reset,
}

/// A response: parts that are sent one after the other, then the connection is closed.
#[derive(Clone, Debug)]
pub struct Reply(pub Vec<Part>);

impl Reply {
    /// A complete response with this status and type.
    pub fn new(status: u16, mime: &str, body: impl AsRef<[u8]>) -> Self {
        Self::with(status, &[("content-type", mime)], body)
    }

    pub fn json(body: &Value) -> Self {
        Self::new(200, "application/json", body.to_string())
    }

    pub fn html(status: u16, body: &str) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub fn event_stream(body: &str) -> Self {
        Self::new(200, "text/event-stream", body)
    }

    /// A complete response with these headers.
    pub fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let length = body.as_ref().len();
        Self::with_length(status, headers, body, length)
    }

    /// A response that declares another length than it has.
    pub fn with_length(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>, length: usize) -> Self {
        let mut bytes = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {length}\r\nconnection: close\r\n");
        for (name, value) in headers {
            bytes.extend([name, ": ", value, "\r\n"]);
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        bytes.extend_from_slice(body.as_ref());
        Self(vec![Part::Bytes(bytes)])
    }

    /// This response if the connection breaks `missing` bytes before its end.
    pub fn truncated_by(mut self, missing: usize, then: Part) -> Self {
        if let Some(Part::Bytes(bytes)) = self.0.last_mut() {
            bytes.truncate(bytes.len().saturating_sub(missing));
        }
        self.0.push(then);
        self
    }

    /// The same bytes in this number of chunks with pauses between them.
    pub fn paced(self, pieces: usize, pause: Duration) -> Self {
        let mut parts = Vec::new();
        for part in self.0 {
            match part {
                Part::Bytes(bytes) => {
                    for piece in bytes.chunks(bytes.len().div_ceil(pieces).max(1)) {
                        parts.extend([Part::Bytes(piece.to_vec()), Part::Pause(pause)]);
                    }
                }
                part => parts.push(part),
            }
        }
        Self(parts)
    }
}

/// A running gateway. It stops when it is dropped.
pub struct Gateway {
    address: String,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Gateway {
    /// Answers each request with the reply of `script`.
    pub fn start(script: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", script)
    }

    /// The same at a given address.
    pub fn start_at(address: &str, script: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).expect("a port on loopback");
        let address = listener.local_addr().expect("it has an address").to_string();
        let requests = Arc::<Mutex<Vec<RecordedRequest>>>::default();
        let stopped = Arc::<AtomicBool>::default();
        let script = Arc::new(script);
        let thread = thread::spawn({
            let (requests, stopped) = (Arc::clone(&requests), Arc::clone(&stopped));
            move || {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    let (requests, stopped, script) =
                        (Arc::clone(&requests), Arc::clone(&stopped), Arc::clone(&script));
                    thread::spawn(move || serve(&stream, &*script, &requests, &stopped));
                }
            }
        });
        Self { address, requests, stopped, thread: Some(thread) }
    }

    /// Answers every request with the same reply.
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// Its base URL.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Its address without a path.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.requests).clone()
    }

    /// The `POST` requests so far.
    pub fn posts(&self) -> Vec<RecordedRequest> {
        self.requests().into_iter().filter(|request| request.method == "POST").collect()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        TcpStream::connect(&self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// An address at which no server listens.
pub fn unused_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
    listener.local_addr().expect("it has an address").to_string()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics while it holds the lock")
}

fn serve(
    stream: &TcpStream,
    script: &dyn Fn(&RecordedRequest) -> Reply,
    requests: &Mutex<Vec<RecordedRequest>>,
    stopped: &AtomicBool,
) {
    let mut reader = BufReader::new(stream);
    let Some(request) = read_request(&mut reader) else {
        // The reply of servers to data that is not HTTP.
        (&*stream).write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        return;
    };
    let reply = script(&request);
    lock(requests).push(request);
    let mut writer = stream;
    for part in reply.0 {
        let written = match part {
            Part::Bytes(bytes) => writer.write_all(&bytes).and_then(|()| writer.flush()),
            Part::Pause(pause) => {
                thread::sleep(pause);
                Ok(())
            }
            Part::Stall => {
                while !stopped.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(20));
                }
                Ok(())
            }
            Part::Reset => {
                // Closing without lingering resets a connection.
                let socket = socket2::SockRef::from(stream);
                return socket.set_linger(Some(Duration::ZERO)).expect("the system can reset connections");
            }
        };
        if written.is_err() {
            return;
        }
    }
}

/// Reads one request; `None` if it is not HTTP.
pub fn read_request(reader: &mut impl BufRead) -> Option<RecordedRequest> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = RecordedRequest { method, path, headers, body: Vec::new() };
    let length: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap_or(0));
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
