//! kubectl and helmfile, as little of them as nodeop's commands need, against the Kubernetes API of the stand-in.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::Args;

/// `kubectl get|create|apply`.
pub(super) fn run(args: &Args) -> Result<(), String> {
    let server = server(args.flag("kubeconfig").unwrap_or("kubeconfig"))?;
    match (args.word(0), args.word(1)) {
        ("get", "nodes") => {
            let nodes = request(&server, "GET", "/api/v1/nodes", "")?;
            say(&if args.flag("output") == Some("wide") { wide(&nodes) } else { nodes });
        }
        ("get", "namespace") => {
            request(&server, "GET", &format!("/api/v1/namespaces/{}", args.word(2)), "")?;
            say(&format!("namespace/{}", args.word(2)));
        }
        ("get" | "wait", _) => say("NAME"),
        ("create", "namespace") => {
            request(&server, "POST", &format!("/api/v1/namespaces/{}", args.word(2)), "")?;
            say(&format!("namespace/{} created", args.word(2)));
        }
        ("apply", _) => {
            let mut text = String::new();
            match args.flag("filename") {
                Some("-") => drop(std::io::stdin().read_to_string(&mut text)),
                Some(path) => text = std::fs::read_to_string(path).map_err(|error| error.to_string())?,
                None => {}
            }
            request(&server, "POST", "/standin/applied", &text)?;
            say("serverside-applied");
        }
        (verb, _) => return Err(format!("{verb} is not played here")),
    }
    Ok(())
}

/// `helmfile template`, which prints one definition, and `helmfile sync`, after which there is a network.
pub(super) fn helmfile(args: &Args) -> Result<(), String> {
    if args.word(0) == "template" {
        say(
            "---\nkind: Service\nmetadata: {name: x}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}",
        );
        return Ok(());
    }
    let path = std::env::var("KUBECONFIG").map_err(|_| "KUBECONFIG is not set".to_owned())?;
    request(&server(&path)?, "POST", "/standin/network", "").map(drop)
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// `kubectl get nodes --output=wide`, of what nodeop shows to people.
fn wide(nodes: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(nodes).unwrap_or_default();
    let items = value["items"].as_array().cloned().unwrap_or_default();
    let lines = items.iter().map(|node| {
        let name = node["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        let ready = node["status"]["conditions"][0]["status"] == "True";
        format!("{name}   {}", if ready { "Ready" } else { "NotReady" })
    });
    std::iter::once("NAME   STATUS".to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn server(kubeconfig: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(kubeconfig).map_err(|error| format!("{kubeconfig}: {error}"))?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("server: http://"));
    line.map(str::to_owned).ok_or_else(|| "the connection to the server was refused".to_owned())
}

/// One request over HTTP/1.1. A failure is worded as kubectl does.
pub(super) fn request(server: &str, method: &str, path: &str, body: &str) -> Result<String, String> {
    let refused =
        |error: std::io::Error| format!("The connection to the server {server} was refused: {error}");
    let mut stream = TcpStream::connect(server).map_err(refused)?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).map_err(refused)?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(refused)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(refused)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let code = head.split(' ').nth(1).unwrap_or_default();
    if code.starts_with('2') {
        return Ok(body.to_owned());
    }
    let status: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let part = |key: &str| status[key].as_str().unwrap_or_default().to_owned();
    Err(format!("Error from server ({}): {}", part("reason"), part("message")))
}
