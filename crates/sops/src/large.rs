//! Encrypting and decrypting a large text piece by piece, on all cores. Every function gives none where that cannot be
//! done, or where anything in the text is wrong: then the whole text is read, which gives the error with its place.

use std::collections::VecDeque;
use std::hash::RandomState;
use std::io::Write;
use std::ops::Range;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use zeroize::Zeroizing;

use crate::block::{self, Layout, layout};
use crate::cipher::{Cipher, Kind};
use crate::config::Rule;
use crate::format::{Format, read, read_again};
use crate::keys::Keyring;
use crate::mac::{Expected, Mac};
use crate::marks::{Marked, Source};
use crate::metadata::Metadata;
use crate::open::{Decrypted, check_mac, metadata_in, open_part, verify_stream};
use crate::pieces::{Joints, Piece, Seam, cut, seam};
use crate::seal::{check, new_metadata, seal_part};
use crate::splice::Wiped;
use crate::{Error, Note, Result};

/// How many pieces may be made, for each core, before the first of them is written.
const AHEAD: usize = 4;

/// As [`crate::encrypt_to`], cut in pieces of at least `size` bytes.
pub(crate) fn encrypt(
    text: &str,
    format: Format,
    rule: &Rule,
    now: &str,
    (sink, size): (&mut dyn Write, usize),
) -> Result<Option<Vec<Note>>> {
    // Comments that choose speak of what may stand pieces away.
    let pieces = if rule.selector.by_comment() { None } else { cut(text, format, size) };
    let Some((last, others)) = pieces.as_deref().and_then(<[_]>::split_last) else { return Ok(None) };
    let (metadata, key) = new_metadata(rule, now)?;
    let cipher = Cipher::new(&key);
    let mut whole = Whole::new(metadata.mac_only_encrypted);
    let work = Work { text, format, metadata: &metadata, cipher: &cipher, hasher: whole.joints.hasher() };
    let mut put = |part: Part| part.write(sink).map_err(|error| unwritable(&error));
    let made = each(others, &mut whole, |piece| work.seal(piece), &mut put)?;
    if made.is_none() {
        return Ok(None);
    }
    let Some(part) = work.seal_last(last, &mut whole, rule.indent)? else { return Ok(None) };
    put(part)?;
    Ok(Some(whole.notes))
}

/// As [`crate::decrypt_as`], cut in pieces of at least `size` bytes.
pub(crate) fn decrypt(
    text: &str,
    format: Format,
    keyring: &Keyring,
    ignore_mac: bool,
    size: usize,
) -> Result<Option<Decrypted>> {
    let pieces = cut(text, format, size);
    let Some((last, others)) = pieces.as_deref().and_then(<[_]>::split_last) else { return Ok(None) };
    let end = last.text(text);
    let Ok(stream) = read(&end, format) else { return Ok(None) };
    let Ok(Some(metadata)) = metadata_in(&stream) else { return Ok(None) };
    if metadata.selector.by_comment() {
        return Ok(None);
    }
    let laid_out = Layout { is_whole: false, ..layout(&end, &stream) };
    let cipher = Cipher::new(&keyring.data_key(&metadata)?);
    let mut whole = Whole::new(metadata.mac_only_encrypted);
    let work = Work { text, format, metadata: &metadata, cipher: &cipher, hasher: whole.joints.hasher() };
    let mut parts = Vec::new();
    let mut put = |part: Part| {
        parts.push(part);
        Ok(())
    };
    let made = each(others, &mut whole, |piece| work.open(piece, laid_out), &mut put)?;
    let last = made.and_then(|()| work.open_stream(last, Source::Plain(&end), &stream, laid_out));
    let Some(part) = last.and_then(|part| whole.take(part)) else { return Ok(None) };
    put(part)?;
    if !ignore_mac {
        check_mac(&metadata, &cipher, &whole.mac.finish())?;
    }
    // Large enough from the start: a buffer that grows leaves copies behind.
    let length = parts.iter().map(|part| part.body.len() + part.between.len()).sum();
    let mut plain = Zeroizing::new(String::with_capacity(length));
    for part in parts {
        plain.push_str(&part.text[part.body]);
        plain.push_str(part.between);
    }
    Ok(Some(Decrypted { text: plain, metadata, notes: whole.notes }))
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::new("io/write", format!("the encrypted text cannot be written: {error}"))
}

