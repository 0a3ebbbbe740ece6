//! Encrypting: `ENC[…]` spliced in for every chosen value and comment, a `sops` block appended to every document, and
//! nothing else touched. The result is decrypted again before it is given out.

use yaml::{Kind as NodeKind, Node, ScalarStyle, Span, Stream};
use zeroize::Zeroizing;

use crate::block::{self, layout};
use crate::cipher::{Cipher, DataKey, Kind, Sealed};
use crate::config::Rule;
use crate::format::{Format, read, read_again};
use crate::keys::{MasterKey, Recipient, wrap};
use crate::mac::{Expected, Mac};
use crate::marks::Source;
use crate::metadata::{FORMAT_VERSION, Metadata};
use crate::open::{open_part, verify};
use crate::reuse::Kept;
use crate::splice::{Splices, Wiped};
use crate::style::{carry, flow_copy};
use crate::value::Scalar;
use crate::walk::{Leaf, head, path_of, walk};
use crate::{Error, Note, Result, Selector, SelectorKind, go_reads, large, pieces};

/// An encrypted file.
#[derive(Debug, Clone)]
pub struct Encrypted {
    /// The text of the file.
    pub text: String,
    /// Places that will come back in another spelling (the same value) when the file is decrypted.
    pub notes: Vec<Note>,
    /// What was kept of a previous file, where one was given.
    pub reused: Reused,
}

/// How much of a previous file was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reused {
    /// Nothing; there was none, or its keys or rules differ from what the configuration says.
    Nothing,
    /// The data key, and the text of the values that did not change.
    Unchanged,
    /// Every value, so that the block stayed too.
    All,
}

/// Encrypts a YAML file with a new data key.
///
/// `now` is the time to record, RFC 3339 in whole seconds, UTC.
///
/// # Errors
/// `sops/already-encrypted`, `sops/empty`, `sops/root`, `sops/alias`, `sops/number-range`, `sops/key-type`,
/// `sops/other-keys`, `sops/recipient`, and those of the reader. No output then.
pub fn encrypt(text: &str, rule: &Rule, now: &str) -> Result<Encrypted> {
    encrypt_as(text, Format::Yaml, rule, now)
}

/// As [`encrypt`], for a text format; see [`encrypt_binary`](crate::encrypt_binary) for bytes.
///
/// # Errors
/// As [`encrypt`].
pub fn encrypt_as(text: &str, format: Format, rule: &Rule, now: &str) -> Result<Encrypted> {
    let mut sealed = Vec::new();
    if let Some(notes) = encrypt_to(text, format, rule, now, &mut sealed)? {
        let text = String::from_utf8(sealed).map_err(|_| internal("the encrypted text is no text"))?;
        return Ok(Encrypted { text, notes, reused: Reused::Nothing });
    }
    let plain = read_plain(text, format)?;
    let metadata = new_metadata(rule, now)?;
    encrypt_stream(plain, rule.indent, metadata, None)
}

/// As [`encrypt_as`], written to a sink as it is made, which takes far less memory; none, and what was written is worth
/// nothing, for a text that is not large or cannot be taken in pieces.
///
/// # Errors
/// As [`encrypt_as`], and `io/write`.
pub fn encrypt_to(
    text: &str,
    format: Format,
    rule: &Rule,
    now: &str,
    sink: &mut dyn std::io::Write,
) -> Result<Option<Vec<Note>>> {
    if text.len() < pieces::LARGE {
        return Ok(None);
    }
    large::encrypt(text, format, rule, now, (sink, pieces::PIECE))
}

/// Whether a plain text can be read at all, for who has it before them.
///
/// # Errors
/// Those of [`encrypt`] about the text.
pub fn check_plain(text: &str, format: Format) -> Result<()> {
    read_plain(text, format).map(drop)
}

/// A plain text and what it holds.
pub(crate) struct Plain<'t> {
    given: &'t str,
    /// Another spelling of the same data, where the given one cannot be followed by a block.
    respelled: Option<Zeroizing<String>>,
    pub(crate) stream: Wiped,
}

