//! Encrypting and decrypting a large text piece by piece, on all cores. Every function gives none where that cannot be
//! done, or where anything in the text is wrong: then the whole text is read, which gives the error with its place.

use std::hash::RandomState;
use std::io::Write;

use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::block::{self, Layout, layout};
use crate::cipher::{Cipher, Kind};
use crate::config::Rule;
use crate::format::{Format, read, read_again};
use crate::keys::Keyring;
use crate::mac::Mac;
use crate::marks::{Marked, Source};
use crate::metadata::Metadata;
use crate::open::{Decrypted, check_mac, metadata_in, open_part, verify_stream};
use crate::pieces::{Joints, Piece, Seam, cut, seam};
use crate::seal::{check, new_metadata, seal_part};
use crate::splice::Wiped;
use crate::{Error, Note, Result};

/// How many pieces each core makes before they are written.
const BATCH: usize = 8;

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
    let mut put = |part: Part| sink.write_all(part.text.as_bytes()).map_err(|error| unwritable(&error));
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
        parts.push(part.text);
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
    let mut plain = Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
    for part in parts {
        plain.push_str(&part);
    }
    Ok(Some(Decrypted { text: plain, metadata, notes: whole.notes }))
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::new("io/write", format!("the encrypted text cannot be written: {error}"))
}

/// What became of a piece.
struct Part {
    text: Zeroizing<String>,
    /// What goes into the integrity code.
    values: Zeroizing<Vec<u8>>,
    notes: Vec<Note>,
    /// The edges of what was read, and of what was made of it where that is not plain.
    seams: (Seam, Option<Seam>),
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

/// Makes pieces, a batch at a time, and gives them to `put` in their order.
fn each(
    pieces: &[Piece],
    whole: &mut Whole,
    make: impl Fn(&Piece) -> Option<Part> + Sync,
    put: &mut dyn FnMut(Part) -> Result<()>,
) -> Result<Option<()>> {
    for batch in pieces.chunks(BATCH * rayon::current_num_threads()) {
        let parts: Vec<_> = batch.par_iter().map(&make).collect();
        for part in parts {
            let Some(part) = part.and_then(|part| whole.take(part)) else { return Ok(None) };
            put(part)?;
        }
    }
    Ok(Some(()))
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
        let (values, code) = mac.finish_recorded();
        self.checked(piece, &text, &splices.apply(&text)?, (values, &code), seam)
    }

    /// With the block, whose integrity code is over all pieces.
    fn seal_last(&self, piece: &Piece, whole: &mut Whole, indent: usize) -> Result<Option<Part>> {
        let text = piece.text(self.text);
        let Some(stream) = self.read(&text) else { return Ok(None) };
        let Some(seam) = seam(&stream, &text, piece, &self.hasher) else { return Ok(None) };
        let Ok((mut splices, mac)) = seal_part(&text, &stream, self.metadata, self.cipher) else {
            return Ok(None);
        };
        let (values, code) = mac.finish_recorded();
        let mut total = whole.mac.clone();
        total.add_bytes(&values);
        let mut metadata = self.metadata.clone();
        metadata.mac = self.cipher.seal(total.finish().as_bytes(), &metadata.mac_aad(), Kind::Str)?;
        block::append(&text, &stream, &metadata, indent, &mut splices);
        drop(stream);
        let sealed = splices.apply(&text);
        let part = sealed.and_then(|sealed| self.checked(piece, &text, &sealed, (values, &code), seam));
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
        sealed: &str,
        (values, code): (Zeroizing<Vec<u8>>, &str),
        seam: Seam,
    ) -> Option<Part> {
        let check = |sealed: Source| check(text, self.format, sealed, self.metadata, self.cipher, code).ok();
        let marked = Marked::new(sealed).and_then(|marked| check(Source::Marked(&marked)));
        let notes = marked.or_else(|| check(Source::Plain(sealed)))?;
        let outer = |note: Note| Note { span: piece.outer(note.span), ..note };
        let notes = notes.into_iter().map(outer).collect();
        Some(Part { text: piece.result(sealed)?, values, notes, seams: (seam, None) })
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
        let (values, code) = part.mac.finish_recorded();
        let plain = read_again(&part.text, self.format).ok()?;
        verify_stream(&part.text, &plain, self.metadata, &code).ok()?;
        let read = seam(stream, text, piece, &self.hasher)?;
        let made = seam(&plain, &part.text, piece, &self.hasher)?;
        let outer = |note: Note| Note { span: piece.outer(note.span), ..note };
        let notes = part.notes.into_iter().map(outer).collect();
        Some(Part { text: piece.result(&part.text)?, values, notes, seams: (read, Some(made)) })
    }
}

#[cfg(test)]
mod tests;
