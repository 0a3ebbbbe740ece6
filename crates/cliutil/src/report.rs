//! How findings are shown: for people with the source line, for machines as JSON, SARIF or GitHub annotations.

use std::borrow::Cow;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use serde_json::{Value as Json, json};

use crate::{CommonArgs, Diagnostic, Exit, Failure, Io, Location, Severity};

/// The form findings are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: place, message, source line, help
    Human,
    /// One JSON document
    Json,
    /// GitHub workflow annotations
    Github,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML, for commands that say so
    #[value(skip)]
    Junit,
    /// TAP 13, for commands that say so
    #[value(skip)]
    Tap,
    /// Markdown, for commands that say so
    #[value(skip)]
    Markdown,
    /// A Mermaid flowchart, for commands that draw
    #[value(skip)]
    Mermaid,
    /// Graphviz, for commands that draw
    #[value(skip)]
    Dot,
    /// A picture, for commands that draw
    #[value(skip)]
    Svg,
}

impl Format {
    /// A parser for a command that takes other values of `--format` than the rest: each by name, with its help. The
    /// command's own argument must be called `format`, too, and so stands in for the common one.
    pub fn parser(
        values: &'static [(&'static str, Self, &'static str)],
    ) -> impl clap::builder::TypedValueParser<Value = Self> {
        let known = values.iter().map(|(name, _, help)| PossibleValue::new(*name).help(*help));
        PossibleValuesParser::new(known).map(|given| {
            let known = values.iter().find(|(name, ..)| *name == given);
            known.map_or(Self::Human, |(_, format, _)| *format)
        })
    }

    /// Whether it is one that the commands take which do not say otherwise.
    fn is_machine(self) -> bool {
        matches!(self, Self::Json | Self::Github | Self::Sarif)
    }
}

/// Shows diagnostics in the chosen form.
pub struct Reporter<'a> {
    tool: &'a str,
    format: Format,
    colored: bool,
}

impl<'a> Reporter<'a> {
    /// A reporter for `tool` as its arguments say.
    pub fn new(tool: &'a str, common: &CommonArgs, io: &Io) -> Self {
        Self { tool, format: common.format, colored: common.colored(io) }
    }

