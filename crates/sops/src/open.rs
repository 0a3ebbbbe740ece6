//! Decrypting: from a file with a `sops` block to its plain text.

use yaml::{Node, Pair, Span};
use zeroize::Zeroizing;

use crate::block::{self, Layout, layout};
use crate::cipher::{Cipher, Kind, Sealed};
use crate::comments::Levels;
use crate::format::{Format, read, read_again};
use crate::keys::Keyring;
use crate::mac::{self, Expected, Mac};
use crate::marks::Source;
use crate::metadata::Metadata;
use crate::splice::{Splices, Wiped};
use crate::style::{Opened, restore};
use crate::value::Scalar;
use crate::walk::{Leaf, walk};
use crate::{Error, Note, Result, large, pieces};

/// The most text that is taken (bytes).
pub const MAX_TEXT: usize = 256 << 20;

/// A decrypted file.
pub struct Decrypted {
    /// The plain text; wiped when dropped.
    pub text: Zeroizing<String>,
    /// What its block said.
    pub metadata: Metadata,
    /// What could not be decrypted but is no error: comments.
    pub notes: Vec<Note>,
}

/// Reads the `sops` block of a text; none when it has none.
///
/// # Errors
/// Those of the reader, and `sops/metadata`.
pub fn inspect(text: &str, format: Format) -> Result<Option<Metadata>> {
    metadata_in(&read(text, format.encrypted())?)
}

/// Decrypts a YAML file and checks its integrity code.
///
/// # Errors
/// `sops/not-encrypted`, `sops/no-identity`, `sops/tampered` (a value that was altered or moved), `sops/mac-mismatch`
/// and `sops/no-mac` (not with `ignore_mac`), and those of the YAML reader.
pub fn decrypt(text: &str, keyring: &Keyring, ignore_mac: bool) -> Result<Decrypted> {
    decrypt_as(text, Format::Yaml, keyring, ignore_mac)
}

/// As [`decrypt`], for a text format. Of a file of bytes it gives the JSON with its value; see
/// [`open_binary`](crate::open_binary).
///
/// # Errors
/// As [`decrypt`].
pub fn decrypt_as(text: &str, format: Format, keyring: &Keyring, ignore_mac: bool) -> Result<Decrypted> {
    if text.len() >= pieces::LARGE
        && let Some(opened) = large::decrypt(text, format.encrypted(), keyring, ignore_mac, pieces::PIECE)?
    {
        return Ok(opened);
    }
    let stream = read(text, format.encrypted())?;
    let metadata = metadata_of(&stream)?;
    let cipher = Cipher::new(&keyring.data_key(&metadata)?);
    let opened = open(text, &stream, &metadata, &cipher, &mut |_| {})?;
    if !ignore_mac {
        check_mac(&metadata, &cipher, &opened.mac)?;
    }
    Ok(Decrypted { text: opened.text, metadata, notes: opened.notes })
}

/// The block of the first document, which is the one that counts.
pub(crate) fn metadata_in(stream: &Wiped) -> Result<Option<Metadata>> {
    stream.documents.first().map_or(Ok(None), |first| Metadata::from_root(&first.root, stream.format))
}

/// As [`metadata_in`]; that there is none is an error.
pub(crate) fn metadata_of(stream: &Wiped) -> Result<Metadata> {
    metadata_in(stream)?.ok_or_else(|| {
        Error::new("sops/not-encrypted", "the file has no sops block: it is not encrypted")
            .with_help("encrypt it with `secrets encrypt`")
    })
}

/// Compares the integrity code of the file with the one that its values give.
pub(crate) fn check_mac(metadata: &Metadata, cipher: &Cipher, computed: &str) -> Result<()> {
    let mismatch = || {
        Error::new("sops/mac-mismatch", "the integrity code (mac) does not fit the file: values were changed, moved or removed after it was encrypted")
            .with_help("restore the file from version control; --ignore-mac decrypts it all the same")
    };
    if metadata.mac.is_empty() {
        return Err(Error::new("sops/no-mac", "the file has no integrity code (mac)")
            .with_help("--ignore-mac decrypts it all the same"));
    }
    let sealed = Sealed::parse(&metadata.mac).ok_or_else(mismatch)?;
    let stored = cipher.open(&sealed, &metadata.mac_aad()).ok_or_else(mismatch)?;
    if mac::equal(&stored, computed.as_bytes()) { Ok(()) } else { Err(mismatch()) }
}

/// A text with its values decrypted and its blocks removed.
pub(crate) struct OpenedText {
    pub(crate) text: Zeroizing<String>,
    pub(crate) mac: String,
    pub(crate) notes: Vec<Note>,
}

/// A value or comment that was opened.
pub(crate) struct Seen<'o> {
    /// What it is bound to.
    pub(crate) aad: &'o str,
    /// Its type.
    pub(crate) kind: Kind,
    /// Its value.
    pub(crate) value: &'o Scalar,
    /// What was sealed: the value's text as it was written.
    pub(crate) plain: &'o Zeroizing<String>,
    /// The `ENC[…]` text.
    pub(crate) text: &'o str,
}

