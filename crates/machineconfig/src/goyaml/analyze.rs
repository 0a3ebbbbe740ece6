//! Which styles can hold a scalar: the rules of libyaml's emitter as go-yaml has them.

use yaml::ScalarStyle;

/// What a text allows.
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
#[derive(Default)]
struct Analysis {
    multiline: bool,
    flow_plain: bool,
    block_plain: bool,
    single: bool,
    block: bool,
}

/// Where a scalar stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) flow: bool,
    pub(super) key: bool,
}

/// The style a scalar is written in, given the one it should have.
pub(super) fn select(text: &str, wanted: ScalarStyle, place: Place) -> ScalarStyle {
    let allowed = analyze(text);
    let mut style = wanted;
    if place.key && allowed.multiline {
        style = ScalarStyle::DoubleQuoted;
    }
    if style == ScalarStyle::Plain {
        let fits = if place.flow { allowed.flow_plain } else { allowed.block_plain };
        if !fits || (text.is_empty() && (place.flow || place.key)) {
            style = ScalarStyle::SingleQuoted;
        }
    }
    if style == ScalarStyle::SingleQuoted && !allowed.single {
        style = ScalarStyle::DoubleQuoted;
    }
    let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    if block && (!allowed.block || place.flow || place.key) {
        style = ScalarStyle::DoubleQuoted;
    }
    style
}

fn analyze(text: &str) -> Analysis {
    if text.is_empty() {
        return Analysis { block_plain: true, single: true, ..Analysis::default() };
    }
    let (flow_indicators, block_indicators) = indicators(text);
    let chars: Vec<char> = text.chars().collect();
    let is_space = |c: char| c == ' ';
    let follows = |first: fn(char) -> bool, second: fn(char) -> bool| {
        chars.windows(2).any(|pair| first(pair[0]) && second(pair[1]))
    };
    let (first, last) = (chars[0], chars[chars.len() - 1]);
    let edges = is_space(first) || is_break(first) || is_space(last) || is_break(last);
    let breaks = chars.iter().any(|c| is_break(*c));
    let break_space = follows(is_break, |c| c == ' ');
    let space_break = follows(|c| c == ' ', is_break);
    let tabs = chars.contains(&'\t');
    let special = chars.iter().any(|c| *c != '\t' && !is_printable(*c));
    let plain = !edges && !break_space && !space_break && !tabs && !special && !breaks;
    Analysis {
        multiline: breaks,
        flow_plain: plain && !flow_indicators,
        block_plain: plain && !block_indicators,
        single: !break_space && !space_break && !tabs && !special,
        block: !is_space(last) && !space_break && !special,
    }
}

/// Whether there are characters that mean something in flow context, and in block context.
fn indicators(text: &str) -> (bool, bool) {
    let document = text.starts_with("---") || text.starts_with("...");
    let (mut flow, mut block) = (document, document);
    let mut after_blank = true;
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let before_blank = chars.peek().is_none_or(|next| is_blank(*next));
        match c {
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`'
                if first =>
            {
                (flow, block) = (true, true);
            }
            '?' if first => {
                flow = true;
                block |= before_blank;
            }
            '-' if first && before_blank => (flow, block) = (true, true),
            ',' | '?' | '[' | ']' | '{' | '}' => flow = true,
            ':' => {
                flow = true;
                block |= before_blank;
            }
            '#' if after_blank => (flow, block) = (true, true),
            _ => {}
        }
        after_blank = is_blank(c);
        first = false;
    }
    (flow, block)
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t' || is_break(c)
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether go-yaml takes a character for printable: nothing beyond the basic plane is.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}
