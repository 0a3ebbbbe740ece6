//! Names as Kubernetes and DNS know them. The rules are those of Kubernetes' own validation.

/// `^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$`
fn is_qualified(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    is_between(text, |byte| byte.is_ascii_alphanumeric(), is_inner)
}

/// Labels of `[a-z0-9]([-a-z0-9]*[a-z0-9])?` with dots between them.
fn is_subdomain(text: &str) -> bool {
    let is_end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split('.').all(|label| is_between(label, is_end, |byte| is_end(byte) || byte == b'-'))
}

/// Labels of letters, digits and inner hyphens, 63 at most, with dots between them.
fn are_host_labels(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_label = |label: &str| is_between(label, |byte| byte.is_ascii_alphanumeric(), is_inner);
    text.split('.').all(|label| label.len() <= 63 && is_label(label))
}

/// `^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[\._]?$`
fn are_domain_labels(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_label = |label: &str| {
        label.len() <= 63
            && label.bytes().next().is_some_and(is_word)
            && label.bytes().all(|byte| is_word(byte) || byte == b'-')
    };
    let holds = |text: &str| text.split('.').all(is_label);
    holds(text) || text.strip_suffix(['.', '_']).is_some_and(holds)
}

/// Whether a text has an outer character at both ends, and inner ones between them.
fn is_between(text: &str, is_outer: impl Fn(u8) -> bool, is_inner: impl Fn(u8) -> bool) -> bool {
    match text.as_bytes() {
        [] => false,
        [one] => is_outer(*one),
        [first, inner @ .., last] => {
            is_outer(*first) && is_outer(*last) && inner.iter().all(|byte| is_inner(*byte))
        }
    }
}

/// What is wrong with the key of a label, an annotation or a taint.
pub(super) fn qualified_name(name: &str) -> Result<(), String> {
    let (prefix, short) = match name.split_once('/') {
        Some((prefix, short)) => (Some(prefix), short),
        None => (None, name),
    };
    match prefix {
        Some("") => return Err(format!("{name:?}: the prefix is empty")),
        Some(prefix) if prefix.len() > 253 || !is_subdomain(prefix) => {
            return Err(format!("{name:?}: the prefix is no domain name in lower case"));
        }
        _ => {}
    }
    if short.contains('/') {
        return Err(format!("{name:?} has too many slashes"));
    }
    if short.is_empty() || short.len() > 63 || !is_qualified(short) {
        return Err(format!(
            "the name {name:?} is invalid: letters, digits, - _ . (at most 63), beginning and ending with a letter or digit"
        ));
    }
    Ok(())
}

/// Whether a text can be the value of a label.
pub(super) fn is_label_value(value: &str) -> bool {
    value.is_empty() || (value.len() <= 63 && is_qualified(value))
}

/// What is wrong with labels.
pub(super) fn labels<'l>(labels: impl Iterator<Item = (&'l str, &'l str)>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in labels {
        wrong.extend(qualified_name(name).err());
        if !is_label_value(value) {
            wrong
                .push(format!("{name}: its value is no label value (letters, digits, - _ . and at most 63)"));
        }
    }
    wrong
}

/// What is wrong with annotations.
pub(super) fn annotations<'l>(annotations: impl Iterator<Item = (&'l str, &'l str)>) -> Vec<String> {
    const RESERVED: [&str; 3] =
        ["talos.dev/owned-labels", "talos.dev/owned-annotations", "talos.dev/owned-taints"];
    let (mut wrong, mut size) = (Vec::new(), 0);
    for (name, value) in annotations {
        wrong.extend(qualified_name(name).err());
        if RESERVED.contains(&name) {
            wrong.push(format!("the annotation {name} is reserved"));
        }
        size += name.len() + value.len();
    }
    if size > 256 << 10 {
        wrong.push("the annotations are larger than 256 KiB".to_owned());
    }
    wrong
}

/// What is wrong with taints: `value:Effect`, or only the effect.
pub(super) fn taints<'l>(taints: impl Iterator<Item = (&'l str, &'l str)>) -> Vec<String> {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let mut wrong = Vec::new();
    for (name, taint) in taints {
        if let Err(message) = qualified_name(name) {
            wrong.push(message);
            continue;
        }
        let (value, effect) = taint.split_once(':').unwrap_or(("", taint));
        if !EFFECTS.contains(&effect) {
            wrong.push(format!("{name}: invalid taint effect (one of {})", EFFECTS.join(", ")));
        } else if !is_label_value(value) {
            wrong.push(format!("{name}: its value is no label value"));
        }
    }
    wrong
}

/// Whether a text can be a host name.
pub(super) fn is_hostname(name: &str) -> bool {
    name.len() <= 255 && are_host_labels(name)
}

/// Whether a text can be a domain name.
pub(super) fn is_domain(name: &str) -> bool {
    name.len() - name.matches('.').count() <= 255 && are_domain_labels(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualified_names() {
        for name in
            ["a", "example.org/zone", "node.kubernetes.io/exclude-from-external-load-balancers", "A_b.c"]
        {
            assert!(qualified_name(name).is_ok(), "{name}");
        }
        for name in ["", "bad key", "/x", "Upper.org/x", "a/b/c", "-a", "a-", "x/"] {
            assert!(qualified_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn taints_and_hosts() {
        let wrong = |taint| taints([("key", taint)].into_iter()).len();
        assert_eq!(
            [
                wrong("v:NoSchedule"),
                wrong(":NoExecute"),
                wrong("PreferNoSchedule"),
                wrong("v:Sometimes"),
                wrong("a b:NoExecute")
            ],
            [0, 0, 0, 1, 1]
        );
        assert!(is_hostname("a-1.example") && !is_hostname("not_a_hostname") && !is_hostname(""));
        assert!(is_domain("cluster.local") && !is_domain("not a domain"));
    }

    /// As the expressions of Kubernetes that they stand for, for every text of these characters up to a length.
    #[test]
    fn forms_are_those_of_kubernetes() {
        type Form = (fn(&str) -> bool, &'static str);
        let forms: [Form; 4] = [
            (is_qualified, "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$"),
            (is_subdomain, r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"),
            (
                are_host_labels,
                r"^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])(\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9]))*$",
            ),
            (
                are_domain_labels,
                r"^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[\._]?$",
            ),
        ];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|text| "aZ0-_.\nä".chars().map(move |c| format!("{text}{c}")));
            texts = longer.chain([String::new()]).collect();
        }
        let long = |n: usize| "a".repeat(n);
        texts.extend([62, 63, 64, 65].into_iter().flat_map(|n| {
            [
                long(n),
                format!("{}_", long(n)),
                format!("{}.", long(n)),
                format!("a.{}-b", long(n)),
                format!("{}..", long(n)),
            ]
        }));
        for (holds, pattern) in forms {
            let pattern = regex::Regex::new(pattern).unwrap();
            for text in &texts {
                assert_eq!(holds(text), pattern.is_match(text), "{pattern} {text:?}");
            }
        }
    }
}
