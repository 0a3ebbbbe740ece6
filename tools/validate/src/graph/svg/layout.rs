//! Where everything stands: namespaces that depend on one another in columns, first to last, the others in a block of
//! their own below.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Graph, Kind, Node, Relation};
use super::cards::cards;
use super::text;

/// The height of a line.
pub(super) const ROW: i32 = 25;
const HEAD: i32 = 34;
const FOOT: i32 = 8;
/// The width of a card; long names make all of them wider, up to a limit.
pub(super) const CARD: i32 = 264;
const WIDEST_CARD: i32 = 372;
const GAP_X: i32 = 72;
const GAP_Y: i32 = 18;
const MARGIN: i32 = 28;
const TOP: i32 = 84;
const BOTTOM: i32 = 52;
/// The most columns.
const COLUMNS: usize = 14;

/// A line of a card: one Kustomization.
pub(super) struct Row {
    pub(super) node: usize,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) has_chart: bool,
    pub(super) has_secret: bool,
    pub(super) wrong: bool,
}

/// A card: a namespace, or a part of one.
pub(super) struct Card {
    pub(super) name: String,
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) rows: Vec<Row>,
}

/// Left of a name, right of a line, the padlock, the longest version, and the gap before it.
pub(super) const NAME_X: i32 = 31;
pub(super) const RIGHT: i32 = 14;
pub(super) const LOCK: i32 = 17;
pub(super) const VERSION: i32 = 78;
pub(super) const BEFORE_VERSION: i32 = 8;
/// The sizes of letters.
pub(super) const NAME_SIZE: f64 = 13.0;
pub(super) const VERSION_SIZE: f64 = 11.0;

impl Row {
    /// The version as it is shown.
    pub(super) fn shown_version(&self) -> Option<String> {
        self.version.as_deref().map(|version| text::fit(version, VERSION_SIZE, f64::from(VERSION)))
    }

    /// What a line takes besides the name.
    pub(super) fn fixed_room(&self) -> i32 {
        let version =
            self.shown_version().map_or(0, |text| text::pixels(&text, VERSION_SIZE) + BEFORE_VERSION);
        NAME_X + 3 + RIGHT + version + if self.has_secret { LOCK } else { 0 }
    }
}

impl Card {
    pub(super) fn height(&self) -> i32 {
        HEAD + FOOT + ROW * len(&self.rows)
    }

    pub(super) fn row_y(&self, n: usize) -> i32 {
        self.y + HEAD - 2 + ROW * i32::try_from(n).unwrap_or_default()
    }
}

/// A curve.
pub(super) struct Line {
    pub(super) from: (i32, i32),
    /// Between cards that are in the way, column by column: left edge, right edge, height.
    pub(super) through: Vec<(i32, i32, i32)>,
    pub(super) to: (i32, i32),
    /// Between lines of one card.
    pub(super) inside: bool,
    pub(super) wrong: bool,
}

/// The whole.
pub(super) struct Layout {
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) cards: Vec<Card>,
    pub(super) lines: Vec<Line>,
}

fn len<T>(list: &[T]) -> i32 {
    i32::try_from(list.len()).unwrap_or(i32::MAX / 64)
}

impl Layout {
    pub(super) fn is_wrong(&self) -> bool {
        self.cards.iter().flat_map(|card| &card.rows).any(|row| row.wrong)
            || self.lines.iter().any(|line| line.wrong)
    }

    pub(super) fn of(graph: &Graph) -> Self {
        let rows = rows(graph);
        let drawn: BTreeSet<usize> = rows.values().flatten().map(|row| row.node).collect();
        let before = before(graph, &drawn);
        let cyclic = cyclic(&before);
        let needed = reduced(&before, &cyclic);
        let mut cards = cards(rows, &needed);
        let card_width = card_width(&cards);
        for card in &mut cards {
            card.width = card_width;
        }
        let (cards, columns) = placed(cards, card_width, &needed);
        let lines = lines(&cards, &Needed { all: &before, drawn: &needed, cyclic: &cyclic }, graph);
        let bottom = cards.iter().map(|card| card.y + card.height()).max().unwrap_or(TOP);
        let columns = i32::try_from(columns).unwrap_or(1);
        let namespaces: BTreeSet<&str> = cards.iter().map(|card| card.name.as_str()).collect();
        let (title, subtitle) = titles(graph, drawn.len(), namespaces.len());
        Self {
            title,
            subtitle,
            width: (2 * MARGIN + columns * card_width + (columns - 1) * GAP_X).max(560),
            height: bottom + BOTTOM,
            cards,
            lines,
        }
    }
}

/// As wide as the longest line needs.
fn card_width(cards: &[Card]) -> i32 {
    let rows = cards.iter().flat_map(|card| &card.rows);
    let needed = rows.map(|row| row.fixed_room() + text::pixels(&row.name, NAME_SIZE));
    needed.max().unwrap_or(CARD).clamp(CARD, WIDEST_CARD)
}

