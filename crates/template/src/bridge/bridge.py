"""The Python side of the bridge: loads a tree's plugins as makejinja 2.8 does and answers what the engine asks.

It is started with a socket as its standard input. Messages are JSON behind four bytes of length; values that JSON does
not have are objects with one key that begins with "!". What cannot cross stays here and is named by a number.
makejinja need not be installed: a small stand-in gives plugins the names they import. Jinja2 is needed only by plugins
that ask for the environment or bring extensions.
"""
import atexit
import importlib
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import re
import socket
import sys
import types
from pathlib import Path
from typing import Any, Protocol

NATIVE = {"jinja2.ext.do", "jinja2.ext.loopcontrols", "jinja2.ext.ExprStmtExtension", "jinja2.ext.LoopControlExtension",
          "jinja2.ext.autoescape", "jinja2.ext.with_"}
ENVIRONMENT = ["block_start_string", "block_end_string", "variable_start_string", "variable_end_string",
               "comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix", "trim_blocks",
               "lstrip_blocks", "newline_sequence", "keep_trailing_newline", "undefined", "finalize", "autoescape",
               "loader", "code_generator_class", "context_class", "template_class", "concat"]


class Line:
    """The connection."""

    def __init__(self):
        self.socket = socket.socket(fileno=os.dup(0))
        self.reader = self.socket.makefile("rb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)

    def receive(self):
        head = self.reader.read(4)
        if len(head) < 4:
            # The engine is done. What plugins do at the end is done; the rest of Python's end would only take time.
            atexit._run_exitfuncs()
            sys.stdout.flush()
            os._exit(0)
        return json.loads(self.reader.read(int.from_bytes(head, "big")))

    def send(self, message):
        body = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii")
        self.socket.sendall(len(body).to_bytes(4, "big") + body)


class MissingModule(Exception):
    """A module that a plugin imports is not installed."""


class MissingPlugin(Exception):
    """A plugin is not where the settings say."""


class Doing:
    """What is tried while plugins are loaded, as it is told when it fails."""

    what = "plugins cannot be loaded"


class Missing:
    """What an undefined value is where Jinja2 is not installed."""

    def __str__(self):
        return ""

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __bool__(self):
        return False

    def __eq__(self, other):
        return isinstance(other, Missing)

    def __hash__(self):
        return hash(Missing)


class Handles:
    """Objects that stay here."""

    def __init__(self):
        self.objects = []
        self.numbers = {}

    def number(self, value):
        found = self.numbers.get(id(value))
        if found is None:
            found = len(self.objects)
            self.objects.append(value)
            self.numbers[id(value)] = found
        return found


class StrictMissing(Missing):
    """As above where any use of an undefined value is an error."""

    def refuse(self, *_):
        raise ValueError("an undefined value is used")

    __str__ = __iter__ = __len__ = __bool__ = __eq__ = refuse

    __hash__ = Missing.__hash__


handles = Handles()
mode = "default"


def undefined():
    """The class of undefined values: Jinja2's where a plugin can know it."""
    if "jinja2" not in sys.modules:
        return StrictMissing if mode == "strict" else Missing
    import jinja2

    return {"default": jinja2.Undefined, "chainable": jinja2.ChainableUndefined, "debug": jinja2.DebugUndefined,
            "strict": jinja2.StrictUndefined}[mode]


class Inexact:
    """Whether a value was met that the engine cannot have as Python has it: a text or number that is more than that."""

    met = False


def inexact(value):
    """A member of an enumeration of texts or numbers, a decimal or a fraction."""
    import enum

    return (isinstance(value, enum.Enum) and isinstance(value, (str, int, float))
            or type(value).__module__ in ("decimal", "_pydecimal", "fractions"))


def defines_inexact(folders):
    """Whether a module below one of the folders has an enumeration of texts or numbers, which its values may come to."""
    import enum

    def below(cls):
        for inner in cls.__subclasses__():
            yield inner
            yield from below(inner)

    def own(cls):
        file = getattr(sys.modules.get(cls.__module__), "__file__", None)
        return file and "site-packages" not in file and any(Path(file).resolve().is_relative_to(folder) for folder in folders)

    return any(issubclass(cls, (str, int, float)) and own(cls) for cls in below(enum.Enum))


def integer(value):
    Inexact.met = Inexact.met or not -(2**127) <= value < 2**127
    return value if -(2**63) <= value < 2**63 else {"!i": str(value)}


def real(value):
    return value if value - value == 0 else {"!f": repr(value)}


def mapping(value, depth):
    if all(type(key) is str and not key.startswith("!") for key in value):
        return {key: encode(item, depth) for key, item in value.items()}
    return {"!d": [[encode(key, depth), encode(item, depth)] for key, item in value.items()]}


def encode(value, depth=0):
    """A value as a message: data by value, anything else as a handle."""
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return integer(value)
    if kind is float:
        return real(value)
    if depth < 100:
        if kind is list:
            return [encode(item, depth + 1) for item in value]
        if kind is tuple:
            return {"!t": [encode(item, depth + 1) for item in value]}
        if kind is dict or kind is types.MappingProxyType:
            return mapping(value, depth + 1)
    if inexact(value):
        Inexact.met = True
    if isinstance(value, str):
        if hasattr(value, "__html__"):
            return {"!m": str.__str__(value)}
        if str(value) == str.__str__(value):
            return str.__str__(value)
    if isinstance(value, int) and str(value) == int.__repr__(value):
        return integer(int(value))
    if isinstance(value, float) and str(value) == float.__repr__(value):
        return real(float(value))
    if value.__class__.__name__.endswith("Undefined") and value.__class__.__module__ == "jinja2.runtime":
        return {"!u": 1}
    if isinstance(value, Missing):
        return {"!u": 1}
    return handle(value)


def handle(value):
    return {"!o": handles.number(value), "k": shape(value), "c": callable(value), "b": truth(value)}


def shape(value):
    import collections.abc as kinds

    if isinstance(value, kinds.Mapping):
        return "map"
    if isinstance(value, kinds.Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return "seq"
    if isinstance(value, type):
        return "plain"
    return "iter" if hasattr(type(value), "__iter__") else "plain"


def truth(value):
    try:
        return bool(value)
    except Exception:
        return True


def decode(value):
    """A value of a message."""
    if type(value) is list:
        return [decode(item) for item in value]
    if type(value) is not dict:
        return value
    if len(value) == 1:
        (key, inner), = value.items()
        if key.startswith("!"):
            return tagged(key, inner)
    return {key: decode(item) for key, item in value.items()}


def tagged(key, inner):
    if key == "!t":
        return tuple(decode(item) for item in inner)
    if key == "!d":
        return {decode(name): decode(item) for name, item in inner}
    if key == "!i":
        return int(inner)
    if key == "!f":
        return float(inner)
    if key == "!y":
        return bytes(inner)
    if key == "!o":
        return handles.objects[inner]
    if key == "!m":
        return markup(inner)
    if key == "!date":
        return date(inner)
    return undefined()()


def date(text):
    import datetime

    for kind in (datetime.date, datetime.datetime, datetime.time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            pass
    return text


def markup(text):
    try:
        from markupsafe import Markup
    except ImportError:
        return text
    return Markup(text)


# makejinja's names


class Settings:
    """A group of settings."""

    def __init__(self, values):
        self.__dict__.update(values)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in vars(self).items())})"