    /// The findings as text, sorted by place, each once.
    pub fn render(&self, diagnostics: &[Diagnostic]) -> String {
        let mut sorted: Vec<_> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.order());
        match self.format {
            Format::Github => sorted.iter().map(|diagnostic| github(diagnostic)).collect(),
            Format::Json => format!("{:#}\n", self.document(diagnostics)),
            Format::Sarif => format!("{:#}\n", self.sarif(&sorted)),
            _ => self.people(&sorted),
        }
    }

    /// The JSON document of findings, for commands that add to it.
    pub fn document(&self, diagnostics: &[Diagnostic]) -> Json {
        let mut sorted: Vec<_> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.order());
        let findings: Vec<_> = sorted.iter().map(|diagnostic| finding(diagnostic)).collect();
        json!({ "tool": self.tool, "findings": findings })
    }

    /// Shows findings on standard error, or, for a command whose output they are (`data` is false), machine formats
    /// on standard output. Machine formats are written even when there is nothing to say.
    pub fn show(&self, diagnostics: &[Diagnostic], data: bool, io: &mut Io) {
        let text = if diagnostics.is_empty()
            && (data || !self.format.is_machine() || self.format == Format::Github)
        {
            String::new()
        } else {
            self.render(diagnostics)
        };
        if data || !self.format.is_machine() {
            let _ = io.stderr.write_all(text.as_bytes());
        } else {
            // A reader that went away or a full device cannot be told about findings either.
            let _ = io.write_out(text);
        }
    }

    /// Shows why the work could not be done.
    pub fn fail(&self, failure: &Failure, io: &mut Io) -> Exit {
        self.show(&failure.diagnostics, true, io);
        Exit::Failed
    }

    /// One below the other. Of files that all have the same trouble the help is given with the first.
    fn people(&self, sorted: &[&Diagnostic]) -> String {
        let alike = |a: &Diagnostic, b: &Diagnostic| {
            a.location.is_none() && b.location.is_none() && (a.code, &a.help) == (b.code, &b.help)
        };
        let mut text = String::new();
        let mut before: Option<&Diagnostic> = None;
        for diagnostic in sorted {
            text.push_str(&self.human(diagnostic, before.is_some_and(|before| alike(before, diagnostic))));
            before = Some(diagnostic);
        }
        text
    }

    fn human(&self, diagnostic: &Diagnostic, help_was_given: bool) -> String {
        let place = match (&diagnostic.location, &diagnostic.path) {
            (Some(location), _) => {
                let (line, column) = location.line_column();
                format!("{}:{line}:{column}: ", location.source.name())
            }
            (None, Some(path)) => format!("{path}: "),
            (None, None) => String::new(),
        };
        let word =
            self.paint(diagnostic.severity, &format!("{}[{}]", diagnostic.severity.word(), diagnostic.code));
        let (place, message) = (tame(&place, &[]), tame(&diagnostic.message, LINES));
        let mut text = format!("{place}{word}: {message}\n");
        if let Some(location) = &diagnostic.location {
            text.push_str(&self.snippet(diagnostic, location));
        }
        if let Some(help) = diagnostic.help.as_ref().filter(|_| !help_was_given) {
            text.push_str("  help: ");
            text.push_str(&tame(help, LINES));
            text.push('\n');
        }
        if let Some(reference) = &diagnostic.reference {
            text.push_str("  see: ");
            text.push_str(reference);
            text.push('\n');
        }
        text
    }

    fn snippet(&self, diagnostic: &Diagnostic, location: &Location) -> String {
        let same: Vec<_> = diagnostic
            .related
            .iter()
            .filter(|(place, _)| place.source.name() == location.source.name())
            .collect();
        let main = excerpt(location, same.iter().map(|(place, _)| place));
        let related: Vec<_> = diagnostic
            .related
            .iter()
            .filter(|(place, _)| place.source.name() != location.source.name())
            .map(|(place, words)| (excerpt(place, std::iter::empty()), place, words))
            .collect();
        let primary = annotation(AnnotationKind::Primary, main.spans[0].clone(), diagnostic.label.as_deref());
        let mut annotations = vec![primary];
        for ((_, words), span) in same.iter().zip(&main.spans[1..]) {
            annotations.push(annotation(AnnotationKind::Context, span.clone(), Some(words)));
        }
        let snippet =
            Snippet::source(main.text.as_str()).line_start(main.first_line).annotations(annotations);
        let mut group = Group::with_level(Level::ERROR).element(snippet);
        for (excerpt, place, words) in &related {
            group = group.element(
                Snippet::source(excerpt.text.as_str())
                    .line_start(excerpt.first_line)
                    .path(place.source.name().to_owned())
                    .annotation(annotation(AnnotationKind::Context, excerpt.spans[0].clone(), Some(words))),
            );
        }
        let renderer = if self.colored { Renderer::styled() } else { Renderer::plain() };
        let mut text = renderer.render(&[group]);
        text.push('\n');
        text
    }

    fn paint(&self, severity: Severity, text: &str) -> String {
        if !self.colored {
            return text.to_owned();
        }
        let color = match severity {
            Severity::Error => 31,
            Severity::Warning => 33,
            Severity::Note => 36,
        };
        format!("\u{1b}[1;{color}m{text}\u{1b}[0m")
    }

    fn sarif(&self, diagnostics: &[&Diagnostic]) -> Json {
        let mut codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        codes.sort_unstable();
        codes.dedup();
        let rules: Vec<_> = codes.iter().map(|code| json!({ "id": code })).collect();
        let results: Vec<_> = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes)).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": { "name": self.tool, "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        })
    }
}

/// A result of SARIF 2.1.0 (section 3.27).
/// What messages of several lines are made of.
const LINES: &[char] = &['\n', '\t'];

/// A text without what a terminal would obey: names of files and objects may hold anything. Control characters but those
/// to `keep` become escapes (`\u{1b}`).
pub fn tame<'t>(text: &'t str, keep: &[char]) -> Cow<'t, str> {
    let is_loud = |c: char| (c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) && !keep.contains(&c);
    if !text.contains(is_loud) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_loud(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out.into()
}

