//! The graph as a picture of its own: a card a namespace, a line an app, columns in the order of applying. No program
//! and no script is needed to look at it, and it follows the reader's light or dark mode.

mod cards;
mod layout;
mod style;
mod text;

use std::fmt::Write as _;

use super::args::Theme;
use super::model::Graph;
use layout::{Card, Layout, Line, ROW, Row};
use text::{escape, fit};

/// Draws the clusters, one below the other.
pub(crate) fn draw(graphs: &[Graph], theme: Theme) -> String {
    let mut layouts: Vec<Layout> = graphs.iter().filter(|graph| !graph.is_empty()).map(Layout::of).collect();
    for layout in &mut layouts {
        layout.width = layout.width.max(legend_width(layout));
    }
    let width = layouts.iter().map(|layout| layout.width).max().unwrap_or(0);
    let height: i32 = layouts.iter().map(|layout| layout.height).sum();
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"What Flux applies\">"
    );
    out.push_str(&style::css(theme));
    let _ = writeln!(
        out,
        "<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"12\"/>",
        width - 1,
        height - 1
    );
    let mut top = 0;
    for layout in &layouts {
        let _ = writeln!(out, "<g transform=\"translate(0 {top})\">");
        one(layout, &mut out);
        out.push_str("</g>\n");
        top += layout.height;
    }
    out.push_str("</svg>\n");
    out
}

fn one(layout: &Layout, out: &mut String) {
    let _ = writeln!(
        out,
        "<text class=\"title\" x=\"28\" y=\"40\">{}</text>",
        escape(&fit(&layout.title, 17.0, f64::from(layout.width - 56)))
    );
    let _ = writeln!(
        out,
        "<text class=\"sub\" x=\"28\" y=\"61\">{}</text>",
        escape(&fit(&layout.subtitle, 12.0, f64::from(layout.width - 56)))
    );
    for line in &layout.lines {
        edge(line, out);
    }
    for card in &layout.cards {
        self::card(card, out);
    }
    for line in &layout.lines {
        ends(line, out);
    }
    legend(layout, out);
}

/// A curve from the right side of one line to the left side of another.
fn edge(line: &Line, out: &mut String) {
    let (x1, y1) = line.from;
    let class = if line.wrong { "edge wrong" } else { "edge" };
    let mut path = format!("M{x1} {y1}");
    if line.inside {
        // Beside the card: out to the left, and back.
        let (x2, y2) = line.to;
        let bow = x1 - 18 - (y2 - y1).abs().min(120) / 10;
        let _ = write!(path, "C{bow} {y1} {bow} {y2} {x2} {y2}");
    } else {
        let mut last = line.from;
        for (left, right, y) in &line.through {
            curve(&mut path, last, (*left, *y));
            let _ = write!(path, "H{right}");
            last = (*right, *y);
        }
        curve(&mut path, last, line.to);
    }
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{path}\"/>");
}

/// On to a point, level at both ends.
fn curve(path: &mut String, (x1, y1): (i32, i32), (x2, y2): (i32, i32)) {
    let pull = ((x2 - x1) / 2).max(24);
    let _ = write!(path, "C{} {y1} {} {y2} {x2} {y2}", x1 + pull, x2 - pull);
}

/// A dot where a curve begins, an arrow head where it ends: above the cards.
fn ends(line: &Line, out: &mut String) {
    let Line { from: (x1, y1), to: (x2, y2), .. } = *line;
    let class = if line.wrong { "end wrong" } else { "end" };
    let _ = writeln!(out, "<circle class=\"{class}\" cx=\"{x1}\" cy=\"{y1}\" r=\"3\"/>");
    let _ = writeln!(out, "<path class=\"{class}\" d=\"M{x2} {y2}l-7 -4v8z\"/>");
}

