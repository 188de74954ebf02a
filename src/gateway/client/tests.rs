//! Tests of the client against local servers that respond as gateways do, well and badly.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{image_download::MAX_LINK_REDIRECTS, model_list::MAX_REDIRECTS, response::BodyLimits, *};
use crate::{
    gateway::{
        reader::BodyKind,
        request::{Call, CallBody},
    },
    recipe::{Charge, Failure, FailureKind, Profile, Retry, TimeLimits},
};

/// The behavior of a test server.
#[derive(Clone, Debug)]
enum Reply {
    /// Sends this and closes the connection.
    Write(String),
    /// Sends this and then nothing, without closing the connection.
    Hang(String),
}

/// A server that gives the same reply to every request, and keeps the requests.
struct Server {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (reply, kept) = (reply.clone(), Arc::clone(&kept));
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !is_whole(&request) {
                        match stream.read_buf(&mut request).await {
                            Ok(0) | Err(_) => return,
                            Ok(_) => {}
                        }
                    }
                    kept.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
                    let (Reply::Write(text) | Reply::Hang(text)) = &reply;
                    stream.write_all(text.as_bytes()).await.unwrap();
                    if matches!(reply, Reply::Hang(_)) {
                        std::future::pending::<()>().await;
                    }
                });
            }
        });
        Self { base, asked }
    }

    async fn answering(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::start(Reply::Write(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"))).await
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    body.len() >= length
}

fn client() -> Client {
    let short = Duration::from_millis(300);
    Client::new(Timeouts { first_byte: short, between_bytes: short, ..Timeouts::default() })
}

async fn send(base: &str, key: Option<&str>) -> Result<IncomingResponse, Failure> {
    let body = CallBody::Json(b"{\"model\":\"m\"}".to_vec());
    let call = Call { path: "chat/completions".to_owned(), query: None, body };
    client().send(&Profile::dgrid(), base, key, call).await
}

async fn read(mut incoming: IncomingResponse) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = incoming.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[tokio::test]
async fn request_reaches_the_endpoint_and_its_response_is_returned() {
    let server = Server::answering("200 OK", "content-type: text/event-stream; charset=utf-8\r\n", "data: {}").await;
    let incoming = send(&format!("{}/", server.base), Some("sk-secret")).await.unwrap();
    assert_eq!((incoming.status, incoming.kind, incoming.length), (200, BodyKind::EventStream, Some(8)));
    assert_eq!(read(incoming).await.unwrap(), b"data: {}");
    let asked = server.asked().concat();
    assert!(asked.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("authorization: bearer sk-secret\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\n{\"model\":\"m\"}"), "{asked}");
}

#[tokio::test]
async fn errors_become_failures_without_the_key() {
    let body = r#"{"error":{"message":"no key hunter22 here","code":"x"}}"#;
    let server = Server::answering("401 Unauthorized", "", body).await;
    let failure = send(&server.base, Some("hunter22")).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged, failure.http_status), (FailureKind::WrongKey, Charge::No, Some(401)));
    assert_eq!(failure.words.as_deref(), Some("no key … here"));

    let page = "<html><head><title>api.example | 524: A timeout occurred</title></head></html>";
    let server = Server::answering("524 ", "content-type: text/html\r\n", page).await;
    let failure = send(&server.base, None).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::TimedOut, Charge::Maybe));
    assert_eq!(failure.words.as_deref(), Some("api.example | 524: A timeout occurred"));
}

#[tokio::test]
async fn wait_requested_by_a_gateway_is_reported() {
    let in_an_hour = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&in_an_hour).unwrap();
    for (header, least, most) in [
        ("retry-after: 7".to_owned(), 7.0, 7.0),
        ("retry-after-ms: 1500".to_owned(), 1.5, 1.5),
        (format!("retry-after: {date}"), 3_500.0, 3_600.0),
    ] {
        let server = Server::answering("429 Too Many Requests", &format!("{header}\r\n"), "").await;
        let failure = send(&server.base, None).await.unwrap_err();
        assert_eq!((failure.kind, failure.retry), (FailureKind::RateLimited, Retry::ByItself));
        let wait = failure.wait.unwrap().as_secs_f64();
        assert!((least..=most).contains(&wait), "{header}: {wait}");
    }
}

