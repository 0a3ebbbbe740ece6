"""What random templates are made of: arguments, functions with what they take, fields of a configuration, whole templates."""

TEXTS = [
    "", "a", "abc", "Hello World", "foo_bar-baz", "FooBarBaz", "HTTPServer2xx", "v1.12.3", " padded\\t", "a,b,,c", "12", "-3", "0x1f",
    "007", "1.5", "-2.5", "1e3", "true", "x1y22z333", "ümläut Straße", "日本語", "it's \\\"q\\\"", "tab\\there", "two\\nlines\\n",
    "$1 & <b>", "a b  c", "../x/./y.tar.gz", "/var/lib/", "1_000", "%d", "__init__", "talos-worker-01", "aaa", "+7", ".5", "5.",
]
REGEXES = [
    "a+", "[a-z]+", "(\\\\w)(\\\\d*)", "\\\\s+", "^v?(\\\\d+)", "", "b*", "(?i)HELLO", "[^a-c]", ".", "x|y", "\\\\bfoo", "(", "a{2,}",
    "a{,2}", "[[:alpha:]]", "\\\\d{1,2}$", "a**", "(?P<n>o)", "[\\\\w&&]", "l+?", "\\\\Qa.b\\\\E", "\\\\.",
]
FORMATS = [
    "%d", "%5d|", "%-5d|", "%05d", "%+d", "% d", "%x", "%X", "%#x", "%o", "%#o", "%O", "%b", "%c", "%q", "%#q", "%+q", "%U", "%#U", "%s",
    "%10s|", "%-10s|", "%.2s", "%05s", "%v", "%+v", "%#v", "%T", "%t", "%f", "%.2f", "%8.3f|", "%e", "%.3e", "%E", "%g", "%G", "%.3g",
    "%#g", "%+.1f", "%08.2f", "% x", "%#x", "%%", "%", "%z", "%[1]d", "%[2]d", "%*d", "%.*f", "%-*d|", "%6.2q|", "%.0f", "%.f", "%x|",
    "%!", "%3c|", "%F", "%.3x", "%[3]v", "%[x]d", "%.10g", "%+e", "%-08d|", "%+08.1f", "%.5d", "%8.5d|", "%.0d", "%w",
]
VERSIONS = [
    "1.2.3", "v1.12.0", "1.2", "1", "1.2.3-beta.1", "1.2.3-alpha+meta", "v2.0.0-rc.1", "0.1.2", "0.0.3", "01.2.3", "1.2.3.4", "x", "",
    "1.13.0",
]
CONSTRAINTS = [
    ">=1.2.0", "~1.2", "^1.2.3", "1.x", "*", "<2", ">1.2, <2.0", "1.2.3 - 1.4.0", "!=1.2.3", "=1.2.3", "~1.2.3-alpha", "^0.1", "^0.0.3",
    "1.2 || 2.x", "=>1", "=<1.13", "> 1", ">=1.2.0-0", "~1", "^0", "", ">", "!=1", "!=1.x", "<=1.2", ">1.2", "~>1.2.3", "1.2.3,1.2.3",
    ">=1.2.3 <1.13.0",
]
URLS = [
    "https://user:pw@example.com:8443/a/b?x=1#frag", "http://[::1]:80/", "mailto:x@y.z", "/only/path", "a:b", "https://host/%20sp%C3%A9",
    "//host/path", "http://host:x/", "", "host.example.com", "tcp://10.0.0.1:514/",
]
JSONS = [
    "{\\\"a\\\":1,\\\"b\\\":[true,null,\\\"x\\\"]}", "[1,2.5,-3e2]", "\\\"t\\\"", "null", "{", "tru", "12", "{\\\"a\\\":{\\\"b\\\":{}}}",
    "[]", "[\\\"<&>\\\"]",
]
ENCODED = ["YWJj", "YQ==", "YWI=", "YQ", "!", "YWJj\\n", "Y=Q=", "ME======", "MFRGG===", "MFRGGZA=", "mfrgg", "YQ==x", "a", ""]
PATHS = ["a/b/c.txt", "/", "", ".", "..", "/a/../b", "a//b/", "./x", "../../x", "/a/b/", "x.tar.gz", "a.b/c", ".hidden"]
NUMBERS = [
    "0", "1", "2", "3", "7", "-1", "-5", "10", "255", "1000", "0755", "0x10", "0b101", "0o17", "1_000", "1.5", "-2.5", "2.5", "0.5",
    "-0.5", "3.0", "1e3", "1e6", "1e21", "1e-7", "123456.789", "0.1", "100000", "1234567", "9223372036854775807", "-9223372036854775808",
    "'a'", "'\\\\n'", "1.0e2", "-0.0", "33.4909", "18.455", "2.675", "1e20",
]
INTS = ["0", "1", "2", "3", "5", "-1", "-2", "8", "12", "4", "20"]
# Texts that are numbers, or nearly.
NEARLY = ["12", "-3", "0x1f", "007", "1.5", "abc", "", "-2.5", "1e3", "true", "1_000", "0755", "."]
# What a loop goes over, or cannot.
SOURCES = ["3", "0", "until 3", "2", "(len `abc`)", "nil", "`abc`", "1.5", "true", "(int64 2)", "(index `ab` 0 | sub 99)", "(list 1 2 3)", "(splitList `,` `a,b`)", "(dict)"]
TYPES = ["string", "int", "int64", "float64", "slice", "map", "[]interface {}", "bool", "[]string", "map[string]interface {}", "invalid", "uint8", "[]int"]
POOLS = {"r": REGEXES, "v": VERSIONS, "c": CONSTRAINTS, "u": URLS, "j": JSONS, "e": ENCODED, "h": PATHS, "t": TYPES, "s": TEXTS, "S": TEXTS}