fn titles(graph: &Graph, apps: usize, namespaces: usize) -> (String, String) {
    let roots: Vec<&Node> =
        graph.nodes.iter().filter(|node| node.kind == Kind::Kustomization && node.is_root).collect();
    let name = graph.name.trim_start_matches("./");
    let title = if name.is_empty() {
        "What Flux applies".to_owned()
    } else {
        format!("What Flux applies from {name}")
    };
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut subtitle = format!("{} in {}", plural(apps, "app"), plural(namespaces, "namespace"));
    let through: Vec<&str> =
        roots.iter().map(|node| node.id.name.as_str()).filter(|name| *name != "flux-system").collect();
    if !through.is_empty() {
        subtitle = format!("{subtitle}, by way of {}", through.join(", "));
    }
    (title, subtitle)
}

/// The lines, by namespace. What only applies other Kustomizations is none.
fn rows(graph: &Graph) -> BTreeMap<String, Vec<Row>> {
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if node.kind != Kind::Kustomization || node.is_root && !node.failed && !node.missing {
            continue;
        }
        let home = if node.home.is_empty() { "cluster-wide".to_owned() } else { node.home.clone() };
        rows.entry(home).or_default().push(Row {
            node: at,
            name: node.id.name.clone(),
            version: node.version.clone(),
            has_chart: node.has_chart,
            has_secret: node.has_secret,
            wrong: node.missing || node.failed,
        });
    }
    for list in rows.values_mut() {
        list.sort_by(|one, other| one.name.cmp(&other.name));
    }
    rows
}

/// For each Kustomization those that come before it.
pub(super) type Before = BTreeMap<usize, BTreeSet<usize>>;

fn before(graph: &Graph, drawn: &BTreeSet<usize>) -> Before {
    let mut before = Before::new();
    for edge in graph.edges.iter().filter(|edge| edge.relation == Relation::Before) {
        if drawn.contains(&edge.from) && drawn.contains(&edge.to) {
            before.entry(edge.to).or_default().insert(edge.from);
        }
    }
    before
}

/// Everything that comes before one, through others too; itself when it is part of a cycle.
fn all_before(before: &Before, start: usize) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    let mut open: Vec<usize> = before.get(&start).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if all.insert(next) {
            open.extend(before.get(&next).into_iter().flatten());
        }
    }
    all
}

fn cyclic(before: &Before) -> BTreeSet<usize> {
    before.keys().copied().filter(|node| all_before(before, *node).contains(node)).collect()
}

/// Without what follows from the rest: a before b, b before c says a before c.
fn reduced(before: &Before, cyclic: &BTreeSet<usize>) -> Before {
    let through: BTreeMap<usize, BTreeSet<usize>> =
        before.values().flatten().map(|node| (*node, all_before(before, *node))).collect();
    before
        .iter()
        .map(|(node, direct)| {
            let kept = direct.iter().copied().filter(|one| {
                cyclic.contains(one)
                    || !direct
                        .iter()
                        .any(|other| other != one && through.get(other).is_some_and(|all| all.contains(one)))
            });
            (*node, kept.collect())
        })
        .collect()
}

/// Cards with their places, and how many columns there are.
fn placed(mut cards: Vec<Card>, card_width: i32, needed: &Before) -> (Vec<Card>, usize) {
    for card in &mut cards {
        order(&mut card.rows, needed);
    }
    let home: BTreeMap<usize, usize> = cards
        .iter()
        .enumerate()
        .flat_map(|(n, card)| card.rows.iter().map(move |row| (row.node, n)))
        .collect();
    let mut links: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (node, first) in needed {
        for one in first {
            if let (Some(from), Some(to)) = (home.get(one), home.get(node))
                && from != to
            {
                links.insert((*from, *to));
            }
        }
    }
    let ranks = ranks(cards.len(), &links);
    let linked: BTreeSet<usize> = links.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for card in &linked {
        let rank = ranks[*card].min(COLUMNS - 1);
        columns.resize_with(columns.len().max(rank + 1), Vec::new);
        columns[rank].push(*card);
    }
    // Near what they depend on.
    for rank in 1..columns.len() {
        let position: BTreeMap<usize, usize> = columns[..rank]
            .iter()
            .flat_map(|column| column.iter().enumerate().map(|(at, card)| (*card, at)))
            .collect();
        columns[rank].sort_by_key(|card| {
            let places: Vec<usize> = links
                .iter()
                .filter(|(_, to)| to == card)
                .filter_map(|(from, _)| position.get(from).copied())
                .collect();
            (1000 * places.iter().sum::<usize>() / places.len().max(1), *card)
        });
    }
    let count = columns.len().max(if cards.len() > linked.len() { 3.min(cards.len()) } else { 1 });
    let x = |column: usize| MARGIN + i32::try_from(column).unwrap_or_default() * (card_width + GAP_X);
    let mut bottoms = vec![TOP; count];
    for (column, members) in columns.iter().enumerate() {
        for card in members {
            cards[*card].x = x(column);
            cards[*card].y = bottoms[column];
            bottoms[column] += cards[*card].height() + GAP_Y;
        }
    }
    // The others fill the shortest columns.
    let mut others: Vec<usize> = (0..cards.len()).filter(|card| !linked.contains(card)).collect();
    others.sort_by_key(|card| (-len(&cards[*card].rows), *card));
    for card in others {
        let column = (0..count).min_by_key(|column| (bottoms[*column], *column)).unwrap_or(0);
        cards[card].x = x(column);
        cards[card].y = bottoms[column];
        bottoms[column] += cards[card].height() + GAP_Y;
    }
    (cards, count)
}

