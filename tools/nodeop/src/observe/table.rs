//! Tables as talosctl prints them: columns aligned under their titles, cells that may hold blanks or nothing.

/// The rows of a table, each as its cells by title. A title of two words is separated by one blank, columns by more.
pub(super) fn rows(lines: &[String]) -> Vec<Vec<(String, String)>> {
    let Some((header, rest)) = lines.split_first() else { return Vec::new() };
    let titles = titles(header);
    rest.iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let cells = titles.iter().enumerate().map(|(index, (start, title))| {
                let end = titles.get(index + 1).map_or(line.len(), |next| next.0.min(line.len()));
                let cell = line.get((*start).min(end)..end).unwrap_or_default();
                (title.clone(), cell.trim().to_owned())
            });
            cells.collect()
        })
        .collect()
}

/// The cell under a title.
pub(super) fn cell<'r>(row: &'r [(String, String)], title: &str) -> Option<&'r str> {
    row.iter().find(|(name, _)| name == title).map(|(_, text)| text.as_str())
}

fn titles(header: &str) -> Vec<(usize, String)> {
    let mut titles: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    for word in header.split(' ') {
        match titles.last_mut() {
            _ if word.is_empty() => {}
            Some((start, title)) if *start + title.len() + 1 == at => {
                title.push(' ');
                title.push_str(word);
            }
            _ => titles.push((at, word.to_owned())),
        }
        at += word.len() + 1;
    }
    titles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_by_their_titles() {
        let lines: Vec<String> = [
            "NODE        MEMBER             DB SIZE   IN USE            LEARNER   ERRORS",
            "10.0.0.11   0123456789abcdef   2.6 MB    1.1 MB (42.00%)   false     ",
            "10.0.0.12   0123456789abcde0   2.6 MB    1.1 MB (42.00%)   true      no space",
        ]
        .map(str::to_owned)
        .to_vec();
        let rows = rows(&lines);
        assert_eq!(cell(&rows[0], "IN USE"), Some("1.1 MB (42.00%)"));
        assert_eq!((cell(&rows[0], "LEARNER"), cell(&rows[0], "ERRORS")), (Some("false"), Some("")));
        assert_eq!((cell(&rows[1], "LEARNER"), cell(&rows[1], "ERRORS")), (Some("true"), Some("no space")));
        assert_eq!(cell(&rows[1], "NODE"), Some("10.0.0.12"));
        assert_eq!(cell(&rows[1], "NONE"), None);
    }
}
