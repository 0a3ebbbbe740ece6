//! Texts: cases, cuts, lines, regular expressions, encodings, versions. What is expected is what talhelper 3.1.16 gave; `-` where it refused.

use super::expressions;

#[test]
fn cases() {
    expressions(&[
        ("title `it's a dog-day x_y`", "It'S A Dog-Day X_y"),
        ("untitle `Foo BAR`", "foo bAR"),
        ("swapcase `aB1 ß`", "Ab1 ß"),
        ("upper `straße`", "STRAßE"),
        ("snakecase `HTTPServer2xx`", "http_server_2xx"),
        ("snakecase `Bld4Floor`", "bld4_floor"),
        ("snakecase `a--b C`", "a__b_c"),
        ("snakecase `foo2`", "foo2"),
        ("snakecase `2Foo`", "2_foo"),
        ("kebabcase `FirstName_x`", "first-name-x"),
        ("kebabcase `[-4]`", "[-4]"),
        ("camelcase `foo_bar-baz`", "FooBarBaz"),
        ("camelcase `__init__`", "__Init__"),
        ("camelcase `HTTPServer`", "Httpserver"),
        ("camelcase `-`", "--"),
        ("camelcase `a`", "A"),
        ("initials `First Try x`", "FTx"),
        ("nospace ` a b `", "ab"),
    ]);
}

#[test]
fn cuts() {
    expressions(&[
        ("substr 1 3 `abcdef`", "bc"),
        ("substr -1 3 `abcdef`", "abc"),
        ("substr 2 -1 `abcdef`", "cdef"),
        ("substr 2 99 `abcdef`", "cdef"),
        ("substr 3 2 `abcdef`", "-"),
        ("trunc -2 `abc`", "bc"),
        ("trunc -9 `abc`", "abc"),
        ("abbrev 5 `Hello World`", "He..."),
        ("abbrev 3 `Hello`", "Hello"),
        ("abbrevboth 5 10 `1234 5678 9123`", "...5678..."),
        ("abbrevboth 0 5 `Hello World`", "He..."),
        ("abbrevboth 5 6 `Hello World`", "Hello World"),
        ("trimAll `ab` `abcba`", "c"),
        ("splitn `,` 2 `a,b,c`", "map[_0:a _1:b,c]"),
        ("splitn `,` 0 `a,b`", "map[]"),
        ("splitList `` `abc`", "[a b c]"),
        ("split `,` ``", "map[_0:]"),
        ("plural `one` `many` 1", "one"),
        ("repeat -1 `a`", "-"),
        ("replace `` `-` `ab`", "-a-b-"),
    ]);
}

#[test]
fn lines() {
    expressions(&[
        ("wrap 5 `Hello World foo`", "Hello\nWorld\nfoo"),
        ("wrap 3 `abcdefgh ij`", "abcdefgh\nij"),
        ("wrapWith 3 `|` `abcdefgh ij`", "abc|def|gh|ij"),
        ("wrapWith 3 `` `abcdefgh`", "abc\ndef\ngh"),
        ("wrap 0 `a b`", "a\nb"),
        ("indent 2 `a`", "  a"),
        ("nindent 1 `a`", "\n a"),
    ]);
}

#[test]
fn regular_expressions() {
    expressions(&[
        ("regexMatch `(` `a`", "false"),
        ("mustRegexMatch `(` `a`", "-"),
        ("regexFind `(` `a`", "-"),
        ("regexFind `\\w+` `ü1`", "1"),
        ("regexFindAll `a*` `baac` -1", "[ aa ]"),
        ("regexFindAll `x` `baac` -1 | toJson", "null"),
        ("regexFindAll `[a-c]` `abcd` 2", "[a b]"),
        ("regexFindAll `a` `aa` 0", "[]"),
        ("regexReplaceAll `a(x*)b` `-ab-axxb-` `${1}W`", "-W-xxW-"),
        ("regexReplaceAll `a(x*)b` `-ab-axxb-` `$1W`", "---"),
        ("regexReplaceAllLiteral `a(x*)b` `-ab-` `${1}`", "-${1}-"),
        ("regexSplit `z+` `pizza` -1", "[pi a]"),
        ("regexSplit `` `abc` -1", "[a b c]"),
        ("regexSplit `a` `banana` 2", "[b nana]"),
        ("regexSplit `a` `` -1", "[]"),
        ("regexSplit `a` `x` 0", "[]"),
        ("regexQuoteMeta `1.2-3#a`", "1\\.2-3#a"),
        ("regexMatch `a**` `a`", "false"),
        ("regexMatch `a{,2}` `a{,2}`", "true"),
        ("regexMatch `[[a]+` `[`", "true"),
        ("regexMatch `\\Qa.b\\E` `a.b`", "true"),
        ("regexMatch `\\d` `٣`", "false"),
        ("regexMatch `(?x)a` `a`", "false"),
        ("regexMatch `a{1001}` `a`", "false"),
        ("regexMatch `[&&]` `&`", "true"),
    ]);
}

