//! Files of profiles for other people: everything but secrets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::{dialect::Proxy, profile::Profile, secrets};
use crate::{
    error_chain::Cause,
    recipe::{
        connection::{AddressError, BaseUrl},
        values::{ProfileId, replace_invisible_in_name},
    },
};

/// The version that is written.
const FORMAT_VERSION: u32 = 1;

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFile {
    /// Version of this format.
    atelier_profiles: u32,
    /// The profiles.
    profiles: Vec<Profile>,
}

/// Profiles without their secrets, and what was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileExport {
    /// What can be written to a file.
    pub file: ProfileFile,
    /// Headers, fields and addresses that were left out because they may hold a secret, each as
    /// `profile: name`.
    pub left_out: Vec<String>,
}

/// Why a file does not hold profiles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFileError {
    /// It is not JSON, or JSON of something else.
    #[error("it is not a file of profiles: {0}")]
    NotProfiles(#[source] Cause),
    /// It was written by a later version.
    #[error("it was written by a later version of Atelier")]
    Later,
    /// A profile's address cannot be asked.
    #[error("the address of “{0}” is not a web address")]
    WrongUrl(String),
}

impl ProfileFile {
    /// Takes secrets out of profiles. Keys are not in them to begin with; but people put secrets into headers,
    /// fields and addresses.
    pub fn from_profiles(profiles: &[Profile]) -> ProfileExport {
        let mut left_out = Vec::new();
        let profiles = profiles
            .iter()
            .filter(|profile| !profile.id.is_demo())
            .map(|profile| {
                // Each person trusts certificates for themselves.
                let mut shared = Profile { unconfirmed: false, certificate: None, ..profile.clone() };
                let mut leave_out = |name: &str| left_out.push(format!("{}: {name}", profile.name));
                shared.headers.retain(|name, value| {
                    let secret = Profile::is_secret_header(name, value);
                    if secret {
                        leave_out(name);
                    }
                    !secret
                });
                without_secrets(&mut shared.extra_body, "", &mut leave_out);
                shared.base_url = without_credentials(&profile.base_url, &mut leave_out);
                if let Proxy::Through(address) = &profile.proxy {
                    shared.proxy = Proxy::Through(without_credentials(address, &mut leave_out));
                }
                shared
            })
            .collect();
        ProfileExport { file: Self { atelier_profiles: FORMAT_VERSION, profiles }, left_out }
    }

    /// As it is written.
    pub fn to_json(&self) -> String {
        // Plain data with string keys serializes without fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a file; a single profile without anything around it is one too.
    ///
    /// # Errors
    /// It holds something else, or an address that cannot be asked.
    pub fn parse(json: &[u8]) -> Result<Self, ProfileFileError> {
        let not_profiles = |error: serde_json::Error| ProfileFileError::NotProfiles(Cause::new(error));
        let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
        let value: Value = serde_json::from_slice(json).map_err(not_profiles)?;
        let version = value.get("atelier_profiles").and_then(Value::as_u64);
        let mut file = match version {
            Some(version) if version > u64::from(FORMAT_VERSION) => return Err(ProfileFileError::Later),
            Some(_) => serde_json::from_value(value).map_err(not_profiles)?,
            None => {
                let profile = serde_json::from_value(value).map_err(not_profiles)?;
                Self { atelier_profiles: FORMAT_VERSION, profiles: vec![profile] }
            }
        };
        for profile in &mut file.profiles {
            match BaseUrl::read(&profile.base_url) {
                Ok(address) => profile.base_url = address.to_string(),
                // They are taken out when the profile is added.
                Err(AddressError::HasCredentials) if Url::parse(&profile.base_url).is_ok_and(|url| url.has_host()) => {}
                Err(_) => return Err(ProfileFileError::WrongUrl(profile.name.clone())),
            }
        }
        Ok(file)
    }

    /// Adds the profiles to those that are there. Nothing that is there is changed: one with the same short name and
    /// other contents comes in under a name of its own. Returns the short names of those that are new.
    pub fn add_to(self, profiles: &mut Vec<Profile>) -> Vec<ProfileId> {
        let mut added = Vec::new();
        // A secret in somebody else's file is not wanted either.
        for mut profile in Self::from_profiles(&self.profiles).file.profiles {
            // Only the person at this computer may open its other ports to a gateway.
            profile.link_other_ports = false;
            let is_same =
                |known: &Profile| Profile { unconfirmed: false, certificate: None, ..known.clone() } == profile;
            if profiles.iter().any(is_same) {
                continue;
            }
            let id = ProfileId::unused(profile.id.as_str(), profiles);
            added.push(id.clone());
            let shown = replace_invisible_in_name(&profile.name);
            let name = if id == profile.id {
                shown.into_owned()
            } else {
                let number = id.as_str().rsplit('-').next().unwrap_or_default();
                format!("{shown} ({number})")
            };
            // Its name and its address are somebody else's words: a key is for the person to give.
            profiles.push(Profile { id, name, unconfirmed: true, ..profile });
        }
        added
    }
}

impl ProfileId {
    /// A short name made of `wanted` that none of the profiles has.
    pub fn unused(wanted: &str, profiles: &[Profile]) -> Self {
        let slug: String = wanted
            .trim()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "provider" } else { slug };
        // Among one more candidates than there are profiles, one is free.
        std::iter::once(slug.to_owned())
            .chain((2..profiles.len() + 3).map(|number| format!("{slug}-{number}")))
            .map(Self::new)
            .find(|id| profiles.iter().all(|profile| profile.id != *id))
            .unwrap_or_default()
    }
}