#[tokio::test]
async fn redirects_never_resend_a_prompt() {
    let elsewhere = Server::answering("200 OK", "", "{}").await;
    let other_host = |base: &str| base.replace("127.0.0.1", "localhost");
    for (status, charged) in [
        ("301 Moved", Charge::No),
        ("302 Found", Charge::Maybe),
        ("303 See Other", Charge::Maybe),
        ("307 Temporary Redirect", Charge::No),
        ("308 Permanent Redirect", Charge::No),
    ] {
        let targets = [
            elsewhere.base.clone(),
            other_host(&elsewhere.base),
            elsewhere.base.replace("http:", "https:"),
            "/v1/elsewhere".to_owned(),
        ];
        for target in targets {
            let server = Server::answering(status, &format!("location: {target}/chat?key=x\r\n"), "").await;
            let failure = send(&server.base, Some("sk-secret")).await.unwrap_err();
            assert_eq!((failure.kind, failure.charged), (FailureKind::Redirected, charged), "{status} {target}");
            assert_eq!(failure.words, Some(format!("{target}/chat")), "{status}");
            assert_eq!(server.asked().len(), 1, "{status} {target}");
        }
    }
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn model_list_follows_limited_redirects_within_its_origin() {
    let elsewhere = Server::answering("200 OK", "", "{}").await;
    let models = async |base: &str| client().models(&Profile::dgrid(), base, Some("sk-secret")).await.unwrap_err();
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Server::answering(status, &format!("location: {}/models\r\n", elsewhere.base), "").await;
        let failure = models(&server.base).await;
        assert_eq!((failure.kind, failure.charged), (FailureKind::Redirected, Charge::No), "{status}");
        assert_eq!(server.asked().len(), 1, "{status}");
        let server = Server::answering(status, "location: /v1/elsewhere?page=1\r\n", "").await;
        assert_eq!(models(&server.base).await.kind, FailureKind::Redirected, "{status}");
        let asked = server.asked();
        let keeps = status.starts_with("307") || status.starts_with("308");
        assert_eq!(asked.len(), if keeps { 1 + MAX_REDIRECTS } else { 1 }, "{status}");
        assert!(asked[1..].iter().all(|asked| asked.starts_with("GET /v1/elsewhere?page=1 ")), "{asked:?}");
    }
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn silent_server_times_out_as_possibly_charged() {
    let silent = Server::start(Reply::Hang(String::new())).await;
    let failure = send(&silent.base, None).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::TimedOut, Charge::Maybe));

    let stalled = Server::start(Reply::Hang("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\"".to_owned())).await;
    let failure = read(send(&stalled.base, None).await.unwrap()).await.unwrap_err();
    assert_eq!((failure.kind, failure.retry), (FailureKind::TimedOut, Retry::ByHand));
}

#[tokio::test]
async fn broken_and_unestablished_connections_are_distinguished() {
    let cut = Server::start(Reply::Write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\"".to_owned())).await;
    let failure = read(send(&cut.base, None).await.unwrap()).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe));

    let dropped = Server::start(Reply::Write(String::new())).await;
    let failure = send(&dropped.base, None).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe));

    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = send(&format!("http://{gone}/v1"), None).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::NoConnection, Charge::No));
}

#[tokio::test]
async fn plain_http_server_gets_no_tls_request() {
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.ok();
        }
    });
    let failure = send(&format!("https://{address}/v1"), Some("sk-secret")).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::InsecureConnection, Charge::No));
}

#[tokio::test]
async fn invalid_base_url_is_rejected_before_sending() {
    for base in ["", "ask me", "ftp://api.example", "http://user:pass@127.0.0.1/", "http://"] {
        assert_eq!(send(base, None).await.unwrap_err().kind, FailureKind::WrongUrl, "{base}");
    }
    assert_eq!(send("http://127.0.0.1:9/v1", Some("a\nb")).await.unwrap_err().kind, FailureKind::WrongKey);
}

