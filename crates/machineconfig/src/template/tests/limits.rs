//! No template runs without end, fills the memory, or comes to the end of the stack. What is expected is our own.

use super::{Val, render};

fn refused(template: &str, why: &str) {
    let error = render(template, &Val::text("dot")).unwrap_err().message;
    assert!(error.contains(why), "{template}: {error}");
}

#[test]
fn values_stay_short() {
    for template in [
        "{{ repeat 9999999999 `a` }}",
        "{{ indent 9999999999 `a` }}",
        "{{ $x := repeat 1000000 `a` }}{{ replace `` $x $x }}",
        "{{ $x := repeat 1000000 `a` }}{{ wrapWith 1 $x $x }}",
        "{{ $x := repeat 1000000 `a` }}{{ regexReplaceAll `a` $x $x }}",
        "{{ $x := repeat 1000000 `a` }}{{ regexReplaceAll `.*` $x `$0$0$0` }}",
        "{{ $x := repeat 1000000 `a` }}{{ regexReplaceAllLiteral `a` $x $x }}",
        "{{ $x := repeat 100000 `a` }}{{ join $x (splitList `` $x) }}",
        "{{ $x := repeat 1000000 `a` }}{{ print $x $x $x }}",
        "{{ printf `%1000000d%1000000d%1000000d` 1 2 3 }}",
        "{{ until 9999999999 }}",
        "{{ seq 9999999999 }}",
        "{{ $x := list 1 2 }}{{ range 64 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
        "{{ $x := `ab` }}{{ range 64 }}{{ $x = print $x $x }}{{ end }}",
    ] {
        refused(template, "very long");
    }
}

#[test]
fn work_has_an_end() {
    for template in [
        "{{ range 9223372036854775807 }}{{ end }}",
        "{{ range 9223372036854775807 }}x{{ end }}",
        "{{ $x := repeat 1000000 `a` }}{{ range 100000 }}{{ $x }}{{ end }}",
        "{{ $d := dict }}{{ range $i := 1000000 }}{{ $_ := set $d (print $i) (repeat 100 `a`) }}{{ end }}",
    ] {
        let error = render(template, &Val::text("dot")).unwrap_err().message;
        assert!(error.contains("too much") || error.contains("very long"), "{template}: {error}");
    }
}

/// Brackets are looked for once: as many as these took minutes.
#[test]
fn many_brackets_of_a_format() {
    for directive in ["%[", "%[1", "%[1]", "%[]d"] {
        let made = render(&format!("{{{{ printf `{}` }}}}", directive.repeat(100_000)), &Val::Nil);
        let is_made = |made: String| made.len() > 50_000;
        assert!(made.map_or_else(|error| error.message.contains("very long"), is_made), "{directive}");
    }
}

/// Items are compared with those alone that are written as they are: a hundred thousand took twenty seconds.
#[test]
fn many_items_that_differ() {
    let made = render("{{ len (uniq (concat (until 60000) (until 40000))) }}", &Val::Nil);
    assert_eq!(made.unwrap(), "60000");
    let made = render(
        "{{ uniq (list 1 1.0 `1` 1 `1` (list 1) (list 1) nil nil (dict `a` 1) (dict `a` 1)) }}",
        &Val::Nil,
    );
    assert_eq!(made.unwrap(), "[1 1 1 [1] <nil> map[a:1]]");
}

#[test]
fn what_holds_itself_is_refused() {
    for template in [
        "{{ $d := dict }}{{ $_ := set $d `a` $d }}{{ $d }}",
        "{{ $a := dict }}{{ $b := dict `a` $a }}{{ $_ := set $a `b` $b }}{{ toJson $a }}",
        "{{ $d := dict }}{{ $_ := merge $d (dict `a` $d) }}{{ $d }}",
        "{{ $x := list }}{{ range 1000 }}{{ $x = list $x }}{{ end }}{{ $x }}",
    ] {
        refused(template, "too deeply");
    }
    // Both are the same, or hold each other, and nothing is borrowed twice.
    for (template, want) in [
        ("{{ $d := dict `a` (dict `b` 1) }}{{ merge $d $d }}", "map[a:map[b:1]]"),
        ("{{ $d := dict `a` (dict `b` 1) }}{{ merge $d.a $d }}", "-"),
        ("{{ $d := dict `a` (dict `b` 1) }}{{ (merge (dict `a` $d) $d).a.a.b }}", "1"),
    ] {
        let got = render(template, &Val::text("dot")).unwrap_or_else(|_| "-".to_owned());
        assert_eq!(got, want, "{template}");
    }
}

#[test]
fn nesting_has_an_end() {
    let deep = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(50_000), close.repeat(50_000))
    };
    refused(&format!("{{{{ {} }}}}", deep("(", "1", ")")), "too deeply");
    refused(&deep("{{ if 1 }}", "x", "{{ end }}"), "too deeply");
    let calls = "{{ if 1 }}{{ with 1 }}{{ range 1 }}{{ template `x` }}{{ end }}{{ end }}{{ end }}";
    let calls = format!("{{{{ define `x` }}}}{calls}{{{{ end }}}}{{{{ template `x` }}}}");
    let parens = format!("{}1{}", "(print ".repeat(90), ")".repeat(90));
    let loops = format!("{}{{{{ template `p` }}}}{}", "{{ range 1 }}".repeat(95), "{{ end }}".repeat(95));
    let loops = format!("{{{{ define `p` }}}}{{{{ {parens} }}}}{{{{ end }}}}{loops}");
    // On the stack of a thread, which is smaller than that of the program.
    let run = move || {
        refused(&calls, "too deeply");
        assert_eq!(render(&loops, &Val::Nil).unwrap(), "1");
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}