/// What became of a piece.
struct Part {
    text: Zeroizing<String>,
    /// What of the text stands for the piece.
    body: Range<usize>,
    /// What stands between it and the next one.
    between: &'static str,
    /// What goes into the integrity code.
    values: Zeroizing<Vec<u8>>,
    notes: Vec<Note>,
    /// The edges of what was read, and of what was made of it where that is not plain.
    seams: (Seam, Option<Seam>),
}

impl Part {
    fn write(&self, sink: &mut dyn Write) -> std::io::Result<()> {
        sink.write_all(self.text[self.body.clone()].as_bytes())?;
        sink.write_all(self.between.as_bytes())
    }
}

/// What the pieces so far come to.
struct Whole {
    joints: Joints,
    made: Joints,
    mac: Mac,
    notes: Vec<Note>,
}

impl Whole {
    fn new(mac_only_encrypted: bool) -> Self {
        Self {
            joints: Joints::default(),
            made: Joints::default(),
            mac: Mac::new(mac_only_encrypted),
            notes: Vec::new(),
        }
    }

    /// Adds the next part; none when it does not go on where the one before ended.
    fn take(&mut self, mut part: Part) -> Option<Part> {
        let (read, made) = &part.seams;
        if !self.joints.join(read) || made.as_ref().is_some_and(|made| !self.made.join(made)) {
            return None;
        }
        self.mac.add_bytes(&part.values);
        self.notes.append(&mut part.notes);
        Some(part)
    }
}

/// Makes pieces on all cores and gives them to `put` in their order, while others are made.
fn each(
    pieces: &[Piece],
    whole: &mut Whole,
    make: impl Fn(&Piece) -> Option<Part> + Sync,
    put: &mut dyn FnMut(Part) -> Result<()>,
) -> Result<Option<()>> {
    let make = &make;
    rayon::in_place_scope(|scope| {
        let mut making = VecDeque::new();
        let mut pieces = pieces.iter();
        loop {
            let room = AHEAD * rayon::current_num_threads() - making.len();
            for piece in pieces.by_ref().take(room) {
                let (made, part) = sync_channel(1);
                // Nobody waits for it any more where a piece before could not be made.
                scope.spawn(move |_| drop(made.send(make(piece))));
                making.push_back(part);
            }
            let Some(next) = making.pop_front() else { return Ok(Some(())) };
            let Some(part) = wait(&next).flatten().and_then(|part| whole.take(part)) else { return Ok(None) };
            put(part)?;
        }
    })
}

/// What another thread makes. One of rayon's own threads works meanwhile: it may be the only one that could make it.
fn wait<T>(made: &Receiver<T>) -> Option<T> {
    loop {
        match made.try_recv() {
            Ok(made) => return Some(made),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        match rayon::yield_now() {
            None => return made.recv().ok(),
            Some(rayon::Yield::Idle) => std::thread::yield_now(),
            Some(rayon::Yield::Executed) => {}
        }
    }
}

/// What the making of all pieces has in common.
struct Work<'w> {
    text: &'w str,
    format: Format,
    metadata: &'w Metadata,
    cipher: &'w Cipher,
    hasher: RandomState,
}