class Config(Settings):
    """makejinja's settings, resolved."""


class Delimiter(Settings):
    """Delimiters."""


class Internal(Settings):
    """Inner options of the engine."""


class Prefix(Settings):
    """Prefixes of lines."""


class Whitespace(Settings):
    """Whitespace."""


class Plugin(Protocol):
    """What a plugin may have."""

    def __init__(self, *, env: Any, data: Any, config: Any) -> None:
        pass

    def functions(self):
        return []

    def data(self):
        return {}

    def filters(self):
        return []

    def tests(self):
        return []

    def policies(self):
        return {}

    def extensions(self):
        return []

    def path_filters(self):
        return []

    def globals(self):
        return []


PLUGIN_NAMES = ["Data", "Extensions", "Filter", "Filters", "Function", "Functions", "MutableData", "PathFilter",
                "PathFilters", "Policies", "Test", "Tests"]
for group in (Config, Delimiter, Internal, Prefix, Whitespace):
    group.__module__ = "makejinja.config"
Plugin.__module__ = "makejinja.plugin"


def stand_in():
    """Modules for `import makejinja`, without the time the real one takes."""
    package = types.ModuleType("makejinja", "Stand-in for makejinja, for plugins.")
    plugin = types.ModuleType("makejinja.plugin")
    config = types.ModuleType("makejinja.config")
    loader = types.ModuleType("makejinja.loader")
    for name in PLUGIN_NAMES:
        setattr(plugin, name, Any)
    plugin.Plugin = plugin.AbstractLoader = loader.AbstractLoader = Plugin
    plugin.Any = Any
    plugin.Path = Path
    import enum

    undefined_names = enum.Enum("Undefined", ["default", "chainable", "debug", "strict"], module="makejinja.config")
    for group in (Config, Delimiter, Internal, Prefix, Whitespace, undefined_names):
        setattr(config, group.__name__, group)
    package.plugin, package.config, package.loader = plugin, config, loader
    # What is not here comes from the real package, where there is one.
    spec = importlib.machinery.PathFinder.find_spec("makejinja")
    package.__path__ = list(spec.submodule_search_locations or []) if spec else []
    package.__getattr__ = lambda name: submodule(name)
    sys.modules.update({"makejinja": package, "makejinja.plugin": plugin, "makejinja.config": config})
    if spec is None:
        sys.modules["makejinja.loader"] = loader