#[tokio::test]
async fn listing_models_costs_nothing() {
    let server = Server::answering("200 OK", "", r#"{"data":[{"id":"a"},{"id":"b-image"}]}"#).await;
    let models = client().models(&Profile::dgrid(), &server.base, Some("sk-secret")).await.unwrap();
    assert_eq!(models.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), ["b-image", "a"]);
    assert!(server.asked()[0].starts_with("GET /v1/models "));

    let broken = Server::answering("500 Broken", "", "").await;
    let failure = client().models(&Profile::dgrid(), &broken.base, None).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::GatewayFailed, Charge::No));
}

/// The policy for responses of a gateway.
fn from(base: &str) -> LinkPolicy {
    LinkPolicy::of(&Profile::dgrid(), base)
}

#[tokio::test]
async fn linked_images_are_downloaded_without_key_and_not_from_private_networks() {
    let server = Server::answering("200 OK", "content-type: image/png\r\n", "picture").await;
    let link = server.base.replace("/v1", "/1.png");
    let incoming = client().fetch_image(&link, &from(&server.base)).await.unwrap();
    assert_eq!(read(incoming).await.unwrap(), b"picture");
    assert!(!server.asked()[0].to_ascii_lowercase().contains("authorization"));

    for private in [
        link.as_str(),
        "http://localhost/x.png",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
    ] {
        let failure = client().fetch_image(private, &from("https://api.example/v1")).await.unwrap_err();
        assert_eq!((failure.kind, failure.charged), (FailureKind::LinkRefused, Charge::Yes), "{private}");
    }
    assert_eq!(server.asked().len(), 1);

    let file = client().fetch_image("file:///etc/passwd", &from(&server.base)).await.unwrap_err();
    assert_eq!(file.kind, FailureKind::LinkFailed);
    let lost = Server::answering("302 Found", "location: http://10.0.0.1/1.png\r\n", "").await;
    let failure = client().fetch_image(&lost.base, &from(&lost.base)).await.unwrap_err();
    assert_eq!((failure.kind, failure.words.as_deref()), (FailureKind::LinkRefused, Some("10.0.0.1:80")));
    let gone = Server::answering("404 Not Found", "", "").await;
    let failure = client().fetch_image(&gone.base, &from(&gone.base)).await.unwrap_err();
    assert_eq!(failure.http_status, Some(404));
}

#[tokio::test]
async fn local_gateway_links_need_permission_for_other_ports() {
    let gateway = Server::answering("200 OK", "", "own").await;
    let other = Server::answering("200 OK", "", "other").await;
    let allowed = LinkPolicy::of(&Profile { link_other_ports: true, ..Profile::dgrid() }, &gateway.base);
    // No server listens at the last two.
    let names = ["127.0.0.1", "localhost", "LOCALHOST.", "images.localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"];
    for name in names.into_iter().chain(["127.0.0.2", "127.9.9.9"]) {
        let link = |server: &Server| server.base.replace("127.0.0.1", name);
        let own = client().fetch_image(&link(&gateway), &from(&gateway.base)).await.unwrap();
        assert_eq!(read(own).await.unwrap(), b"own", "{name}");
        let failure = client().fetch_image(&link(&other), &from(&gateway.base)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::LinkRefused, "{name}");
        let secure = link(&gateway).replace("http:", "https:");
        let failure = client().fetch_image(&secure, &from(&gateway.base)).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::LinkRefused, "{secure}");
    }
    assert_eq!(other.asked(), Vec::<String>::new());

    // A redirect is checked like the link.
    let leads_on = Server::answering("302 Found", &format!("location: {}/2.png\r\n", other.base), "").await;
    let failure = client().fetch_image(&leads_on.base, &from(&leads_on.base)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LinkRefused);
    assert_eq!(other.asked(), Vec::<String>::new());

    let came = client().fetch_image(&other.base, &allowed).await.unwrap();
    assert_eq!(read(came).await.unwrap(), b"other");
    // The permission is limited to one host.
    let failure = client().fetch_image("http://192.168.1.5/1.png", &allowed).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::LinkRefused);
}

