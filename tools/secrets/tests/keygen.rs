//! `keygen`: what it makes, with which mode, and that it never overwrites.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use common::Sandbox;

#[test]
fn an_age_key_as_age_keygen_writes_it() {
    let sandbox = Sandbox::new();
    let text = sandbox.read("age.key");
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("# created: 20") && lines[0].ends_with('Z'));
    assert_eq!(lines[1], format!("# public key: {}", sandbox.recipient));
    assert!(lines[2].starts_with("AGE-SECRET-KEY-1") && lines[2].len() == 74);
    assert_eq!((lines.len(), sandbox.mode("age.key")), (3, 0o600));
    let again = sandbox.run(&["keygen", "-o", "age.key"], "");
    assert_eq!(again.code, Some(2));
    assert!(again.stderr.contains("io/exists") && again.stderr.contains("--if-missing"), "{}", again.stderr);
    let kept = sandbox.run(&["keygen", "--if-missing", "-o", "age.key"], "");
    assert_eq!((kept.code, kept.stderr.as_str()), (Some(0), "age.key: exists and stays as it is\n"));
    assert_eq!(sandbox.read("age.key"), text);
    let printed = sandbox.run(&["keygen"], "");
    assert!(printed.stdout.contains("AGE-SECRET-KEY-1") && printed.stderr.starts_with("Public key: age1"));
}

#[test]
fn a_deploy_key_that_ssh_reads() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["keygen", "--deploy-key", "github-deploy.key", "--token", "token.txt"], "");
    let (private, public) = (sandbox.read("github-deploy.key"), sandbox.read("github-deploy.key.pub"));
    assert!(
        private.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n")
            && private.ends_with("-----END OPENSSH PRIVATE KEY-----\n")
    );
    assert!(public.starts_with("ssh-ed25519 AAAA") && public.ends_with(" deploy-key\n"));
    assert_eq!((sandbox.mode("github-deploy.key"), sandbox.mode("github-deploy.key.pub")), (0o600, 0o644));
    let token = sandbox.read("token.txt");
    assert!(token.trim_end().len() == 32 && token.trim_end().bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(sandbox.mode("token.txt"), 0o600);
    // OpenSSH agrees, where it is installed.
    if let Ok(output) = std::process::Command::new("ssh-keygen")
        .args(["-y", "-f"])
        .arg(sandbox.path("github-deploy.key"))
        .output()
    {
        let line = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            line.split(' ').take(2).collect::<Vec<_>>(),
            public.split(' ').take(2).collect::<Vec<_>>()
        );
    }
    // One file in the way, and nothing at all is made.
    std::fs::remove_file(sandbox.path("token.txt")).unwrap();
    let refused = sandbox.run(&["keygen", "--token", "token.txt", "--deploy-key", "github-deploy.key"], "");
    assert_eq!((refused.code, sandbox.path("token.txt").exists()), (Some(2), false));
    let kept = sandbox
        .run(&["keygen", "--if-missing", "--token", "token.txt", "--deploy-key", "github-deploy.key"], "");
    assert_eq!(kept.code, Some(0), "{}", kept.stderr);
    assert_eq!(sandbox.read("github-deploy.key"), private);
    // The public part comes back from the private one; a private one never from nothing.
    std::fs::remove_file(sandbox.path("github-deploy.key.pub")).unwrap();
    sandbox.ok(&["keygen", "--if-missing", "--deploy-key", "github-deploy.key"], "");
    assert_eq!(sandbox.read("github-deploy.key.pub"), public);
    std::fs::remove_file(sandbox.path("github-deploy.key")).unwrap();
    assert_eq!(
        sandbox.run(&["keygen", "--if-missing", "--deploy-key", "github-deploy.key"], "").code,
        Some(2)
    );
}
