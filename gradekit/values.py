"""Where do two plain values differ? Numbers, text, arrays, and lists, tuples and dicts of them."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

PLAIN_KINDS = "biufcUS"
NUMBERS = (int, float, complex, np.number)
SINGLE = float(np.finfo(np.float32).eps)
# Of the names that an answer holds.
MOST_NAMES = 5
LONGEST_NAME = 60


@dataclass(frozen=True)
class Gap:
    """The first place where an answer differs from what is right.

    Attributes
    ----------
    path : str
        ``""`` for the answer itself, ``"['slope']"`` or ``"[0]"`` for a part of it.
    sentence : str
        What is wrong with its type, shape or numbers; empty if only the values differ.
    answer, right : object
        The two values at that place.
    """

    path: str
    sentence: str
    answer: Any
    right: Any


def same(answer: Any, right: Any, *, rtol: float = 1e-6, atol: float = 0.0) -> bool:
    """Whether `answer` equals `right` in type, shape and, within tolerance, value."""
    return first_gap(answer, right, rtol=rtol, atol=atol) is None


def first_gap(
    answer: Any,
    right: Any,
    *,
    rtol: float = 1e-6,
    atol: float = 0.0,
    path: str = "",
    form_only: bool = False,
) -> Gap | None:
    """Find the first place where `answer` differs from `right`; with `form_only`, not in values.

    Tolerances are those of `close`. A list may stand for a tuple, an array for a tuple of its
    rows, an array of shape ``()`` for a number, an integer for a float; nothing else is converted.

    Returns
    -------
    Gap or None
        None if there is no difference.
    """
    answer = unpacked(answer, right)
    if isinstance(right, dict | list | tuple) and isinstance(answer, type_like(right)):
        return _container_gap(answer, right, rtol, atol, path, form_only=form_only)
    sentence = _type_problem(answer, right) or _array_problem(answer, right)
    if sentence:
        return Gap(path, f"{_name(path)} {sentence}", answer, right)
    if form_only:
        return None
    if is_numeric(right):
        equal = close(answer, right, rtol=rtol, atol=atol)
    else:
        equal = bool(answer == right)
    return None if equal else Gap(path, "", answer, right)


def close(answer: Any, right: Any, *, rtol: float = 1e-6, atol: float = 0.0) -> bool:
    """Whether all numbers agree: ``|answer - right| <= atol + rtol * |right|``.

    Two additions keep rounding errors from costing marks. In an array, differences of 64 machine
    epsilons of the largest right value count as none, and of 4 epsilons of float32 (5e-7 of the
    largest) in whatever type the answer comes: part of the work may be in single precision. And
    `rtol` is never below 1000 epsilons of the answer's own type (1e-4 for float32, and for what is
    narrower: 1000 epsilons of float16 would let zeros pass for anything). NaN equals NaN.
    """
    a, r = numbers(answer), numbers(right)
    if a.shape != r.shape:
        return False
    epsilon = _epsilon(answer)
    finite = np.abs(r[np.isfinite(r)])
    dust = max(64 * epsilon, 4 * SINGLE) * float(finite.max(initial=0.0)) if r.ndim else 0.0
    return bool(
        np.allclose(a, r, rtol=max(rtol, 1000 * epsilon), atol=max(atol, dust), equal_nan=True)
    )


def numbers(value: Any) -> np.ndarray[Any, Any]:
    """Return the numbers of `value` as a plain float64 or complex128 array."""
    array = np.array(value, subok=False)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def is_numeric(value: Any) -> bool:
    """Whether `value` is a number or an array of numbers (booleans are not)."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iufc"
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def leaves(value: Any) -> list[np.ndarray[Any, Any]] | None:
    """Return the numbers of a number, of an array, or of a list or tuple of these.

    Returns
    -------
    list of array or None
        None if the value holds anything else: text, a dict, None.
    """
    if is_numeric(value):
        return [numbers(value)]
    if not isinstance(value, list | tuple):
        return None
    found = [leaves(entry) for entry in value]
    known = [entry for entry in found if entry is not None]
    return [leaf for entry in known for leaf in entry] if len(known) == len(found) else None


