//! Runs an export: names, encoding, temporary files, renames.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use jiff::tz::TimeZone;

use crate::{
    error_chain::chain,
    imaging::{self, Bitmap, Encoding, ImageLimits},
    library::{Library, Sidecar},
    recipe::{Format, ImageId},
    settings::Settings,
    studio::{
        exchange::export::{
            ConflictPolicy, ExportFailure, ExportFormat, ExportOptions, ExportPreview, ExportTarget, TemplateError,
            name::{NameFields, NameTemplate},
        },
        runtime::task::{Task, catch_panic},
    },
};

/// Maximum number of file names in a preview.
const MAX_PREVIEW_NAMES: usize = 5;

/// The result of an export.
#[derive(Debug, Default)]
pub(in crate::studio) struct ExportReport {
    pub(in crate::studio) written: Vec<PathBuf>,
    pub(in crate::studio) failed: Vec<(ImageId, ExportFailure)>,
    pub(in crate::studio) cancelled: bool,
}

/// Additional fields of file names and their values for each image.
#[derive(Clone, Debug, Default)]
pub(in crate::studio) struct CustomFields {
    pub(in crate::studio) names: Vec<String>,
    /// One value for each name.
    pub(in crate::studio) values: HashMap<ImageId, Vec<String>>,
}

impl CustomFields {
    /// The values of an image by name.
    fn of(&self, id: ImageId) -> Vec<(&str, &str)> {
        let values = self.values.get(&id).map_or(&[][..], Vec::as_slice);
        self.names.iter().zip(values).map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// Checks a template with these additional fields.
pub(in crate::studio) fn check_template(template: &str, names: &[String]) -> Result<(), TemplateError> {
    NameTemplate::parse(template, names).map(drop)
}

/// Previews an export. Reads names in the folder, writes nothing.
pub(in crate::studio) fn preview(library: &Library, settings: &Settings, order: &ExportOptions) -> ExportPreview {
    let mut preview =
        ExportPreview { names: Vec::new(), files: order.images.len(), conflicts: 0, bytes: None, template_error: None };
    if library.owns(destination(&order.target)) {
        preview.template_error = Some(TemplateError::TargetInLibrary);
        return preview;
    }
    let template = match &order.target {
        ExportTarget::File(path) => {
            preview.names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
            None
        }
        ExportTarget::Folder { template, .. } => match NameTemplate::parse(template, &[]) {
            Ok(template) => Some(template),
            Err(trouble) => {
                preview.template_error = Some(trouble);
                return preview;
            }
        },
    };
    let zone = TimeZone::system();
    let mut taken = HashSet::new();
    let mut bytes = 0;
    for (index, id) in order.images.iter().enumerate() {
        let Ok(Some(sidecar)) = library.images().sidecar(*id) else { continue };
        bytes += sidecar.bytes;
        if let (Some(template), ExportTarget::Folder { folder, .. }) = (&template, &order.target) {
            let name = file_name(template, &sidecar, settings, index + 1, &[], &zone, order.format);
            let path = folder.join(&name);
            preview.conflicts += usize::from(path.exists() || !taken.insert(name.to_lowercase()));
            if preview.names.len() < MAX_PREVIEW_NAMES {
                preview.names.push(name);
            }
        }
    }
    preview.bytes = (order.format == ExportFormat::Original).then_some(bytes);
    preview
}

/// Writes every image of an export and reports the progress after each. A canceled export ends after the current file;
/// written files are kept.
pub(in crate::studio) fn write_images(
    library: &Library,
    settings: &Settings,
    order: &ExportOptions,
    values: &CustomFields,
    cancelled: &AtomicBool,
    mut progress: impl FnMut(usize),
) -> ExportReport {
    let mut report = ExportReport::default();
    if library.owns(destination(&order.target)) {
        report.failed = order.images.iter().map(|id| (*id, ExportFailure::TargetInLibrary)).collect();
        return report;
    }
    let template = match &order.target {
        ExportTarget::File(_) => None,
        // The window does not start an export with an invalid template; the ID is only a fallback.
        ExportTarget::Folder { template, .. } => {
            match NameTemplate::parse(template, &values.names).or_else(|_| NameTemplate::parse("{id}", &[])) {
                Ok(template) => Some(template),
                Err(_) => return report,
            }
        }
    };
    let zone = TimeZone::system();
    for (index, id) in order.images.iter().enumerate() {
        if cancelled.load(Ordering::Relaxed) {
            report.cancelled = true;
            break;
        }
        let outcome = match library.images().sidecar(*id) {
            Ok(Some(sidecar)) => {
                let target = match (&order.target, &template) {
                    (ExportTarget::Folder { folder, .. }, Some(template)) => {
                        let own = values.of(*id);
                        folder.join(file_name(template, &sidecar, settings, index + 1, &own, &zone, order.format))
                    }
                    (ExportTarget::File(path) | ExportTarget::Folder { folder: path, .. }, _) => path.clone(),
                };
                let clash = match order.target {
                    // The save dialog has asked about replacing the file.
                    ExportTarget::File(_) => ConflictPolicy::Replace,
                    ExportTarget::Folder { .. } => order.on_conflict,
                };
                // A panic of a decoder or encoder must not end the export.
                let one = || export_one(library, &sidecar, order.format, &target, clash);
                catch_panic(Task::Export, one).unwrap_or(Err(ExportFailure::InternalError))
            }
            Ok(None) | Err(_) => Err(ExportFailure::Unreadable),
        };
        match outcome {
            Ok(path) => report.written.push(path),
            Err(failure) => report.failed.push((*id, failure)),
        }
        progress(index + 1);
    }
    report
}

/// The file or folder that an export goes to.
fn destination(target: &ExportTarget) -> &Path {
    match target {
        ExportTarget::File(path) | ExportTarget::Folder { folder: path, .. } => path,
    }
}

fn file_name(
    template: &NameTemplate,
    sidecar: &Sidecar,
    settings: &Settings,
    number: usize,
    values: &[(&str, &str)],
    zone: &TimeZone,
    format: ExportFormat,
) -> String {
    let profile = &sidecar.facts.recipe.profile;
    let facts = NameFields {
        prompt: &sidecar.facts.recipe.prompt,
        model: &sidecar.facts.recipe.model,
        provider: settings.profile(profile).map_or(profile.as_str(), |profile| profile.name.as_str()),
        seed: sidecar.facts.recipe.parameters.seed,
        id: sidecar.facts.id.to_string(),
        created: sidecar.facts.created,
        width: sidecar.facts.width,
        height: sidecar.facts.height,
        number,
        values,
    };
    format!("{}.{}", template.name(&facts, zone), extension(format, sidecar.facts.format))
}

fn extension(format: ExportFormat, original: Format) -> &'static str {
    match format {
        ExportFormat::Original => original.extension(),
        ExportFormat::Png => Format::Png.extension(),
        ExportFormat::Jpeg { .. } => Format::Jpeg.extension(),
        ExportFormat::Webp { .. } => Format::Webp.extension(),
    }
}

fn export_one(
    library: &Library,
    sidecar: &Sidecar,
    format: ExportFormat,
    target: &Path,
    clash: ConflictPolicy,
) -> Result<PathBuf, ExportFailure> {
    if clash == ConflictPolicy::Skip && target.exists() {
        return Err(ExportFailure::Skipped);
    }
    let original = library.images().original_path(sidecar.facts.id).map_err(unreadable)?;
    let bytes = fs::read(original).map_err(unreadable)?;
    let bytes = convert(bytes, format)?;
    write_file(target, &bytes, clash)
}

fn convert(original: Vec<u8>, format: ExportFormat) -> Result<Vec<u8>, ExportFailure> {
    if format == ExportFormat::Original {
        return Ok(original);
    }
    let _room = imaging::room_for(&original);
    let bitmap = imaging::decode(&original, &ImageLimits::default()).map_err(unreadable)?;
    encode(&bitmap, format)
}

/// Encodes a bitmap. A bitmap without original bytes is encoded as PNG for [`ExportFormat::Original`].
pub(in crate::studio) fn encode(bitmap: &Bitmap, format: ExportFormat) -> Result<Vec<u8>, ExportFailure> {
    let encoding = match format {
        ExportFormat::Original | ExportFormat::Png => Encoding::Png,
        ExportFormat::Jpeg { quality } => Encoding::Jpeg { quality },
        ExportFormat::Webp { quality } => Encoding::Webp { quality },
    };
    imaging::encode(bitmap, encoding).map_err(|error| ExportFailure::WriteFailed(error.to_string()))
}

/// Writes a temporary file, flushes it, and renames it.
pub(in crate::studio) fn write_file(
    target: &Path,
    bytes: &[u8],
    clash: ConflictPolicy,
) -> Result<PathBuf, ExportFailure> {
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(|error| write_failure(&error))?;
    let mut file = temporary_file(folder).map_err(|error| write_failure(&error))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|error| write_failure(&error))?;
    if clash == ConflictPolicy::Replace {
        return match file.persist(target) {
            Ok(_) => Ok(target.to_owned()),
            Err(error) => Err(write_failure(&error.error)),
        };
    }
    for number in 1_u32.. {
        let path = if number == 1 { target.to_owned() } else { numbered_path(target, number) };
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                if clash == ConflictPolicy::Skip {
                    return Err(ExportFailure::Skipped);
                }
                file = error.file;
            }
            Err(error) => return Err(write_failure(&error.error)),
        }
    }
    Err(ExportFailure::Skipped)
}