def submodule(name):
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return importlib.import_module(f"makejinja.{name}")
    except ImportError:
        raise AttributeError(f"module 'makejinja' has no attribute {name!r}") from None


def configuration(values):
    paths = {"inputs", "data", "import_paths"}
    frozen = types.MappingProxyType

    def value(key, given):
        if key in paths:
            return tuple(Path(path) for path in given)
        if key == "output":
            return Path(given)
        if key == "file_data":
            return frozen({name: tuple(Path(path) for path in files) for name, files in given})
        if key == "data_vars":
            return frozen(dict(given))
        if isinstance(given, list):
            return tuple(given)
        return given

    groups = {"delimiter": Delimiter, "internal": Internal, "prefix": Prefix, "whitespace": Whitespace}
    settings = {key: groups[key](given) if key in groups else value(key, given) for key, given in values.items()}
    settings["undefined"] = sys.modules["makejinja.config"].Undefined[values["undefined"]]
    return Config(settings)


class Environment:
    """What holds the names of a run while Jinja2's own environment is not needed."""

    def __init__(self):
        self.globals, self.filters, self.tests, self.policies, self.extensions = {}, {}, {}, {}, {}


class Run:
    """The plugins of a run."""

    def __init__(self, message):
        global mode
        self.config = configuration(message["config"])
        mode = self.config.undefined.name
        self.data = decode(message["data"])
        self.environment = Environment()
        self.real = None
        self.before = None
        self.path_filters = []
        self.environment.globals.update(self.data)
        self.environment.globals["env"] = os.environ
        for path in self.config.import_paths:
            sys.path.append(str(path.resolve()))
        extensions = [name for name in self.config.extensions if name not in NATIVE]
        if extensions:
            self.jinja("the extension " + extensions[0])
        plugins = [self.plugin(name) for name in (*self.config.plugins, *self.config.loaders)]
        for plugin in plugins:
            if hasattr(plugin, "path_filters"):
                Doing.what = "path_filters() of a plugin failed"
                self.path_filters.extend(plugin.path_filters())

    def jinja(self, who):
        """Jinja2's environment, set up as makejinja does."""
        if self.real is not None:
            return self.real
        try:
            import jinja2
        except ImportError:
            raise MissingModule("jinja2", who) from None
        config = self.config
        files = {path.name: path.read_text() for path in config.inputs if path.is_file()}
        folders = [path for path in config.inputs if path.is_dir()]
        real = jinja2.Environment(
            loader=jinja2.ChoiceLoader([jinja2.DictLoader(files), jinja2.FileSystemLoader(folders)]),
            extensions=config.extensions,
            block_start_string=config.delimiter.block_start, block_end_string=config.delimiter.block_end,
            variable_start_string=config.delimiter.variable_start, variable_end_string=config.delimiter.variable_end,
            comment_start_string=config.delimiter.comment_start, comment_end_string=config.delimiter.comment_end,
            line_statement_prefix=config.prefix.line_statement, line_comment_prefix=config.prefix.line_comment,
            trim_blocks=config.whitespace.trim_blocks, lstrip_blocks=config.whitespace.lstrip_blocks,
            newline_sequence=config.whitespace.newline_sequence,
            keep_trailing_newline=config.whitespace.keep_trailing_newline,
            undefined=undefined(), autoescape=config.internal.autoescape, cache_size=400,
        )
        held = self.environment
        real.globals.update(held.globals)
        real.filters.update(held.filters)
        real.tests.update(held.tests)
        real.policies.update(held.policies)
        self.before = [getattr(real, name) for name in ENVIRONMENT]
        self.real = self.environment = real
        return real

    def plugin(self, name):
        """Loads a plugin, hook by hook as makejinja does."""
        Doing.what = f"the plugin {name} cannot be loaded"
        try:
            cls = imported(name)
        except ModuleNotFoundError as error:
            module = re.split("[.:]", name)[0]
            if error.name == module and importlib.machinery.PathFinder.find_spec(module) is None:
                raise MissingPlugin(name, [folder(path) for path in self.config.import_paths]) from None
            raise
        Doing.what = f"the plugin {name} cannot be made"
        asked = inspect.signature(cls).parameters
        given = {}
        for key in ("env", "environment"):
            if asked.get(key):
                # A plugin that says nothing of its constructor gets all there is, and mostly needs none of it.
                own = cls.__init__ is not Plugin.__init__ and getattr(cls.__init__, "__module__", "") != "typing"
                given[key] = self.jinja(f"the plugin {name}") if own else self.environment
        for key, value in (("data", self.data), ("config", self.config)):
            if asked.get(key):
                given[key] = value
        plugin = cls(**given)

        def called(hook):
            Doing.what = f"{hook}() of the plugin {name} failed"
            return getattr(plugin, hook)()

        for hook in ("globals", "functions"):
            if hasattr(plugin, hook):
                self.environment.globals.update({item.__name__: item for item in called(hook)})
        if hasattr(plugin, "data"):
            self.environment.globals.update(called("data"))
        if hasattr(plugin, "extensions") and (extensions := called("extensions")):
            real = self.jinja(f"the plugin {name}")
            from jinja2.environment import load_extensions

            # As makejinja: they are made, and do not become part of the environment.
            load_extensions(real, extensions)
        for hook, known in (("filters", "filters"), ("tests", "tests")):
            if hasattr(plugin, hook):
                names = {item.__name__: item for item in called(hook)}
                getattr(self.environment, known).update(names)
        if hasattr(plugin, "policies"):
            self.environment.policies.update(called("policies"))
        return plugin

    def answer(self):
        """What the engine is to know."""
        own_filters, own_tests, own_globals, policies, renders = {}, {}, {}, {}, False
        if self.real is not None:
            from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_NAMESPACE, DEFAULT_POLICIES, DEFAULT_TESTS

            own_filters, own_tests, own_globals, policies = (
                DEFAULT_FILTERS, DEFAULT_TESTS, DEFAULT_NAMESPACE, DEFAULT_POLICIES)
            changed = [getattr(self.real, name) for name in ENVIRONMENT] != self.before
            renders = changed or any(name not in NATIVE for name in self.real.extensions)
        environment = self.environment

        def new(names, known):
            return {key: value for key, value in names.items() if key not in known or known[key] is not value}

        found = new(environment.globals, own_globals)
        for key, value in found.items():
            if value is os.environ:
                found[key] = dict(os.environ)
        answer = {
            "globals": [[encode(key), encode(value)] for key, value in found.items()],
            "filters": {key: handles.number(value) for key, value in new(environment.filters, own_filters).items()},
            "tests": {key: handles.number(value) for key, value in new(environment.tests, own_tests).items()},
            "policies": encode(new(environment.policies, policies)),
            "path_filters": len(self.path_filters),
        }
        return answer | {"renders": renders or self.is_inexact()}

    def is_inexact(self):
        """Whether Jinja2 has to render for the sake of a value, and is there to do so."""
        if not Inexact.met and not defines_inexact([path.resolve() for path in self.config.import_paths]):
            return False
        try:
            self.jinja("a value")
        except MissingModule:
            return False
        return True


