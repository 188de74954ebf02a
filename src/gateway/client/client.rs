//! The client: sends requests to gateways.

use std::{sync::Arc, time::Duration};

use reqwest::{
    header::{ACCEPT, CONTENT_TYPE, HeaderValue},
    multipart,
};
use tokio::time::Instant;
use url::Url;

use super::{
    connection::{Connections, endpoint, headers},
    response::{ArrivalLimits, IncomingResponse, ProgressMonitor, RESPONSE_LIMITS, ResponseHead, send_successfully},
    timeouts::Timeouts,
};
use crate::{
    gateway::request::{Call, CallBody, FormPart},
    recipe::{Failure, FailureKind, Profile},
};

/// Sends requests to gateways. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) timeouts: Timeouts,
    pub(super) connections: Arc<Connections>,
}

impl Client {
    /// A client with its own connections.
    pub fn new(timeouts: Timeouts) -> Self {
        // An error means that a provider was installed before, which is equivalent.
        rustls::crypto::ring::default_provider().install_default().ok();
        Self { timeouts, connections: Arc::default() }
    }

    /// Sends a request and waits until a successful response begins.
    ///
    /// Every other response becomes a failure with its kind, its charge, and the gateway's message.
    ///
    /// The request is sent once: neither a redirect nor a refusal by the protocol nor a broken connection repeats it.
    pub async fn send(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        call: Call,
    ) -> Result<IncomingResponse, Failure> {
        self.send_recording_head(profile, base_url, key, call, &mut ResponseHead::default()).await
    }

    /// Like [`Self::send`], and records the head of the response.
    pub async fn send_recording_head(
        &self,
        profile: &Profile,
        base_url: &str,
        key: Option<&str>,
        call: Call,
        heard: &mut ResponseHead,
    ) -> Result<IncomingResponse, Failure> {
        let url = endpoint(base_url, &call.path, call.query)?;
        let timeouts = self.timeouts.within(profile.limits);
        let client = self.connections.to(profile, &url, timeouts)?;
        let request = client
            .post(url.clone())
            .headers(headers(profile, &url, key)?)
            .header(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let request = match call.body {
            CallBody::Json(body) => {
                request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body)
            }
            CallBody::Form(parts) => request.multipart(form(parts)?),
        };
        let now = Instant::now();
        let (first_byte, whole) = (now + timeouts.first_byte, now + timeouts.whole);
        let progress = ProgressMonitor::new(timeouts.progress, now);
        let own = profile.own_secrets();
        let secrets: Vec<&str> = key.into_iter().chain(own.iter().map(String::as_str)).collect();
        let response = send_successfully(request, first_byte.min(whole), &secrets, heard).await?;
        let pace = ArrivalLimits::Prompt { next_byte: first_byte, between_bytes: timeouts.between_bytes, progress };
        Ok(IncomingResponse::new(response, RESPONSE_LIMITS, whole, pace))
    }

    /// The time limit for all images together that one response links to.
    pub fn links_limit(&self) -> Duration {
        self.timeouts.links
    }

    /// The connection pool for this address. Fails only if no connection can be configured.
    pub(super) fn connection(&self, profile: &Profile, url: &Url) -> Result<reqwest::Client, Failure> {
        self.connections.to(profile, url, self.timeouts.within(profile.limits))
    }
}

pub(super) fn form(parts: Vec<FormPart>) -> Result<multipart::Form, Failure> {
    let mut form = multipart::Form::new();
    for FormPart { name, file, bytes } in parts {
        let mut part = multipart::Part::bytes(bytes);
        if let Some((file_name, mime)) = file {
            let odd = |_error| Failure::new(FailureKind::ReferenceUnreadable);
            part = part.file_name(file_name).mime_str(&mime).map_err(odd)?;
        }
        form = form.part(name, part);
    }
    Ok(form)
}
