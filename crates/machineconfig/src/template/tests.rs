//! Templates against what Go's text/template and sprig give for them.

mod actions;
mod formats;
mod limits;
mod lists;
mod numbers;
mod texts;

use yaml::{Dialect, Value};

use super::{Val, render};

/// Templates and what they come to; `-` for those that are refused.
fn actions(cases: &[(&str, &str)]) {
    for (template, want) in cases {
        let got = render(template, &Val::text("dot")).unwrap_or_else(|_| "-".to_owned());
        assert_eq!(got, *want, "{template}");
    }
}

/// As [`actions`], for expressions.
fn expressions(cases: &[(&str, &str)]) {
    for (expression, want) in cases {
        actions(&[(&format!("{{{{ ({expression}) | print }}}}"), want)]);
    }
}

const DATA: &str = "
machine:
  type: worker
  install: {image: 'ghcr.io/siderolabs/installer:v1.13.0', wipe: false}
  nodeLabels: {rack: a, zone: ''}
  ca: {crt: Q1JUCg==, key: S0VZCg==}
  files: [{content: x, permissions: 420, path: /var/x, op: create}]
cluster:
  serviceAccount: {key: S0VZCg==}
  apiServer: {auditPolicy: {kind: Policy}}
  clusterName: patchy
  controlPlane: {endpoint: 'https://10.0.0.1:6443'}
  network: {podSubnets: [10.244.0.0/16, 'fd00::/56']}
";

fn data() -> Value {
    yaml::load_one(DATA, Dialect::GoYamlV3).unwrap()
}

fn go(template: &str) -> String {
    let data = data();
    render(template, &Val::structure(&data, "v1alpha1.Config"))
        .unwrap_or_else(|error| format!("error: {}", error.message))
}

#[test]
fn fields_by_their_names_in_go() {
    assert_eq!(go("{{ .MachineConfig.MachineType }}"), "worker");
    assert_eq!(go("{{.MachineConfig.MachineInstall.InstallImage}}"), "ghcr.io/siderolabs/installer:v1.13.0");
    assert_eq!(
        go("{{ .ClusterConfig.ControlPlane.Endpoint }}|{{ .ClusterConfig.ControlPlane.Endpoint.Host }}"),
        "https://10.0.0.1:6443|10.0.0.1:6443"
    );
    assert_eq!(
        go(
            "{{ index .MachineConfig.MachineNodeLabels \"rack\" }}{{ index .MachineConfig.MachineNodeLabels \"none\" }}."
        ),
        "a."
    );
    assert_eq!(go("{{ .ClusterConfig.ClusterNetwork.PodSubnet }}"), "[10.244.0.0/16 fd00::/56]");
    assert_eq!(go("{{ .MachineConfig.MachineNodeLabels }}"), "map[rack:a zone:]");
    assert_eq!(go("{{ .MachineConfig.MachineInstall.InstallWipe }}"), "false");
}