/// A temporary file with the permissions of an ordinary new file, because the default ones are private.
fn temporary_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".atelier-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The process's umask restricts it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn numbered_path(target: &Path, number: u32) -> PathBuf {
    let stem = target.file_stem().unwrap_or_default().to_string_lossy();
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{stem} ({number}).{extension}"))
}

fn unreadable(error: impl std::error::Error) -> ExportFailure {
    tracing::warn!(error = %chain(&error), "an original could not be read for an export");
    ExportFailure::Unreadable
}

fn write_failure(error: &io::Error) -> ExportFailure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ExportFailure::DiskFull,
        _ => ExportFailure::WriteFailed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_files_are_numbered_skipped_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("dusk.png");
        let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
        assert_eq!(write_file(&target, b"one", ConflictPolicy::Number), Ok(target.clone()));
        assert_eq!(write_file(&target, b"two", ConflictPolicy::Number), Ok(folder.path().join("dusk (2).png")));
        assert_eq!(write_file(&target, b"three", ConflictPolicy::Skip), Err(ExportFailure::Skipped));
        assert_eq!((read("dusk.png"), read("dusk (2).png")), (b"one".to_vec(), b"two".to_vec()));
        assert_eq!(write_file(&target, b"four", ConflictPolicy::Replace), Ok(target.clone()));
        assert_eq!(read("dusk.png"), b"four");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
    }

    #[test]
    fn a_full_disk_and_an_invalid_folder_are_different_errors() {
        assert_eq!(write_failure(&io::ErrorKind::StorageFull.into()), ExportFailure::DiskFull);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let outcome = write_file(&file.join("dusk.png"), b"", ConflictPolicy::Number);
        assert!(matches!(outcome, Err(ExportFailure::WriteFailed(_))));
    }
}
