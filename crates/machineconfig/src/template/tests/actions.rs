//! Actions: blocks, pipelines, variables, and what stands between braces. What is expected is what talhelper 3.1.16 gave; `-` where it refused.

use super::actions;

#[test]
fn blocks() {
    actions(&[
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        ("{{ range $i := 2 }}{{ $i }}{{ end }}", "01"),
        ("{{ range $i, $j := 2 }}x{{ end }}", "-"),
        ("{{ range (int64 2) }}{{ . }}{{ end }}", "01"),
        ("{{ range 0 }}x{{ else }}none{{ end }}", "none"),
        ("{{ range nil }}x{{ else }}none{{ end }}", "-"),
        ("{{ range `abc` }}x{{ end }}", "-"),
        ("{{ range 1.5 }}x{{ end }}", "-"),
        ("{{ range $k, $v := dict `b` 1 `a` 2 }}{{ $k }}{{ $v }}{{ end }}", "a2b1"),
        ("{{ range $v := dict `b` 1 `a` 2 }}{{ $v }}{{ end }}", "21"),
        ("{{ $a := 0 }}{{ range $a = list 1 2 }}{{ $a }}{{ end }}{{ $a }}", "122"),
        ("{{ $i := 0 }}{{ $v := 0 }}{{ range $i, $v = list 7 8 }}{{ end }}{{ $i }}{{ $v }}", "18"),
        ("{{ range list 1 2 3 }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ . }}{{ else }}e{{ end }}", "13"),
        ("{{ with 0 }}a{{ else with 2 }}b{{ . }}{{ else }}c{{ end }}", "b2"),
        ("{{ with $x := 3 }}{{ $x }}{{ . }}{{ end }}", "33"),
        ("{{ if $x := 0 }}{{ else }}{{ $x }}{{ end }}", "0"),
        ("{{ with $x := 3 }}{{ end }}{{ $x }}", "-"),
        ("{{ if false }}{{ template `none` }}{{ end }}ok", "ok"),
        ("{{ if false }}{{ nope }}{{ end }}", "-"),
        ("{{ if false }}{{ genCA `x` 1 }}{{ end }}ok", "ok"),
        ("{{ if true }}{{ define `q` }}{{ end }}{{ end }}", "-"),
        ("{{ define `q` }}1{{ end }}{{ define `q` }}2{{ end }}", "-"),
        ("{{ define `q` }}1{{ end }}{{ define `q` }} {{ end }}{{ template `q` }}", "1"),
        ("{{ define `q` }}{{ $ }}{{ end }}{{ template `q` 5 }}", "5"),
        ("{{ define `q` }}{{ $x }}{{ end }}{{ $x := 1 }}{{ template `q` }}", "-"),
        ("{{ block `b` 1 }}{{ . }}{{ end }}{{ template `b` 2 }}", "12"),
    ]);
}

#[test]
fn pipelines() {
    actions(&[
        ("{{ 1 | }}", "1"),
        ("{{ 1 | 2 }}", "-"),
        ("{{ 1 | (print) }}", "-"),
        ("{{ nil }}", "-"),
        ("{{ true false }}", "-"),
        ("{{ print`a` }}", "-"),
        ("{{ (1)(2) }}", "-"),
        ("{{ print (1 | print) 2 }}", "12"),
        ("{{ ($x := 3) }}{{ $x }}", "33"),
        ("{{ $x=1 }}", "-"),
        ("{{ $x := 1 }}{{ $x=2 }}", "-"),
        ("{{ $y:=1 }}{{$y}}", "1"),
        ("{{ $a, $b := list 1 2 }}", "-"),
        ("{{ $x = 1 }}", "-"),
        ("{{ `a`.b }}", "-"),
        ("{{ (dict `a` (dict `b` 2)).a.b }}", "2"),
        ("{{ (dict `a` 1).a.b }}", "-"),
        ("{{ (list 1).a }}", "-"),
        ("{{ print .5 }}", "0.5"),
        ("{{ or 1 (fail `x`) }}", "1"),
        ("{{ and 0 (fail `x`) }}", "0"),
        ("{{ 1 | and 0 }}", "0"),
        ("{{ `a` | printf `%s%s` `b` }}", "ba"),
        ("{{ if and }}x{{ end }}", "-"),
    ]);
}

#[test]
fn signs() {
    actions(&[
        ("a {{- /* c */ -}} b", "ab"),
        ("a {{/* c */}} b", "a  b"),
        ("a {{ /* c */ }} b", "-"),
        ("{{/* c */ }}", "-"),
        ("{{-  /* c */ -}}", "-"),
        ("a {{- 3 -}} b", "a3b"),
        ("{{-3}}", "-3"),
        ("{{ `a\tb` }}", "a\tb"),
        ("{{ \"\\u00e4\\x41\\101\" }}", "äAA"),
        ("{{ \"\\'\" }}", "-"),
        ("{{ \"\\xc3\\xa4\" }}", "ä"),
        ("{{ '\"' }}", "34"),
        ("{{ 08 }}", "-"),
        ("{{ 1__0 }}", "-"),
        ("{{ 0x_1f }}", "31"),
        ("{{ 1_ }}", "-"),
        ("{{ 9223372036854775808 }}", "-"),
        ("{{ '' }}", "-"),
        ("{{ 'ab' }}", "-"),
        ("{{ 1x }}", "-"),
        ("{{ - }}", "-"),
    ]);
}