// What follows was asked of talhelper 3.1.16.
#[test]
fn a_missing_key_of_a_map_is_nothing() {
    let labels = ".MachineConfig.MachineNodeLabels";
    for (template, want) in [
        ("{{ L.nope }}", "<no value>"),
        ("{{ L.nope.more }}", "<no value>"),
        ("{{ $x := L.nope }}{{ $x }}", "<no value>"),
        ("{{ and L.nope \"x\" }}", "<no value>"),
        ("{{ L.nope | and \"x\" }}", "<no value>"),
        ("{{ html L.nope }}", "&lt;no value&gt;"),
        (
            "{{ printf \"%v|%s|%q|%d\" L.nope L.nope L.nope L.nope }}",
            "<nil>|%!s(<nil>)|%!q(<nil>)|%!d(<nil>)",
        ),
        ("{{ print L.nope }}{{ print L.nope \"x\" }}", "<nil><nil>x"),
        ("{{ L.nope | toString }}", "<nil>"),
        ("{{ L.nope | toJson }}{{ list L.nope | toJson }}", "null[null]"),
        ("{{ L.nope | quote }}{{ L.nope | squote }}{{ join \",\" L.nope }}", ""),
        ("{{ L.nope | default \"d\" }}", "d"),
        ("{{ eq L.nope \"\" }}{{ ne L.nope \"\" }}{{ not L.nope }}", "falsetruetrue"),
        ("{{ range L.nope }}a{{ else }}b{{ end }}", "b"),
        ("{{ cat L.nope \"x\" }}", "x"),
        ("{{ L.nope | kindOf }}|{{ typeOf L.nope }}", "invalid|<nil>"),
        ("{{ L.nope | toStrings }}", "[]"),
        ("{{ dict.x }}{{ (dict \"a\" 1).b.c }}", "<no value><no value>"),
        ("{{ index L \"nope\" }}", ""),
        ("{{ L.zone | quote }}", "\"\""),
        ("{{ .MachineConfig.MachineSysctls.nope }}", "<no value>"),
    ] {
        assert_eq!(go(&template.replace('L', labels)), want, "{template}");
    }
    for call in
        ["upper", "trim", "hasPrefix \"a\"", "indent 2", "b64enc", "trunc 3", "sha256sum", "atoi", "len"]
    {
        let got = go(&format!("{{{{ {labels}.nope | {call} }}}}"));
        assert!(got.starts_with("error: "), "{call}: {got}");
    }
}

// Likewise.
#[test]
fn certificates_urls_and_modes() {
    let short = [
        ("CA", ".MachineConfig.MachineCA"),
        ("EP", ".ClusterConfig.ControlPlane.Endpoint"),
        ("FP", "(index .MachineConfig.MachineFiles 0).FilePermissions"),
        ("AP", ".ClusterConfig.APIServerConfig.AuditPolicyConfig"),
    ];
    let full = |template: &str| {
        short.iter().fold(template.to_owned(), |text, (short, long)| text.replace(short, long))
    };
    for (template, want) in [
        ("{{ CA.Crt | toString }}{{ CA.Key | toString }}", "CRT\nKEY\n"),
        ("{{ .ClusterConfig.ClusterServiceAccount.Key | toString }}", "KEY\n"),
        ("{{ printf \"%s\" CA.Crt | b64enc }}", "Q1JUCg=="),
        ("{{ CA.Crt }}{{ print CA.Crt }}", "[67 82 84 10][67 82 84 10]"),
        ("{{ CA }}{{ CA | toString }}", "{[67 82 84 10] [75 69 89 10]}&{[67 82 84 10] [75 69 89 10]}"),
        ("{{ printf \"%q %x %T\" CA.Crt CA.Crt CA.Crt }}", "\"CRT\\n\" 4352540a []uint8"),
        ("{{ CA.Crt | quote }}", "\"CRT\\n\""),
        ("{{ CA | toJson }}", "{\"Crt\":\"Q1JUCg==\",\"Key\":\"S0VZCg==\"}"),
        ("{{ len CA.Crt }}{{ index CA.Crt 0 }}{{ first CA.Crt }}{{ slice CA.Crt 0 2 }}", "46767[67 82]"),
        (
            "{{ range CA.Crt }}{{ . }}{{ break }}{{ end }}{{ empty CA.Crt }}{{ kindOf CA.Crt }}",
            "67falseslice",
        ),
        (
            "{{ EP.URL }}|{{ EP.String }}|{{ EP.URL | quote }}|{{ printf \"%s\" EP.URL }}",
            "https://10.0.0.1:6443|https://10.0.0.1:6443|\"https://10.0.0.1:6443\"|https://10.0.0.1:6443",
        ),
        ("{{ EP.URL.Host }}{{ EP.Path }}{{ EP.User }}{{ EP.RawQuery }}{{ EP.Opaque }}", "10.0.0.1:6443"),
        ("{{ EP.IsAbs }}{{ EP.OmitHost }}{{ if EP.User }}x{{ end }}{{ kindOf EP.URL }}", "truefalseptr"),
        (
            "{{ EP | toJson }}",
            "{\"Scheme\":\"https\",\"Opaque\":\"\",\"User\":null,\"Host\":\"10.0.0.1:6443\",\"Path\":\"\",\"Fragment\":\"\",\"RawQuery\":\"\",\"RawPath\":\"\",\"RawFragment\":\"\",\"ForceQuery\":false,\"OmitHost\":false}",
        ),
        ("{{ FP }}|{{ FP | quote }}|{{ printf \"%s %d %o\" FP FP FP }}", "0o644|\"0o644\"|0o644 420 644"),
        ("{{ FP | toJson }}{{ eq FP 420 }}{{ add FP 1 }}{{ kindOf FP }}", "420true421uint32"),
        ("{{ index .MachineConfig.MachineFiles 0 }}", "{x 0o644 /var/x create}"),
        ("{{ AP }}|{{ AP.Object.kind }}|{{ AP.Object.nope }}", "{map[kind:Policy]}|Policy|<no value>"),
        ("{{ AP | toJson }}", "{\"Object\":{\"kind\":\"Policy\"}}"),
    ] {
        assert_eq!(go(&full(template)), want, "{template}");
    }
    for template in [
        "CA.crt",
        "CA.Nope",
        "CA.Crt | upper",
        "CA.Crt | b64enc",
        "eq CA.Crt CA.Crt",
        "EP.Nope",
        "EP.url",
        "EP | upper",
        "len EP",
        "keys EP",
        "AP.kind",
        "AP.Nope",
        ".ClusterConfig.ClusterServiceAccount.Crt",
    ] {
        let got = go(&full(&format!("{{{{ {template} }}}}")));
        assert!(got.starts_with("error: "), "{template}: {got}");
    }
}

