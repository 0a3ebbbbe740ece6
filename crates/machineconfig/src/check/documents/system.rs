//! What the machine itself does: logs, events, services, registries, images, memory.

use yaml::Value;

use super::super::cel::{self, Scope};
use super::Wrong;
use crate::cluster::Fields as _;
use crate::typed::parse_duration;
use crate::url::Url;

/// Checks a document about the system.
pub(super) fn check(kind: &str, value: &Value, wrong: &mut Wrong) {
    match kind {
        "ExtensionServiceConfig" => extension_service(value, wrong),
        "KmsgLogConfig" => {
            let url = Url::parse(value.text("url")).unwrap_or_default();
            let fits = matches!(url.scheme(), "tcp" | "udp") && matches!(url.path(), "" | "/");
            let port = url.port().is_some_and(|port| !port.is_empty());
            wrong.require(fits && port, "url must be tcp:// or udp:// with a port and no path");
        }
        "EventSinkConfig" => {
            wrong.require(has_port(value.text("endpoint")), "endpoint must be a host and a port");
        }
        "SideroLinkConfig" => {
            let url = Url::parse(value.text("apiUrl")).unwrap_or_default();
            let fits = matches!(url.scheme(), "https" | "grpc") && matches!(url.path(), "" | "/");
            wrong.require(fits, "apiUrl must be https:// or grpc:// without a path");
        }
        "DiscoveryServiceConfig" => {
            let url = Url::parse(value.text("endpoint")).unwrap_or_default();
            let fits = matches!(url.scheme(), "http" | "https" | "grpc") && !url.hostname().is_empty();
            wrong.require(fits, "endpoint must be http://, https:// or grpc:// with a host");
        }
        "WatchdogTimerConfig" => {
            wrong.require(!value.text("device").is_empty(), "device is required");
            let timeout = parse_duration(value.text("timeout"));
            wrong.require(timeout.is_none_or(|ns| ns >= 10_000_000_000), "timeout must be at least 10s");
        }
        "EnvironmentConfig" => {
            for (name, _) in value.entries("variables") {
                wrong.require(is_variable(name), format!("{name:?} is no name of a variable"));
            }
        }
        "SysctlConfig" | "SysfsConfig" => {
            wrong
                .require(value.entries("params").iter().all(|(name, _)| !name.is_empty()), "a name is empty");
        }
        "OOMConfig" => out_of_memory(value, wrong),
        "RegistryAuthConfig" => {
            let ways = ["username", "identityToken", "auth"].iter().filter(|key| !value.text(key).is_empty());
            wrong.require(ways.count() <= 1, "only one of auth, username and identityToken may be given");
        }
        "RegistryMirrorConfig" => {
            for (n, endpoint) in value.items("endpoints").iter().enumerate() {
                let url = Url::parse(endpoint.text("url")).unwrap_or_default();
                let fits = matches!(url.scheme(), "http" | "https");
                wrong.require(fits, format!("endpoints[{n}].url must be http:// or https://"));
            }
        }
        "RegistryTLSConfig" => registry_tls(value, wrong),
        "ImageVerificationConfig" => images(value, wrong),
        _ => {}
    }
}

fn extension_service(value: &Value, wrong: &mut Wrong) {
    let files = value.items("configFiles");
    wrong.require(
        !files.is_empty() || !value.items("environment").is_empty(),
        "configFiles or environment is required",
    );
    for (n, file) in files.iter().enumerate() {
        let whole = !file.text("content").is_empty() && !file.text("mountPath").is_empty();
        wrong.require(whole, format!("configFiles[{n}] needs content and mountPath"));
    }
}

