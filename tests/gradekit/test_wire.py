"""What crosses between a student's code and the tests, and what does not."""

import json
import math
import time
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field, fields, make_dataclass
from enum import IntEnum

import numpy as np
import pytest

from gradekit import wire
from gradekit.compare import DifferenceError, compare
from gradekit.wire import WireError, dumps, loads


def crossed(value, **options):
    return loads(dumps(value, **options))


def same(one, other):
    """Equal in type and in every bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, np.ndarray | np.generic):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    return repr(one) == repr(other)


PLAIN = [
    None,
    True,
    False,
    0,
    -(1 << 60),
    10**40,
    0.1,
    -0.0,
    math.nan,
    math.inf,
    -math.inf,
    1e-323,
    1 + 2j,
    complex(math.nan, -math.inf),
    complex(-0.0, 0.0),
    "",
    "täxt \N{SNOWMAN} \x00",
    "half of a pair: \ud800",
    b"",
    b"\x00\xff",
    [],
    (),
    {},
    [1, (2.0, [None, "three"]), {"four": (5,)}],
    {1: "one", (2, "two"): [2], None: 0, "tuple": {"dict": []}, "array": 0, 2.5: True},
    ({"generator": [1, 2, 3, 4]}, {"function": True}, {"object": "x"}),
]
ARRAYS = [
    np.arange(6).reshape(2, 3),
    np.arange(6, dtype=">i4"),
    np.array(3.5),
    np.zeros((0, 3)),
    np.zeros((2, 0, 4), "c8"),
    np.array([math.nan, -math.inf, -0.0]),
    np.array([True, False]),
    np.array([1, 255], "u1"),
    np.array([0.5], "f2"),
    np.array([1 / 3], np.longdouble),
    np.array([1 + 2j]),
    np.array(["a", "äö", ""]),
    np.array(["later"] * 2, "<U9").astype(">U9"),
    np.array([b"a", b"\x00b"]),
    np.array("alone"),
    np.array([], "U1"),
    np.float64(2.5),
    np.float32(0.1),
    np.int8(-3),
    np.bool_(True),
    np.complex64(1j),
    np.str_("text"),
    np.bytes_(b"x"),
]


@pytest.mark.parametrize("value", PLAIN + ARRAYS, ids=repr)
def test_plain_data_crosses_unchanged(value):
    assert same(crossed(value), value)
    assert same(crossed([value, (value,)], stand_ins=True), [value, (value,)])


def test_an_array_crosses_as_the_same_values_in_ordinary_order():
    array = np.arange(24.0).reshape(2, 3, 4)
    for view in (array.T, array[::-1, :, ::2], np.asfortranarray(array), array[:, 1]):
        other = crossed(view)
        assert np.array_equal(other, view)
        assert other.flags.c_contiguous
        assert other.flags.owndata


def test_the_flag_that_an_array_is_not_to_be_changed_crosses():
    array = np.arange(3)
    array.flags.writeable = False
    assert not crossed(array).flags.writeable
    assert crossed(np.arange(3)).flags.writeable
    assert not crossed(np.broadcast_to(np.float64(1), (2,))).flags.writeable


def test_a_random_generator_goes_on_with_the_same_stream_there_and_back():
    here, alone = np.random.default_rng(3), np.random.default_rng(3)
    here.integers(10, dtype=np.int32)  # half of a word is kept for the next one
    alone.integers(10, dtype=np.int32)
    there = crossed({"rng": here})["rng"]
    assert there is not here
    for draw in ("random", "standard_normal"):
        assert getattr(there, draw)(5).tolist() == getattr(alone, draw)(5).tolist()
    assert there.integers(10, dtype=np.int32) == alone.integers(10, dtype=np.int32)
    back = crossed(there)
    assert back.random() == alone.random()


def test_generators_are_found_in_the_order_of_the_parts():
    a, b, c = (np.random.default_rng(seed) for seed in range(3))
    assert wire.generators([a, {"x": (b,), "y": 1}, [[c]]]) == [a, b, c]


def test_subclasses_cross_as_what_they_are_built_on():
    class Liar(float):
        def __eq__(self, other):
            return True

        def __float__(self):
            return 1.0

        __hash__ = float.__hash__

    class Evil(np.ndarray):
        def tobytes(self, *_):
            return b"\x00" * 16

        def __array_finalize__(self, obj):
            pass

    class Text(str):
        def __str__(self):
            return "another"

    class Level(IntEnum):
        LOW = 1

    point = namedtuple("Point", "x y")(1, 2)
    for value, plain in [
        (Liar(2.5), 2.5),
        (Level.LOW, 1),
        (Text("text"), "text"),
        (type("Complex", (complex,), {})(1j), 1j),
        (type("Bytes", (bytes,), {})(b"b"), b"b"),
        (bytearray(b"b"), b"b"),
        (type("List", (list,), {})([1]), [1]),
        (OrderedDict(a=1), {"a": 1}),
        (point, (1, 2)),
        (np.arange(2.0).view(Evil), np.arange(2.0)),
        (np.ma.masked_array([1.0, 2.0], [True, False]), np.array([1.0, 2.0])),
        (np.float64(1.5), np.float64(1.5)),
    ]:
        assert same(crossed(value), plain)


@dataclass
class Spectrum:
    frequency: list = field(default_factory=list)
    power: list = field(default_factory=list)


@dataclass
class Empty:
    pass


class Thing:
    pass


OTHERS = {
    "dataclass": Spectrum(),
    "dataclass without fields": Empty(),
    "object": Thing(),
    "class": Thing,
    "class of a dataclass": Spectrum,
    "function": len,
    "lambda": lambda: 1,
    "generator": (i for i in range(3)),
    "set": {1, 2},
    "range": range(3),
    "ragged array": np.array([[1], [1, 2]], dtype=object),
    "structured array": np.zeros(2, "i4,f8"),
    "dates": np.array(["2020-01-01"], "M8[D]"),
    "not implemented": NotImplemented,
    "ellipsis": ...,
    "module": math,
    "legacy generator": np.random.RandomState(0),
}
RIGHT = [1.0, True, "text", np.arange(2.0), [1.0, 2.0], {"a": 1}]


def sentence(answer, right):
    with pytest.raises(DifferenceError) as caught:
        compare(answer, right)
    found = caught.value.finding
    return found.sentence, found.detail


@pytest.mark.parametrize("right", RIGHT, ids=repr)
@pytest.mark.parametrize("name", OTHERS)
def test_the_learner_is_told_the_same_of_a_stand_in_as_of_the_object(name, right):
    value = OTHERS[name]
    assert sentence(crossed(value, stand_ins=True), right) == sentence(value, right)
    assert sentence(crossed([value], stand_ins=True), [right]) == sentence([value], [right])


@pytest.mark.parametrize("name", OTHERS)
def test_a_test_can_give_plain_data_only(name):
    with pytest.raises(WireError, match="which is not plain data"):
        dumps([OTHERS[name]])


def test_a_stand_in_has_a_harmless_name():
    for name in ("__init__ evil", "x" * 61, "a-b", ""):
        stand_in = crossed(type(name, (), {})(), stand_ins=True)
        assert type(stand_in).__name__ == "strange"
    assert wire.clean_name(3) == "strange"


def wide(fields):
    return make_dataclass("Wide", [f"x{i}" for i in range(fields)], init=False)


def test_of_an_object_with_many_fields_the_first_cross():
    stand_in = crossed(wide(wire.MOST_FIELDS + 1)(), stand_ins=True)
    assert [f.name for f in fields(stand_in)] == [f"x{i}" for i in range(wire.MOST_FIELDS)]


def test_many_objects_of_one_type_cross():
    assert len({type(entry) for entry in crossed([Spectrum()] * 5000, stand_ins=True)}) == 1


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


CYCLE = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize("stand_ins", [False, True])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"x" * (wire.MOST_BYTES + 1), "more than 16 MiB of data"),
        (lambda: [np.zeros(1 << 20)] * 2 + ["x" * 100], "more than 16 MiB of data"),
        (lambda: [0] * wire.MOST_VALUES, "more than 100000 values"),
        (lambda: dict.fromkeys(range(wire.MOST_KEYS + 1)), "a dict of more than 1000 keys"),
        (lambda: nested(wire.DEEPEST + 1), "lists 21 deep"),
        (lambda: CYCLE, "lists 21 deep"),
        (lambda: np.random.Generator(np.random.MT19937(1)), "other than numpy.random.default_rng"),
    ],
    ids=["bytes", "arrays", "values", "keys", "depth", "cycle", "another generator"],
)
def test_what_is_too_much_is_refused(make, words, stand_ins):
    with pytest.raises(WireError, match=words):
        dumps(make(), stand_ins=stand_ins)


def test_what_is_just_not_too_much_crosses():
    assert len(crossed([0] * (wire.MOST_VALUES - 1))) == wire.MOST_VALUES - 1
    assert same(crossed(nested(wire.DEEPEST)), nested(wire.DEEPEST))


def head(node):
    return json.dumps(node).encode()


def array(**changes):
    return head({"array": 0, "dtype": "<f8", "shape": [2], **changes})


def deep_json(depth):
    return b"[" * depth + b"]" * depth


TWO = bytes(16)
HOSTILE = {
    "nothing": [],
    "no JSON": [b"{"],
    "no text": [b"\xff\xfe\x00"],
    "very deep JSON": [deep_json(100_000)],
    "deep": [deep_json(wire.DEEPEST + 2)],
    "many": [head([0] * wire.MOST_VALUES)],
    "large": [b"1" * (wire.MOST_BYTES + 1)],
    "many digits": [b"1" * 10_000],
    "empty object": [b"{}"],
    "unknown kind": [head({"pickle": 0})],
    "tuple of nothing": [head({"tuple": None})],
    "tuple of text": [head({"tuple": "abc"})],
    "dict of single entries": [head({"dict": [[1]]})],
    "dict of triples": [head({"dict": [[1, 2, 3]]})],
    "dict with a list as key": [head({"dict": [[[], 1]]})],
    "dict of numbers": [head({"dict": [1, 2]})],
    "complex of text": [head({"complex": ["1", "2"]})],
    "complex of three": [head({"complex": [1, 2, 3]})],
    "no such frame": [head({"bytes": 0})],
    "frame from the end": [head({"bytes": -1}), b"x"],
    "frame by a truth value": [head({"bytes": False}), b"x"],
    "frame by a fraction": [head({"bytes": 0.0}), b"x"],
    "objects": [array(dtype="|O"), TWO],
    "structured": [array(dtype="i4,i4"), TWO],
    "subarray": [array(dtype="(2,)f8"), TWO],
    "dates": [array(dtype="M8[s]"), TWO],
    "void": [array(dtype="V8"), TWO],
    "no dtype": [array(dtype="nonsense"), TWO],
    "dtype is a list": [array(dtype=[["a", "O"]]), TWO],
    "text of no width": [array(dtype="<U0"), b""],
    "text beyond Unicode": [array(dtype="<U1", shape=[1]), b"\xff\xff\xff\x7f"],
    "shape too large": [array(shape=[3]), TWO],
    "shape overflows": [array(shape=[1 << 62, 4]), b""],
    "shape overflows to its size": [array(shape=[1 << 32, 1 << 32, 2]), TWO],
    "huge and empty": [array(shape=[1 << 62, 1 << 62, 0]), b""],
    "long and empty": [array(shape=[1 << 40, 0]), b""],
    "long and without width": [array(dtype="<U0", shape=[1 << 40]), b""],
    "negative shape": [array(shape=[-2]), TWO],
    "shape is a number": [array(shape=2), TWO],
    "shape of fractions": [array(shape=[2.0]), TWO],
    "too many axes": [array(shape=[1] * 21 + [2]), TWO],
    "no shape": [head({"array": 0, "dtype": "<f8"}), TWO],
    "generator of nothing": [head({"generator": []})],
    "generator of text": [head({"generator": ["a", "b", 0, 0]})],
    "generator out of range": [head({"generator": [str(1 << 200), "1", 0, 0]})],
    "generator of negative numbers": [head({"generator": ["-1", "1", -1, -1]})],
    "generator of many digits": [head({"generator": ["1" * 10_000, "1", 0, 0]})],
    "object without fields": [head({"object": "x", "foreign": True})],
    "object with the same field twice": [head({"object": "x", "foreign": 1, "fields": ["a", "a"]})],
    "object with a keyword": [head({"object": "class", "foreign": 1, "fields": ["for"]})],
    "object with special names": [
        head({"object": "x", "foreign": 1, "fields": ["__init__", "__class__", "__eq__"]})
    ],
    "object with one text as fields": [head({"object": "x", "foreign": 1, "fields": "__eq__"})],
    "object with numbers as fields": [head({"object": 1, "foreign": 1, "fields": [1, None]})],
    "object with a list as name": [head({"object": [], "foreign": 1, "fields": []})],
}


EIGHT = wire.MOST_BYTES >> 1
COLLIDING = (1 << 61) - 1
REFUSED = {
    "dtype that numpy reads as Python": [array(dtype="(1,", shape=[0]), b""],
    "dtype of a comma": [array(dtype=",", shape=[0]), b""],
    "dtype of a list and a bracket": [array(dtype="i4,(", shape=[0]), b""],
    "dtype of other digits": [array(dtype="<f\N{ARABIC-INDIC DIGIT EIGHT}"), TWO],
    "dtype by its name": [array(dtype="float64"), TWO],
    "dtype with a line break": [array(dtype="<f8\n"), TWO],
    "dtype that is a number": [array(dtype=8), TWO],
    "text wider than a message": [array(dtype="<U99999999", shape=[1]), TWO],
    "one array named 400 times": [
        head([{"array": 0, "dtype": "|u1", "shape": [EIGHT]}] * 400),
        bytes(EIGHT),
    ],
    "one frame of bytes named 400 times": [head([{"bytes": 0}] * 400), bytes(EIGHT)],
    "60 000 fields": [
        head({"object": "x", "foreign": 1, "fields": [f"x{i}" for i in range(60_000)]})
    ],
    "more fields than allowed": [head({"object": "x", "foreign": 1, "fields": ["x"] * 101})],
    "types by the thousand": [
        head([{"object": f"x{i}", "foreign": 1, "fields": ["a"]} for i in range(50_000)])
    ],
    "keys that collide": [head({"dict": [[i * COLLIDING, 0] for i in range(49_000)]})],
    "shape of endless numbers": [array(shape=[10**4000] * 20), TWO],
    "shape of endless length": [array(shape=[1] * 1_000_000), TWO],
}


@pytest.mark.parametrize("name", REFUSED)
def test_forged_frames_are_refused_before_they_cost_time_or_memory(name):
    began = time.process_time()
    with pytest.raises(WireError):
        loads(REFUSED[name])
    assert time.process_time() - began < 2


def test_a_frame_may_be_named_twice_if_all_its_copies_are_not_too_much():
    one, other = loads([head([{"bytes": 0}, {"bytes": 0}]), bytes(EIGHT - 20)])
    assert one == other


def plain_or_refused(frames):
    """Read frames: never another exception than WireError, and nothing but plain data."""
    try:
        value = loads(frames)
    except WireError:
        return
    dumps(value, stand_ins=True)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_frames_are_refused_or_plain_data(name):
    plain_or_refused(HOSTILE[name])


def test_frames_that_only_look_like_an_array_are_refused():
    for name in (
        "objects",
        "structured",
        "subarray",
        "dates",
        "void",
        "shape too large",
        "long and empty",
    ):
        with pytest.raises(WireError):
            loads(HOSTILE[name])
    assert loads([array(), TWO]).tolist() == [0.0, 0.0]


WORDS = ["array", "scalar", "dict", "tuple", "object", "fields", "generator", "complex", "bytes"]
VALUES = [
    None,
    True,
    -1,
    0,
    1,
    1e308,
    1 << 70,
    "",
    "|O",
    "U1",
    "(1,",
    "<f8",
    "__eq__",
    [],
    {},
    [[]],
    [1, 2],
    "2i",
]


def one_of(choices, rng):
    # rng.choice would make an array of them.
    return choices[rng.integers(len(choices))]


def mutated(node, rng):
    """Change something anywhere in a tree of JSON."""
    if rng.random() < 0.15:
        return one_of([*VALUES, {one_of(WORDS, rng): one_of(VALUES, rng)}], rng)
    if isinstance(node, list):
        return [mutated(entry, rng) for entry in node if rng.random() > 0.05]
    if isinstance(node, dict):
        keys = {k: one_of(WORDS, rng) if rng.random() < 0.1 else k for k in node}
        return {keys[k]: mutated(v, rng) for k, v in node.items()}
    return node


def flipped(content, rng):
    changed = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        if changed:
            changed[rng.integers(len(changed))] = rng.integers(256)
    return (
        bytes(changed[: rng.integers(len(changed) + 1)]) if rng.random() < 0.3 else bytes(changed)
    )


def test_no_change_of_valid_frames_raises_anything_but_wire_error():
    rng = np.random.default_rng(1)
    values = [*PLAIN, *ARRAYS, *OTHERS.values(), np.random.default_rng(1), [*ARRAYS, Spectrum()]]
    valid = [dumps(value, stand_ins=True) for value in values]
    for _ in range(6000):
        first, *others = one_of(valid, rng)
        changed = head(mutated(json.loads(first), rng))
        if rng.random() < 0.3:
            changed = flipped(first, rng)
        plain_or_refused([changed, *(flipped(o, rng) if rng.random() < 0.3 else o for o in others)])
