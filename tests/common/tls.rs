//! A gateway over TLS on loopback, with a certificate that the test chooses.

use std::{
    io::{BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use sha2::{Digest as _, Sha256};

use super::gateway::{Part, RecordedRequest, Reply, read_request};

/// A self-signed certificate.
pub struct Certificate {
    pub pem: String,
    der: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certificate {
    /// A certificate for these hosts, with changes.
    pub fn new(hosts: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(hosts).expect("names of hosts");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let own = params.self_signed(&key).expect("a certificate");
        Self { pem: own.pem(), der: own.der().clone(), key: key.serialize_der() }
    }

    /// A valid certificate for this machine that is not trusted.
    pub fn unknown() -> Self {
        Self::new(&["localhost", "127.0.0.1"], |_| {})
    }

    /// A certificate that is its own authority, like those of `openssl req -x509`.
    pub fn authority() -> Self {
        Self::new(&["localhost", "127.0.0.1"], |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))
    }

    /// An expired certificate.
    pub fn expired() -> Self {
        Self::new(&["localhost"], |params| params.not_after = date_time_ymd(2001, 1, 1))
    }

    /// A certificate that is not valid yet.
    pub fn not_yet_valid() -> Self {
        Self::new(&["localhost"], |params| params.not_before = date_time_ymd(4000, 1, 1))
    }

    /// A certificate for another host.
    pub fn of_another_host() -> Self {
        Self::new(&["other.example"], |_| {})
    }

    /// Its SHA-256, as `openssl` prints it.
    pub fn fingerprint(&self) -> String {
        Sha256::digest(&self.der).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }
}

/// A running gateway.
pub struct TlsGateway {
    port: u16,
    requests: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl TlsGateway {
    /// Presents this certificate, and answers each request with the reply of `script`.
    pub fn start(
        certificate: &Certificate,
        script: impl Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        // An error means that a provider was installed before.
        rustls::crypto::ring::default_provider().install_default().ok();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.key.clone()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config =
            Arc::new(config.with_single_cert(vec![certificate.der.clone()], key).expect("they belong together"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let port = listener.local_addr().expect("it has an address").port();
        let requests = Arc::<Mutex<Vec<RecordedRequest>>>::default();
        let (all, script) = (Arc::clone(&requests), Arc::new(script));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, all, script) = (Arc::clone(&config), Arc::clone(&all), Arc::clone(&script));
                thread::spawn(move || {
                    let connection = ServerConnection::new(config).expect("a connection can be served");
                    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
                    // The thread ends when the client rejects the certificate.
                    let Some(request) = read_request(&mut reader) else { return };
                    let reply = script(&request);
                    all.lock().expect("no test panics while it holds the lock").push(request);
                    let stream = reader.get_mut();
                    for part in reply.0 {
                        if let Part::Bytes(bytes) = part {
                            stream.write_all(&bytes).ok();
                        }
                    }
                    stream.conn.send_close_notify();
                    stream.flush().ok();
                });
            }
        });
        Self { port, requests }
    }

    /// Its base URL with a name of this machine.
    pub fn base_url(&self, host: &str) -> String {
        format!("https://{host}:{}/v1", self.port)
    }

    /// Its host and port with a name of this machine.
    pub fn host(&self, host: &str) -> String {
        format!("{host}:{}", self.port)
    }

    /// The number of `POST` requests so far.
    pub fn posts(&self) -> usize {
        let requests = self.requests.lock().expect("no test panics while it holds the lock");
        requests.iter().filter(|request| request.method == "POST").count()
    }
}
