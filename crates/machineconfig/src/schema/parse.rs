//! Reads the table. It is part of the program: a line that does not fit is a bug, found by the tests beside this.

use std::collections::HashMap;

use super::{DocumentType, Enum, Field, ListMerge, Scalar, Schema, Struct, StructId, Type};

/// Reads the whole table.
pub(super) fn schema(table: &'static str) -> Schema {
    let lines = || table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let names: HashMap<_, _> = lines()
        .filter_map(|line| line.strip_prefix("struct "))
        .enumerate()
        .map(|(n, name)| (name, StructId(n)))
        .collect();
    let mut schema = Schema { structs: Vec::new(), names, documents: Vec::new(), enums: HashMap::new() };
    for line in lines() {
        let mut words = line.split(' ');
        match (words.next(), words.next()) {
            (Some("document"), Some(kind)) => schema.documents.extend(document(kind, words, &schema.names)),
            (Some("struct"), Some(name)) => schema.structs.push(Struct { name, fields: Vec::new() }),
            (Some("enum"), Some(name)) => drop(schema.enums.insert(name, enumeration(line))),
            (Some(key), Some(go_name)) => {
                let field = field(key, go_name, words, &schema.names);
                if let (Some(structure), Some(field)) = (schema.structs.last_mut(), field) {
                    structure.fields.push(field);
                }
            }
            _ => debug_assert!(false, "{line}"),
        }
    }
    flatten(&mut schema);
    schema
}

fn document<'t>(
    kind: &'static str,
    mut words: impl Iterator<Item = &'static str> + 't,
    names: &HashMap<&'static str, StructId>,
) -> Option<DocumentType> {
    let id = *names.get(words.next()?)?;
    let kind = if kind == "-" { "" } else { kind };
    let mut document = DocumentType { kind, id, named: false, conflicts: Vec::new() };
    for word in words {
        match word.strip_prefix("conflicts=") {
            Some(kinds) => document.conflicts = kinds.split(',').collect(),
            None => document.named |= word == "named",
        }
    }
    Some(document)
}

fn enumeration(line: &'static str) -> Enum {
    let values = line.rsplit(' ').next().unwrap_or_default().split(',');
    let pair = |value: &'static str| value.rsplit_once('=').map(|(name, n)| (name, n.parse().unwrap_or(0)));
    Enum(values.filter_map(pair).collect())
}

fn field(
    key: &'static str,
    go_name: &'static str,
    mut words: impl Iterator<Item = &'static str>,
    names: &HashMap<&'static str, StructId>,
) -> Option<Field> {
    let reference = words.next()?;
    let kind = reference_type(reference, names);
    debug_assert!(kind.is_some(), "{key}: {reference}");
    let mut field =
        Field { key, go_name, embedded: None, kind: kind?, omit_empty: false, inline: false, replace: false };
    for word in words {
        match word {
            "?" => field.omit_empty = true,
            "^" => field.inline = true,
            "=" => field.replace = true,
            _ => debug_assert!(false, "{key}: {word}"),
        }
    }
    Some(field)
}

fn reference_type(text: &'static str, names: &HashMap<&'static str, StructId>) -> Option<Type> {
    let boxed = |rest| reference_type(rest, names).map(Box::new);
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
        name => Type::Struct(*names.get(name)?),
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

/// Puts the fields of embedded structures into their parents; embedding is one level deep except in lists of nodes.
fn flatten(schema: &mut Schema) {
    for n in 0..schema.structs.len() {
        let fields = flat(schema, StructId(n), None);
        schema.structs[n].fields = fields;
    }
}

fn flat(schema: &Schema, id: StructId, embedded: Option<&'static str>) -> Vec<Field> {
    let mut fields = Vec::new();
    for field in &schema.structs[id.0].fields {
        match field.kind {
            Type::Struct(inner) if field.inline => fields.extend(flat(schema, inner, Some(field.go_name))),
            _ => fields.push(Field { embedded: embedded.or(field.embedded), ..field.clone() }),
        }
    }
    fields
}
