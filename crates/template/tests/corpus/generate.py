"""Writes what Jinja2 renders for each case: NAME.txt in, NAME.expected out.

Cases are separated by lines of %%. The file's name says how it is rendered: strict-*, chainable-*, debug-* set the undefined
mode, escape-* escapes, field-* uses cluster-template's delimiters, plain-* Jinja2's own whitespace settings, line-* line prefixes.
Run it with the pinned Jinja2 of makejinja: .peers/venv/bin/python crates/template/tests/corpus/generate.py
"""

import ipaddress
from pathlib import Path

import jinja2
import yaml

HERE = Path(__file__).parent


def environment(name):
    kind = name.split("-")[0]
    plain = kind == "plain"
    options = dict(
        trim_blocks=not plain,
        lstrip_blocks=not plain,
        keep_trailing_newline=not plain,
        undefined={"strict": jinja2.StrictUndefined, "chainable": jinja2.ChainableUndefined,
                   "debug": jinja2.DebugUndefined}.get(kind, jinja2.Undefined),
        autoescape=kind == "escape",
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader({path.name: path.read_text() for path in (HERE / "library").iterdir()}),
    )
    if kind == "field":
        options.update(
            block_start_string="#%", block_end_string="%#", variable_start_string="#{", variable_end_string="}#",
            comment_start_string="#|", comment_end_string="#|",
        )
    if kind == "line":
        options.update(line_statement_prefix="%", line_comment_prefix="##")
    env = jinja2.Environment(**options)
    env.filters["nthhost"] = nthhost
    env.filters["basename"] = lambda value: Path(value).stem
    env.globals.update(yaml.safe_load((HERE / "data.yaml").read_text()))
    return env


def nthhost(value, query):
    try:
        network = ipaddress.ip_network(value, strict=False)
        if 0 <= query < network.num_addresses:
            return str(network[query])
    except ValueError:
        pass
    return False


def render(env, template):
    try:
        return env.from_string(template).render()
    except Exception as error:
        return f"ERROR {type(error).__name__}"


for path in sorted(HERE.glob("*.txt")):
    cases = path.read_text().split("\n%%\n")
    env = environment(path.name)
    path.with_suffix(".expected").write_text("\n%%\n".join(render(environment(path.name), case) for case in cases))
    print(path.name, len(cases))
