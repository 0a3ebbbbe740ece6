//! Paths, as Go's `path` takes them apart.

use super::text_at;
use crate::template::functions::Answer;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let made = |make: fn(&str) -> String| text_at(arguments, 0).map(|path| Val::text(make(&path)));
    Some(match name {
        "base" | "osBase" => made(base),
        "dir" | "osDir" => made(dir),
        "clean" | "osClean" => made(clean),
        "ext" | "osExt" => made(extension),
        "isAbs" | "osIsAbs" => text_at(arguments, 0).map(|path| Val::Bool(path.starts_with('/'))),
        _ => return None,
    })
}

fn base(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".to_owned(),
        "" => "/".to_owned(),
        path => path.rsplit('/').next().unwrap_or(path).to_owned(),
    }
}

fn dir(path: &str) -> String {
    path.rfind('/').map_or_else(|| ".".to_owned(), |end| clean(&path[..=end]))
}

fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rfind('.').map_or_else(String::new, |dot| name[dot..].to_owned())
}
