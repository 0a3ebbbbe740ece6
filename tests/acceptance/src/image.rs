//! The files of a repository, kept in memory so that another one can be made of them at once.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use pipeline::Repository;

/// Every file with its mode.
#[derive(Debug, Clone)]
pub(crate) struct Image(Vec<(PathBuf, Vec<u8>, u32)>);

impl Image {
    /// The files of a repository as they are now.
    pub(crate) fn of(repository: &Repository) -> Self {
        let files = repository.snapshot().into_iter();
        Self(
            files
                .map(|(path, bytes)| {
                    let mode = std::fs::metadata(repository.path().join(&path)).unwrap().permissions().mode();
                    (path, bytes, mode)
                })
                .collect(),
        )
    }

    /// A repository of its own with these files.
    pub(crate) fn restore(&self) -> Repository {
        let repository = Repository::empty();
        for (path, bytes, mode) in &self.0 {
            let path = repository.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(*mode)).unwrap();
        }
        repository
    }
}
