//! Documents beside the v1alpha1 one.

use std::net::IpAddr;

use yaml::Value;

use super::{cel, devices, talconfig, volumes};
use crate::cluster::Fields as _;
use crate::config::Document;
use crate::typed::parse_duration;
use crate::url::Url;

/// What is wrong with a document.
pub(super) fn document(document: &Document) -> Vec<String> {
    let value = &document.value;
    let mut wrong = Vec::new();
    let mut require = |holds: bool, message: &str| {
        if !holds {
            wrong.push(message.to_owned());
        }
    };
    if document.kind.named {
        require(!value.text("name").is_empty(), "name is required");
    }
    match document.kind.kind {
        "HostnameConfig" => {
            let (auto, hostname) = (value.text("auto"), value.text("hostname"));
            require(!auto.is_empty() || !hostname.is_empty(), "auto or hostname is required");
            require(
                matches!(auto, "" | "off") || hostname.is_empty(),
                "auto and hostname cannot be set together",
            );
            require(matches!(auto, "" | "off" | "stable"), "auto must be off or stable");
            let first = hostname.split('.').next().unwrap_or_default();
            require(
                hostname.is_empty() || (hostname.len() <= 253 && (1..=63).contains(&first.len())),
                "hostname is no host name",
            );
        }
        "BondConfig" => {
            require(!value.items("links").is_empty(), "at least one link is required");
            require(value.get("bondMode").is_some(), "bondMode is required");
        }
        "VLANConfig" => {
            require((1..=4094).contains(&value.number("vlanID")), "vlanID must be from 1 to 4094");
            require(!value.text("parent").is_empty(), "parent is required");
        }
        "Layer2VIPConfig" | "HCloudVIPConfig" => {
            require(value.text("name").parse::<IpAddr>().is_ok(), "name must be an IP address");
            require(!value.text("link").is_empty(), "link is required");
        }
        "StaticHostConfig" => {
            require(value.text("name").parse::<IpAddr>().is_ok(), "name must be an IP address");
            require(!value.items("hostnames").is_empty(), "hostnames is required");
        }
        "LinkAliasConfig" => {
            let expression = value.get("selector").map_or("", |selector| selector.text("match"));
            require(!expression.is_empty(), "selector.match is required");
            if let Err(why) = cel::check(expression)
                && !expression.is_empty()
            {
                wrong.push(format!("selector.match is no expression: {why}"));
            }
        }
        "WireguardConfig" => wireguard(value, &mut wrong),
        "NetworkRuleConfig" => {
            let ports = value.get("portSelector").map_or(&[][..], |selector| selector.items("ports"));
            wrong.extend(talconfig::ports_problem(ports));
        }
        "ExtensionServiceConfig" => extension_service(value, &mut wrong),
        "UserVolumeConfig" => wrong.extend(volumes::user_volume(value)),
        "VolumeConfig" => wrong.extend(volumes::system_volume(value)),
        "RawVolumeConfig" | "SwapVolumeConfig" => wrong.extend(volumes::disk_volume(value)),
        "KmsgLogConfig" => wrong.extend(log_url(value.text("url"))),
        "EventSinkConfig" => {
            let port = value.text("endpoint").rsplit_once(':').map(|(_, port)| port.parse::<u16>());
            require(matches!(port, Some(Ok(_))), "endpoint must be a host and a port");
        }
        "SideroLinkConfig" => require(!value.text("apiUrl").is_empty(), "apiUrl is required"),
        "WatchdogTimerConfig" => {
            require(!value.text("device").is_empty(), "device is required");
            let timeout = value.get("timeout").and_then(Value::as_str).and_then(parse_duration);
            require(timeout.is_none_or(|ns| ns >= 10_000_000_000), "timeout must be at least 10s");
        }
        "PCIDriverRebindConfig" => {
            require(!value.text("targetDriver").is_empty(), "targetDriver is required");
        }
        _ => {}
    }
    wrong
}

fn wireguard(value: &Value, wrong: &mut Vec<String>) {
    if !devices::is_wireguard_key(value.text("privateKey")) {
        wrong.push("privateKey is no key".to_owned());
    }
    for (n, peer) in value.items("peers").iter().enumerate() {
        if !devices::is_wireguard_key(peer.text("publicKey")) {
            wrong.push(format!("the publicKey of peer {n} is no key"));
        }
    }
}

fn extension_service(value: &Value, wrong: &mut Vec<String>) {
    let files = value.items("configFiles");
    if files.is_empty() && value.items("environment").is_empty() {
        wrong.push("configFiles or environment is required".to_owned());
    }
    for file in files {
        if file.text("content").is_empty() || file.text("mountPath").is_empty() {
            wrong.push("a config file needs content and mountPath".to_owned());
        }
    }
}

fn log_url(text: &str) -> Option<String> {
    let url = Url::parse(text).unwrap_or_default();
    let fits = matches!(url.scheme(), "tcp" | "udp") && url.port().is_some();
    (!fits).then(|| "url must be tcp:// or udp:// with a port".to_owned())
}