#[test]
fn control() {
    assert_eq!(go("{{ if eq .MachineConfig.MachineType \"worker\" }}w{{ else }}c{{ end }}"), "w");
    assert_eq!(go("{{ if false }}a{{ else if true }}b{{ else }}c{{ end }}"), "b");
    assert_eq!(
        go("{{ range $i, $x := .ClusterConfig.ClusterNetwork.PodSubnet }}{{ $i }}={{ $x }};{{ end }}"),
        "0=10.244.0.0/16;1=fd00::/56;"
    );
    assert_eq!(go("{{ range list }}x{{ else }}none{{ end }}"), "none");
    assert_eq!(go("{{ range until 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}"), "012");
    assert_eq!(
        go("{{ with .MachineConfig.MachineInstall }}{{ .InstallImage | base }}{{ end }}"),
        "installer:v1.13.0"
    );
    assert_eq!(go("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}"), "2");
    assert_eq!(
        go("{{ define \"t\" }}<{{ . }}>{{ end }}{{ template \"t\" 5 }}{{ block \"u\" 6 }}[{{ . }}]{{ end }}"),
        "<5>[6]"
    );
    // A pointer to false is there, so it counts as true.
    assert_eq!(go("{{ if .MachineConfig.MachineInstall.InstallWipe }}there{{ end }}"), "there");
    assert_eq!(go("{{ if .MachineConfig.MachineNetwork }}x{{ else }}absent{{ end }}"), "absent");
}

#[test]
fn blanks_and_comments() {
    assert_eq!(go("a  {{- 1 -}}  b {{/* c */}}d{{- /* e */ -}} f"), "a1b df");
    assert_eq!(go("x\n{{- if true }}\ny\n{{- end }}\n"), "x\ny\n");
}

