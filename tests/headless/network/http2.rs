//! Tests of HTTP/2 over TLS and of the ways in which it may end a request: a prompt is always sent exactly once, even
//! if the protocol would allow to send it again.

use std::{
    io::{Read, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::json;

use crate::{
    images::{encoded_image, image_response},
    test_home::{TestHome, run},
};

/// The preface of a client.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frame types, flags and error codes of RFC 9113.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
const NO_ERROR: u32 = 0;
const INTERNAL_ERROR: u32 = 2;
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;

/// `:status: 200` in HPACK.
const STATUS_200: u8 = 0x88;

/// The reaction of a gateway to a prompt whose whole body it has received.
#[derive(Clone, Copy, Debug)]
enum Reaction {
    /// Responds with an image.
    Answer,
    /// Resets the stream.
    Reset(u32),
    /// Announces that it takes no more streams, and that this one was not processed.
    GoAwayBefore,
    /// Announces it, and that this one was processed; then closes the connection.
    GoAwayAfter,
    /// Begins to respond and then resets the stream.
    BeginAndReset,
    /// Closes the connection.
    HangUp,
}

/// A gateway that reacts to the prompts in this order, and repeats the last reaction.
struct Http2Gateway {
    base: String,
    prompts: Arc<AtomicUsize>,
}

type Stream = StreamOwned<ServerConnection, TcpStream>;

impl Http2Gateway {
    /// Starts it with a certificate that is written to `certificate`.
    fn start(certificate: &Path, reactions: &[Reaction]) -> Self {
        // An error means that a provider was installed before.
        rustls::crypto::ring::default_provider().install_default().ok();
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        std::fs::write(certificate, own.cert.pem()).expect("the certificate is written");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.signing_key.serialize_der()));
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![own.cert.der().clone()], key);
        let mut config = config.expect("it is whole");
        config.alpn_protocols = vec![b"h2".to_vec()];
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let base = format!("https://localhost:{}/v1", listener.local_addr().expect("it has an address").port());
        let prompts = Arc::<AtomicUsize>::default();
        let (counter, reactions) = (Arc::clone(&prompts), reactions.to_vec());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, counter, reactions) = (Arc::clone(&config), Arc::clone(&counter), reactions.clone());
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection can be served");
                    // The thread ends when the client closes the connection.
                    serve(&mut StreamOwned::new(connection, stream), &counter, &reactions).ok();
                });
            }
        });
        Self { base, prompts }
    }
}

fn serve(stream: &mut Stream, prompts: &AtomicUsize, reactions: &[Reaction]) -> std::io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    assert_eq!(preface, PREFACE);
    write_frame(stream, SETTINGS, 0, 0, &[])?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [a, b, c, kind, flags, id @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        stream.read_exact(&mut payload)?;
        let id = u32::from_be_bytes(id);
        match kind {
            SETTINGS if flags & ACK == 0 => write_frame(stream, SETTINGS, ACK, 0, &[])?,
            PING if flags & ACK == 0 => write_frame(stream, PING, ACK, 0, &payload)?,
            // Only a prompt has a body, and all of it has arrived now.
            DATA if flags & END_STREAM != 0 => {
                let number = prompts.fetch_add(1, Ordering::SeqCst).min(reactions.len() - 1);
                if !react(stream, id, reactions[number])? {
                    return Ok(());
                }
            }
            _ => {}
        }
    }
}

/// Reacts to the prompt of this stream; returns whether the connection is kept open.
fn react(stream: &mut Stream, id: u32, reaction: Reaction) -> std::io::Result<bool> {
    let go_away = |last: u32| [last.to_be_bytes(), NO_ERROR.to_be_bytes()].concat();
    match reaction {
        Reaction::Answer => {
            write_frame(stream, HEADERS, END_HEADERS, id, &[STATUS_200])?;
            let body = image_response(&encoded_image(8, 6, 1, atelier::imaging::Encoding::Png)).to_string();
            write_frame(stream, DATA, END_STREAM, id, body.as_bytes())?;
        }
        Reaction::Reset(code) => write_frame(stream, RST_STREAM, 0, id, &code.to_be_bytes())?,
        Reaction::GoAwayBefore => write_frame(stream, GOAWAY, 0, 0, &go_away(0))?,
        Reaction::GoAwayAfter => {
            write_frame(stream, GOAWAY, 0, 0, &go_away(id))?;
            return Ok(false);
        }
        Reaction::BeginAndReset => {
            write_frame(stream, HEADERS, END_HEADERS, id, &[STATUS_200])?;
            write_frame(stream, DATA, 0, id, b"{\"choices\":")?;
            write_frame(stream, RST_STREAM, 0, id, &REFUSED_STREAM.to_be_bytes())?;
        }
        Reaction::HangUp => return Ok(false),
    }
    Ok(true)
}

fn write_frame(stream: &mut Stream, kind: u8, flags: u8, id: u32, payload: &[u8]) -> std::io::Result<()> {
    // A length of three bytes precedes the type.
    let length = (payload.len() as u32).to_be_bytes();
    stream.write_all(&[&length[1..], &[kind, flags], &id.to_be_bytes(), payload].concat())?;
    stream.flush()
}

#[test]
fn http2_prompt_is_sent_once_however_the_connection_ends() {
    let cases: [&[Reaction]; 10] = [
        &[Reaction::Answer],
        &[Reaction::Reset(REFUSED_STREAM)],
        &[Reaction::Reset(REFUSED_STREAM), Reaction::Answer],
        &[Reaction::GoAwayBefore],
        &[Reaction::GoAwayBefore, Reaction::Answer],
        &[Reaction::GoAwayAfter],
        &[Reaction::Reset(CANCEL)],
        &[Reaction::Reset(INTERNAL_ERROR)],
        &[Reaction::BeginAndReset],
        &[Reaction::HangUp],
    ];
    for reactions in cases {
        let home = TestHome::new();
        let certificate = home.path().join("certificate.pem");
        let gateway = Http2Gateway::start(&certificate, reactions);
        let mut command = home.generate_command(&gateway.base, &[]);
        command.env("SSL_CERT_FILE", &certificate);
        let made = run(command);
        assert_eq!(gateway.prompts.load(Ordering::SeqCst), 1, "{reactions:?}: {made:?}");
        if matches!(reactions, [Reaction::Answer]) {
            made.only_image();
            continue;
        }
        let failure = made.only_event("failure");
        assert_eq!((made.code, &failure["kind"]), (Some(1), &json!("cut_off")), "{reactions:?}: {made:?}");
        // Whatever the protocol says, a gateway that had the whole prompt may have charged it.
        assert_eq!(failure["charged"], json!("maybe"), "{reactions:?}: {made:?}");
    }
}
