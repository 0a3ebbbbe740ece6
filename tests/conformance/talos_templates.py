"""Random Go templates with sprig's functions, as they may stand in a patch: what talhelper makes of them, ours makes too.

Each template is made from its number alone. Most arguments are of the types that a function takes; some are not, and what
one refuses the other must refuse. What gives something else each time, or differs on purpose (COMPATIBILITY.md), is not
drawn.
"""

import base64
import concurrent.futures
import pathlib
import random
import shutil
import tempfile

import yaml

from talos_template_words import BY_NAME, FIELDS, FORMATS, GIVES, INTS, NEARLY, NUMBERS, POOLS, SOURCES, SPECIAL


class Draw:
    """One template."""

    def __init__(self, number, fields=True):
        self.random = random.Random(number)
        self.fields = fields
        self.variables = []

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def quoted(self, text):
        return f"`{text}`" if "\\" not in text and self.chance(20) else f'"{text}"'

    def number(self):
        if self.chance(80):
            return self.random.choice(NUMBERS)
        if self.chance(50):
            return f"{self.random.uniform(-100, 100):.{self.random.randint(1, 6)}f}"
        return str(self.random.randint(-(10**13), 10**13))

    def value(self, kind, depth):
        """An argument of a kind."""
        if self.chance(4):
            # Not a large number for a small one: Go would make gigabytes of it.
            kind = self.random.choice("sildb" if kind == "i" else "sinldba")
        if depth > 0 and self.chance(45):
            found = {"s": "s", "S": "s", "l": "l", "d": "d", "n": "n", "N": "n", "b": "b"}.get(kind)
            if kind in "sSldnNb" and found:
                return f"({self.call(self.random.choice(GIVES[found]), depth - 1)})"
            if kind == "a":
                return f"({self.call(None, depth - 1)})"
        if kind == "a":
            if self.variables and self.chance(20):
                return self.random.choice(self.variables)
            if self.chance(5):
                return "nil"
            if self.fields and self.chance(8):
                return "$." + self.random.choice(FIELDS)
            return self.value(self.random.choice("ssnnlldb"), depth - 1)
        if kind == "p":
            return self.quoted(" ".join(self.random.choice(FORMATS) for _ in range(self.random.choice([1, 1, 2, 3]))))
        if kind in POOLS:
            return self.quoted(self.random.choice(POOLS[kind]))
        if kind == "b":
            return self.random.choice(["true", "false"])
        if kind == "i":
            return self.random.choice(INTS)
        if kind == "f":
            return self.random.choice(["0.1", "0.5", "0.9", "1.0"])
        if kind == "l":
            return "(list" + "".join(" " + self.value("a", depth - 1) for _ in range(self.random.choice([0, 1, 2, 3, 3]))) + ")"
        if kind == "d":
            keys = [self.random.choice(["a", "b", "c", "scheme", "host", "path"]) for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
            return "(dict" + "".join(f" {self.quoted(key)} {self.value('a', depth - 1)}" for key in keys) + ")"
        return self.quoted(self.random.choice(NEARLY)) if self.chance(20) else self.number()

    def call(self, name, depth):
        """A function with arguments; some of them come by a pipe."""
        if name == "dict":
            return self.value("d", depth)[1:-1]
        # A version is a structure in Go; nobody copies one, or prints one as a number.
        known = [pair for pair in BY_NAME if name == pair[0] or (name is None and (pair[0] != "semver" or depth > 1))]
        name, parameters = self.random.choice(known)
        arguments, many = [], False
        for letter in parameters:
            if letter == "*":
                many = True
            elif many:
                arguments += [self.value(letter, depth) for _ in range(self.random.choice([0, 1, 2, 2, 3]))]
            else:
                arguments.append(self.value(letter, depth))
        if self.chance(2) and arguments:
            arguments.pop()
        if name == "values":
            # Go's maps have no order; keys are sorted below.
            arguments = ['(dict "a" 1)']
        call = f"{name} {' '.join(arguments)}" if arguments else name
        if len(arguments) > 0 and self.chance(25):
            last = arguments.pop()
            last = last[1:-1] if last.startswith("(") and last.endswith(")") and self.chance(50) and last.count("(") == 1 else last
            if last != "nil":
                call = f"{last} | {' '.join([name, *arguments])}"
            else:
                call = " ".join([name, *arguments, last])
        return f"{call} | sortAlpha" if name == "keys" else call

    def shown(self, depth=2):
        """An expression, shown so that no sign of it disturbs YAML. Numbers do not, and what an action alone prints is of interest."""
        if self.chance(20):
            return f"{{{{ {self.call(self.random.choice(GIVES['n'] + GIVES['b']), depth)} }}}}."
        if self.chance(10):
            return f"{{{{ {self.call(None, depth - 1)} | {self.random.choice(['toString', 'quote', 'print', 'toJson', 'typeOf', 'html', 'cat'])} | b64enc }}}}."
        return f"{{{{ ({self.call(None, depth)}) | print | b64enc }}}}."

    def template(self):
        """A template: mostly one expression, else blocks. The dot is a text: a configuration is shown with addresses in Go."""
        inner = self.shown() if self.chance(75) else self.block(2)
        return f'{{{{ with "dot" }}}}{inner}{{{{ end }}}}'

    def body(self, depth):
        parts = [self.random.choice(["x", " y ", "-"]), self.shown(1) if self.chance(50) else "{{ . | print | b64enc }}."]
        if depth > 0 and self.chance(40):
            parts.append(self.block(depth - 1))
        if self.variables and self.chance(50):
            parts.append(f"{{{{ {self.random.choice(self.variables)} | print | b64enc }}}}.")
        self.random.shuffle(parts)
        return "".join(parts)

    def condition(self):
        return self.value(self.random.choice("abbnls"), 1)

    def inside(self, declared, depth):
        """A body that knows some variables more."""
        self.variables += declared
        body = self.body(depth)
        del self.variables[len(self.variables) - len(declared) :]
        return body

    def block(self, depth):
        left, right = self.random.choice([("{{", "}}"), ("{{-", "}}"), ("{{", "-}}"), ("{{-", "-}}")])
        what = self.random.randrange(9)
        name = f"$v{len(self.variables)}"
        otherwise = f"{{{{ else }}}}{self.body(depth - 1)}" if self.chance(50) else ""
        if what == 0:
            more = f"{{{{ else if {self.condition()} }}}}{self.body(0)}" if self.chance(40) else ""
            return f"{left} if {self.condition()} {right}{self.body(depth)}{more}{otherwise}{{{{ end }}}}"
        if what == 1:
            value = self.condition()
            if self.chance(50):
                return f"{left} with {name} := {value} {right}{self.inside([name], depth)}{otherwise}{{{{ end }}}}"
            more = f"{{{{ else with {self.condition()} }}}}{self.body(0)}" if self.chance(30) else ""
            return f"{left} with {value} {right}{self.body(depth)}{more}{otherwise}{{{{ end }}}}"
        if what in (2, 3):
            # Only what is known to be short: Go goes over any number.
            source = self.random.choice(SOURCES)
            if self.chance(40):
                source = self.random.choice(["(list", "(dict `k`"]) + f" {self.value('a', 1)} {self.value('a', 1)} {self.value('a', 1)})"
            names, extra = [], ""
            if self.chance(60):
                names = [name] if self.chance(40) else [name, name + "b"]
            if self.chance(30):
                extra = self.random.choice(["{{ if eq (print .) `2` }}{{ break }}{{ end }}", "{{ if . }}{{ continue }}{{ end }}", "{{ continue }}", "{{ break }}"])
            head = f"{', '.join(names)} := {source}" if names else source
            return f"{left} range {head} {right}{extra}{self.inside(names, depth)}{otherwise}{{{{ end }}}}"
        if what == 4:
            again = f"{{{{ {name} = {self.value('a', 1)} }}}}{{{{ {name} | print | b64enc }}}}." if self.chance(60) else ""
            return f"{left} {name} := {self.call(None, 1)} {right}{self.inside([name], depth)}{again}"
        if what == 5:
            label = f"t{self.random.randrange(1000)}"
            return f'{{{{ block "{label}" {self.value("a", 1)} }}}}{{{{ . | print | b64enc }}}}.{{{{ end }}}}'
        if what == 6:
            return f"a {left}{self.random.choice(['', ' '])}/* a {{ comment */{self.random.choice(['', ' '])}{right} b"
        if what == 7:
            return self.random.choice(SPECIAL)
        return self.body(depth)


PATCH = """machine:
  sysctls:
    k: "{template}"
"""
CONFIG = """clusterName: templates
talosVersion: v1.12.0
kubernetesVersion: v1.34.2
endpoint: https://10.0.0.10:6443
nodes:
  - hostname: n0
    ipAddress: 10.0.0.1
    controlPlane: true
    installDisk: /dev/sda
    nodeLabels: {rack: a}
    patches: [PATCHES]
"""
# Refused on purpose: what would be very long, bytes that are no text, and items beyond the end of a list for which Go has room.
OURS = ["would be very long", "is no text", "cuts through", "outside of the list", "very many numbers"]
# Taken on purpose: a map of texts is a dictionary to us.
THEIRS = ["map[string]string"]


class Peers:
    """Renders templates by both."""

    def __init__(self, options, run, secrets):
        self.options, self.run, self.secrets = options, run, secrets

    def rendered(self, program, templates):
        """What a program makes of templates, all of them or none, and what it said."""
        with tempfile.TemporaryDirectory(dir=self.options.work) as name:
            folder = pathlib.Path(name)
            shutil.copy(self.secrets, folder / "talsecret.yaml")
            for n, template in enumerate(templates):
                (folder / f"p{n}.yaml").write_text(PATCH.format(template=template).replace("k:", f"k{n}:"))
            names = ", ".join(f'"@./p{n}.yaml"' for n in range(len(templates)))
            (folder / "talconfig.yaml").write_text(CONFIG.replace("PATCHES", names))
            code, said = self.run(program, folder, "genconfig", "--offline-mode", "--no-gitignore", "-o", "out")
            if code:
                return None, said
            document = next(yaml.safe_load_all((folder / "out" / "templates-n0.yaml").read_text()))
            return [document["machine"]["sysctls"].get(f"k{n}") for n in range(len(templates))], said

    def pairs(self, templates):
        """What both make of each: as many as possible in one run, for a run takes longer than a template."""
        theirs, said = self.rendered(self.options.talhelper, templates)
        ours, words = self.rendered(self.options.talosgen, templates)
        if (theirs is None or ours is None) and len(templates) > 1:
            half = len(templates) // 2
            return self.pairs(templates[:half]) + self.pairs(templates[half:])
        if theirs is None or ours is None:
            return [(templates[0], theirs and theirs[0], ours and ours[0], said, words)]
        return [(template, left, right, "", "") for template, left, right in zip(templates, theirs, ours)]


def readable(text):
    """What was shown, without its encoding."""
    def decoded(part):
        try:
            return base64.b64decode(part, validate=True).decode()
        except ValueError:
            return part

    return "·".join(map(decoded, text.split(".")))


def differs(template, theirs, ours, said, words):
    """What is different, if anything."""
    if theirs is None and ours is None:
        return None
    if ours is None:
        return None if any(known in words for known in OURS) else f"ours refuses: {words[:400]}\n    theirs: {readable(theirs)}"
    if theirs is None:
        return None if any(known in said for known in THEIRS) else f"theirs refuses: {said[-400:]}\n    ours: {readable(ours)}"
    return None if theirs == ours else f"theirs: {readable(theirs)}\n    ours:   {readable(ours)}"


def templates(options, run, secrets):
    """As many random templates as asked for. Those that ours refuses are tried alone, the others together."""
    peers = Peers(options, run, secrets)
    drawn = [Draw(number).template() for number in range(options.seed, options.seed + options.count)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        refused = list(pool.map(lambda template: peers.rendered(options.talosgen, [template])[0] is None, drawn))
        groups = [[template] for template, no in zip(drawn, refused) if no]
        taken = [template for template, no in zip(drawn, refused) if not no]
        groups += [taken[n : n + 100] for n in range(0, len(taken), 100)]
        found = [pair for pairs in pool.map(peers.pairs, groups) for pair in pairs]
    failed = 0
    for pair in found:
        difference = differs(*pair)
        if difference:
            failed += 1
            print(f"{pair[0]}\n    {difference}", flush=True)
    accepted = sum(pair[1] is not None for pair in found)
    print(f"{len(drawn)} templates, {accepted} accepted by talhelper, {len(drawn) - accepted} refused; {failed} differ")
    return 1 if failed else 0
