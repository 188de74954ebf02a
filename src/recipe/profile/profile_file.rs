//! Profile files for sharing: profiles without secrets.

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

/// Version of the file format.
const FORMAT_VERSION: u32 = 1;

/// A file of profiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFile {
    /// Version of the file format.
    atelier_profiles: u32,
    /// The profiles.
    profiles: Vec<Profile>,
}

/// A profile file and the names of what was removed from the profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileExport {
    /// The file.
    pub file: ProfileFile,
    /// Headers, fields and addresses that were removed because they may contain a secret, as `profile: name`.
    pub left_out: Vec<String>,
}

/// Why a file cannot be read as profiles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFileError {
    /// The file is not JSON, or not JSON of profiles.
    #[error("it is not a file of profiles: {0}")]
    NotProfiles(#[source] Cause),
    /// The file was written by a later version.
    #[error("it was written by a later version of Atelier")]
    Later,
    /// A profile's base URL is invalid.
    #[error("the address of “{0}” is not a web address")]
    WrongUrl(String),
}

impl ProfileFile {
    /// Removes secrets from profiles. Profiles contain no keys, but people put secrets into headers, fields and
    /// addresses.
    pub fn from_profiles(profiles: &[Profile]) -> ProfileExport {
        let mut left_out = Vec::new();
        let profiles = profiles
            .iter()
            .filter(|profile| !profile.id.is_demo())
            .map(|profile| {
                // Trust in a certificate is not shared.
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

    /// Serializes the file.
    pub fn to_json(&self) -> String {
        // Plain data with string keys always serializes.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Parses a file, or a single profile.
    ///
    /// # Errors
    /// The file contains no profiles, or a base URL is invalid.
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
                // Credentials are removed when the profile is added.
                Err(AddressError::HasCredentials) if Url::parse(&profile.base_url).is_ok_and(|url| url.has_host()) => {}
                Err(_) => return Err(ProfileFileError::WrongUrl(profile.name.clone())),
            }
        }
        Ok(file)
    }

    /// Adds the profiles to existing ones, which are unchanged: a profile with an existing ID and other content gets a
    /// new ID. Returns the IDs of the added profiles.
    pub fn add_to(self, profiles: &mut Vec<Profile>) -> Vec<ProfileId> {
        let mut added = Vec::new();
        // Secrets in a received file are removed, too.
        for mut profile in Self::from_profiles(&self.profiles).file.profiles {
            // Only the user may allow a gateway to link to other ports of this computer.
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
            // The address comes from another person, so the user has to confirm it before a key is sent there.
            profiles.push(Profile { id, name, unconfirmed: true, ..profile });
        }
        added
    }
}

impl ProfileId {
    /// An ID derived from `wanted` that none of the profiles has.
    pub fn unused(wanted: &str, profiles: &[Profile]) -> Self {
        let slug: String = wanted
            .trim()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "provider" } else { slug };
        // One of more candidates than profiles is unused.
        std::iter::once(slug.to_owned())
            .chain((2..profiles.len() + 3).map(|number| format!("{slug}-{number}")))
            .map(Self::new)
            .find(|id| profiles.iter().all(|profile| profile.id != *id))
            .unwrap_or_default()
    }
}

/// Removes secrets from fields, including nested ones. `within` is the path of the fields.
fn without_secrets(fields: &mut Map<String, Value>, within: &str, leave_out: &mut dyn FnMut(&str)) {
    fields.retain(|name, value| {
        let place = if within.is_empty() { name.clone() } else { format!("{within}.{name}") };
        strip_secret(name, &place, value, leave_out)
    });
}

/// Removes secrets from a value. Returns whether the value itself may stay.
fn strip_secret(name: &str, place: &str, value: &mut Value, leave_out: &mut dyn FnMut(&str)) -> bool {
    match value {
        Value::Object(inner) => without_secrets(inner, place, leave_out),
        Value::Array(values) => values.retain_mut(|value| strip_secret(name, place, value, leave_out)),
        // Values such as `max_tokens` are numbers; secrets are text, except for a PIN.
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
    fn a_shared_profile_is_imported_unchanged() {
        let shared = ProfileFile::from_profiles(&[full(), Profile::demo()]);
        assert!(shared.left_out.is_empty());
        let read = ProfileFile::parse(shared.file.to_json().as_bytes()).unwrap();
        let mut profiles = Profile::built_in();
        assert_eq!(read.add_to(&mut profiles), [ProfileId::new("mine")]);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn an_imported_profile_does_not_allow_other_local_ports() {
        let shared = ProfileFile::from_profiles(&[Profile { link_other_ports: true, ..full() }]);
        let mut profiles = Profile::built_in();
        shared.file.add_to(&mut profiles);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn an_imported_profile_brings_no_trusted_certificate() {
        let certificate = TrustedCertificate { host: full().host(), sha256: Fingerprint::new([7; 32]) };
        let trusting = Profile { certificate: Some(certificate), ..full() };
        assert!(!ProfileFile::from_profiles(std::slice::from_ref(&trusting)).file.to_json().contains("certificate"));
        let json = serde_json::to_vec(&trusting).unwrap();
        let mut profiles = Profile::built_in();
        ProfileFile::parse(&json).unwrap().add_to(&mut profiles);
        assert_eq!(profiles.last(), Some(&Profile { unconfirmed: true, ..full() }));
    }

    #[test]
    fn addresses_in_a_file_are_normalized() {
        let shared = ProfileFile::parse(br#"{"id":"a","name":"A","base_url":"api.example//v1/chat/completions"}"#);
        let mut profiles = Vec::new();
        shared.unwrap().add_to(&mut profiles);
        assert_eq!(profiles[0].base_url, "https://api.example/v1");
    }

    #[test]
    fn secrets_are_removed_and_listed() {
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
    fn secrets_are_found_in_lists_and_by_their_form() {
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
    fn existing_profiles_are_never_overwritten() {
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
    fn files_without_profiles_are_rejected() {
        assert!(matches!(ProfileFile::parse(b"{}"), Err(ProfileFileError::NotProfiles(_))));
        assert!(matches!(ProfileFile::parse(b"not json"), Err(ProfileFileError::NotProfiles(_))));
        assert_eq!(ProfileFile::parse(br#"{"atelier_profiles":2,"profiles":[]}"#), Err(ProfileFileError::Later));
        let odd = br#"{"id":"a","name":"A","base_url":"file:///etc"}"#;
        assert_eq!(ProfileFile::parse(odd), Err(ProfileFileError::WrongUrl("A".to_owned())));
    }
}