/// The plain text, parsed, when it can be encrypted at all.
pub(crate) fn read_plain(text: &str, format: Format) -> Result<Plain<'_>> {
    let stream = checked(text, format)?;
    let Some(at) = open_end(text, &stream).filter(|_| format == Format::Yaml) else {
        return Ok(Plain { given: text, respelled: None, stream });
    };
    // `|` or `|+` becomes `|-`: the value has no line break at its end as long as nothing follows it.
    let mut respelled = Zeroizing::new(String::with_capacity(text.len() + 1));
    respelled.push_str(&text[..at]);
    respelled.push('-');
    respelled.push_str(text[at..].strip_prefix('+').unwrap_or(&text[at..]));
    let stream = checked(&respelled, format)?;
    Ok(Plain { given: text, respelled: Some(respelled), stream })
}

/// Where the chomping of the block scalar stands that the text ends in, without a line break: such a value has none
/// either, but would get one from what is put behind it.
fn open_end(text: &str, stream: &Stream) -> Option<usize> {
    if text.ends_with('\n') {
        return None;
    }
    let mut node = &stream.documents.last()?.root;
    loop {
        node = match &node.kind {
            NodeKind::Mapping(pairs) => &pairs.last()?.value,
            NodeKind::Sequence(items) => items.last()?,
            NodeKind::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) => break,
            _ => return None,
        };
    }
    let header = text[node.span.range()].lines().next()?;
    let header = header.split_whitespace().next()?;
    let reaches_the_end = text[node.span.end..].trim_matches([' ', '\t']).is_empty();
    let chomping = header.find('+').unwrap_or(header.len());
    (reaches_the_end && !header.contains('-') && text[node.span.range()].contains('\n'))
        .then_some(node.span.start + chomping)
}

fn checked(text: &str, format: Format) -> Result<Wiped> {
    let stream = read(text, format)?;
    if format == Format::Yaml {
        go_reads::check(text, &stream)?;
    }
    if stream.documents.is_empty() {
        return Err(Error::new("sops/empty", "there is no document to encrypt")
            .with_help("the text is empty or holds comments only"));
    }
    for document in &stream.documents {
        let entries = block::entries(&document.root, format);
        if let Some(first) = entries.first() {
            return Err(already(&entries, format).at(first.key.span));
        }
    }
    Ok(stream)
}

fn already(entries: &[&yaml::Pair], format: Format) -> Error {
    let dotenv = format == Format::Dotenv;
    let encrypted = if dotenv {
        entries.iter().any(|pair| pair.key.as_str() == Some("sops_mac"))
    } else {
        entries.iter().any(|pair| pair.value.get("mac").is_some())
    };
    if encrypted {
        return Error::new("sops/already-encrypted", "the file is already encrypted")
            .with_help("change it with `secrets edit`, or decrypt it first");
    }
    let key = if dotenv { "a key that begins with `sops_`" } else { "a top-level key `sops`" };
    Error::new("sops/already-encrypted", format!("{key} stands where the sops block must go"))
        .with_help("give the key another name")
}

/// The block of a new file, still without its integrity code, and its data key.
pub(crate) fn new_metadata(rule: &Rule, now: &str) -> Result<(Metadata, DataKey)> {
    let key = DataKey::generate()?;
    let age = recipients(rule)?.iter().map(|recipient| wrap(&key, recipient)).collect::<Result<_>>()?;
    let metadata = Metadata {
        age,
        last_modified: now.to_owned(),
        mac: String::new(),
        selector: rule.selector.clone(),
        mac_only_encrypted: rule.mac_only_encrypted,
        shamir_threshold: rule.shamir_threshold,
        version: FORMAT_VERSION.to_owned(),
        extra: yaml::Mapping::new(),
    };
    Ok((metadata, key))
}

/// The recipients of a rule.
///
/// # Errors
/// `sops/no-recipients`, `sops/other-keys` for several groups and for keys of other kinds, `sops/recipient`.
pub(crate) fn recipients(rule: &Rule) -> Result<Vec<Recipient>> {
    let other = |what: String| {
        Error::new("sops/other-keys", format!("{what} not built in"))
            .with_help("install the sops program, to which such files are handed")
    };
    let group = match rule.groups.as_slice() {
        [] => &Vec::new(),
        [group] => group,
        _ => return Err(other("several key groups (Shamir's secret sharing) are".to_owned())),
    };
    if group.is_empty() {
        return Err(Error::new("sops/no-recipients", "no recipient is given to encrypt for")
            .with_help("name one in .sops.yaml (age: age1…), with --age or in SOPS_AGE_RECIPIENTS"));
    }
    group
        .iter()
        .map(|key| match key {
            MasterKey::Age(text) => Recipient::parse(text),
            MasterKey::Other(kind) => Err(other(format!("{kind} keys are"))),
        })
        .collect()
}

