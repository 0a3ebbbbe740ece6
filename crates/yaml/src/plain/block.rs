//! Block scalars without an indent in their header and with text in their lines.

use super::Reader;
use super::inline::Scalar;
use crate::node::{ScalarStyle, Span};

impl Reader<'_> {
    /// From `|` or `>` to the line behind it.
    pub(super) fn block_scalar(&mut self) -> Option<()> {
        let start = self.at;
        let style = if self.peek()? == b'|' { ScalarStyle::Literal } else { ScalarStyle::Folded };
        self.at += 1;
        let chomp = self.peek().filter(|b| matches!(b, b'-' | b'+'));
        self.at += usize::from(chomp.is_some());
        self.skip_spaces();
        if self.peek()? != b'\n' {
            return None;
        }
        self.at += 1;
        let body = self.at;
        let (indent, end) = self.block_lines()?;
        let breaks = self.text[end..self.at].matches('\n').count();
        let mut text = String::with_capacity(self.at - body);
        match style {
            ScalarStyle::Literal => keep_lines(&self.text[body..end], indent, &mut text),
            _ => fold_lines(&self.text[body..end], indent, &mut text)?,
        }
        let kept = match chomp {
            Some(b'-') => 0,
            Some(_) if self.bytes[self.at - 1] != b'\n' => return None,
            Some(_) => breaks,
            None => breaks.min(1),
        };
        text.extend(std::iter::repeat_n('\n', kept));
        let end = start + self.text[start..end].trim_end().len();
        self.place(Scalar { text: text.into(), style, span: Span::new(start, end), is_key: false });
        Some(())
    }

    /// Goes behind the lines of a block scalar. Their indent, and where the last one that is not blank ends.
    fn block_lines(&mut self) -> Option<(usize, usize)> {
        let parent = self.open.last()?.column;
        let mut indent = None;
        let (mut end, mut longest_blank) = (self.at, 0);
        while self.at < self.bytes.len() {
            let line = self.at;
            let blanks = self.skip_spaces();
            if matches!(self.peek(), None | Some(b'\n')) {
                longest_blank = longest_blank.max(blanks);
            } else if blanks < *indent.get_or_insert(blanks) {
                self.at = line;
                break;
            } else {
                self.at = self.line_end();
                end = self.at;
            }
            self.at = (self.at + 1).min(self.bytes.len());
        }
        let indent = indent?;
        (indent > parent && longest_blank <= indent).then_some((indent, end))
    }
}

/// Lines of a literal scalar, without the last line break.
fn keep_lines(lines: &str, indent: usize, text: &mut String) {
    for (number, line) in lines.split('\n').enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(line.get(indent..).unwrap_or_default());
    }
}

/// Lines of a folded scalar, without the last line break. None if one of them begins with a blank: it is not folded.
fn fold_lines(lines: &str, indent: usize, text: &mut String) -> Option<()> {
    let mut breaks = 0;
    for line in lines.split('\n') {
        let line = line.get(indent..).unwrap_or_default();
        if line.is_empty() {
            breaks += 1;
            continue;
        }
        if line.starts_with(' ') {
            return None;
        }
        if breaks == 0 && !text.is_empty() {
            text.push(' ');
        }
        text.extend(std::iter::repeat_n('\n', breaks));
        breaks = 0;
        text.push_str(line);
    }
    Some(())
}