/// Called for all that is opened.
pub(crate) type OnSeen<'s> = dyn FnMut(Seen) + 's;

/// Decrypts with a known key, and reads the plain text again to see that it holds what was opened. The integrity code is
/// computed, not compared.
pub(crate) fn open(
    text: &str,
    stream: &Wiped,
    metadata: &Metadata,
    cipher: &Cipher,
    seen: &mut OnSeen,
) -> Result<OpenedText> {
    let mac = Mac::new(metadata.mac_only_encrypted);
    let part = open_part(Source::Plain(text), stream, metadata, cipher, (layout(text, stream), mac), seen)?;
    let mac = part.mac.finish();
    verify(&part.text, stream.format, metadata, Expected::Code(&mac))?;
    Ok(OpenedText { text: part.text, mac, notes: part.notes })
}

/// What [`open_part`] gives.
pub(crate) struct OpenedPart {
    pub(crate) text: Zeroizing<String>,
    pub(crate) mac: Mac,
    pub(crate) notes: Vec<Note>,
    /// Whether a list held comments alone, as far as this part shows it.
    pub(crate) emptied_list: bool,
}

/// As [`open`], for a part of a text, of which only the whole tells how it is laid out, or for who knows the plain text: it
/// is not read again.
pub(crate) fn open_part(
    source: Source,
    stream: &Wiped,
    metadata: &Metadata,
    cipher: &Cipher,
    (layout, mac): (Layout, Mac),
    seen: &mut OnSeen,
) -> Result<OpenedPart> {
    let text = source.text();
    let splices = Splices::default();
    let mut opener =
        Opener { text, source, cipher, mac, splices, notes: Vec::new(), layout, lists: Vec::new() };
    let levels = walk(stream, text, &metadata.selector, &mut |leaf| opener.leaf(&leaf, seen))?;
    let entries = |document| block::entries(document, stream.format);
    let blocks: Vec<_> = stream.documents.iter().flat_map(|document| entries(&document.root)).collect();
    opener.comments(stream, &levels, &blocks, seen);
    let emptied_list = opener.close_emptied_lists();
    block::remove(text, stream, layout, &mut opener.splices);
    if !source.all_opened() {
        return Err(internal("a mark would be left"));
    }
    let text = opener.splices.apply(text).ok_or_else(|| internal("replacements overlap"))?;
    Ok(OpenedPart { text, mac: opener.mac, notes: opener.notes, emptied_list })
}

/// The plain text must hold the very values that were opened.
pub(crate) fn verify(plain: &str, format: Format, metadata: &Metadata, expected: Expected) -> Result<()> {
    let stream = read_again(plain, format).map_err(|_| internal("the plain text cannot be read back"))?;
    verify_stream(plain, &stream, metadata, expected)
}

/// As [`verify`], for a text that was read.
pub(crate) fn verify_stream(
    plain: &str,
    stream: &Wiped,
    metadata: &Metadata,
    expected: Expected,
) -> Result<()> {
    let mut mac = Mac::expecting(expected, metadata.mac_only_encrypted);
    walk(stream, plain, &metadata.selector, &mut |leaf| {
        mac.add(&Scalar::from_node(leaf.node)?, leaf.chosen);
        Ok(())
    })
    .map_err(|_| internal("the plain text cannot be read back"))?;
    if mac.comes_to(expected) {
        Ok(())
    } else {
        Err(internal("the plain text would not hold the same values"))
    }
}

fn internal(what: &str) -> Error {
    Error::new("sops/internal", format!("{what}; this is a bug in secrets, and nothing was written"))
        .with_help("use the sops program for this file, and report it")
}

struct Opener<'t> {
    text: &'t str,
    source: Source<'t>,
    cipher: &'t Cipher,
    mac: Mac,
    splices: Splices,
    notes: Vec<Note>,
    layout: Layout,
    /// Lists with comments as items.
    lists: Vec<CommentedList>,
}

struct CommentedList {
    list: Span,
    /// How many of its items are no comments, as far as is known.
    values: usize,
    /// Behind its last comment.
    end: usize,
}