#[test]
fn pipelines_and_functions() {
    assert_eq!(go("{{ \"a\" | upper | quote }}"), "\"A\"");
    assert_eq!(go("{{ (split \":\" .MachineConfig.MachineInstall.InstallImage)._1 }}"), "v1.13.0");
    assert_eq!(
        go(
            "{{ .MachineConfig.MachineInstall.InstallImage | contains \"secureboot\" | ternary \"sb\" \"plain\" }}"
        ),
        "plain"
    );
    assert_eq!(go("{{ .ClusterConfig.ClusterName | trunc 4 }}-{{ \"abc\" | trunc -2 }}"), "patc-bc");
    assert_eq!(go("{{ .MachineConfig.MachineNodeLabels | toJson }}"), "{\"rack\":\"a\",\"zone\":\"\"}");
    assert_eq!(
        go("{{ printf \"%05d|%-4s|%q|%v|%.2f|%x\" 42 \"a\" \"b\" true 1.5 255 }}"),
        "00042|a   |\"b\"|true|1.50|ff"
    );
    assert_eq!(go("{{ and 1 0 }}{{ or 0 \"x\" }}{{ not true }}"), "0xfalse");
    assert_eq!(go("{{ default \"d\" \"\" }}{{ coalesce \"\" 0 \"c\" }}{{ empty list }}"), "dctrue");
    assert_eq!(
        go("{{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 9 3 }}"),
        "6 3 6 3 1 9"
    );
    assert_eq!(
        go(
            "{{ $d := dict \"a\" 1 }}{{ $_ := set $d \"b\" 2 }}{{ $d }} {{ hasKey $d \"a\" }} {{ keys $d | sortAlpha | join \",\" }}"
        ),
        "map[a:1 b:2] true a,b"
    );
    assert_eq!(
        go("{{ list 1 2 3 | rest | join \"-\" }} {{ has 2 (list 1 2) }} {{ first (list 7 8) }}"),
        "2-3 true 7"
    );
    assert_eq!(
        go(
            "{{ \"a b\" | replace \" \" \"_\" | title }} {{ \"fooBar\" | snakecase }} {{ \"foo_bar\" | camelcase }} {{ \"FooBar\" | kebabcase }}"
        ),
        "A_b foo_bar FooBar foo-bar"
    );
    assert_eq!(
        go("{{ \"x\" | b64enc }} {{ \"eA==\" | b64dec }} {{ sha256sum \"x\" | trunc 8 }}"),
        "eA== x 2d711642"
    );
    assert_eq!(
        go("{{ regexReplaceAll \"(a)(b)\" \"abab\" \"${2}${1}\" }} {{ regexMatch \"^v1\" \"v1.2\" }}"),
        "baba true"
    );
    assert_eq!(
        go(
            "{{ semverCompare \">=1.12.0\" \"v1.13.0\" }}{{ semverCompare \"~1.12\" \"1.13.0\" }}{{ semverCompare \"^1.2\" \"1.9.3\" }}"
        ),
        "truefalsetrue"
    );
    assert_eq!(go("{{ \"a\\nb\" | nindent 2 }}"), "\n  a\n  b");
    assert_eq!(
        go("{{ fromJson \"{\\\"a\\\": [1, 2]}\" | toJson }} {{ dir \"/a/b/c\" }} {{ ext \"x.yaml\" }}"),
        "{\"a\":[1,2]} /a/b .yaml"
    );
}

#[test]
fn errors_name_what_is_wrong() {
    for (template, want) in [
        ("{{ .Nope }}", "Nope is no field"),
        ("{{ .MachineConfig.MachineNetwork.NetworkHostname }}", "there is no NetworkHostname"),
        ("{{ nope 1 }}", "not known"),
        ("{{ now }}", "something else each time"),
        ("{{ if true }}", "no end"),
        ("{{ end }}", "outside of any block"),
        ("{{ \"a }}", "no end"),
        ("{{ $x }}", "no variable"),
        ("{{ fail \"stop here\" }}", "stop here"),
        ("{{ 1 }", "no meaning"),
        ("{{ template \"x\" }}", "no template x"),
        ("{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}", "without end"),
        ("{{ .MachineConfig.Type }}", "methods"),
        ("{{ break }}", "outside of any range"),
        ("{{ if true }}{{ continue }}{{ end }}", "outside of any range"),
        ("{{ range list }}{{ else }}{{ break }}{{ end }}", "outside of any range"),
        ("{{ range list 1 }}{{ block \"x\" 1 }}{{ break }}{{ end }}{{ end }}", "outside of any range"),
    ] {
        let got = go(template);
        assert!(got.starts_with("error: ") && got.contains(want), "{template}: {got}");
    }
}
