//! Arguments of `atelier profiles`.

use std::path::PathBuf;

use clap::{ArgGroup, Subcommand};

use crate::recipe::Fingerprint;

/// `atelier profiles`
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// Print the gateways that can be chosen
    List {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Add the gateways of a file; nothing that is there is changed
    Import {
        /// A file that was written by `atelier profiles export`
        file: PathBuf,
    },
    /// Let the key of a gateway that came from a file be sent to its host
    Trust {
        /// Its short name, as `atelier profiles list` prints it
        name: String,
    },
    /// Accept one certificate at the host of a gateway, whoever has issued it
    #[command(group = ArgGroup::new("certificate").required(true))]
    TrustCertificate {
        /// Its short name, as `atelier profiles list` prints it
        name: String,
        /// SHA-256 fingerprint of the certificate, 64 hexadecimal digits with or without colons
        #[arg(long, value_name = "SHA256", group = "certificate")]
        fingerprint: Option<Fingerprint>,
        /// Trust it no longer
        #[arg(long, group = "certificate")]
        remove: bool,
    },
    /// Write all gateways to a file, without keys and other secrets
    Export {
        /// The file
        file: PathBuf,
    },
}