impl Opener<'_> {
    fn leaf(&mut self, leaf: &Leaf, seen: &mut OnSeen) -> Result<()> {
        let read = Scalar::from_node(leaf.node)?;
        let value = match read.kind() {
            Some(kind) if leaf.chosen => match self.opened(leaf, kind, seen)? {
                Some(value) => value,
                None => return Ok(()),
            },
            _ => read,
        };
        self.mac.add(&value, leaf.chosen);
        Ok(())
    }

    /// A chosen value; none when it turns out to be a comment that stands as a list item.
    fn opened(&mut self, leaf: &Leaf, kind: Kind, seen: &mut OnSeen) -> Result<Option<Scalar>> {
        let text = leaf.node.as_str().unwrap_or_default();
        let sealed = self.source.sealed(text).filter(|_| kind == Kind::Str);
        let Some(sealed) = sealed else { return Err(not_sealed(leaf, text)) };
        let place = if leaf.aad.is_empty() { ":" } else { leaf.aad };
        let bytes = self.cipher.open(&sealed, place).ok_or_else(|| tampered(leaf))?;
        let plain = to_text(&bytes).ok_or_else(|| {
            Error::new("sops/value", format!("the value at {} is not UTF-8 text", leaf.path()))
                .at(leaf.node.span)
        })?;
        let value = Scalar::from_sealed(sealed.kind, &plain).ok_or_else(|| {
            Error::new("sops/value", format!("the value at {} does not have the type it names", leaf.path()))
                .at(leaf.node.span)
        })?;
        seen(Seen {
            aad: place,
            kind: sealed.kind,
            value: &value,
            plain: &plain,
            text: &text[..text.len() - sealed.rest.len()],
        });
        self.source.opened(text);
        if sealed.kind == Kind::Comment {
            return self.comment_item(leaf, &plain).map(|()| None);
        }
        if leaf.alias.is_some() {
            return Err(tampered(leaf));
        }
        restore(
            leaf,
            self.text,
            &Opened { sealed: &sealed, value: &value, plain: &plain },
            self.layout,
            &mut self.splices,
        )?;
        Ok(Some(value))
    }

    /// sops writes the comments of lists as items of their own; here they become comments again.
    fn comment_item(&mut self, leaf: &Leaf, plain: &str) -> Result<()> {
        let span = leaf.node.span;
        let list = leaf.list.filter(|list| !list.flow && !leaf.flow && !plain.contains(['\n', '\r']));
        let dash = self.text[..span.start].trim_end_matches([' ', '\t', '\n', '\r']).len();
        let Some(list) = list.filter(|_| self.text[..dash].ends_with('-')) else {
            return Err(Error::new(
                "sops/value",
                format!("a comment stands at {} where none can be written", leaf.path()),
            )
            .at(span));
        };
        self.splices.replace(Span::new(dash - 1, span.end), format!("#{plain}"));
        if self.lists.last().is_none_or(|last| last.list != list.span) {
            let items = list.as_sequence().map_or(0, <[Node]>::len);
            self.lists.push(CommentedList { list: list.span, values: items, end: 0 });
        }
        if let Some(last) = self.lists.last_mut() {
            last.values = last.values.saturating_sub(1);
            last.end = span.end;
        }
        Ok(())
    }

    /// A list of comments alone is an empty list, not a missing value. Whether there was one.
    fn close_emptied_lists(&mut self) -> bool {
        let mut found = false;
        for emptied in self.lists.iter().filter(|list| list.values == 0) {
            let column = crate::walk::column(self.text, emptied.list.start).max(1);
            self.splices.insert(emptied.end, format!("{}{}[]", self.layout.eol, " ".repeat(column)));
            found = true;
        }
        found
    }

    fn comments(&mut self, stream: &Wiped, levels: &Levels, blocks: &[&Pair], seen: &mut OnSeen) {
        for comment in &stream.comments {
            let span = comment.span;
            let in_block =
                blocks.iter().any(|b| b.key.span.start <= span.start && span.end <= b.value.span.end);
            let Some(sealed) = self.source.sealed(&comment.text).filter(|_| !in_block) else { continue };
            let opened = levels.candidates(comment, self.text).into_iter().find_map(|aad| {
                let text = to_text(&self.cipher.open(&sealed, aad)?)?;
                let dotenv = stream.format == Format::Dotenv;
                let one_line = |text: &str| !text.contains('\n') && (dotenv || !text.contains('\r'));
                Some((aad.to_owned(), text)).filter(|(_, text)| one_line(text))
            });
            match opened {
                Some((aad, plain)) => {
                    let value = Scalar::Str(plain.clone());
                    let text = &comment.text[..comment.text.len() - sealed.rest.len()];
                    seen(Seen { aad: &aad, kind: Kind::Comment, value: &value, plain: &plain, text });
                    let end = span.end - sealed.rest.len();
                    self.source.opened(&comment.text);
                    self.splices.replace(Span::new(span.start + 1, end), plain.to_string());
                }
                None => self.notes.push(Note {
                    code: "sops/comment",
                    span,
                    message: "this comment cannot be decrypted and stays as it is".to_owned(),
                }),
            }
        }
    }
}

fn to_text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    std::str::from_utf8(bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

fn not_sealed(leaf: &Leaf, text: &str) -> Error {
    let broken = Sealed::looks_like(text);
    let what = if broken { "is damaged" } else { "is not encrypted, although the file's rule chooses it" };
    Error::new("sops/value", format!("the value at {} {what}", leaf.path()))
        .at(leaf.node.span)
        .with_help("restore the file from version control, or encrypt it anew from its plain text")
}

fn tampered(leaf: &Leaf) -> Error {
    Error::new(
        "sops/tampered",
        format!(
            "the value at {} cannot be decrypted: it was altered, or moved from another key",
            leaf.path()
        ),
    )
    .at(leaf.node.span)
    .with_help("restore the file from version control")
}
