//! `printf`. What is expected is what talhelper 3.1.16 gave; `-` where it refused.

use super::expressions;

#[test]
fn whole_numbers() {
    expressions(&[
        (
            "printf `%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%#X|%o|%#o|%O|%b|%#b` 42 42 42 42 42 42 42 42 42 42 42 42 42 42 42",
            "42|   42|42   |00042|+42| 42|2a|2A|0x2a|0X2A|52|052|0o52|101010|0b101010",
        ),
        ("printf `%c|%q|%#q|%+q|%U|%#U` 252 252 252 252 252 252", "ü|'ü'|'ü'|'\\u00fc'|U+00FC|U+00FC 'ü'"),
        ("printf `%c|%q|%U` -1 -1 -1", "�|'�'|U+FFFFFFFFFFFFFFFF"),
        (
            "printf `%.5d|%8.5d|%-8.5d|%.0d|%+.3d|%08d|%+08d|% 08d` 42 42 42 0 42 -42 42 42",
            "00042|   00042|00042   ||+042|-0000042|+0000042| 0000042",
        ),
        ("printf `%d|%v|%s` (add 1) (index `a` 0) (index `a` 0)", "1|97|%!s(uint8=97)"),
        ("printf `%#v|%#v` 42 (index `a` 0)", "42|0x61"),
    ]);
}

#[test]
fn floats() {
    expressions(&[
        (
            "printf `%f|%.2f|%8.3f|%-8.1f|%08.2f|%+.1f|% .1f|%F|%.0f` 3.14159 3.14159 3.14159 3.14159 -3.14159 3.14159 3.14159 3.14159 2.5",
            "3.141590|3.14|   3.142|3.1     |-0003.14|+3.1| 3.1|3.141590|2",
        ),
        (
            "printf `%e|%.3e|%E|%g|%G|%.3g|%#g|%#.3e|%#.0f` 123456.789 123456.789 123456.789 123456.789 1e-10 123456.789 1.0 1.0 1.0",
            "1.234568e+05|1.235e+05|1.234568E+05|123456.789|1E-10|1.23e+05|1.00000|1.000e+00|1.",
        ),
        (
            "printf `%v|%v|%6v|%x|%X|%.3x|%b` 1e6 0.1 2.5 1.0 10.5 3.1 1.0",
            "1e+06|0.1|   2.5|0x1p+00|0X1.5P+03|0x1.8cdp+01|4503599627370496p-52",
        ),
        (
            "printf `%f|%05f|%+f|% f|%d` (float64 `inf`) (float64 `-inf`) (float64 `nan`) (float64 `nan`) 1.5",
            "+Inf| -Inf|+NaN| NaN|%!d(float64=1.5)",
        ),
    ]);
}

#[test]
fn texts() {
    expressions(&[
        (
            "printf `%s|%6s|%-6s|%06s|%.2s|%6.2s|%q|%#q|%+q|%x|%X|% x|%# x|%#x` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc` `äbc`",
            "äbc|   äbc|äbc   |000äbc|äb|    äb|\"äbc\"|`äbc`|\"\\u00e4bc\"|c3a46263|C3A46263|c3 a4 62 63|0xc3 0xa4 0x62 0x63|0xc3a46263",
        ),
        (
            "printf `%v|%#v|%T|%t|%d|%5d` `a` `a` `a` true `a` `b`",
            "a|\"a\"|string|true|%!d(string=a)|%!d(string=    b)",
        ),
        ("printf `%t|%5t|%s` false true true", "false| true|%!s(bool=true)"),
        ("printf `%q` (list `a` 1)", "[\"a\" '\\x01']"),
    ]);
}

#[test]
fn what_has_parts() {
    expressions(&[
        (
            "printf `%v|%d|%s|%q|%x|%03d` (list 1 `a`) (list 1 `a`) (list 1 `a`) (list 1 `a`) (list 1 `a`) (list 1 `a`)",
            "[1 a]|[1 %!d(string=a)]|[%!s(int=1) a]|['\\x01' \"a\"]|[1 61]|[001 %!d(string=00a)]",
        ),
        (
            "printf `%v|%d|%#v` (dict `a` 1) (dict `a` 1) (dict `a` nil)",
            "map[a:1]|map[%!d(string=a):1]|map[string]interface {}{\"a\":interface {}(nil)}",
        ),
        (
            "printf `%#v|%#v|%#v|%#v` (list 1 nil) (until 2) (rest (list)) (splitList `,` `a,b`)",
            "[]interface {}{1, interface {}(nil)}|[]int{0, 1}|[]interface {}(nil)|[]string{\"a\", \"b\"}",
        ),
        ("printf `%v|%d|%T|%5v|%s` nil nil nil nil (list nil)", "<nil>|%!d(<nil>)|<nil>|<nil>|[<nil>]"),
    ]);
}

#[test]
fn arguments() {
    expressions(&[
        ("printf `%d %s` 1", "1 %!s(MISSING)"),
        ("printf `%d` 1 2 `x` nil", "1%!(EXTRA int=2, string=x, <nil>)"),
        ("printf `%`", "%!(NOVERB)"),
        ("printf `%z|%!|%w` 1 2 3", "%!z(int=1)|%!!(int=2)|%!w(int=3)"),
        ("printf `%[2]d %[1]d` 1 2", "2 1"),
        ("printf `%[3]d|%[x]d|%[1]` 1 2", "%!d(BADINDEX)|%!d(BADINDEX)|%!(NOVERB)"),
        ("printf `%*d|%-*d|%.*f` 5 42 5 42 2 3.14159", "   42|42   |3.14"),
        ("printf `%*d` `x` 1", "%!(BADWIDTH)1"),
        ("printf `%*d|` -5 42", "42   |"),
        ("printf `%%|%5%`", "%|%"),
        ("printf `%.d|%.f` 5 2.5", "5|2"),
        ("printf `%[2]*[1]d` 42 6", "    42"),
        ("printf `a`", "a"),
        ("printf `%d%%` (int64 5)", "5%"),
        ("printf 1", "-"),
        ("printf", "-"),
    ]);
}
