"""Plain data between a student's code and the tests: never pickle, nothing that can run.

A value becomes a list of frames: JSON first, then the bytes of each array. What crosses is None,
bool, int, float, complex, str, bytes, list, tuple, dict, arrays of booleans, numbers and text, and
`numpy.random.Generator` (PCG64). Whatever else a student's code returns becomes a stand-in that
tells its type and nothing more, so that the learner can be told what to return instead.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, make_dataclass
from typing import Any

import numpy as np

from gradekit.values import PLAIN_KINDS

Frames = Sequence[bytes | memoryview]

DEEPEST = 20
MOST_VALUES = 100_000
MOST_BYTES = 16 << 20
# Keys may be chosen so that they collide: then the time of a dict grows with their square.
MOST_KEYS = 1000
# A stand-in is told by its type, and making a type is slow.
MOST_TYPES = 100
MOST_FIELDS = 100
LONGEST_NAME = 60
WIDEST = 16
# All that `numpy.dtype.str` gives for plain arrays; other text can be a whole language.
DTYPE = re.compile(r"[<>|](b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32)|[US][0-9]{1,8})")
# What strips a subclass: its own methods may do anything. A bool is an int, so it goes first.
SIMPLE: dict[type, Callable[[Any], Any]] = {
    bool: bool,
    int: int.__int__,
    float: float.__float__,
    str: str.__str__,
}
PLAIN = "plain data: numbers, text, lists, tuples, dicts, arrays"


class WireError(Exception):
    """A value that cannot cross, or frames that are no value; says why."""


def dumps(value: Any, *, stand_ins: bool = False) -> list[bytes]:
    """Return the frames of a value.

    Parameters
    ----------
    value : object
    stand_ins : bool
        Whether what is not plain data crosses as a stand-in.

    Raises
    ------
    WireError
        If the value is too deep, too large or, without `stand_ins`, not plain data.
    """
    writer = _Writer(stand_ins)
    head = json.dumps(writer.node(value, 0)).encode()
    frames = [head, *writer.buffers]
    if sum(len(frame) for frame in frames) > MOST_BYTES:
        raise WireError(f"more than {MOST_BYTES >> 20} MiB of data")
    return frames


def loads(frames: Frames) -> Any:
    """Return the value that `dumps` made frames of; arrays are copies.

    Raises
    ------
    WireError
        If the frames were not made by `dumps`; nothing in them is trusted.
    """
    if not frames or sum(len(frame) for frame in frames) > MOST_BYTES:
        raise WireError(f"no data, or more than {MOST_BYTES >> 20} MiB")
    try:
        return _Reader(frames[1:]).value(json.loads(bytes(frames[0])), 0)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise WireError("data of no known form") from error


def generators(value: Any) -> list[np.random.Generator]:
    """Return the random generators in a value, in the order of its parts."""
    if isinstance(value, np.random.Generator):
        return [value]
    if isinstance(value, dict):
        return [found for entry in value.values() for found in generators(entry)]
    if isinstance(value, list | tuple):
        return [found for entry in value for found in generators(entry)]
    return []


class _Writer:
    def __init__(self, stand_ins: bool) -> None:
        self.stand_ins = stand_ins
        self.buffers: list[bytes] = []
        self.left = MOST_VALUES

    def node(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            raise WireError(
                f"more than {MOST_VALUES} values" if self.left < 0 else f"lists {depth} deep"
            )
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        if value is None or isinstance(value, bool | int | float | str):
            return _simple(value)
        if isinstance(value, complex):
            return {"complex": [value.real, value.imag]}
        if isinstance(value, bytes | bytearray):
            return {"bytes": self._buffer(bytes(value))}
        if isinstance(value, list | tuple):
            inner = [self.node(entry, depth + 1) for entry in value]
            return inner if isinstance(value, list) else {"tuple": inner}
        if isinstance(value, dict):
            if len(value) > MOST_KEYS:
                raise WireError(f"a dict of more than {MOST_KEYS} keys")
            pairs = [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in value.items()]
            return {"dict": pairs}
        if isinstance(value, np.random.Generator):
            return {"generator": _state(value)}
        return self._stand_in(value)

    def _array(self, value: Any) -> Any:
        array = np.array(value, order="C", subok=False)
        wide = array.dtype.itemsize > WIDEST and array.dtype.kind not in "US"
        if array.dtype.kind not in PLAIN_KINDS or wide:
            if not self.stand_ins:
                raise WireError(f"an array of {array.dtype}, which is not {PLAIN}")
            return {"objects": True}
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        node = {kind: self._buffer(array.tobytes()), "dtype": array.dtype.str}
        fixed = isinstance(value, np.ndarray) and not value.flags.writeable
        return node | {"shape": list(array.shape)} | ({"fixed": True} if fixed else {})

    def _buffer(self, content: bytes) -> int:
        self.buffers.append(content)
        return len(self.buffers) - 1

    def _stand_in(self, value: Any) -> Any:
        if not self.stand_ins:
            raise WireError(f"a {type(value).__name__}, which is not {PLAIN}")
        if value is ... or value is NotImplemented:
            return {"unwritten": True}
        if callable(value) and not is_dataclass(value):
            return {"function": True}
        kind = type(value)
        held = fields(value)[:MOST_FIELDS] if is_dataclass(value) else ()
        names = [field.name for field in held]
        return {"object": kind.__name__, "foreign": kind.__module__ != "builtins", "fields": names}


def _simple(value: Any) -> Any:
    """Strip a subclass of Python's simple types: only its plain value crosses."""
    return next((strip(value) for kind, strip in SIMPLE.items() if isinstance(value, kind)), None)