/// The replacements that encrypt a part of a text, and what stands in it; [`check`] is still to be made.
pub(crate) fn seal_part(
    text: &str,
    stream: &Wiped,
    metadata: &Metadata,
    cipher: &Cipher,
) -> Result<(Splices, Mac)> {
    if stream.format == Format::Yaml {
        go_reads::check(text, stream)?;
    }
    let mut sealer = Sealer::new(text, stream.format, cipher, metadata, None);
    sealer.mac = Mac::recording(metadata.mac_only_encrypted, text.len());
    let levels = walk(stream, text, &metadata.selector, &mut |leaf| sealer.leaf(&leaf))?;
    sealer.comments(stream, &levels)?;
    sealer.finish().map(|(splices, mac, _)| (splices, mac))
}

/// Encrypts with a given block and data key; `kept` gives the text of values that a previous file has already.
pub(crate) fn encrypt_stream(
    plain: Plain,
    indent: usize,
    (mut metadata, key): (Metadata, DataKey),
    mut kept: Option<Kept>,
) -> Result<Encrypted> {
    let Plain { given, respelled: other, stream } = plain;
    let text = other.as_ref().map_or(given, |text| text.as_str());
    let cipher = Cipher::new(&key);
    let mut sealer = Sealer::new(text, stream.format, &cipher, &metadata, kept.as_mut());
    let levels = walk(&stream, text, &metadata.selector, &mut |leaf| sealer.leaf(&leaf))?;
    sealer.comments(&stream, &levels)?;
    drop(levels);
    stream.documents.iter().for_each(|document| alias_keys(&document.root, &mut sealer.shown));
    let (mut splices, mac, fresh) = sealer.finish()?;
    let mac = mac.finish();
    let reused = match &kept {
        None => Reused::Nothing,
        Some(kept) if fresh == 0 && kept.mac == mac => Reused::All,
        Some(_) => Reused::Unchanged,
    };
    if let (Some(kept), false) = (kept, reused == Reused::All) {
        metadata.last_modified = kept.now;
        FORMAT_VERSION.clone_into(&mut metadata.version);
    }
    if reused != Reused::All {
        metadata.mac = cipher.seal(mac.as_bytes(), &metadata.mac_aad(), Kind::Str)?;
    }
    block::append(text, &stream, &metadata, indent, &mut splices);
    let format = stream.format;
    // A large file's nodes are many times its size.
    drop(stream);
    let sealed = splices.apply(text).ok_or_else(|| internal("replacements overlap"))?;
    let mut notes = check(text, format, Source::Plain(&sealed), &metadata, &cipher, Expected::Code(&mac))?;
    if other.is_some() {
        let end = given.len();
        let start = given.rfind('\n').map_or(0, |at| at + 1);
        let message =
            "the block at the end of the text gets `-`, since it ends without a line break".to_owned();
        notes.push(Note { code: "sops/respelled", span: Span::new(start, end), message });
    }
    let mut sealed = sealed;
    // Nothing in it is secret.
    Ok(Encrypted { text: std::mem::take(&mut *sealed), notes, reused })
}

struct Sealer<'t, 'k> {
    text: &'t str,
    format: Format,
    selector: Selector,
    cipher: &'t Cipher,
    mac: Mac,
    splices: Splices,
    kept: Option<&'k mut Kept>,
    /// How many texts were made anew.
    fresh: usize,
    /// Spans of the scalars that were encrypted in place, in order.
    sealed: Vec<Span>,
    /// Values that aliases show in the clear: the alias, and the scalar it stands for.
    shown: Vec<(Span, Span, String)>,
    expansions: Vec<Expansion<'t>>,
}

/// An alias whose values are chosen: it is replaced by a copy in flow style.
struct Expansion<'n> {
    alias: &'n Node,
    values: Vec<String>,
    chosen: bool,
}

