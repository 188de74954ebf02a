//! The HTTP server.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::{CONTENT_LENGTH, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{chat_request::ChatRequest, chat_response};

/// The largest request that is read, in bytes: a few references of a few megabytes.
const MAX_BODY_BYTES: usize = 64 << 20;

/// The number of request bodies that are kept for inspection.
const MAX_KEPT_REQUESTS: usize = 64;

/// The number of bytes of a response that are sent at once.
const SEND_CHUNK_BYTES: usize = 32 << 10;

/// The speed of the demo gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// The time before the first byte, which simulates a model at work.
    pub thinks: Duration,
    /// The transfer rate of responses.
    pub bytes_per_second: u64,
}

impl Default for DemoOptions {
    /// Slow enough to see a request card in progress, fast enough not to wait.
    fn default() -> Self {
        Self { thinks: Duration::from_millis(450), bytes_per_second: 6_000_000 }
    }
}

impl DemoOptions {
    /// As fast as it can paint.
    pub fn instant() -> Self {
        Self { thinks: Duration::ZERO, bytes_per_second: u64::MAX }
    }
}

/// A running demo gateway. It stops when it is dropped.
#[derive(Debug)]
pub struct DemoGateway {
    address: SocketAddr,
    seen: Arc<Seen>,
    stop: CancellationToken,
}

/// The requests so far.
#[derive(Debug, Default)]
struct Seen {
    posts: AtomicUsize,
    bodies: Mutex<VecDeque<Value>>,
}

impl DemoGateway {
    /// Starts on a free port of this machine. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// The system cannot open a socket.
    pub async fn start(options: DemoOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let gateway = Self { address, seen: Arc::default(), stop: CancellationToken::new() };
        let (seen, stop) = (Arc::clone(&gateway.seen), gateway.stop.clone());
        tokio::spawn(async move {
            while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
                match accepted {
                    Ok((socket, _)) => serve(socket, options, &seen, &stop),
                    // An error of one connection, such as too many open files; the next one may succeed.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Ok(gateway)
    }

    /// The base URL of its API.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The number of image requests so far.
    pub fn posts(&self) -> usize {
        self.seen.posts.load(Ordering::SeqCst)
    }

    /// The bodies of the last image requests, oldest first.
    pub fn requests(&self) -> Vec<Value> {
        self.seen.bodies.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Drop for DemoGateway {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn serve(socket: TcpStream, options: DemoOptions, seen: &Arc<Seen>, stop: &CancellationToken) {
    let (seen, stop) = (Arc::clone(seen), stop.clone());
    tokio::spawn(async move {
        let service = service_fn(move |request| respond(request, options, Arc::clone(&seen)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
        stop.run_until_cancelled(connection).await;
    });
}

type Body = UnsyncBoxBody<Bytes, io::Error>;

async fn respond(
    request: Request<Incoming>,
    options: DemoOptions,
    seen: Arc<Seen>,
) -> Result<Response<Body>, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/v1/models") => answer_json(StatusCode::OK, &chat_response::models()),
        (&Method::POST, "/v1/chat/completions") => {
            seen.posts.fetch_add(1, Ordering::SeqCst);
            match Limited::new(request.into_body(), MAX_BODY_BYTES).collect().await {
                Ok(body) => complete(&body.to_bytes(), options, &seen).await,
                Err(_) => answer_json(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    &chat_response::error("request body too large", "too_large"),
                ),
            }
        }
        _ => answer_json(StatusCode::NOT_FOUND, &chat_response::error("no such endpoint", "not_found")),
    })
}

async fn complete(body: &[u8], options: DemoOptions, seen: &Seen) -> Response<Body> {
    let body: Value = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => {
            return answer_json(StatusCode::BAD_REQUEST, &chat_response::error(&error.to_string(), "invalid_json"));
        }
    };
    {
        let mut bodies = seen.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.push_back(body.clone());
        if bodies.len() > MAX_KEPT_REQUESTS {
            bodies.pop_front();
        }
    }
    // References are decoded here, which is slow.
    let asked = match tokio::task::spawn_blocking(move || ChatRequest::read(&body)).await {
        Ok(Ok(asked)) => asked,
        Err(_) => return broke_down(),
        Ok(Err(message)) => {
            return answer_json(StatusCode::BAD_REQUEST, &chat_response::error(&message, "invalid_request_error"));
        }
    };
    if asked.says("[slow]") {
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    if let Some(status) = asked.wanted_status() {
        let message = format!("the prompt asked for status {status}");
        return answer_json(status, &chat_response::error(&message, "demo_failure"));
    }
    if asked.says("[html]") {
        let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>";
        return whole(StatusCode::OK, "text/html", Bytes::from_static(page.as_bytes()));
    }
    let cut = asked.says("[cut]");
    let stream = asked.stream;
    let painting = tokio::task::spawn_blocking(move || chat_response::complete(&asked));
    let (body, ()) = tokio::join!(painting, tokio::time::sleep(options.thinks));
    let Ok(body) = body else { return broke_down() };
    let kind = if stream { "text/event-stream" } else { "application/json" };
    paced(body, kind, options.bytes_per_second, cut, !stream)
}

fn broke_down() -> Response<Body> {
    answer_json(StatusCode::INTERNAL_SERVER_ERROR, &chat_response::error("the painter broke down", "server_error"))
}

fn answer_json(status: StatusCode, value: &Value) -> Response<Body> {
    whole(status, "application/json", value.to_string().into())
}

fn whole(status: StatusCode, kind: &str, body: Bytes) -> Response<Body> {
    let body = http_body_util::Full::new(body).map_err(|never| match never {}).boxed_unsync();
    with_headers(status, kind, None, body)
}

/// A body that is sent at a transfer rate, and breaks in the middle if it is to be cut.
fn paced(body: Bytes, kind: &str, bytes_per_second: u64, cut: bool, sized: bool) -> Response<Body> {
    let length = body.len() as u64;
    let end = if cut { body.len() / 2 } else { body.len() };
    let pieces = stream::unfold((body, 0), move |(body, position)| async move {
        if position >= end {
            if !cut || position == usize::MAX {
                return None;
            }
            // Bytes that were sent before are delivered during the pause; an immediate error would discard them.
            tokio::time::sleep(Duration::from_millis(50)).await;
            let broken = io::Error::from(io::ErrorKind::ConnectionReset);
            return Some((Err(broken), (body, usize::MAX)));
        }
        let next = (position + SEND_CHUNK_BYTES).min(end);
        let nanoseconds = (next - position) as u128 * 1_000_000_000 / u128::from(bytes_per_second);
        if nanoseconds > 0 {
            tokio::time::sleep(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))).await;
        }
        let piece = body.slice(position..next);
        Some((Ok(Frame::data(piece)), (body, next)))
    });
    with_headers(StatusCode::OK, kind, sized.then_some(length), StreamBody::new(pieces).boxed_unsync())
}

fn with_headers(status: StatusCode, kind: &str, length: Option<u64>, body: Body) -> Response<Body> {
    let mut response = Response::builder().status(status).header(CONTENT_TYPE, kind);
    if let Some(length) = length {
        response = response.header(CONTENT_LENGTH, length);
    }
    // Only an invalid header could fail, and these are valid.
    response
        .body(body)
        .unwrap_or_else(|_| Response::new(http_body_util::Empty::new().map_err(|never| match never {}).boxed_unsync()))
}
