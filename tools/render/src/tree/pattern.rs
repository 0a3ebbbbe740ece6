//! Python's path patterns: `Path.match` for what is left out, `Path.glob` for what is taken (CPython 3.11).

/// A pattern, taken apart.
pub(super) struct Pattern {
    parts: Vec<String>,
    absolute: bool,
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        Self { parts: parts(pattern).map(str::to_owned).collect(), absolute: pattern.starts_with('/') }
    }

    /// `(Path(root) / path).match(pattern)`: parts are compared from the right; `**` is no more than `*`.
    pub(super) fn matches(&self, root: &str, path: &str) -> bool {
        let mut names = parts(path).rev().chain(parts(root).rev());
        if self.parts.is_empty()
            || self.absolute && (!root.starts_with('/') || self.parts.len() != names.clone().count())
        {
            return false;
        }
        self.parts.iter().rev().all(|pattern| names.next().is_some_and(|name| name_matches(name, pattern)))
    }

    /// Whether `Path.glob(pattern)` would yield an entry at `relative` (`/`-separated parts).
    pub(super) fn globs(&self, relative: &[&str], is_dir: bool) -> bool {
        let pattern: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        glob_parts(relative, is_dir, &pattern)
    }
}

fn glob_parts(names: &[&str], is_dir: bool, pattern: &[&str]) -> bool {
    match (pattern.split_first(), names.split_first()) {
        (None, None) => true,
        // `**` stands for any number of folders.
        (Some((&"**", rest)), None) => glob_parts(names, is_dir, rest),
        (Some((&"**", rest)), Some((_, deeper))) => {
            glob_parts(names, is_dir, rest)
                || ((is_dir || !deeper.is_empty()) && glob_parts(deeper, is_dir, pattern))
        }
        (Some((first, rest)), Some((name, deeper))) => {
            name_matches(name, first) && glob_parts(deeper, is_dir, rest)
        }
        _ => false,
    }
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> + Clone {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

/// `fnmatch.fnmatchcase`. Most patterns are names or the ends of names.
fn name_matches(name: &str, pattern: &str) -> bool {
    let is_plain = |text: &str| !text.contains(['*', '?', '[']);
    if is_plain(pattern) {
        return name == pattern;
    }
    if let Some(end) = pattern.strip_prefix('*').filter(|end| is_plain(end)) {
        return name.ends_with(end);
    }
    let name: Vec<char> = name.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    fnmatch(&name, &pattern)
}

fn fnmatch(name: &[char], pattern: &[char]) -> bool {
    // Where to go back to: the pattern behind the last star, and how much of the name that star took.
    let (mut n, mut p, mut back) = (0, 0, None);
    loop {
        let step = match pattern.get(p) {
            Some('*') => {
                p += 1;
                back = Some((p, n));
                continue;
            }
            Some('?') if n < name.len() => Some(p + 1),
            Some('[') if n < name.len() => match set(&pattern[p..], name[n]) {
                Some((true, len)) => Some(p + len),
                Some((false, _)) => None,
                None => (name[n] == '[').then_some(p + 1),
            },
            Some(c) if n < name.len() && *c == name[n] => Some(p + 1),
            None if n == name.len() => return true,
            _ => None,
        };
        match (step, back) {
            (Some(next), _) => {
                p = next;
                n += 1;
            }
            (None, Some((star, taken))) if taken < name.len() => {
                back = Some((star, taken + 1));
                (p, n) = (star, taken + 1);
            }
            _ => return false,
        }
    }
}

/// `[seq]` or `[!seq]` at the start of a pattern: whether it takes the character, and its length. None when it is
/// never closed, which makes it an ordinary bracket.
fn set(pattern: &[char], c: char) -> Option<(bool, usize)> {
    let negated = pattern.get(1) == Some(&'!');
    let first = if negated { 2 } else { 1 };
    let end = (first + 1..pattern.len()).find(|at| pattern[*at] == ']')?;
    let mut at = first;
    let mut found = false;
    while at < end {
        if at + 2 < end && pattern[at + 1] == '-' {
            found |= (pattern[at]..=pattern[at + 2]).contains(&c);
            at += 3;
        } else {
            found |= pattern[at] == c;
            at += 1;
        }
    }
    Some((found != negated, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `PurePosixPath(path).match(pattern)` of CPython 3.11.
    #[test]
    fn matching() {
        for (path, pattern, want) in [
            ("templates/a/x.partial.yaml.j2", "*.partial.yaml.j2", true),
            ("templates/a/component.yaml", "component.yaml", true),
            ("templates/a/b/c.yaml", "a/**/c.yaml", true),
            ("templates/a/b/d/c.yaml", "a/**/c.yaml", false),
            ("templates/a/c.yaml", "a/**/c.yaml", false),
            ("a/b.yaml", "/a/b.yaml", false),
            ("/a/b.yaml", "/a/*", true),
            ("/x/a/b.yaml", "/a/*", false),
            ("a/b", "a/b/c", false),
            ("a/B.yaml", "b.yaml", false),
            ("a/b1", "b[0-9]", true),
            ("a/bx", "b[!0-9]", true),
            ("a/b[", "b[", true),
            ("a/.hidden", "*", true),
            ("a/abcabc", "*bc", true),
            ("a/b", "./a/b", true),
            ("/a/b", "/a/b", true),
            ("a/b", "", false),
            ("a/xyz", "x*z", true),
            ("a/x", "x*", true),
            ("a/x", "**", true),
            ("a/x*", "x[*]", true),
        ] {
            let pattern = Pattern::new(pattern);
            assert_eq!(pattern.matches(path, ""), want, "{path}");
            // A root of any length makes the same path.
            for at in path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0) {
                assert_eq!(pattern.matches(&path[..at], &path[at + 1..]), want, "{path} at {at}");
            }
        }
    }

    #[test]
    fn globbing() {
        for (path, is_dir, pattern, want) in [
            ("a", false, "**/*", true),
            ("a/b/c", false, "**/*", true),
            ("a", true, "**/*", true),
            ("a/b.j2", false, "*.j2", false),
            ("b.j2", false, "*.j2", true),
            ("a/b.j2", false, "**/*.j2", true),
            ("a/b/c.j2", false, "a/**/*.j2", true),
            ("a/c.j2", false, "a/**/*.j2", true),
            ("x/c.j2", false, "a/**/*.j2", false),
            ("a/b", true, "**", true),
            ("a/b", false, "**", false),
        ] {
            let parts: Vec<_> = path.split('/').collect();
            assert_eq!(Pattern::new(pattern).globs(&parts, is_dir), want, "{path} {pattern}");
        }
    }
}