impl<'t, 'k> Sealer<'t, 'k> {
    fn new(
        text: &'t str,
        format: Format,
        cipher: &'t Cipher,
        metadata: &Metadata,
        kept: Option<&'k mut Kept>,
    ) -> Self {
        Self {
            text,
            format,
            selector: metadata.selector.clone(),
            cipher,
            mac: Mac::new(metadata.mac_only_encrypted),
            splices: Splices::default(),
            kept,
            fresh: 0,
            sealed: Vec::new(),
            shown: Vec::new(),
            expansions: Vec::new(),
        }
    }

    fn leaf(&mut self, leaf: &Leaf<'t, '_>) -> Result<()> {
        let value = Scalar::from_node(leaf.node)?;
        self.mac.add(&value, leaf.chosen);
        let kind = value.kind();
        let enc = match (kind, &value) {
            (Some(kind), Scalar::Str(text)) if leaf.chosen => Some(self.seal(leaf.aad, kind, &value, text)?),
            (Some(kind), _) if leaf.chosen => {
                let written = leaf.node.as_str().unwrap_or_default();
                Some(self.seal(leaf.aad, kind, &value, &value.sealed_text(kind, written))?)
            }
            _ => None,
        };
        match (leaf.alias, enc) {
            (None, None) => {}
            (None, Some(enc)) => {
                self.sealed.push(leaf.node.span);
                carry(leaf, self.text, &value, &enc, self.format, &mut self.splices);
            }
            (Some(alias), enc) => {
                if enc.is_none() && kind.is_some() {
                    self.shown.push((alias.span, leaf.node.span, leaf.path()));
                }
                let chosen = enc.is_some();
                let copy = enc.map_or_else(
                    || flow_copy(leaf.node, kind, &value, self.text),
                    |enc| format!("\"{enc}\""),
                );
                self.expand(alias, copy, chosen);
            }
        }
        Ok(())
    }

    fn expand(&mut self, alias: &'t Node, copy: String, chosen: bool) {
        if self.expansions.last().is_none_or(|last| last.alias.span != alias.span) {
            self.expansions.push(Expansion { alias, values: Vec::new(), chosen: false });
        }
        if let Some(last) = self.expansions.last_mut() {
            last.values.push(copy);
            last.chosen |= chosen;
        }
    }

    fn seal(&mut self, aad: &str, kind: Kind, value: &Scalar, plain: &Zeroizing<String>) -> Result<String> {
        let aad = if aad.is_empty() { ":" } else { aad };
        if let Some(text) = self.kept.as_mut().and_then(|kept| kept.take(aad, kind, value, plain)) {
            return Ok(text);
        }
        self.fresh += 1;
        self.cipher.seal(plain.as_bytes(), aad, kind)
    }

