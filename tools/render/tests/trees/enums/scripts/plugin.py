"""Values that are texts or numbers and more."""

from decimal import Decimal
from enum import Enum, IntEnum


class Kind(str, Enum):
    WEB = "web"


class Level(IntEnum):
    HIGH = 3


class App:
    def __init__(self, name, kind):
        self.name, self.kind = name, kind


class Plugin:
    def data(self):
        return {"kind": Kind.WEB, "level": Level.HIGH, "apps": [App("a", Kind.WEB)], "price": Decimal("1.5"), "big": 2**200}

    def functions(self):
        return [pick]


def pick():
    return Kind.WEB