fn result(diagnostic: &Diagnostic, codes: &[&str]) -> Json {
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.severity.word(),
        "message": { "text": message_and_help(diagnostic) },
    });
    let place = match (&diagnostic.location, diagnostic.file()) {
        (Some(location), _) => Some(physical(location)),
        (None, Some(file)) => Some(json!({ "artifactLocation": { "uri": uri(file) } })),
        (None, None) => None,
    };
    if let Some(place) = place {
        result["locations"] = json!([{ "physicalLocation": place }]);
    }
    let related = diagnostic.related.iter().enumerate().map(|(id, (place, words))| {
        json!({ "id": id, "physicalLocation": physical(place), "message": { "text": words } })
    });
    let related: Vec<_> = related.collect();
    if !related.is_empty() {
        result["relatedLocations"] = Json::Array(related);
    }
    if let Some(reference) = &diagnostic.reference {
        result["properties"] = json!({ "reference": reference });
    }
    result
}

fn physical(location: &Location) -> Json {
    let (line, column) = location.line_column();
    let (end_line, end_column) = location.source.line_column(location.range.end);
    json!({
        "artifactLocation": { "uri": uri(location.source.name()) },
        "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
    })
}

/// A path as a URI reference (RFC 3986): what may not stand in one is percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

struct Excerpt {
    text: String,
    first_line: usize,
    /// The place asked for first, then the others.
    spans: Vec<std::ops::Range<usize>>,
}

/// The lines that hold the places, and nothing beyond them.
fn excerpt<'l>(location: &'l Location, others: impl Iterator<Item = &'l Location>) -> Excerpt {
    let source = &location.source;
    let places: Vec<_> = std::iter::once(location).chain(others).collect();
    let first = places.iter().map(|place| source.line_of(place.range.start)).min().unwrap_or_default();
    let last = places.iter().map(|place| source.line_of(place.range.start)).max().unwrap_or_default();
    // A mark over several lines is shown on its first one.
    let ends = places.iter().map(|place| {
        place.range.end.min(source.line_range(source.line_of(place.range.start)).end).max(place.range.start)
    });
    let offsets: Vec<_> = places.iter().map(|place| place.range.start).chain(ends).collect();
    let (text, mapped) = source.excerpt(first, last, &offsets);
    let (starts, ends) = mapped.split_at(places.len());
    let spans = starts.iter().zip(ends).map(|(start, end)| widen(&text, *start, *end)).collect();
    Excerpt { text, first_line: first + 1, spans }
}

/// An empty mark is drawn over the character it stands before, where there is one on its line. A mark whose end
/// fell into hidden text covers what stands for it.
fn widen(text: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    if end > start {
        return start..end;
    }
    let next = text[start..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let hidden = if text[start..].starts_with("***") { 3 } else { next };
    start..start + hidden
}

fn annotation(kind: AnnotationKind, span: std::ops::Range<usize>, label: Option<&str>) -> Annotation<'_> {
    let annotation = kind.span(span);
    match label {
        Some(label) => annotation.label(label),
        None => annotation,
    }
}

fn finding(diagnostic: &Diagnostic) -> Json {
    let mut finding = json!({
        "severity": diagnostic.severity.word(),
        "code": diagnostic.code,
        "message": diagnostic.message,
    });
    if let Some(file) = diagnostic.file() {
        finding["file"] = json!(file);
    }
    if let Some(location) = &diagnostic.location {
        let (line, column) = location.line_column();
        finding["line"] = json!(line);
        finding["column"] = json!(column);
    }
    if let Some(help) = &diagnostic.help {
        finding["help"] = json!(help);
    }
    if let Some(reference) = &diagnostic.reference {
        finding["reference"] = json!(reference);
    }
    let related: Vec<_> = diagnostic
        .related
        .iter()
        .map(|(place, words)| {
            let (line, column) = place.line_column();
            json!({ "file": place.source.name(), "line": line, "column": column, "message": words })
        })
        .collect();
    if !related.is_empty() {
        finding["related"] = Json::Array(related);
    }
    finding
}

fn message_and_help(diagnostic: &Diagnostic) -> String {
    let see = diagnostic.reference.as_ref().map(|reference| format!("see {reference}"));
    let more: Vec<_> = diagnostic.help.iter().cloned().chain(see).collect();
    if more.is_empty() {
        diagnostic.message.clone()
    } else {
        format!("{} ({})", diagnostic.message, more.join("; "))
    }
}

