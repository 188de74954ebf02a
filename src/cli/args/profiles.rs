//! Arguments of `atelier profiles`.

use std::path::PathBuf;

use clap::{ArgGroup, Subcommand};

use crate::recipe::Fingerprint;

/// `atelier profiles`
#[derive(Debug, Subcommand)]
pub enum ProfilesArgs {
    /// List the providers
    List {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Add the providers of a file; existing providers are not changed
    Import {
        /// A file written by `atelier profiles export`
        file: PathBuf,
    },
    /// Confirm the host that the key of an imported provider is sent to
    Trust {
        /// ID of the provider, as `atelier profiles list` prints it
        name: String,
    },
    /// Trust one certificate of a provider's host, whoever issued it
    #[command(group = ArgGroup::new("certificate").required(true))]
    TrustCertificate {
        /// ID of the provider, as `atelier profiles list` prints it
        name: String,
        /// SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons
        #[arg(long, value_name = "SHA256", group = "certificate")]
        fingerprint: Option<Fingerprint>,
        /// Remove the trust
        #[arg(long, group = "certificate")]
        remove: bool,
    },
    /// Export all providers to a file, without keys and other secrets
    Export {
        /// The file to write
        file: PathBuf,
    },
}
