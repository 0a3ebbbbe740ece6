//! The patterns of `#` and `%`: those of file names, but slashes are like other characters, and a star at the end
//! matches all that is left.

/// A pattern that cannot be understood. It is noticed only when matching comes as far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadPattern;

/// Whether a pattern matches all of a text. Texts are bytes, since they may end within a character.
pub(super) fn matches(mut pattern: &[u8], mut text: &[u8]) -> Result<bool, BadPattern> {
    while !pattern.is_empty() {
        let star = pattern[0] == b'*';
        let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
        let (chunk, rest) = pattern[stars..].split_at(chunk_length(&pattern[stars..]));
        if star && chunk.is_empty() {
            return Ok(true);
        }
        pattern = rest;
        let fits = |left: &[u8]| left.is_empty() || !rest.is_empty();
        let mut found = chunk_at(chunk, text)?.filter(|left| fits(left));
        if star && found.is_none() {
            for from in 1..=text.len() {
                found = chunk_at(chunk, &text[from..])?.filter(|left| fits(left));
                if found.is_some() {
                    break;
                }
            }
        }
        match found {
            Some(left) => text = left,
            None => return Ok(false),
        }
    }
    Ok(text.is_empty())
}

/// How far the pattern goes up to the next star.
fn chunk_length(pattern: &[u8]) -> usize {
    let (mut at, mut in_class) = (0, false);
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => return at,
            _ => {}
        }
        at += 1;
    }
    pattern.len()
}

/// What is left of the text behind a chunk at its beginning; none when it does not match.
fn chunk_at<'t>(mut chunk: &[u8], mut text: &'t [u8]) -> Result<Option<&'t [u8]>, BadPattern> {
    while let Some((mark, rest)) = chunk.split_first() {
        let Some((byte, more)) = text.split_first() else { return Ok(None) };
        match mark {
            b'[' => {
                let (c, left) = first_char(text);
                let (hit, after) = class(rest, c)?;
                if !hit {
                    return Ok(None);
                }
                (chunk, text) = (after, left);
            }
            b'?' => (chunk, text) = (rest, first_char(text).1),
            _ => {
                let (literal, after) = match mark {
                    b'\\' => rest.split_first().ok_or(BadPattern)?,
                    _ => (mark, rest),
                };
                if literal != byte {
                    return Ok(None);
                }
                (chunk, text) = (after, more);
            }
        }
    }
    Ok(Some(text))
}

/// Whether a class holds a character, and what stands behind the class.
fn class(mut chunk: &[u8], c: char) -> Result<(bool, &[u8]), BadPattern> {
    let negated = chunk.first() == Some(&b'^');
    chunk = &chunk[usize::from(negated)..];
    let (mut hit, mut ranges) = (false, 0);
    loop {
        if ranges > 0 && chunk.first() == Some(&b']') {
            return Ok((hit != negated, &chunk[1..]));
        }
        let (low, rest) = class_char(chunk)?;
        let (high, rest) = match rest {
            [b'-', rest @ ..] => class_char(rest)?,
            _ => (low, rest),
        };
        hit |= (low..=high).contains(&c);
        ranges += 1;
        chunk = rest;
    }
}

/// A character of a class; something must stand behind it.
fn class_char(chunk: &[u8]) -> Result<(char, &[u8]), BadPattern> {
    let chunk = match chunk {
        [] | [b'-' | b']', ..] => return Err(BadPattern),
        [b'\\', rest @ ..] => rest,
        _ => chunk,
    };
    if chunk.is_empty() {
        return Err(BadPattern);
    }
    let (c, rest) = first_char(chunk);
    if rest.is_empty() { Err(BadPattern) } else { Ok((c, rest)) }
}

/// The first character of bytes that hold one; a byte that begins none counts as U+FFFD.
fn first_char(bytes: &[u8]) -> (char, &[u8]) {
    let head = &bytes[..bytes.len().min(4)];
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    match valid.chars().next() {
        Some(c) => (c, &bytes[c.len_utf8()..]),
        None => ('\u{fffd}', &bytes[1.min(bytes.len())..]),
    }
}