    fn comments(&mut self, stream: &Wiped, levels: &crate::comments::Levels) -> Result<()> {
        let homes = levels.homes(&stream.comments, self.text, true);
        for (comment, home) in stream.comments.iter().zip(homes) {
            let Some(home) = home.filter(|home| home.chosen) else { continue };
            // In dotenv a line is all up to its line feed.
            let text = comment.text.as_str();
            let plain = if self.format == Format::Dotenv { text } else { text.trim_end_matches('\r') };
            if plain.is_empty() || Sealed::looks_like(plain) {
                continue;
            }
            let plain = Zeroizing::new(plain.to_owned());
            let enc = self.seal(home.aad, Kind::Comment, &Scalar::Str(plain.clone()), &plain)?;
            if self.selector.kind() == SelectorKind::UnencryptedCommentRegex && self.selector.matches(&enc) {
                return Err(Error::new("sops/selector", "unencrypted_comment_regex matches encrypted comments too, which then cannot be told apart")
                    .at(comment.span)
                    .with_help("choose a pattern that ENC[AES256_GCM,…] cannot match"));
            }
            let start = comment.span.start + 1;
            self.splices.replace(Span::new(start, start + plain.len()), enc);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(Splices, Mac, usize)> {
        let sealed = |scalar: &Span| self.sealed.binary_search(scalar).is_ok();
        if let Some((alias, _, path)) = self.shown.iter().find(|(_, scalar, _)| sealed(scalar)) {
            return Err(Error::new("sops/alias", format!("the alias at {path} would show a value in the clear that the rule encrypts where it is written"))
                .at(*alias)
                .with_help("write the value out, or let the rule choose both places"));
        }
        for expansion in self.expansions.iter().filter(|expansion| expansion.chosen) {
            let mut values = expansion.values.iter();
            let copy = flow_text(expansion.alias, &mut values);
            self.splices.replace(expansion.alias.span, copy);
        }
        Ok((self.splices, self.mac, self.fresh))
    }
}

/// Aliases that are keys: keys are never encrypted, so each shows the value it stands for.
fn alias_keys(node: &Node, shown: &mut Vec<(Span, Span, String)>) {
    match &node.kind {
        NodeKind::Scalar(..) | NodeKind::Alias(_) => {}
        NodeKind::Sequence(items) => items.iter().for_each(|item| alias_keys(item, shown)),
        NodeKind::Mapping(pairs) => {
            for pair in pairs {
                if let NodeKind::Alias(target) = &pair.key.kind {
                    shown.push((pair.key.span, target.span, "a key".to_owned()));
                }
                alias_keys(&pair.value, shown);
            }
        }
    }
}

/// A copy of a node in flow style, with its scalar values taken from `values`.
fn flow_text<'v>(node: &Node, values: &mut impl Iterator<Item = &'v String>) -> String {
    match &node.kind {
        NodeKind::Scalar(..) => values.next().cloned().unwrap_or_default(),
        NodeKind::Alias(target) => flow_text(target, values),
        NodeKind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| flow_text(item, values)).collect();
            format!("[{}]", items.join(", "))
        }
        NodeKind::Mapping(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|pair| {
                    let key = pair.key.as_str().unwrap_or_default();
                    let key = if key == "<<" { key.to_owned() } else { yaml::quoted(key) };
                    format!("{key}: {}", flow_text(&pair.value, values))
                })
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// Decrypts what was made. It must hold the same values; where it does not come back to the same bytes, the places are
/// named.
pub(crate) fn check(
    text: &str,
    format: Format,
    sealed: Source,
    metadata: &Metadata,
    cipher: &Cipher,
    expected: Expected,
) -> Result<Vec<Note>> {
    let unreadable =
        |error: Error| internal(&format!("the encrypted text cannot be read back ({})", error.code));
    let parsed = read_again(sealed.text(), format).map_err(unreadable)?;
    let mac = Mac::expecting(expected, metadata.mac_only_encrypted);
    let layout = layout(sealed.text(), &parsed);
    let opened =
        open_part(sealed, &parsed, metadata, cipher, (layout, mac), &mut |_| {}).map_err(unreadable)?;
    drop(parsed);
    let plain = opened.text;
    if !opened.mac.comes_to(expected) {
        return Err(internal("the encrypted text would not hold the same values"));
    }
    if plain.as_str() == text {
        return Ok(Vec::new());
    }
    verify(&plain, format, metadata, expected).map_err(unreadable)?;
    respelled(text, &read(text, format)?, &plain, metadata)
}

fn respelled(text: &str, stream: &Wiped, plain: &str, metadata: &Metadata) -> Result<Vec<Note>> {
    let again = read(plain, stream.format)?;
    let mut others = Vec::new();
    walk(&again, plain, &metadata.selector, &mut |leaf| {
        others.push((leaf.aad.to_owned(), leaf.node.clone()));
        Ok(())
    })?;
    let mut others = others.into_iter();
    let mut notes: Vec<Note> = Vec::new();
    walk(stream, text, &metadata.selector, &mut |leaf| {
        let Some((aad, node)) = others.next() else { return Err(internal("values would be lost")) };
        if aad != leaf.aad || !Scalar::from_node(&node)?.same_data(&Scalar::from_node(leaf.node)?) {
            return Err(internal("values would change"));
        }
        let span = leaf.alias.map_or(leaf.node.span, |alias| alias.span);
        let tagged = stream.format == Format::Yaml && leaf.node.tag.is_some();
        let differs = text[span.range()] != plain[node.span.range()] || tagged;
        if leaf.chosen && differs && notes.last().is_none_or(|last| last.span != head(span, text)) {
            let message = format!(
                "the value at {} comes back in another spelling when it is decrypted",
                path_of(leaf.aad)
            );
            notes.push(Note { code: "sops/respelled", span: head(span, text), message });
        }
        Ok(())
    })?;
    Ok(notes)
}

pub(crate) fn internal(what: &str) -> Error {
    Error::new("sops/internal", format!("{what}; this is a bug in secrets, and nothing was written"))
        .with_help("use the sops program for this file, and report it")
}
