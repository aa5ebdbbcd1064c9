"""Attackers who patch, forge, or answer with something that is no answer."""

from gradekit.raised import NOT_ALLOWED
from gradekit.task import SCORE_MIME

from .attack import WRONG, Attack, Graded

FORGED = f'{{"{SCORE_MIME}": {{"score": 3.0, "points": 3.0}}, "text/plain": "3.0"}}'


def returns(name: str, code: str, *, earns: float = 0.0) -> Attack:
    """Return something strange."""
    body = "".join(f"    {line}\n" for line in code.strip().splitlines())
    return Attack(name, f"def mean_power(signal):\n{body}", earns=earns)


def says_so(graded: Graded) -> None:
    assert NOT_ALLOWED in str(graded.outputs("mean_power-test"))
    assert "2.5" in graded.shown


def borrows(name: str, code: str) -> Attack:
    """Let the library's function of the same task answer; it works in the student's own cell."""
    return Attack(
        f"the reference by {name}",
        f"import toykit\n{code}\ndef mean_power(signal):\n    return found()(signal)\n",
        then="print(found()(np.array([1.0, 2.0])))",
        check=says_so,
    )


REFERENCE = (
    borrows("its name", "def found(): return toykit.mean_power"),
    borrows("an alias", "kept = toykit.mean_power\ndef found(): return kept"),
    borrows("an import", "def found():\n    from toykit import mean_power as it\n    return it"),
    borrows("getattr", "def found(): return getattr(toykit, 'mean_' + 'power')"),
    borrows(
        "importlib",
        "import importlib\ndef found(): return importlib.import_module('toykit').mean_power",
    ),
    borrows(
        "sys.modules", "import sys\ndef found(): return vars(sys.modules['toykit'])['mean_power']"
    ),
    borrows(
        "a wrapper", "import functools\ndef found(): return functools.partial(toykit.mean_power)"
    ),
    Attack(
        # Copied source earns marks as well: that is for a human to judge.
        "a copy of the reference's code, which nothing stops",
        """
import types, toykit
copy = types.FunctionType(toykit.mean_power.__code__, vars(toykit))
def mean_power(signal):
    return copy(signal)
""",
        earns=3.0,
    ),
)

FORGING = (
    *REFERENCE,
    Attack(
        "the score of the library patched",
        WRONG
        + """
import gradekit.task, gradekit.compare
gradekit.task.Task.mark = gradekit.task.Task.score = lambda self: 3.0
gradekit.task.compare = gradekit.compare.compare = lambda *a, **k: None
gradekit.compare.diagnose = lambda *a, **k: None
""",
    ),
    Attack(
        "names of the test taken",
        WRONG
        + """
class Task:
    def __init__(self, *a, **k): pass
    def part(self, *a, **k): return __import__("contextlib").nullcontext()
    def score(self): return 3.0
def compare(*a, **k): pass
task = Task()
""",
    ),
    Attack(
        "numpy.testing, allclose and builtins patched",
        WRONG
        + """
import builtins, numpy as np, numpy.testing
numpy.testing.assert_allclose = lambda *a, **k: None
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
np.all = builtins.all = lambda *a, **k: True
builtins.AssertionError = type("Nothing", (Exception,), {})
builtins.isinstance = lambda *a: True
""",
    ),
    Attack(
        "the library's reference patched",
        WRONG
        + """
import toykit
toykit.mean_power = lambda signal: 0.0
toykit.mistakes_of = lambda *a: iter(())
""",
    ),
    Attack(
        "a score shown by the student's own cell",
        WRONG
        + f"""
from IPython.display import display
display({FORGED}, raw=True)
""",
        then=f"""
from IPython.display import display
display({FORGED}, raw=True)
3.0
""",
    ),
    Attack(
        "a score shown while the test calls",
        f"""
from IPython.display import display
def mean_power(signal):
    display({FORGED}, raw=True)
    print("3.0")
    return 0.0
""",
    ),
    Attack(
        "an input transformer that changes every later cell",
        WRONG
        + """
shell = get_ipython()
def nothing(lines):
    return ["3.0\\n"] if any("task" in line for line in lines) else lines
shell.input_transformers_cleanup.append(nothing)
shell.input_transformers_post.append(nothing)
""",
        then="task = 1",
    ),
    Attack(
        "an AST transformer that strips every assert",
        WRONG
        + """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_With(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Strip())
""",
    ),
    Attack("capture as the first line", "%%capture\n" + WRONG),
    Attack(
        "an equality that is always true",
        """
class Equal(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    __hash__ = None
def mean_power(signal):
    return Equal(0)
""",
    ),
    Attack(
        "an object that takes over NumPy's functions",
        """
class Any:
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    def __array__(self, *a, **k): return np.array(1.5)
    def __eq__(self, other): return True
    def __float__(self): return 1.5
    def __getattr__(self, name): return lambda *a, **k: True
def mean_power(signal):
    return Any()
""",
    ),
    Attack(
        "a subclass of the array that is equal to all",
        """
class Equal(np.ndarray):
    def __array_ufunc__(self, *a, **k): return np.True_
    def __array_function__(self, *a, **k): return True
    def __eq__(self, other): return True
def mean_power(signal):
    return np.zeros(()).view(Equal)
""",
    ),
    returns("NaN", "return float('nan')"),
    returns("infinity", "return float('inf')"),
    returns("zero in the narrowest type", "return np.float16(0)"),
    returns("nearly anything in the narrowest type", "return np.float16(np.mean(signal**2) * 1.5)"),
    returns("a generator", "yield 1.5"),
    returns("a function", "return lambda *a: 1.5"),
    returns("a structured array", "return np.zeros((), dtype=[('a', float), ('b', object)])"),
    returns("an array of objects", "return np.array(object())"),
    returns("dates", "return np.datetime64('2020-01-01')"),
    returns(
        "lists nested a thousand deep",
        """
deep = []
for _ in range(1000):
    deep = [deep]
return deep
""",
    ),
    returns("a list that holds itself", "own = []\nown.append(own)\nreturn own"),
    returns("a million numbers in a list", "return [0.0] * 1_000_000"),
    returns("a number of four thousand digits", "return 10**4200"),
    returns("a number of a million digits", "return 1 << 4_000_000"),
    returns("the gigabyte that does not cross", "return np.zeros(1 << 27)"),
    returns("lone surrogates", "return '\\ud800' * 10"),
    returns(
        "an exception class that lies",
        """
class Lie(Exception):
    def __str__(self): raise SystemExit
raise Lie
""",
    ),
    returns("sys.exit", "import sys\nsys.exit(3)"),
    returns("a keyboard interrupt", "raise KeyboardInterrupt"),
    Attack(
        "a representation that attacks HTML",
        """
class Script:
    def __repr__(self): return "</pre><script>alert(1)</script>"
    _repr_html_ = __repr__
Script.__name__ = Script.__qualname__ = "<script>alert(2)</script>"
def mean_power(signal):
    print("<script>alert(3)</script>")
    raise ValueError("<script>alert(4)</script>")
""",
        check=lambda graded: _no_script(graded),
    ),
)


def _no_script(graded) -> None:
    for output in graded.outputs("mean_power-test"):
        assert "<script" not in output.get("data", {}).get("text/html", "")