def _state(generator: np.random.Generator) -> list[Any]:
    state: Any = generator.bit_generator.state
    if state.get("bit_generator") != "PCG64":
        raise WireError("a random generator other than numpy.random.default_rng()")
    inner = state["state"]
    return [str(inner["state"]), str(inner["inc"]), state["has_uint32"], state["uinteger"]]


class _Reader:
    def __init__(self, buffers: Frames) -> None:
        self.buffers = buffers
        self.values_left, self.bytes_left = MOST_VALUES, MOST_BYTES
        self.types: dict[tuple[str, ...], type] = {}

    def value(self, node: Any, depth: int) -> Any:
        self.values_left -= 1
        if self.values_left < 0 or depth > DEEPEST:
            raise WireError("more values than allowed")
        if isinstance(node, list):
            return list(self._entries(node, depth))
        if not isinstance(node, dict):
            return node
        kind = next(iter(node), "nothing")
        if kind == "tuple":
            return tuple(self._entries(node[kind], depth))
        if kind == "dict":
            pairs = _list(node[kind], MOST_KEYS)
            return dict(tuple(self._entries(pair, depth)) for pair in pairs)
        return _LEAVES[kind](node, self)

    def _entries(self, nodes: Any, depth: int) -> Iterator[Any]:
        return (self.value(entry, depth + 1) for entry in _list(nodes, MOST_VALUES))

    def content(self, number: Any) -> bytes | memoryview:
        """Return the content of a frame, of which a copy is made each time it is named."""
        content = self.buffers[_count(number)]
        self.bytes_left -= len(content)
        if self.bytes_left < 0:
            raise WireError("more data than the frames hold")
        return content

    def type_of(self, *names: str) -> type:
        """Return the type of a stand-in: its module, its name, its fields."""
        if names not in self.types:
            if len(self.types) == MOST_TYPES:
                raise WireError("more types than allowed")
            self.types[names] = _new_type(*names)
        return self.types[names]


def _list(nodes: Any, most: int) -> list[Any]:
    if not isinstance(nodes, list) or len(nodes) > most:
        raise WireError("no list where one is needed, or too long a list")
    return nodes


def _count(number: Any) -> int:
    # A negative one would count from the end; a product of huge ones takes for ever.
    if type(number) is not int or not 0 <= number <= MOST_BYTES:
        raise WireError("no number of a frame, and no length")
    return number


def _read_array(node: dict[str, Any], reader: _Reader) -> Any:
    text = node["dtype"]
    if not isinstance(text, str) or not DTYPE.fullmatch(text):
        raise WireError("an array of another type")
    dtype = np.dtype(text)
    content = reader.content(node.get("array", node.get("scalar")))
    shape = tuple(_count(length) for length in _list(node["shape"], DEEPEST))
    # An axis of length 0 must not hide a huge one: a loop over that would never end.
    rows = math.prod(max(1, length) for length in shape)
    fits = math.prod(shape) * dtype.itemsize == len(content)
    if not fits or rows > MOST_BYTES:
        raise WireError("an array whose size is not its shape's")
    array = np.empty(shape, dtype)
    if content:  # frombuffer refuses none
        array[...] = np.frombuffer(content, dtype).reshape(shape)
    if "scalar" in node:
        return array[()]
    array.flags.writeable = not node.get("fixed")
    return array


def _read_generator(node: dict[str, Any], _: _Reader) -> np.random.Generator:
    state, inc, has_uint32, uinteger = node["generator"]
    bits = np.random.PCG64(0)
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": int(state), "inc": int(inc)},
        "has_uint32": int(has_uint32),
        "uinteger": int(uinteger),
    }
    return np.random.Generator(bits)


def _read_object(node: dict[str, Any], reader: _Reader) -> Any:
    names = dict.fromkeys(map(clean_name, _list(node["fields"], MOST_FIELDS)))
    module = "student" if node["foreign"] else "builtins"
    return reader.type_of(module, clean_name(node["object"]), *names)()


def _new_type(module: str, name: str, *names: str) -> type:
    new = type(name, (), {})
    if names:  # only to be told: no method is made for them
        new = make_dataclass(name, names, init=False, repr=False, eq=False)
    new.__module__ = module
    return new


def clean_name(text: Any) -> str:
    """Return a name that is fit for a class, whatever a student's type is called."""
    good = isinstance(text, str) and len(text) <= LONGEST_NAME and text.isidentifier()
    return text if good else "strange"


def _function(*_: Any) -> None:
    """Stands for a function that a student returned."""


_LEAVES = {
    "complex": lambda node, _: complex(*node["complex"]),
    "bytes": lambda node, reader: bytes(reader.content(node["bytes"])),
    "array": _read_array,
    "scalar": _read_array,
    "objects": lambda *_: np.array([None], dtype=object),
    "generator": _read_generator,
    "object": _read_object,
    "function": lambda *_: _function,
    "unwritten": lambda *_: ...,
}