fn card(card: &Card, out: &mut String) {
    let Card { x, y, width, .. } = *card;
    let height = card.height();
    let _ = writeln!(
        out,
        "<rect class=\"card\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    );
    let name = fit(&card.name, 11.5, f64::from(width - 64));
    let _ = writeln!(out, "<text class=\"ns\" x=\"{}\" y=\"{}\">{}</text>", x + 14, y + 22, escape(&name));
    let _ = writeln!(
        out,
        "<text class=\"count\" x=\"{}\" y=\"{}\">{}</text>",
        x + width - 14,
        y + 22,
        card.rows.len()
    );
    for (n, row) in card.rows.iter().enumerate() {
        let y = card.row_y(n);
        self::row(row, x, y, width, out);
    }
}

fn row(row: &Row, x: i32, y: i32, width: i32, out: &mut String) {
    let middle = y + ROW / 2;
    let class = if row.wrong { " wrong" } else { "" };
    let dot = if row.has_chart { "chart" } else { "plain" };
    let _ = writeln!(out, "<circle class=\"{dot}{class}\" cx=\"{}\" cy=\"{middle}\" r=\"4\"/>", x + 19);
    let mut right = x + width - layout::RIGHT;
    if let Some(version) = row.shown_version() {
        let _ = writeln!(
            out,
            "<text class=\"version\" x=\"{right}\" y=\"{}\">{}</text>",
            middle + 4,
            escape(&version)
        );
        right -= text::pixels(&version, layout::VERSION_SIZE) + layout::BEFORE_VERSION;
    }
    if row.has_secret {
        lock(right - 9, middle, out);
        right -= layout::LOCK;
    }
    let name = fit(&row.name, layout::NAME_SIZE, f64::from(right - x - layout::NAME_X - 3));
    // What is cut can be read by pointing at it.
    let whole =
        if name == row.name { String::new() } else { format!("<title>{}</title>", escape(&row.name)) };
    let _ = writeln!(
        out,
        "<text class=\"app{class}\" x=\"{}\" y=\"{}\">{}{whole}</text>",
        x + layout::NAME_X,
        middle + 4,
        escape(&name)
    );
}

/// A padlock whose left edge is at `x`.
fn lock(x: i32, middle: i32, out: &mut String) {
    let top = middle - 1;
    let _ = writeln!(
        out,
        "<path class=\"bow\" d=\"M{} {top}v-2a2.5 2.5 0 0 1 5 0v2\"/><rect class=\"lock\" x=\"{x}\" y=\"{top}\" width=\"9\" height=\"6.5\" rx=\"1.5\"/>",
        x + 2
    );
}

/// What the legend says: marks, words, and the room of the mark.
fn legend_items(layout: &Layout) -> Vec<(String, &'static str, i32)> {
    let mut padlock = String::new();
    lock(0, 0, &mut padlock);
    let mut items = vec![
        ("<circle class=\"chart\" cx=\"4\" cy=\"0\" r=\"4\"/>".to_owned(), "Helm chart", 14),
        ("<circle class=\"plain\" cx=\"4\" cy=\"0\" r=\"4\"/>".to_owned(), "manifests", 14),
        (padlock.trim().to_owned(), "encrypted", 15),
    ];
    if layout.lines.iter().any(|line| !line.wrong) {
        let arrow = "<path class=\"edge\" d=\"M3 0H22\"/><circle class=\"end\" cx=\"3\" cy=\"0\" r=\"3\"/><path class=\"end\" d=\"M26 0l-7 -4v8z\"/>";
        items.push((arrow.to_owned(), "is applied before", 33));
    }
    if layout.is_wrong() {
        let dot = "<circle class=\"chart wrong\" cx=\"4\" cy=\"0\" r=\"4\"/>";
        items.push((dot.to_owned(), "missing, cyclic or not buildable", 14));
    }
    items
}

/// Between the parts of the legend, and beside it.
const LEGEND_GAP: i32 = 22;
const LEGEND_X: i32 = 28;

fn legend_width(layout: &Layout) -> i32 {
    let items = legend_items(layout);
    let words: i32 = items.iter().map(|(_, words, room)| room + text::pixels(words, 11.0) + LEGEND_GAP).sum();
    words - LEGEND_GAP + 2 * LEGEND_X
}

fn legend(layout: &Layout, out: &mut String) {
    let y = layout.height - 24;
    let mut x = LEGEND_X;
    for (mark, words, room) in legend_items(layout) {
        let _ = writeln!(
            out,
            "<g transform=\"translate({x} {y})\">{mark}<text class=\"key\" x=\"{room}\" y=\"4\">{words}</text></g>"
        );
        x += room + text::pixels(words, 11.0) + LEGEND_GAP;
    }
}

#[cfg(test)]
mod tests;
