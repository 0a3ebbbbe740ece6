import ipaddress
from pathlib import Path
from typing import Any

import makejinja


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.parts = {"x": x}

    def __str__(self):
        return f"<{self.x};{self.y}>"

    def __getitem__(self, name):
        return {"item": "an item"}[name]

    def moved(self, by, *, twice=False):
        return Point(self.x + by * (2 if twice else 1), self.y)


def host(value: str, number: int = 1, *, prefix: str = "") -> str:
    return prefix + str(ipaddress.ip_network(value)[number])


def everything():
    return {
        "tuple": (1, "two"), "single": (None,), "float": 200.0, "large": 2**70, "small": 1e-7, "none": None,
        "yes": True, "text": "it's", "list": [[], {}], 3: "three", "nan": float("nan"),
    }


class Plugin(makejinja.plugin.Plugin):
    def __init__(self, data: dict[str, Any], config: makejinja.config.Config):
        self._data = data
        self._config = config
        self._calls = 0
        data["nested"]["level"]["added"] = "in place"

    def data(self) -> makejinja.plugin.Data:
        self._data.setdefault("default", "from the plugin")
        self._data.setdefault("names", [])
        self._data["count"] = len(self._data["names"])
        return self._data

    def filters(self) -> makejinja.plugin.Filters:
        def shout(value, mark="!"):
            return str(value).upper() + mark

        return [host, shout]

    def functions(self) -> makejinja.plugin.Functions:
        def point(x, y=2):
            return Point(x, y)

        def numbers(upto):
            yield from range(upto)

        return [point, numbers, everything, self.called, self.where]

    def called(self):
        self._calls += 1
        return self._calls

    def where(self):
        config = self._config
        return [config.inputs[0].name, config.output.name, config.delimiter.block_start, config.undefined.name]

    def tests(self):
        def inside(value, network):
            return ipaddress.ip_address(value) in ipaddress.ip_network(network)

        return [inside]

    def path_filters(self):
        return [lambda path: path.stem != "left-out", self._known]

    def _known(self, path: Path) -> bool:
        return not (path.is_dir() and path.name == "gone") and "gone" not in path.parts
