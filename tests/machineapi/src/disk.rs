//! A real disk that is small and can be full: a tmpfs in a mount namespace of its own, which is gone with the test.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How large it is, in bytes.
const SIZE: usize = 256 << 10;

/// A small disk, mounted on a folder for programs that are started on it.
pub struct Disk {
    folder: PathBuf,
    /// Holds the namespace; ends when its standard input does, so also when the test is killed.
    holder: Child,
}

impl Disk {
    /// A disk on a folder; none where this machine does not let us mount one.
    pub fn on(folder: &Path) -> Option<Self> {
        let script = "mount -t tmpfs -o size=\"$2\" tmpfs \"$1\" && echo ready && exec cat >/dev/null";
        let mut holder = Command::new("unshare")
            .args(["--mount", "--map-root-user", "sh", "-c", script, "disk"])
            .arg(folder)
            .arg(SIZE.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut word = [0; 6];
        let ready = holder.stdout.as_mut().is_some_and(|pipe| pipe.read_exact(&mut word).is_ok());
        let disk = Self { folder: folder.to_path_buf(), holder };
        let enters = disk.command(Path::new("true"), Path::new("/")).stdin(Stdio::null()).status();
        (ready && enters.is_ok_and(|status| status.success())).then_some(disk)
    }

    /// A program that finds the disk there, and begins in `here`.
    pub fn command(&self, program: &Path, here: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.holder.id().to_string()]);
        command
            .args(["--mount", "--user", "--preserve-credentials"])
            .args([&format!("--wdns={}", here.display()), "--"])
            .arg(program);
        command
    }

    /// A file on it, as it is seen from outside.
    pub fn path(&self, name: &str) -> PathBuf {
        let folder = self.folder.strip_prefix("/").unwrap_or(&self.folder);
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(folder).join(name)
    }

    /// Takes all the space there is.
    pub fn fill(&self) {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(self.path("filler"));
        let Ok(mut file) = file else { return };
        // The last bytes count, too.
        for size in [4096, 64, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    /// Gives it back.
    pub fn free(&self) {
        let _ = std::fs::remove_file(self.path("filler"));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
