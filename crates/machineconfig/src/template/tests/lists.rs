//! Lists, dictionaries, JSON, types, and what has no value. What is expected is what talhelper 3.1.16 gave; `-` where it refused.

use super::expressions;

#[test]
fn lists() {
    expressions(&[
        ("rest (list) | toJson", "null"),
        ("initial (list 1)", "[]"),
        ("concat | toJson", "null"),
        ("concat (list 1) (list)", "[1]"),
        ("slice (list 1 2 3) 1", "[2 3]"),
        ("slice (list 1 2 3) `1` 2.9", "[2]"),
        ("slice (list) 0 | toJson", "null"),
        ("slice `abc` 1", "-"),
        ("slice (until 3) 1 | typeOf", "[]int"),
        ("chunk 2 (list 1 2 3)", "[[1 2] [3]]"),
        ("chunk 0 (list 1)", "-"),
        ("chunk -2 (list 1)", "[[1]]"),
        ("chunk -2 (list 1 2)", "[]"),
        ("first nil", "-"),
        ("has 1 nil", "false"),
        ("has 1 (until 3)", "true"),
        ("has (int64 1) (list 1)", "false"),
        ("without (list 1 2 1) 1", "[2]"),
        ("uniq (list 1 1.0 1 `1`)", "[1 1 1]"),
        ("compact (list 0 1 `` nil false `a` (list))", "[1 a]"),
        ("sortAlpha nil", "[<nil>]"),
        ("sortAlpha `x`", "[x]"),
        ("sortAlpha (list 3 `b` `a`)", "[3 a b]"),
        ("toStrings 3", "[3]"),
        ("join `,` `a`", "a"),
        ("join `-` (list 1 nil `a`)", "1-a"),
        ("append (until 2) `x`", "[0 1 x]"),
        ("keys nil", "[]"),
        ("deepCopy nil", "-"),
    ]);
}

#[test]
fn dictionaries() {
    expressions(&[
        ("dict `a`", "map[a:]"),
        ("dict 1 2 nil 3", "map[1:2 <nil>:3]"),
        ("get (dict `a` nil) `a`", "<nil>"),
        ("get nil `a`", ""),
        ("set nil `a` 1", "-"),
        ("merge (dict `a` 1) (dict `a` 2 `b` nil)", "map[a:1]"),
        ("merge (dict `a` (dict `x` 1)) (dict `a` (dict `x` 2 `y` 3))", "map[a:map[x:1 y:3]]"),
        ("mergeOverwrite (dict `a` 1 `b` 2) (dict `a` `` `b` nil)", "map[a: b:<nil>]"),
        ("mergeOverwrite (dict `a` (dict `x` 1)) (dict `a` 5)", "map[a:5]"),
        ("merge nil (dict `a` 1)", "map[a:1]"),
        ("dig `a` `b` `d` (dict `a` (dict `b` 1))", "1"),
        ("dig `a` `b` `d` (dict `a` 1)", "-"),
        ("dig `a` `d` (dict)", "d"),
        ("dig 1 `d` (dict)", "-"),
        ("dig `a` (dict)", "-"),
        ("pluck `a` (dict `a` 1) (dict) (dict `a` 2)", "[1 2]"),
        ("pick (dict `a` 1 `b` 2) `a` `z`", "map[a:1]"),
        ("ternary 1 2 true", "1"),
        ("ternary 1 2 1", "-"),
        ("default 1 `` 5", "1"),
        ("default 1", "1"),
        ("coalesce 0 ``", "<nil>"),
    ]);
}

#[test]
fn json() {
    expressions(&[
        ("toJson (dict `a` (list 1.0 `<&>` nil))", "{\"a\":[1,\"\\u003c\\u0026\\u003e\",null]}"),
        ("toRawJson `<&>`", "\"<&>\""),
        ("toPrettyJson (dict `a` (list 1) `b` (dict))", "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}"),
        ("toJson (list (float64 `inf`))", ""),
        ("mustToJson (float64 `nan`)", "-"),
        ("fromJson `{`", "<nil>"),
        ("mustFromJson `{`", "-"),
        ("fromJson `a: b`", "<nil>"),
        ("fromJson `\"\\ud83d\\ude00\\/\"`", "😀/"),
        ("fromJson `{\"a\":1,\"a\":2}`", "map[a:2]"),
    ]);
}

#[test]
fn types() {
    expressions(&[
        ("typeOf 1", "int"),
        ("typeOf (add 1 2)", "int64"),
        ("typeOf (index `a` 0)", "uint8"),
        ("typeOf (list 1)", "[]interface {}"),
        ("typeOf (splitList `,` `a`)", "[]string"),
        ("typeOf (dict)", "map[string]interface {}"),
        ("typeOf (split `,` `a`)", "map[string]string"),
        ("typeOf nil", "<nil>"),
        ("typeOf (chunk 1 (list 1))", "[][]interface {}"),
        ("kindOf (list)", "slice"),
        ("kindOf nil", "invalid"),
        ("kindIs `slice` (list)", "true"),
        ("typeIs `int64` (add 1)", "true"),
        ("typeIsLike `string` `a`", "true"),
        ("deepEqual 1 (int64 1)", "false"),
        ("deepEqual (list) (rest (list))", "false"),
        ("deepEqual (dict `a` (list 1)) (dict `a` (list 1))", "true"),
        ("trunc (add 1 1) `abc`", "-"),
        ("trunc (int (add 1 1)) `abc`", "ab"),
        ("until (len `abc`)", "[0 1 2]"),
        ("upper 1", "-"),
        ("upper nil", "-"),
        ("indent `2` `a`", "-"),
        ("add", "0"),
        ("sub 1", "-"),
        ("trim", "-"),
        ("trim `a` `b`", "-"),
    ]);
}

#[test]
fn comparing() {
    expressions(&[
        ("eq 1 (add 1)", "true"),
        ("eq 1 1.0", "-"),
        ("eq `a` 1", "-"),
        ("eq nil nil", "true"),
        ("eq nil `a`", "false"),
        ("eq (list) (list)", "-"),
        ("eq (rest (list)) nil", "true"),
        ("eq (list) nil", "false"),
        ("eq 1 2 3 1", "true"),
        ("eq 1", "-"),
        ("ne 1 2 3", "-"),
        ("lt 1 2.0", "-"),
        ("lt `a` `b`", "true"),
        ("lt true false", "-"),
        ("lt nil 1", "-"),
        ("gt (float64 `nan`) 1.0", "true"),
        ("le (float64 `nan`) 1.0", "false"),
        ("eq (index `a` 0) 97", "true"),
        ("index (dict `a` 1) `b`", "<nil>"),
        ("index (list 1) 1", "-"),
        ("index (list 1) 1.0", "-"),
        ("index nil", "-"),
        ("index (dict) nil", "-"),
        ("index (list (list 1 2)) 0 1", "2"),
        ("len nil", "-"),
        ("len 1", "-"),
        ("not nil", "true"),
        ("and", "-"),
        ("and 1", "1"),
        ("or 0 `` nil", "<nil>"),
        ("print nil 1 2 `a` 3 4", "<nil> 1 2a3 4"),
        ("print 1 `a` 2", "1a2"),
        ("println 1 `a`", "1 a\n"),
    ]);
}