fn github(diagnostic: &Diagnostic) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let mut properties = Vec::new();
    if let Some(file) = diagnostic.file() {
        properties.push(format!("file={}", property(file)));
    }
    if let Some(location) = &diagnostic.location {
        let (line, column) = location.line_column();
        properties.push(format!("line={line},col={column}"));
    }
    properties.push(format!("title={}", property(diagnostic.code)));
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    format!("::{level} {}::{}\n", properties.join(","), escape(&message_and_help(diagnostic)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Mask, Source};

    fn reporter(format: Format) -> Reporter<'static> {
        Reporter { tool: "validate", format, colored: false }
    }

    fn sample() -> Vec<Diagnostic> {
        let text = "token: abc\naddr: 10.0.0.1\nother: 10.0.0.1\n";
        let shown = vec![17..25, 33..41];
        let source = Arc::new(Source::new("cluster.yaml", text).with_mask(Mask::Except(shown)));
        let nodes = Arc::new(Source::new("nodes.yaml", "nodes:\n  - address: 10.0.0.1\n"));
        vec![
            Diagnostic::error("config/address-used-twice", "10.0.0.1 is used twice: addr and other")
                .at(Location::new(&source, 33..41))
                .with_label("used again here")
                .with_related(Location::new(&source, 17..25), "first used here")
                .with_related(Location::new(&nodes, 20..28), "and by this node")
                .with_help("give one of them another address")
                .with_reference("docs/options.md#addr"),
            Diagnostic::warning("config/placeholder", "token looks like a placeholder")
                .at(Location::new(&source, 7..10)),
            Diagnostic::error("io/missing", "no such file").in_file("age.key"),
        ]
    }

    #[test]
    fn human() {
        insta::assert_snapshot!(reporter(Format::Human).render(&sample()));
    }

    #[test]
    fn names_give_no_orders_to_a_terminal() {
        let loud =
            Diagnostic::error("a/b", "m \u{1b}[31m\0\n\tn").in_file("f\u{1b}]0;x\u{7}\n").with_help("h\r");
        let shown = reporter(Format::Human).render(&[loud]);
        let quiet = "f\\u{1b}]0;x\\u{7}\\n: error[a/b]: m \\u{1b}[31m\\u{0}\n\tn\n  help: h\\r\n";
        assert_eq!(shown, quiet);
        assert_eq!(tame("é\u{2028}a", &[]), "é\\u{2028}a");
    }

    #[test]
    fn files_with_the_same_trouble_have_one_help() {
        let one = |file: &str, help: &str| Diagnostic::error("a/b", "m").in_file(file).with_help(help);
        let shown =
            reporter(Format::Human).render(&[one("a", "x"), one("b", "x"), one("c", "y"), one("d", "x")]);
        let said = |file: &str| format!("{file}: error[a/b]: m\n");
        let expected = [
            said("a"),
            "  help: x\n".into(),
            said("b"),
            said("c"),
            "  help: y\n".into(),
            said("d"),
            "  help: x\n".into(),
        ];
        assert_eq!(shown, expected.concat());
    }

    #[test]
    fn machines() {
        insta::assert_snapshot!("json", reporter(Format::Json).render(&sample()));
        insta::assert_snapshot!("github", reporter(Format::Github).render(&sample()));
        let sarif: Json = serde_json::from_str(&reporter(Format::Sarif).render(&sample())).unwrap();
        assert_eq!(
            sarif["runs"][0]["results"][2]["locations"][0]["physicalLocation"]["region"]["startLine"],
            3
        );
    }

    #[test]
    fn paths_as_uris() {
        assert_eq!(uri("a/b-c.yaml"), "a/b-c.yaml");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("my files/ä:1.yaml"), "my%20files/%C3%A4%3A1.yaml");
    }

    #[test]
    fn marks_at_the_end_of_a_line_and_of_the_text_are_drawn() {
        for (text, at) in [("a: \n", 2..2), ("a:", 2..2), ("", 0..0), ("a: x\n", 5..5)] {
            let source = Arc::new(Source::new("f", text));
            let one = [Diagnostic::error("x/y", "m").at(Location::new(&source, at))];
            assert!(reporter(Format::Human).render(&one).starts_with("f:"));
        }
    }
}
