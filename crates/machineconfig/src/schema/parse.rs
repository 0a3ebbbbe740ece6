//! Reads the table. It is part of the program: a line that does not fit is a bug, found by the tests beside this.

use std::sync::OnceLock;

use memchr::memmem;

use super::{DocumentType, Entry, Enum, Field, ListMerge, Scalar, Schema, StructId, Type, Word};

/// Finds what there is in the table: lines of documents, then structures, then sets of words.
pub(super) fn schema(table: &'static str) -> Schema {
    let enums = memmem::find(table.as_bytes(), b"\nenum ").map_or(table.len(), |at| at + 1);
    let starts: Vec<_> =
        memmem::find_iter(&table.as_bytes()[..enums], STRUCT).map(|at| at + STRUCT.len()).collect();
    let ends = starts.iter().skip(1).map(|next| next - STRUCT.len()).chain([enums]);
    let structs = starts.iter().zip(ends).map(|(start, end)| {
        let part = &table[*start..end];
        let (name, lines) = part.split_once('\n').unwrap_or((part, ""));
        Entry { name, lines, read: OnceLock::new() }
    });
    let structs: Vec<_> = structs.collect();
    let enums = table[enums..].lines().filter_map(|line| line.strip_prefix("enum ")?.split_once(' '));
    let enums = enums.map(|(name, words)| (name, words, OnceLock::new())).collect();
    let documents = table[..starts.first().copied().unwrap_or(0)].lines();
    let documents = documents.filter_map(|line| line.strip_prefix("document "));
    let documents = documents.filter_map(|line| document(line, &structs)).collect();
    Schema { structs, documents, enums }
}

/// The number of the structure with this name.
pub(super) fn id(name: &str, structs: &[Entry]) -> Option<StructId> {
    structs.binary_search_by(|entry| entry.name.cmp(name)).ok().map(StructId)
}

/// What stands before the name of a structure.
const STRUCT: &[u8] = b"\nstruct ";

fn document(line: &'static str, structs: &[Entry]) -> Option<DocumentType> {
    let mut words = line.split(' ');
    let kind = words.next()?;
    let id = id(words.next()?, structs)?;
    let kind = if kind == "-" { "" } else { kind };
    let mut document = DocumentType { kind, id, named: false, conflicts: "", since: 0 };
    for word in words {
        match word.split_once('=') {
            Some(("conflicts", kinds)) => document.conflicts = kinds,
            Some(("since", minor)) => document.since = minor.parse().ok()?,
            _ => document.named |= word == "named",
        }
    }
    Some(document)
}

/// The words of a set: `NAME=NUMBER,…`, with `@MINOR` behind the number of those that came later.
pub(super) fn enumeration(words: &'static str) -> Enum {
    let word = |value: &'static str| {
        let (name, number) = value.rsplit_once('=')?;
        let (number, since) = number.split_once('@').unwrap_or((number, "0"));
        Some(Word { name, number: number.parse().unwrap_or(0), since: since.parse().unwrap_or(0) })
    };
    Enum(words.split(',').filter_map(word).collect())
}

/// The fields of a structure. Those of structures embedded in it stand among them.
pub(super) fn fields(lines: &'static str, schema: &Schema) -> Vec<Field> {
    let mut fields = Vec::new();
    for line in lines.lines() {
        let read = field(line, &schema.structs);
        debug_assert!(read.is_some(), "{line}");
        match read {
            Some((Field { kind: Type::Struct(id), .. }, Inline(true))) => {
                fields.extend(self::fields(schema.structs[id.0].lines, schema));
            }
            Some((field, _)) => fields.push(field),
            None => {}
        }
    }
    fields
}

/// Whether the fields of a field stand in its parent.
struct Inline(bool);

fn field(line: &'static str, structs: &[Entry]) -> Option<(Field, Inline)> {
    let mut words = line.split_ascii_whitespace();
    let (key, go_name, reference) = (words.next()?, words.next()?, words.next()?);
    let kind = reference_type(reference, structs)?;
    let mut field = Field { key, go_name, kind, omit_empty: false, replace: false, since: 0 };
    let mut inline = Inline(false);
    for word in words {
        match word {
            "?" => field.omit_empty = true,
            "^" => inline.0 = true,
            "=" => field.replace = true,
            since => field.since = since.strip_prefix('@')?.parse().ok()?,
        }
    }
    Some((field, inline))
}

fn reference_type(text: &'static str, structs: &[Entry]) -> Option<Type> {
    let boxed = |rest| reference_type(rest, structs).map(Box::new);
    if let Some(rest) = text.strip_prefix('*') {
        return boxed(rest).map(Type::Pointer);
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (key, rest) = rest.split_once(']')?;
        let merge = match key {
            "" => ListMerge::Append,
            "device" => ListMerge::ByDevice,
            "image" => ListMerge::ReplaceByKey(key),
            key => ListMerge::ByKey(key),
        };
        return Some(Type::List(boxed(rest)?, merge));
    }
    if let Some(rest) = text.strip_prefix("map:") {
        return boxed(rest).map(Type::Map);
    }
    if let Some(name) = text.strip_prefix('$') {
        return Some(Type::Scalar(scalar(name)));
    }
    Some(match text {
        "string" => Type::String,
        "bool" => Type::Bool,
        "int" => Type::Int(i64::MIN.into(), i64::MAX.into()),
        "uint" | "uint64" => Type::Int(0, u64::MAX.into()),
        "uint32" => Type::Int(0, u32::MAX.into()),
        "uint16" => Type::Int(0, u16::MAX.into()),
        "uint8" => Type::Int(0, u8::MAX.into()),
        "duration" => Type::Duration,
        "any" => Type::Any,
        "meta.Unstructured" => Type::Object,
        name => Type::Struct(id(name, structs)?),
    })
}

fn scalar(name: &'static str) -> Scalar {
    match name {
        "block.ByteSize" => Scalar::ByteSize,
        "block.Size" => Scalar::Size,
        "cel.Expression" => Scalar::Cel,
        "meta.Addr" | "netip.Addr" => Scalar::Addr,
        "meta.AddrPort" | "netip.AddrPort" => Scalar::AddrPort,
        "meta.Prefix" | "netip.Prefix" => Scalar::Prefix,
        "meta.ArgValue" => Scalar::ArgValue,
        "meta.URL" => Scalar::Url,
        "v1alpha1.Endpoint" => Scalar::Endpoint,
        "nethelpers.HardwareAddr" => Scalar::HardwareAddr,
        "nethelpers.RoutingTable" => Scalar::RoutingTable,
        "network.PortRange" => Scalar::PortRange,
        "v1alpha1.Base64Bytes" => Scalar::Base64,
        "v1alpha1.DiskSize" => Scalar::DiskSize,
        "v1alpha1.FileMode" => Scalar::FileMode,
        "v1alpha1.InstallDiskSizeMatcher" => Scalar::DiskSizeMatcher,
        "x509.PEMEncodedCertificate" => Scalar::Certificate,
        "x509.PEMEncodedCertificateAndKey" => Scalar::CertificateAndKey,
        "x509.PEMEncodedKey" => Scalar::Key,
        name => Scalar::Enum(name),
    }
}