/// Inside of a card what comes first stands above; else by name.
fn order(rows: &mut [Row], needed: &Before) {
    let own: BTreeSet<usize> = rows.iter().map(|row| row.node).collect();
    let mut depth: BTreeMap<usize, usize> = own.iter().map(|node| (*node, 0)).collect();
    // As often as a chain may be long; a cycle ends there, too.
    for _ in 0..own.len().min(50) {
        for node in &own {
            let first =
                needed.get(node).into_iter().flatten().filter(|one| own.contains(one) && *one != node);
            let deepest = first.filter_map(|one| depth.get(one)).max().map_or(0, |depth| depth + 1);
            if let Some(depth) = depth.get_mut(node) {
                *depth = (*depth).max(deepest).min(own.len());
            }
        }
    }
    rows.sort_by(|one, other| depth[&one.node].cmp(&depth[&other.node]).then(one.name.cmp(&other.name)));
}

/// The column of each card: behind everything that it depends on. Cycles end somewhere.
fn ranks(count: usize, links: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut ranks = vec![0; count];
    for _ in 0..count.min(COLUMNS) {
        for (from, to) in links {
            ranks[*to] = ranks[*to].max(ranks[*from] + 1).min(COLUMNS - 1);
        }
    }
    ranks
}

/// What comes before what.
struct Needed<'n> {
    /// As it is said.
    all: &'n Before,
    /// Without what follows from the rest.
    drawn: &'n Before,
    /// What is part of a cycle.
    cyclic: &'n BTreeSet<usize>,
}

fn lines(cards: &[Card], needed: &Needed<'_>, graph: &Graph) -> Vec<Line> {
    let mut places: BTreeMap<usize, (usize, i32)> = BTreeMap::new();
    for (n, card) in cards.iter().enumerate() {
        for (at, row) in card.rows.iter().enumerate() {
            places.insert(row.node, (n, card.row_y(at) + ROW / 2));
        }
    }
    let through: BTreeMap<usize, BTreeSet<usize>> =
        needed.all.keys().map(|node| (*node, all_before(needed.all, *node))).collect();
    let mut lines = Vec::new();
    let mut bundled: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (node, first) in needed.drawn {
        for one in first {
            let (Some((from, y1)), Some((to, y2))) = (places.get(one), places.get(node)) else { continue };
            let (a, b) = (&cards[*from], &cards[*to]);
            let wrong =
                graph.nodes[*one].missing || needed.cyclic.contains(one) && needed.cyclic.contains(node);
            if from == to {
                let (from, to) = ((a.x, *y1), (b.x, *y2));
                lines.push(Line { from, through: Vec::new(), to, inside: true, wrong });
                continue;
            }
            // All of a card wait for the same one: the card does.
            let waits = |row: &Row| through.get(&row.node).is_some_and(|first| first.contains(one));
            let is_bundle = b.rows.len() > 1 && !wrong && b.rows.iter().all(waits);
            if is_bundle && !bundled.insert((*one, *to)) {
                continue;
            }
            let (from, to) = ((a.x + a.width, *y1), (b.x, if is_bundle { b.y + HEAD / 2 } else { *y2 }));
            lines.push(Line { from, through: gaps(cards, from, to), to, inside: false, wrong });
        }
    }
    lines
}

/// For each column between two points the gap between cards that is nearest to the straight line.
fn gaps(cards: &[Card], from: (i32, i32), to: (i32, i32)) -> Vec<(i32, i32, i32)> {
    let columns: BTreeSet<i32> =
        cards.iter().map(|card| card.x).filter(|x| (from.0..to.0).contains(x)).collect();
    let width = cards.first().map_or(CARD, |card| card.width);
    let mut through = Vec::new();
    let mut last = from;
    for x in columns {
        let straight = last.1 + (to.1 - last.1) * (x - last.0) / (to.0 - last.0).max(1);
        let own = cards.iter().filter(|card| card.x == x);
        let free = own.flat_map(|card| [card.y - GAP_Y / 2, card.y + card.height() + GAP_Y / 2]);
        let y = free.min_by_key(|y| ((y - straight).abs(), *y)).unwrap_or(straight);
        through.push((x, x + width, y));
        last = (x + width, y);
    }
    through
}