#[tokio::test]
async fn key_is_sent_only_to_the_origin_of_the_gateway() {
    let server = Server::answering("200 OK", "content-type: image/png\r\n", "picture").await;
    let profile = Profile { link_other_ports: true, ..Profile::dgrid() };
    let fetch = async |link: &str, base: &str| {
        client().fetch_own_image(link, &LinkPolicy::of(&profile, base), &profile, "sentinel").await
    };
    let incoming = fetch("/files/1.png", &server.base).await.unwrap();
    assert_eq!(read(incoming).await.unwrap(), b"picture");
    assert!(server.asked()[0].contains("authorization: Bearer sentinel"), "{}", server.asked()[0]);
    // Neither to another port, nor through a redirect.
    let away = format!("location: {}\r\n", server.base.replace("/v1", "/2.png"));
    let moved = Server::answering("302 Found", &away, "").await;
    fetch("/files/1.png", &moved.base).await.unwrap();
    fetch(&server.base, &moved.base).await.unwrap();
    assert!(moved.asked()[0].contains("sentinel"));
    assert!(server.asked()[1..].iter().all(|asked| !asked.contains("sentinel")));
}

#[tokio::test]
async fn linked_images_are_limited() {
    let link = |server: &Server| server.base.replace("/v1", "/1.png");
    let fetch = async |server: &Server| match client_for_links().fetch_image(&link(server), &from(&server.base)).await {
        Ok(incoming) => read(incoming).await.unwrap_err(),
        Err(failure) => failure,
    };
    // The size limit, with and without an announced length.
    let huge = Server::start(Reply::Write("HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n".to_owned())).await;
    let failure = fetch(&huge).await;
    assert_eq!((failure.kind, failure.charged), (FailureKind::ImageTooLarge, Charge::Yes));
    let endless = Server::start(Reply::Write("HTTP/1.1 200 OK\r\n\r\nmore than there is room for".to_owned())).await;
    let mut incoming = client_for_links().fetch_image(&link(&endless), &from(&endless.base)).await.unwrap();
    incoming.body.limits = BodyLimits::both(9);
    assert_eq!(read(incoming).await.unwrap_err().kind, FailureKind::ImageTooLarge);

    // The time limit, before the first byte and after it.
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123"] {
        let silent = Server::start(Reply::Hang(said.to_owned())).await;
        let failure = fetch(&silent).await;
        assert_eq!((failure.kind, failure.words.as_deref()), (FailureKind::LinkFailed, Some("timed out")), "{said}");
    }

    // The redirect limit, and no key on any of the requests.
    let circle = Server::answering("302 Found", "location: /1.png\r\n", "").await;
    assert_eq!(fetch(&circle).await.words.as_deref(), Some("too many redirects"));
    assert_eq!(circle.asked().len(), MAX_LINK_REDIRECTS + 1);
    assert!(circle.asked().iter().all(|asked| !asked.to_ascii_lowercase().contains("authorization")));
}

fn client_for_links() -> Client {
    Client::new(Timeouts { link: Duration::from_millis(300), ..Timeouts::default() })
}

#[tokio::test]
async fn idle_and_endless_responses_time_out() {
    // A byte every few milliseconds keeps every other time limit.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !is_whole(&request) {
                    stream.read_buf(&mut request).await.unwrap();
                }
                let comments = request.starts_with(b"POST /v1/comments");
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let piece = if comments { ": PING\n\n".repeat(1_000) } else { "data: {}\n\n".repeat(1_000) };
                while stream.write_all(piece.as_bytes()).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
    });
    let brief = Duration::from_millis(300);
    let client = Client::new(Timeouts { progress: brief, whole: Duration::from_secs(1), ..Timeouts::default() });
    for (path, kind) in [("comments", FailureKind::NoProgress), ("content", FailureKind::TookTooLong)] {
        let call = Call { path: path.to_owned(), query: None, body: CallBody::Json(b"{}".to_vec()) };
        let incoming = client.send(&Profile::dgrid(), &base, None, call).await.unwrap();
        let failure = read(incoming).await.unwrap_err();
        assert_eq!((failure.kind, failure.charged, failure.retry), (kind, Charge::Maybe, Retry::ByHand));
    }
}