/// Takes secrets out of fields, those within them and those in lists. `within` is where the fields stand.
fn without_secrets(fields: &mut Map<String, Value>, within: &str, leave_out: &mut dyn FnMut(&str)) {
    fields.retain(|name, value| {
        let place = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        strip_secret(name, &place, value, leave_out)
    });
}

/// Whether a value stays, which may be less afterwards.
fn strip_secret(name: &str, place: &str, value: &mut Value, leave_out: &mut dyn FnMut(&str)) -> bool {
    match value {
        Value::Object(inner) => without_secrets(inner, place, leave_out),
        Value::Array(values) => values.retain_mut(|value| strip_secret(name, place, value, leave_out)),
        // `max_tokens` and its like are numbers; secrets are text, but for a PIN.
        Value::String(text) => {
            if Profile::is_secret_header(name, text) {
                leave_out(place);
                return false;
            }
        }
        Value::Number(_) => {
            if name.eq_ignore_ascii_case("pin") {
                leave_out(place);
                return false;
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
    true
}

fn without_credentials(address: &str, leave_out: &mut impl FnMut(&str)) -> String {
    let (plain, anything) = secrets::without_credentials(address);
    if anything {
        leave_out(Url::parse(&plain).ok().as_ref().and_then(Url::host_str).unwrap_or_default());
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::connection::{Fingerprint, TrustedCertificate};

    fn full() -> Profile {
        let mut profile = Profile { id: ProfileId::new("mine"), name: "Mine".to_owned(), ..Profile::google() };
        profile.headers.insert("X-Api-Key".to_owned(), "{key}".to_owned());
        profile.headers.insert("X-Team".to_owned(), "blue".to_owned());
        profile.extra_body = serde_json::from_str(r#"{"safety":{"level":"low"},"max_tokens":4}"#).unwrap();
        profile.limits.first_byte = Some(600);
        profile.concurrency = Some(2);
        profile.proxy = Proxy::Through("socks5://127.0.0.1:9050".to_owned());
        profile.prices.insert("a/b".to_owned(), crate::recipe::values::Money::from_dollars(0.04));
        profile
    }

    #[test]
    fn a_profile_that_is_given_away_comes_in_as_it_was() {
        let shared = ProfileFile::from_profiles(&[full(), Profile::demo()]);
        assert!(shared.left_out.is_empty());
        let read = ProfileFile::parse(shared.file.to_json().as_bytes()).unwrap();
        let mut profiles = Profile::built_in();
        assert_eq!(read.add_to(&mut profiles), [ProfileId::new("mine")]);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn a_profile_of_somebody_else_does_not_open_other_ports_of_this_computer() {
        let shared = ProfileFile::from_profiles(&[Profile { link_other_ports: true, ..full() }]);
        let mut profiles = Profile::built_in();
        shared.file.add_to(&mut profiles);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn a_profile_of_somebody_else_brings_no_trust_with_it() {
        let certificate = TrustedCertificate { host: full().host(), sha256: Fingerprint::new([7; 32]) };
        let trusting = Profile { certificate: Some(certificate), ..full() };
        assert!(!ProfileFile::from_profiles(std::slice::from_ref(&trusting)).file.to_json().contains("certificate"));
        let json = serde_json::to_vec(&trusting).unwrap();
        let mut profiles = Profile::built_in();
        ProfileFile::parse(&json).unwrap().add_to(&mut profiles);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn addresses_in_a_file_are_read_as_typed_ones_are() {
        let shared = ProfileFile::parse(br#"{"id":"a","name":"A","base_url":"api.example//v1/chat/completions"}"#);
        let mut profiles = Vec::new();
        shared.unwrap().add_to(&mut profiles);
        assert_eq!(profiles[0].base_url, "https://api.example/v1");
    }

    #[test]
    fn secrets_are_left_out_and_that_is_said() {
        let mut profile = full();
        profile.headers.insert("X-Api-Key".to_owned(), "sentinel-1".to_owned());
        profile.extra_body.insert("nested".to_owned(), serde_json::json!({ "access_token": "sentinel-2", "kept": 1 }));
        profile.base_url = "https://me:sentinel-3@example.com/v1?key=sentinel-4".to_owned();
        profile.proxy = Proxy::Through("http://me:sentinel-5@proxy:8080".to_owned());
        let ProfileExport { file, left_out } = ProfileFile::from_profiles(&[profile]);
        let json = file.to_json();
        assert!(!json.contains("sentinel"), "{json}");
        assert!(json.contains("kept") && json.contains("blue") && json.contains("https://example.com/v1"), "{json}");
        assert_eq!(left_out, ["Mine: X-Api-Key", "Mine: nested.access_token", "Mine: example.com", "Mine: proxy"]);
    }

    #[test]
    fn secrets_are_found_in_lists_by_other_names_and_by_their_looks() {
        let mut profile = full();
        for (name, value) in [
            ("X-Credential", "sentinel-1"),
            ("X-Pass", "sentinel-2"),
            ("X-Signature", "sentinel-3"),
            ("X-Custom", "Bearer sentinel-4"),
            ("X-Other", "sk-sentinel-5555555"),
            ("X-Mixed", "{key}, sk-sentinel-66666"),
        ] {
            profile.headers.insert(name.to_owned(), value.to_owned());
        }
        let extra = serde_json::json!({
            "passwd": "sentinel-7", "pin": 7777, "bearer": "sentinel-8", "style": "watercolor",
            "list": [{ "token": "sentinel-9", "kept": 1 }, "sk-sentinel-aaaaaaaa", "also kept", ["Bearer sentinel-b"]],
            "keys": ["sentinel-c"], "hook": "https://me:sentinel-d@example.com/", "deep": { "er": { "x": "eyJzZW50.aW5lbA.sentinel" } },
        });
        profile.extra_body = extra.as_object().cloned().unwrap_or_default();
        profile.base_url = "https://example.com/sk-sentinel-eeeeeeee/v1#sentinel-f".to_owned();
        let ProfileExport { file, left_out } = ProfileFile::from_profiles(&[profile]);
        let json = file.to_json();
        assert!(!json.contains("sentinel") && !json.contains("7777"), "{json}");
        assert!(json.contains("watercolor") && json.contains("also kept") && json.contains("\"kept\": 1"), "{json}");
        assert!(json.contains("https://example.com/v1"), "{json}");
        for place in
            ["X-Credential", "X-Custom", "pin", "list.token", "list", "keys", "hook", "deep.er.x", "example.com"]
        {
            assert!(left_out.contains(&format!("Mine: {place}")), "{place}: {left_out:?}");
        }
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let mut profiles = vec![full()];
        let same = ProfileFile::from_profiles(&profiles).file;
        assert!(same.add_to(&mut profiles).is_empty(), "the same again changes nothing");
        let other =
            ProfileFile::from_profiles(&[Profile { base_url: "https://other.example/v1".to_owned(), ..full() }]).file;
        assert_eq!(other.add_to(&mut profiles), [ProfileId::new("mine-2")]);
        assert_eq!(profiles[0], full());
        assert_eq!(profiles[1].name, "Mine (2)");
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        assert!(matches!(ProfileFile::parse(b"{}"), Err(ProfileFileError::NotProfiles(_))));
        assert!(matches!(ProfileFile::parse(b"not json"), Err(ProfileFileError::NotProfiles(_))));
        assert_eq!(ProfileFile::parse(br#"{"atelier_profiles":2,"profiles":[]}"#), Err(ProfileFileError::Later));
        let odd = br#"{"id":"a","name":"A","base_url":"file:///etc"}"#;
        assert_eq!(ProfileFile::parse(odd), Err(ProfileFileError::WrongUrl("A".to_owned())));
    }
}