def imported(name):
    """The object of a dotted name, as Jinja2's `import_string` finds it."""
    if ":" in name:
        module, _, attribute = name.partition(":")
    elif "." in name:
        module, _, attribute = name.rpartition(".")
    else:
        return importlib.import_module(name)
    return getattr(importlib.import_module(module), attribute)


class Context:
    """The names of the template that is being rendered, for functions that ask for them."""

    def __init__(self, run, line):
        self.environment, self.line = run.environment, line
        self.eval_ctx = EvalContext(run)
        self.vars = {}

    def resolve_or_missing(self, name):
        self.line.send({"lookup": name})
        return decode(self.line.receive())

    resolve = resolve_or_missing

    def get(self, name, default=None):
        value = self.resolve(name)
        return default if isinstance(value, undefined()) else value

    def __contains__(self, name):
        return not isinstance(self.resolve(name), undefined())

    def __getitem__(self, name):
        value = self.resolve(name)
        if isinstance(value, undefined()):
            raise KeyError(name)
        return value


class EvalContext:
    """What Jinja2 hands to filters that ask whether output is escaped."""

    def __init__(self, run):
        self.environment, self.volatile = run.environment, False
        self.autoescape = run.config.internal.autoescape


class Server:
    """Answers one message after another."""

    def __init__(self):
        self.line = Line()
        self.run = None

    def serve(self):
        while True:
            message = self.line.receive()
            try:
                answer = {"ok": getattr(self, "on_" + message["op"])(message)}
            except SystemExit as error:
                answer = {"error": {"type": "SystemExit", "message": str(error.code or ""), "where": ""}}
            except BaseException as error:
                answer = {"error": described(error, self.run, message)}
            try:
                self.line.send(answer)
            except (TypeError, ValueError, RecursionError) as error:
                self.line.send({"error": described(error, self.run, message)})

    def on_start(self, message):
        stand_in()
        self.run = Run(message)
        return self.run.answer()

    def on_paths(self, message):
        filters = self.run.path_filters
        return [all(keep(Path(path)) for keep in filters) for path in message["paths"]]

    def on_call(self, message):
        return encode(self.called(handles.objects[message["id"]], message))

    def called(self, function, message):
        args = [decode(value) for value in message["args"]]
        kwargs = {key: decode(value) for key, value in message["kwargs"].items()}
        wanted = getattr(function, "jinja_pass_arg", None)
        if wanted is not None:
            kinds = {"context": lambda: Context(self.run, self.line), "eval_context": lambda: EvalContext(self.run),
                     "environment": lambda: self.run.jinja("a function that asks for the environment")}
            args.insert(0, kinds[wanted.name]())
        return function(*args, **kwargs)

    def on_attribute(self, message):
        """Jinja2's `obj.name`: the attribute, else the item; for `obj[name]` the other way round."""
        value, key = handles.objects[message["id"]], decode(message["key"])
        try:
            return {"!v": encode(value[key])} if not isinstance(key, str) else {"!v": encode(getattr(value, key))}
        except Exception:
            pass
        try:
            return {"!v": encode(value[key])}
        except Exception:
            return None

    def on_method(self, message):
        value = handles.objects[message["id"]]
        try:
            function = getattr(value, message["name"])
        except AttributeError:
            function = value[message["name"]]
        return encode(self.called(function, message))

    def on_string(self, message):
        value = handles.objects[message["id"]]
        return repr(value) if message.get("repr") else str(value)

    def on_items(self, message):
        return [encode(item) for item in handles.objects[message["id"]]]

    def on_length(self, message):
        return len(handles.objects[message["id"]])

    def on_compare(self, message):
        one, other = handles.objects[message["id"]], decode(message["other"])
        if one == other:
            return 0
        return -1 if one < other else 1

    def on_render(self, message):
        template = self.run.jinja("an extension").get_template(message["name"])
        return template.render(decode(message["extra"]))