impl Work<'_> {
    fn seal(&self, piece: &Piece) -> Option<Part> {
        let text = piece.text(self.text);
        let stream = self.read(&text)?;
        let seam = seam(&stream, &text, piece, &self.hasher)?;
        let (splices, mac) = seal_part(&text, &stream, self.metadata, self.cipher).ok()?;
        drop(stream);
        self.checked(piece, &text, splices.apply(&text)?, mac.into_values(), seam)
    }

    /// With the block, whose integrity code is over all pieces.
    fn seal_last(&self, piece: &Piece, whole: &mut Whole, indent: usize) -> Result<Option<Part>> {
        let text = piece.text(self.text);
        let Some(stream) = self.read(&text) else { return Ok(None) };
        let Some(seam) = seam(&stream, &text, piece, &self.hasher) else { return Ok(None) };
        let Ok((mut splices, mac)) = seal_part(&text, &stream, self.metadata, self.cipher) else {
            return Ok(None);
        };
        let values = mac.into_values();
        let mut total = whole.mac.clone();
        total.add_bytes(&values);
        let mut metadata = self.metadata.clone();
        metadata.mac = self.cipher.seal(total.finish().as_bytes(), &metadata.mac_aad(), Kind::Str)?;
        block::append(&text, &stream, &metadata, indent, &mut splices);
        drop(stream);
        let sealed = splices.apply(&text);
        let part = sealed.and_then(|sealed| self.checked(piece, &text, sealed, values, seam));
        Ok(part.and_then(|part| whole.take(part)))
    }

    /// A piece that holds no block.
    fn read(&self, text: &str) -> Option<Wiped> {
        let stream = read(text, self.format).ok()?;
        let blocks = |document: &yaml::Document| !block::entries(&document.root, self.format).is_empty();
        (!stream.documents.iter().any(blocks)).then_some(stream)
    }

    /// Decrypts what was made of a piece, which must come back.
    fn checked(
        &self,
        piece: &Piece,
        text: &str,
        sealed: Zeroizing<String>,
        values: Zeroizing<Vec<u8>>,
        seam: Seam,
    ) -> Option<Part> {
        let expected = Expected::Values(&values);
        let check =
            |sealed: Source| check(text, self.format, sealed, self.metadata, self.cipher, expected).ok();
        let marked = Marked::new(&sealed).and_then(|marked| check(Source::Marked(&marked)));
        let notes = marked.or_else(|| check(Source::Plain(&sealed)))?;
        let outer = |note: Note| Note { span: piece.outer(note.span), ..note };
        let notes = notes.into_iter().map(outer).collect();
        Some(Part {
            body: piece.body(&sealed)?,
            text: sealed,
            values,
            notes,
            seams: (seam, None),
            between: piece.between,
        })
    }

    fn open(&self, piece: &Piece, laid_out: Layout) -> Option<Part> {
        let text = piece.text(self.text);
        let open = |source: Source| {
            let stream = self.read(source.text())?;
            self.open_stream(piece, source, &stream, laid_out)
        };
        let marked = Marked::new(&text).and_then(|marked| open(Source::Marked(&marked)));
        marked.or_else(|| open(Source::Plain(&text)))
    }

    /// Decrypts a piece, and reads the plain text again to see that it holds what was opened.
    fn open_stream(&self, piece: &Piece, source: Source, stream: &Wiped, laid_out: Layout) -> Option<Part> {
        let text = source.text();
        let mac = Mac::recording(self.metadata.mac_only_encrypted, text.len() / 4);
        let part =
            open_part(source, stream, self.metadata, self.cipher, (laid_out, mac), &mut |_| {}).ok()?;
        // Its other items may stand in the next piece.
        if part.emptied_list {
            return None;
        }
        let values = part.mac.into_values();
        let plain = read_again(&part.text, self.format).ok()?;
        verify_stream(&part.text, &plain, self.metadata, Expected::Values(&values)).ok()?;
        let read = seam(stream, text, piece, &self.hasher)?;
        let made = seam(&plain, &part.text, piece, &self.hasher)?;
        let outer = |note: Note| Note { span: piece.outer(note.span), ..note };
        let notes = part.notes.into_iter().map(outer).collect();
        Some(Part {
            body: piece.body(&part.text)?,
            text: part.text,
            values,
            notes,
            seams: (read, Some(made)),
            between: piece.between,
        })
    }
}

#[cfg(test)]
mod tests;