#[test]
fn profile_timeouts_replace_the_default_ones() {
    let usual = Timeouts::default();
    assert_eq!(usual.within(TimeLimits::default()), usual);
    let patient = usual.within(TimeLimits { first_byte: Some(7_200), ..TimeLimits::default() });
    assert_eq!((patient.progress, patient.whole), (Duration::from_hours(2), Duration::from_hours(4)));
    let brief = usual.within(TimeLimits { whole: Some(60), ..TimeLimits::default() });
    assert_eq!((brief.progress, brief.whole), (usual.progress, Duration::from_mins(1)));
}

#[tokio::test]
async fn early_rejection_is_reported_by_its_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // Only the head is inspected; the rest is discarded, as servers do that close a connection gracefully.
                let mut some = [0; 100];
                stream.read_exact(&mut some).await.unwrap();
                let page = "HTTP/1.1 413 Too Large\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<h1>No</h1>..";
                stream.write_all(page.as_bytes()).await.unwrap();
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.ok();
            });
        }
    });
    let body = CallBody::Json(vec![b' '; 40 << 20]);
    let call = Call { path: "chat/completions".to_owned(), query: None, body };
    let failure = client().send(&Profile::dgrid(), &base, None, call).await.unwrap_err();
    assert_eq!((failure.kind, failure.charged, failure.http_status), (FailureKind::TooLarge, Charge::No, Some(413)));
}

#[tokio::test]
async fn prompt_is_sent_once_through_a_proxy() {
    let through = async |proxy: &Server, base: &str| {
        let address = proxy.base.trim_end_matches("/v1").to_owned();
        let profile = Profile { proxy: crate::recipe::Proxy::Through(address), ..Profile::dgrid() };
        let call = Call { path: "chat".to_owned(), query: None, body: CallBody::Json(b"{}".to_vec()) };
        client().send(&profile, base, None, call).await.unwrap_err()
    };
    // A proxy that forwards requests, and hangs up or loses its own connection.
    for (reply, kind) in [("", FailureKind::CutOff), ("HTTP/1.1 502 Bad\r\n\r\n", FailureKind::GatewayFailed)] {
        let proxy = Server::start(Reply::Write(reply.to_owned())).await;
        let failure = through(&proxy, "http://gateway.example/v1").await;
        assert_eq!((failure.kind, failure.charged), (kind, Charge::Maybe));
        let asked = proxy.asked();
        assert!(asked.len() == 1 && asked[0].starts_with("POST http://gateway.example/v1/chat "), "{asked:?}");
    }
    // A proxy that opens no tunnel never receives the prompt.
    for reply in ["", "HTTP/1.1 502 Bad\r\n\r\n", "HTTP/1.1 407 Who\r\n\r\n"] {
        let proxy = Server::start(Reply::Write(reply.to_owned())).await;
        let failure = through(&proxy, "https://gateway.example/v1").await;
        assert_eq!((failure.kind, failure.charged), (FailureKind::NoConnection, Charge::No), "{reply}");
        let asked = proxy.asked();
        assert!(asked.len() == 1 && asked[0].starts_with("CONNECT gateway.example:443 "), "{asked:?}");
    }
}

#[tokio::test]
async fn prompt_is_sent_once_on_a_reused_connection_that_breaks() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let posts = Arc::new(Mutex::new(0));
    let count = Arc::clone(&posts);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            for answers in [true, false] {
                let mut request = Vec::new();
                while !is_whole(&request) {
                    if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                *count.lock().unwrap() += usize::from(is_whole(&request));
                if answers {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
                }
            }
        }
    });
    let client = client();
    let send = async || {
        let call = Call { path: "chat".to_owned(), query: None, body: CallBody::Json(b"{}".to_vec()) };
        client.send(&Profile::dgrid(), &base, None, call).await
    };
    assert_eq!(read(send().await.unwrap()).await.unwrap(), b"{}");
    let failure = send().await.unwrap_err();
    assert_eq!((failure.kind, failure.charged), (FailureKind::CutOff, Charge::Maybe));
    assert_eq!(*posts.lock().unwrap(), 2);
}