def described(error, run, message):
    """What went wrong and where, without values of the data."""
    if isinstance(error, MissingModule):
        module, who = error.args
        return {"type": "MissingModule", "message": module, "where": who}
    if isinstance(error, MissingPlugin):
        name, folders = error.args
        return {"type": "MissingPlugin", "message": name, "where": ", ".join(folders)}
    if isinstance(error, ModuleNotFoundError) and error.name:
        return {"type": "MissingModule", "message": error.name, "where": place(error)}
    text = str(error)
    try:
        secrets = sorted(leaves(run.data if run else decode(message.get("data"))), key=len, reverse=True)
        secrets += sorted(leaves([decode(value) for value in message.get("args", [])]), key=len, reverse=True)
    except Exception:
        secrets = []
    for secret in secrets:
        text = text.replace(secret, "***")
    return {"type": type(error).__name__, "message": text, "where": place(error), "doing": Doing.what}


def leaves(value, depth=0):
    """Every text of the data that is long enough to be told from a word of a message by chance."""
    if isinstance(value, str):
        return {value} if len(value) > 3 else set()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    found = set()
    if depth < 50:
        for item in inner:
            found |= leaves(item, depth + 1)
    return found


def place(error):
    """File and line of the innermost frame that belongs to a plugin or template."""
    import traceback

    if isinstance(error, SyntaxError) and error.filename:
        return f"{shown(error.filename)}:{error.lineno}"
    if hasattr(error, "lineno") and getattr(error, "filename", None):
        return f"{shown(error.filename)}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    library = os.path.dirname(os.__file__)
    own = [frame for frame in frames if not frame.filename.startswith(("<", library)) and os.sep in frame.filename
           and "site-packages" not in frame.filename]
    return f"{shown(own[-1].filename)}:{own[-1].lineno}" if own else ""


def folder(path):
    return shown(path) if path.is_dir() else f"{shown(path)} (there is no such folder)"


def shown(path):
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return path
    return path if relative.startswith("..") else relative


if __name__ == "__main__":
    sys.path[:] = [path for path in sys.path if path != ""]
    Server().serve()