# By parameters: a anything, n a number or what may be one, i a number that is small, s a text, l a list, d a dictionary, b a
# truth, f a float; r an expression, p a format, v a version, c a constraint, u a URL, j JSON, e something encoded, h a path.
# `*` may come several times.
FUNCTIONS = {
    "": "hello",
    "s": "trim upper lower title untitle swapcase snakecase camelcase kebabcase sha1sum sha256sum sha512sum adler32sum atoi b64enc b32enc regexQuoteMeta fail",
    "h": "base dir clean ext isAbs osBase osDir osClean osExt osIsAbs",
    "j": "fromJson mustFromJson",
    "e": "b64dec b32dec",
    "v": "semver",
    "u": "urlParse",
    "ss": "trimall trimAll trimSuffix trimPrefix contains hasPrefix hasSuffix split splitList",
    "rs": "regexMatch mustRegexMatch regexFind mustRegexFind",
    "cv": "semverCompare",
    "sss": "replace",
    "rss": "regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral",
    "ssi": "plural",
    "rsi": "regexFindAll mustRegexFindAll regexSplit mustRegexSplit",
    "sis": "splitn",
    "is": "abbrev trunc repeat wrap indent nindent",
    "iis": "abbrevboth substr",
    "iss": "wrapWith",
    "i": "until",
    "iii": "untilStep",
    "*i": "seq",
    "il": "chunk mustChunk",
    "a": "not len toString int int64 toStrings empty toJson mustToJson toPrettyJson toRawJson mustToRawJson deepCopy typeOf kindOf",
    "n": "float64 toDecimal add1 add1f ceil floor int int64",
    "l": "sortAlpha compact first rest last initial reverse uniq mustFirst mustRest mustLast mustInitial mustReverse mustUniq mustCompact",
    "*a": "html js print println urlquery quote squote cat coalesce all any tuple list and or eq concat",
    "*n": "add addf mul max min biggest maxf minf mulf",
    "nn": "sub div mod subf divf",
    "nnn": "subf divf mulf",
    "aa": "ne lt le gt ge deepEqual eq",
    "nN": "ne lt le gt ge eq",
    "sS": "ne lt le gt ge eq",
    "aaa": "eq",
    "ni": "round",
    "nif": "round",
    "aab": "ternary",
    "aa*": "default",
    "sl": "join",
    "sa": "join",
    "ta": "typeIs typeIsLike kindIs",
    "p*a": "printf",
    "ds": "get unset hasKey",
    "dsa": "set",
    "s*d": "pluck",
    "*d": "keys",
    "d*s": "pick omit",
    "d*d": "merge mustMerge mergeOverwrite mustMergeOverwrite",
    "d": "len urlJoin values",
    "la": "append mustAppend push prepend without mustWithout",
    "al": "has mustHas",
    "li": "index slice mustSlice",
    "lii": "slice",
    "di": "index",
    "si": "index",
    "ssad": "dig",
    "sad": "dig",
    "*l": "concat",
}
BY_NAME = [(name, parameters) for parameters, names in FUNCTIONS.items() for name in names.split()]
GIVES = {
    "s": "upper lower trim trunc replace quote printf toString join toJson b64enc base cat print repeat title".split(),
    "l": "list splitList until rest reverse uniq append concat chunk toStrings regexFindAll slice compact".split(),
    "d": "dict dict dict merge pick set omit fromJson urlParse".split(),
    "n": "add sub mul int int64 float64 len addf divf round max add1 floor index".split(),
    "b": "eq not contains empty hasKey and regexMatch kindIs lt".split(),
}
FIELDS = [
    "MachineConfig.MachineType", "ClusterConfig.ClusterName", "MachineConfig.MachineNodeLabels",
    "MachineConfig.MachineInstall.InstallDisk", "ClusterConfig.ClusterNetwork.PodSubnet", "ClusterConfig.ControlPlane.Endpoint.Host",
    "MachineConfig.MachineSysctls", "MachineConfig.MachineKubelet.KubeletImage", "MachineConfig.MachineNodeLabels.rack",
    "MachineConfig.MachineNodeLabels.none",
]