/// Whether a text is a host and a port; either may be empty.
fn has_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    let inner = if bracketed { &host[1..host.len() - 1] } else { host };
    !port.contains([']', '[']) && !inner.contains(['[', ']']) && (bracketed || !inner.contains(':'))
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn out_of_memory(value: &Value, wrong: &mut Wrong) {
    let rules = [
        ("triggerExpression", Scope::OomTrigger, cel::Type::Bool),
        ("cgroupRankingExpression", Scope::OomRanking, cel::Type::Double),
    ];
    for (key, scope, kind) in rules {
        let text = value.text(key);
        if let Err(why) = cel::check(text, scope, &kind)
            && !text.is_empty()
        {
            wrong.add(format!("{key} is no expression of type {kind}: {why}"));
        }
    }
    wrong.require(!value.text("sampleInterval").starts_with('-'), "sampleInterval is negative");
}

fn registry_tls(value: &Value, wrong: &mut Wrong) {
    let ca = value.text("ca");
    wrong.require(ca.is_empty() || pki::read_certificate(ca).is_ok(), "ca is no certificate");
    if let Some(identity) = value.get("clientIdentity") {
        let certificate = pki::read_certificate(identity.text("cert"));
        wrong.require(certificate.is_ok(), "clientIdentity.cert is no certificate");
        wrong.require(identity.text("key").contains("PRIVATE KEY-----"), "clientIdentity.key is no key");
    }
}

fn images(value: &Value, wrong: &mut Wrong) {
    for (n, rule) in value.items("rules").iter().enumerate() {
        let at = format!("rules[{n}]");
        wrong.require(!rule.text("image").is_empty(), format!("{at}.image is required"));
        let verifiers = [rule.get("keyless"), rule.get("publicKey")].iter().flatten().count();
        let ways = verifiers + usize::from(rule.flag("skip")) + usize::from(rule.flag("deny"));
        wrong.require(ways == 1, format!("{at} needs one of skip, deny, keyless, publicKey"));
        if let Some(keyless) = rule.get("keyless") {
            wrong.require(!keyless.text("issuer").is_empty(), format!("{at}.keyless.issuer is required"));
            let subject = !keyless.text("subject").is_empty() || !keyless.text("subjectRegex").is_empty();
            wrong.require(subject, format!("{at}.keyless.subject or subjectRegex is required"));
        }
        if let Some(key) = rule.get("publicKey") {
            wrong.require(
                !key.text("certificate").is_empty(),
                format!("{at}.publicKey.certificate is required"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::problems;

    #[test]
    fn system() {
        for (text, want) in [
            ("kind: ExtensionServiceConfig\nname: x\n", "configFiles or environment"),
            ("kind: KmsgLogConfig\nname: x\nurl: tcp://a:5/\n", ""),
            ("kind: KmsgLogConfig\nname: x\nurl: tcp://a\n", "with a port"),
            ("kind: EventSinkConfig\nendpoint: '[fd00::1]:5'\n", ""),
            ("kind: EventSinkConfig\nendpoint: 'fd00::1:5'\n", "a host and a port"),
            ("kind: SideroLinkConfig\napiUrl: http://x\n", "https"),
            ("kind: WatchdogTimerConfig\ndevice: /dev/x\ntimeout: 5s\n", "10s"),
            ("kind: EnvironmentConfig\nvariables: {A_1: x, 1a: y}\n", "\"1a\""),
            ("kind: OOMConfig\ntriggerExpression: memory_some_avg10 > 1\n", "double and int"),
            ("kind: OOMConfig\ncgroupRankingExpression: '1.0'\nsampleInterval: -1s\n", "sampleInterval"),
            ("kind: RegistryAuthConfig\nname: r\nusername: a\nauth: b\n", "only one of"),
            ("kind: RegistryMirrorConfig\nname: r\nendpoints: [{url: oci://x}]\n", "endpoints[0].url"),
            ("kind: RegistryTLSConfig\nname: r\nca: nonsense\n", "ca is no certificate"),
            (
                "kind: ImageVerificationConfig\nrules: [{image: a/*, skip: true}, {image: b}]\n",
                "rules[1] needs one of",
            ),
            ("kind: ImageVerificationConfig\nrules: [{image: a/*, keyless: {}}]\n", "issuer is required"),
        ] {
            let found = problems(&format!("apiVersion: v1alpha1\n{text}"));
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }
}
