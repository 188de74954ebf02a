//! Creates the same thumbnails with other programs, if they are installed, for a comparison on the same machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// A Pillow script that writes thumbnails of 512 pixels as JPEG of quality 85 to the first argument, on all processors.
const PILLOW_SCRIPT: &str = "
import sys, os
from multiprocessing import Pool
from PIL import Image
def small(path):
    with Image.open(path) as picture:
        picture.thumbnail((512, 512), Image.LANCZOS)
        picture.convert('RGB').save(os.path.join(sys.argv[1], os.path.basename(path) + '.pillow.jpg'), quality=85)
with Pool() as pool:
    pool.map(small, sys.argv[2:], chunksize=1)
";

/// Thumbnails per second of each installed program. The results are written to the folder.
pub(super) fn thumbnails_per_second(files: &[PathBuf], folder: &Path) -> Vec<(&'static str, f64)> {
    let mut vips = Command::new("vipsthumbnail");
    vips.args(["--size", "512", "--output"]).arg(folder.join("%s.vips.jpg[Q=85]")).args(files);
    let mut pillow = Command::new("python3");
    pillow.args(["-c", PILLOW_SCRIPT]).arg(folder).args(files);
    [("vipsthumbnail", vips, "vips.jpg"), ("Pillow", pillow, "pillow.jpg")]
        .into_iter()
        .filter_map(|(name, command, ending)| Some((name, speed(command, files.len(), folder, ending)?)))
        .collect()
}

/// Files per second of a program; `None` if it did not create all of them.
fn speed(mut command: Command, count: usize, folder: &Path, ending: &str) -> Option<f64> {
    let start = Instant::now();
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
    let took = start.elapsed();
    let made =
        fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(ending));
    (ended.success() && made.count() == count).then(|| count as f64 / took.as_secs_f64())
}