# Templates of their own: what is refused while it is parsed, and what is taken though it looks odd.
SPECIAL = [
    '{{ $x }}',
    '{{ nope 1 }}',
    '{{ if }}x{{ end }}',
    '{{ 1 | 2 }}',
    '{{ end }}',
    '{{ if true }}',
    '{{ print`a` }}',
    '{{ (1 }}',
    '{{ . . }}',
    '{{ $x = 1 }}',
    '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}',
    '{{ "a" }}',
    '{{ 1_0 }}',
    '{{ 08 }}',
    '{{ $y:=1 }}{{$y}}',
    '{{1 | }}',
    '{{ true false }}',
    '{{ nil }}',
    '{{- 3 -}}',
    '{{-3}}',
    '{{ template `none` }}',
    '{{ if false }}{{ template `none` }}{{ end }}',
    '{{ range 3 }}{{ else }}{{ break }}{{ end }}',
    '{{ print . | len }}',
    '{{ (dict `a` (dict `b` 2)).a.b }}',
    '{{ (dict `a` 1).a.b }}',
    '{{ (list 1).a }}',
    '{{ range $i := 2 }}{{ $i }}{{ end }}',
    '{{ range $i, $j := 2 }}{{ $i }}{{ end }}',
    '{{ $a := 0 }}{{ range $a = list 1 2 }}{{ $a }}{{ end }}{{ $a }}',
    "{{ '\\\\'' }}",
    '{{ `a` `b` }}',
    '{{ if true }}{{ define `q` }}{{ end }}{{ end }}',
    '{{ (semver "1.2.3-rc.1+m").Major }}',
    '{{ (semver "1.2").Prerelease | print }}',
    '{{ (urlParse "https://h:1/p").host }}',
    '{{ 1.0 }}',
    '{{ 1e6 }}',
    '{{ -0.0 }}',
    '{{ 12345678.9 }}',
    '{{ index (list 1.5 2) 0 }}',
    '{{ dict.x }}',
    '{{ first (list) }}',
    '{{ $x := 3 }}{{ range $x }}{{ . }}{{ end }}',
    '{{ block `b` 1 }}{{ $ }}{{ end }}',
]