#[test]
fn encodings() {
    expressions(&[
        ("b64dec `YQ`", "illegal base64 data at input byte 0"),
        ("b64dec `Y=Q=`", "illegal base64 data at input byte 1"),
        ("b64dec `YWJj!`", "illegal base64 data at input byte 4"),
        ("b64dec `YQ==x`", "illegal base64 data at input byte 4"),
        ("b64dec `YWI=`", "ab"),
        ("b64dec ``", ""),
        ("b64dec \"YWJj\\nYWJj\"", "abcabc"),
        ("b32enc `abcdef`", "MFRGGZDFMY======"),
        ("b32dec `MFRGG===`", "abc"),
        ("b32dec `mfrgg`", "illegal base32 data at input byte 0"),
        ("b32dec `MFRGG`", "illegal base32 data at input byte 0"),
        ("sha1sum `abc`", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha1sum ``", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("sha1sum (repeat 56 `a`)", "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
        ("sha1sum (repeat 64 `a`)", "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
        ("adler32sum `abc`", "38600999"),
        ("html `<a href='x'>&\"`", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"),
        ("html nil 1", "&lt;no value&gt;1"),
        ("js `it's \"<x>\" & = \\`", "it\\'s \\\"\\u003Cx\\u003E\\\" \\u0026 \\u003D \\\\"),
        ("urlquery `a b` 1 2", "a+b1+2"),
        (
            "urlJoin (dict `scheme` `https` `host` `h:1` `path` `/a b` `query` `x=1` `fragment` `f` `userinfo` `u:p`)",
            "https://u:p@h:1/a%20b?x=1#f",
        ),
        ("urlJoin (dict `path` `a:b`)", "./a:b"),
        ("urlJoin (dict `host` 1)", "-"),
        ("base `/`", "/"),
        ("base `a/`", "a"),
        ("ext `a.b/c`", ""),
        ("clean `../../x`", "../../x"),
        ("dir `a`", "."),
    ]);
}

#[test]
fn versions() {
    expressions(&[
        ("semver `v1.2.3-beta.1+x`", "1.2.3-beta.1+x"),
        ("(semver `1.2`).Patch", "0"),
        ("(semver `1.2.3-rc.1`).Prerelease", "rc.1"),
        ("semver `x`", "-"),
        ("semver `01.2.3`", "1.2.3"),
        ("semverCompare `1.x` `1.9.0`", "true"),
        ("semverCompare `*` `0.1.0`", "true"),
        ("semverCompare `^0.2` `0.3.0`", "false"),
        ("semverCompare `~1` `1.9.9`", "true"),
        ("semverCompare `>1.2, <2.0` `1.3.0`", "true"),
        ("semverCompare `1.2.3 - 1.4.0` `1.4.0`", "true"),
        ("semverCompare `<1 || >2` `3.0.0`", "true"),
        ("semverCompare `>=1.2.0` `1.3.0-beta`", "false"),
        ("semverCompare `>=1.2.0-0` `1.3.0-beta`", "true"),
        ("semverCompare `!=1.x` `1.2.3`", "false"),
        ("semverCompare `>1.2` `1.2.9`", "false"),
        ("semverCompare `<=1.2` `1.2.9`", "true"),
        ("semverCompare `` `1.2.3`", "-"),
        ("semverCompare `>` `1.2.3`", "-"),
    ]);
}
