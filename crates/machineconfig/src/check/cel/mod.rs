//! Expressions of the Common Expression Language that select disks, volumes and links: their syntax, their names and
//! their types, as Talos checks them.

mod infer;
mod lex;
mod names;
mod parse;
mod types;

pub(super) use names::Scope;
pub(super) use types::Type;

/// Longest text, tallest tree.
const LIMITS: (usize, usize) = (100_000, 50);

/// What is wrong with an expression that should be of a type.
pub(super) fn check(text: &str, scope: Scope, wanted: &Type) -> Result<(), String> {
    if text.len() > LIMITS.0 {
        return Err("it is too long".to_owned());
    }
    let tokens = lex::tokens(text)?;
    let expression = parse::parse(&tokens)?;
    let found = infer::Checker::new(scope).infer(&expression)?;
    if found == *wanted { Ok(()) } else { Err(format!("it is {found} where {wanted} is needed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(text: &str) -> Result<(), String> {
        check(text, Scope::Disk, &Type::Bool)
    }

    #[test]
    fn what_is_right() {
        for text in [
            "system_disk",
            "!system_disk && disk.transport == \"nvme\"",
            "disk.size > 120u * GB && disk.size <= 1u * TB",
            "disk.model.startsWith('SAMSUNG') || disk.model.matches(r'^WD\\d')",
            "disk.dev_path in [\"/dev/sda\", '/dev/sdb']",
            "glob('INTEL*', disk.model) ? disk.rotational : false",
            "'/dev/disk/by-id/x' in disk.symlinks",
            "disk.symlinks.exists(link, link.contains('ata')) // a remark",
            "size(disk.serial) > 3 && disk.serial.size() % 2 == 0",
            "{'a': 1, 'b': 2}['a'] == 1 && has(disk.uuid)",
            "int(disk.size) - 5 > -3 && double(disk.size) * 1.5e3 > .5",
            "disk.symlinks.map(s, s + 'x').all(s, s.endsWith(\"x\")) == true",
            "\"\"\"three\nlines\"\"\" != disk.wwid",
            "b'\\x00\\377' == bytes('x') || '\\u00e9' == \"\\303\"",
        ] {
            assert_eq!(disk(text), Ok(()), "{text}");
        }
        assert_eq!(
            check("glob('aa:*', mac(link.hardware_addr)) && link.mtu > 1u", Scope::Link, &Type::Bool),
            Ok(())
        );
        assert_eq!(
            check("volume.partition_label == 'x' && disk.size > 1u * MiB", Scope::Volume, &Type::Bool),
            Ok(())
        );
        let oom = "multiply_qos_vectors(d_qos_memory_full_total, {System: 8.0, Podruntime: 4.0}) > 3.0 \
                   && (memory_full_avg10 > 12.0 || time_since_trigger > duration('500ms'))";
        assert_eq!(check(oom, Scope::OomTrigger, &Type::Bool), Ok(()));
        let rank = "memory_max.hasValue() ? 0.0 : {Besteffort: 1.0, Burstable: 0.5}[class] * double(memory_current.orValue(0u))";
        assert_eq!(check(rank, Scope::OomRanking, &Type::Double), Ok(()));
    }

    #[test]
    fn what_is_wrong() {
        for (text, want) in [
            ("", "ends too early"),
            ("disk.size >", "ends too early"),
            ("(system_disk", "ends too early"),
            ("glob('x'", "ends too early"),
            ("disk..x", "does not fit"),
            ("'open", "no end"),
            ("a # b", "means nothing"),
            ("system_disk system_disk", "does not fit"),
            ("== 1", "does not fit"),
            ("'\\q' == ''", "escape"),
            ("99999999999999999999 == 1", "number"),
            ("disk.size > 100 * GB", "uint"),
            ("disk.size > 100", "uint and int"),
            ("disk.size", "uint where bool"),
            ("disk.modle == ''", "no field modle"),
            ("sytem_disk", "sytem_disk"),
            ("glob('x')", "glob"),
            ("disk.model.startsWith(1)", "startsWith"),
            ("1 in disk.symlinks", "list(string)"),
            ("system_disk ? 1 : 'a'", "int and string"),
            ("!disk.size", "uint"),
            ("-disk.size > 0u", "uint"),
            ("mac(disk.size) == ''", "mac"),
            ("disk.model[0] == 'x'", "string"),
        ] {
            let found = disk(text).unwrap_err();
            assert!(found.contains(want), "{text}: {found}");
        }
        let nested = format!("{}true{}", "(".repeat(5000), ")".repeat(5000));
        assert!(disk(&nested).unwrap_err().contains("nested"));
        let chain = vec!["1"; 5000].join(" + ");
        assert!(disk(&chain).is_err());
        assert_eq!(disk(&vec!["system_disk"; 5000].join(" && ")), Ok(()));
        assert!(disk(&"!".repeat(50_000)).is_err() && disk(&format!("disk{}", ".x".repeat(40_000))).is_err());
    }
}
