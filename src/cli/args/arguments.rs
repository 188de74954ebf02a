//! The arguments of the program: the command, and the folders that it works on.

#[cfg(feature = "bench")]
use super::bench_library::BenchLibrary;
use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use super::{
    doctor::DoctorArgs, export::ExportArgs, generate::GenerateArgs, import::ImportArgs, organize::OrganizeArgs,
    profiles::ProfilesArgs, spending::SpendingArgs,
};

/// Generate images from prompts. Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(name = "atelier", version, propagate_version = true)]
pub struct Arguments {
    /// Folders and limits that apply to every command.
    #[command(flatten)]
    pub places: PathArguments,
    /// Images, folders and tables to open in the window
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The command to run without a window.
    #[command(subcommand)]
    pub command: Option<Headless>,
}

impl Arguments {
    /// Parses the command line; exits with a message if it is invalid.
    pub fn read() -> Self {
        Self::parse_from(bare_library(std::env::args_os().collect()))
    }
}

/// Reads `doctor --library` without a folder as `doctor --check-library`.
fn bare_library(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let Some(doctor) = arguments.iter().position(|argument| argument == "doctor") else { return arguments };
    for at in doctor + 1..arguments.len() {
        let folder = arguments.get(at + 1).filter(|next| !next.to_string_lossy().starts_with('-'));
        if arguments[at] == "--library" && folder.is_none() {
            arguments[at] = "--check-library".into();
        }
    }
    arguments
}

/// Folders and limits that apply to every command.
#[derive(Clone, Debug, Args)]
pub struct PathArguments {
    /// Library folder
    #[arg(long, global = true, value_name = "DIR", env = "ATELIER_LIBRARY")]
    pub library: Option<PathBuf>,
    /// Folder for settings and session
    #[arg(long, global = true, value_name = "DIR", env = "ATELIER_CONFIG")]
    pub config: Option<PathBuf>,
    /// Seconds that running requests have to finish after a termination signal [default: 20]
    #[arg(long, global = true, value_name = "SECONDS", env = "ATELIER_GRACE", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub grace: Option<u64>,
}

/// Commands that run without a window.
#[derive(Debug, Subcommand)]
pub enum Headless {
    /// Generate images from a prompt or a prompt sheet
    Generate(Box<GenerateArgs>),
    /// Export images from the library to a folder
    Export(ExportArgs),
    /// Import images into the library
    Import(ImportArgs),
    /// Rate, flag, label or tag images, change their collections, delete or restore them
    #[command(alias = "organise")]
    Organize(OrganizeArgs),
    /// Rebuild the library's index from its files
    Rebuild {
        /// Print one JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Check a provider or the library
    Doctor(DoctorArgs),
    /// Measure the speed of a synthetic library
    #[cfg(feature = "bench")]
    BenchLibrary(BenchLibrary),
    /// Show spending
    Spending(SpendingArgs),
    /// List, import, export or trust providers
    #[command(subcommand)]
    Profiles(ProfilesArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::{
        prompt::sheet::TextEncoding,
        recipe::{AspectRatio, ImageSize, Parameters},
    };
    use serde_json::Value;

    fn generate(arguments: &[&str]) -> Result<GenerateArgs, clap::Error> {
        let all = ["atelier", "generate", "--prompt", "sea"].iter().chain(arguments);
        match Arguments::try_parse_from(all)?.command {
            Some(Headless::Generate(generate)) => Ok(*generate),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn command_line_definition_is_valid() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn doctor_library_option_without_a_folder_requests_verification() {
        let doctor = |arguments: &[&str]| {
            let all = ["atelier"].iter().chain(arguments).map(OsString::from).collect();
            let arguments = Arguments::try_parse_from(bare_library(all)).unwrap();
            match arguments.command {
                Some(Headless::Doctor(doctor)) => (doctor.check_library, doctor.repair, arguments.places.library),
                other => panic!("{other:?}"),
            }
        };
        let folder = || Some(PathBuf::from("here"));
        assert_eq!(doctor(&["doctor", "--library", "here"]), (false, false, folder()));
        assert!(doctor(&["doctor", "--library"]).0);
        assert_eq!(doctor(&["doctor", "--library", "--mend", "--library", "here"]), (true, true, folder()));
        assert_eq!(doctor(&["--library", "here", "doctor", "--library", "--json"]), (true, false, folder()));
    }

    #[test]
    fn former_option_names_are_still_accepted() {
        let generated = generate(&["--avoid", "fog"]).unwrap();
        assert_eq!(generated.avoid.as_deref(), Some("fog"));
        assert_eq!(generate(&["--negative-prompt", "fog"]).unwrap().avoid, generated.avoid);
        let organized = Arguments::try_parse_from(["atelier", "organise", "--search", "fox", "--rate", "3"]).unwrap();
        assert!(matches!(organized.command, Some(Headless::Organize(_))));
        let repaired = Arguments::try_parse_from(["atelier", "doctor", "--check-library", "--mend"]).unwrap();
        assert!(matches!(repaired.command, Some(Headless::Doctor(DoctorArgs { repair: true, .. }))));
    }

    #[test]
    fn only_given_options_are_set() {
        assert_eq!(generate(&[]).unwrap().parameters.parameters(), Parameters::default());
        let given = generate(&["--aspect", "16:9", "--size", "2k", "--seed", "-7", "--no-stream", "--stop", "a"]);
        let expected = Parameters {
            aspect: AspectRatio::new(16, 9),
            size: Some(ImageSize::Two),
            seed: Some(-7),
            stream: Some(false),
            stop: Some(Value::from("a")),
            ..Parameters::default()
        };
        assert_eq!(given.unwrap().parameters.parameters(), expected);
    }

    #[test]
    fn encoding_option_requires_a_table() {
        let encoding = generate(&["--sheet", "a.csv", "--encoding", "cp950"]).unwrap().encoding;
        assert_eq!(encoding.map(TextEncoding::name), Some("Big5"));
        assert!(generate(&["--encoding", "Big5"]).is_err());
        let error = generate(&["--sheet", "a.csv", "--encoding", "klingon"]).unwrap_err().to_string();
        assert!(error.contains("klingon") && error.contains("Shift_JIS"), "{error}");
    }

    #[test]
    fn values_that_no_gateway_supports_are_rejected() {
        for wrong in [["--temperature", "3"], ["--aspect", "wide"], ["--n", "0"], ["--tools", "[{"], ["--size", "8K"]] {
            assert!(generate(&wrong).is_err(), "{wrong:?}");
        }
    }
}