def as_array(value: Any) -> np.ndarray[Any, Any] | None:
    """Return the array of numbers, True and False that a value makes; None if it makes none."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        return None
    return array if array.dtype.kind in "biufc" else None


def unpacked(answer: Any, right: Any) -> Any:
    """Return the rows of an array that stands for a list or tuple, and anything else as it is."""
    if not isinstance(right, list | tuple) or not isinstance(answer, np.ndarray):
        return answer
    return list(answer) if answer.ndim and answer.dtype.kind in PLAIN_KINDS else answer


def type_like(right: Any) -> type | tuple[type, ...]:
    """Return the types that may stand for `right`."""
    if isinstance(right, list | tuple):
        return (list, tuple)
    return type(right)


def kind(value: Any) -> str:
    """Name the type of a value in plain words."""
    if isinstance(value, np.ndarray) and value.ndim:
        return "an array"
    if isinstance(value, bool | np.bool_):
        return "True or False"
    if is_numeric(value):
        return "a number"
    if isinstance(value, str):
        return "text"
    if callable(value) and not is_dataclass(value):
        return "a function"
    foreign = type(value).__module__ != "builtins"
    return f"a {type(value).__name__}" + (" object" if foreign else "")


def _name(path: str) -> str:
    return f"Your answer{path}"


def _epsilon(answer: Any) -> float:
    dtype = np.asarray(answer).dtype
    exact = np.finfo(dtype if dtype.kind in "fc" else float).eps
    return min(float(exact), SINGLE)


def _container_gap(
    answer: Any, right: Any, rtol: float, atol: float, path: str, *, form_only: bool
) -> Gap | None:
    if isinstance(right, dict):
        wanted, given = list(right), list(answer)
        if set(wanted) != set(given):
            sentence = f"{_name(path)} has the keys {_keys(given)}; needed are {wanted}."
            return Gap(path, sentence, answer, right)
        pairs = [(f"[{key!r}]", answer[key], right[key]) for key in wanted]
    else:
        if len(answer) != len(right):
            sentence = f"{_name(path)} has {len(answer)} entries; needed are {len(right)}."
            return Gap(path, sentence, answer, right)
        pairs = [(f"[{i}]", a, r) for i, (a, r) in enumerate(zip(answer, right, strict=True))]
    gaps = (
        first_gap(a, r, rtol=rtol, atol=atol, path=path + step, form_only=form_only)
        for step, a, r in pairs
    )
    return next((gap for gap in gaps if gap), None)


def _type_problem(answer: Any, right: Any) -> str:
    if answer is None and right is not None:
        return "is None: is a `return` missing, or not reached?"
    if answer is NotImplemented or answer is Ellipsis:
        return "is not written yet."
    if kind(answer) == kind(right):
        return ""
    if kind(answer).endswith(" object"):
        return f"is {kind(answer)}; return plain numbers or arrays{_fields(answer)}."
    given, needed = kind(answer), kind(right)
    if isinstance(answer, str):
        given += f", {_short(answer)}"
    if isinstance(right, tuple):
        needed += f" of {len(right)}"
    return f"is {given}; needed is {needed}{_hint(answer, right)}."


def _hint(answer: Any, right: Any) -> str:
    """Say how a list or tuple becomes what is needed, if that is certain."""
    if not isinstance(answer, list | tuple) or isinstance(right, dict | list | tuple):
        return ""
    if len(answer) == 1 and kind(answer[0]) == kind(right) and isinstance(answer, tuple):
        return ": a comma at the end of a line makes a tuple, so take it away"
    shape = np.shape(right)
    row = as_array(answer)
    if shape and row is not None and row.shape == shape:
        return ": wrap it in np.asarray(...)"
    if shape and any(isinstance(entry, np.ndarray) and entry.shape == shape for entry in answer):
        return ": return only the one that is asked for"
    return f" of shape {shape}" if shape else ""


def _short(text: str) -> str:
    return repr(text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…")


def _fields(value: Any) -> str:
    """Say what a dataclass holds."""
    names = [f".{field.name}" for field in fields(value)] if is_dataclass(value) else []
    return f" (it holds {_some(names)})" if names else ""


def _keys(given: list[Any]) -> str:
    return f"[{_some([repr(key) for key in given])}]"


def _some(names: list[str]) -> str:
    """List the first names, each of them cut: an answer may hold any number of any length."""
    first = [n if len(n) <= LONGEST_NAME else f"{n[:LONGEST_NAME]}…" for n in names[:MOST_NAMES]]
    return ", ".join(first if len(names) <= MOST_NAMES else [*first, "…"])


def _array_problem(answer: Any, right: Any) -> str:
    if not isinstance(answer, np.ndarray | np.generic) and not is_numeric(answer):
        return ""
    a, r = np.asarray(answer), np.asarray(right)
    if a.dtype.kind not in PLAIN_KINDS:
        return "holds Python objects instead of numbers: are its rows equally long?"
    if a.shape != r.shape:
        return f"has shape {a.shape}; needed is {r.shape}."
    if _content(a) != _content(r):
        return f"holds {_content(a)}; needed are {_content(r)}."
    if a.dtype.kind == "c" and r.dtype.kind in "iuf":
        return _complex_problem(a, r)
    return _not_finite(a, r)


def _complex_problem(answer: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> str:
    small = np.sqrt(np.finfo(answer.dtype).eps) * np.abs(answer).max(initial=0.0)
    if not np.abs(answer.imag).max(initial=0.0) <= small:
        return "must be real: complex numbers are left in it."
    real_part = "its real part is right and " if close(answer.real, right) else ""
    return f"is complex: {real_part}its imaginary parts are only rounding: return .real."


def _content(array: np.ndarray[Any, Any]) -> str:
    return {"b": "True and False", "U": "text", "S": "bytes"}.get(array.dtype.kind, "numbers")


def _not_finite(answer: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> str:
    if answer.dtype.kind not in "fc" or right.dtype.kind not in "iufc":
        return ""
    bad = ~np.isfinite(answer) & np.isfinite(right)
    if not bad.any():
        return ""
    if not answer.ndim:
        return "is NaN (not a number)." if np.isnan(answer) else "is infinite."
    word = "NaN" if np.isnan(answer[bad]).any() else "infinite values"
    where = tuple(int(i) for i in np.argwhere(bad)[0])
    place = where[0] if len(where) == 1 else where
    return f"holds {word} at {bad.sum()} of {bad.size} places, first at index {place}."
