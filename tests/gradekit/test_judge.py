"""The judge runs tests, asks for answers and believes nothing of what it is told."""

import asyncio
import inspect
import io
import json
import os
import signal
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from gradekit import judging, wire
from gradekit.job import Job
from gradekit.judge import Judge, message
from gradekit.judging import JudgeError, judge_of
from gradekit.task import SCORE_MIME

SETUP = "import numpy as np\nfrom gradekit.task import Task, compare\ntiny = np.arange(3.0)"


class Student:
    """Answers in place of a kernel: a plain value by name, a function, or ready frames."""

    def __init__(self, names):
        self.names, self.asked = names, []

    def __call__(self, question, frames):
        self.asked.append(question)
        name = question.get("call") or question["fetch"]
        if name not in self.names:
            return wire.dumps({"missing": True})
        value = self.names[name]
        if "fetch" in question:
            if isinstance(value, Frames):
                return value.frames
            return wire.dumps({"function": True} if callable(value) else {"value": value})
        positional, named = wire.loads(frames)
        answer = value(*positional, **named)
        if isinstance(answer, Frames):
            return answer.frames
        return wire.dumps({"value": answer, "generators": wire.generators([positional, named])})


class Frames:
    """Frames that are sent as they are, or those of a reply."""

    def __init__(self, *frames, **reply):
        self.frames = list(frames) or wire.dumps(reply)


def read(file):
    """Read one message."""
    count = int.from_bytes(file.read(4), "big")
    sizes = [int.from_bytes(file.read(4), "big") for _ in range(count)]
    return [file.read(size) for size in sizes]


@contextmanager
def running():
    """A judge in a thread; gives the function that asks it and answers its questions."""
    ends = [os.pipe(), os.pipe()]
    (there, to), (back, reply) = ends
    a, b = os.fdopen(there, "rb"), os.fdopen(reply, "wb")
    c, d = os.fdopen(to, "wb"), os.fdopen(back, "rb")
    with a, b, c, d:
        judge = Judge(a, b)
        thread = threading.Thread(target=lambda: judge.set_up() and judge.serve())
        thread.start()

        def ask(request, student=None):
            send = [json.dumps(request).encode()]
            while True:
                c.write(message(send))
                c.flush()
                head, *frames = read(d)
                said = json.loads(head)
                if "fetch" not in said and "call" not in said:
                    return said
                send = student(said, frames)

        try:
            yield ask
        finally:
            c.close()
            thread.join(10)


@pytest.fixture
def judge():
    """A judge that has run the setup cell."""
    with running() as ask:
        assert ask({"setup": {"setup": SETUP}}) == {"ready": True}

        def test(lines, names=None, *, uses=None, seed=None, hidden=False, before=""):
            """Run a test of one part; return what is said of it, or its record's part."""
            body = "\n".join(f"    {line}" for line in inspect.cleandoc(lines).splitlines())
            part = f"with task.part('p', points=1, hidden={hidden}):\n{body}"
            student = Student(names or {})
            taken = list(student.names) if uses is None else uses
            source = f"{before}\ntask = Task('t', points=1)\n{part}\ntask.score()"
            said = ask({"test": "t", "source": source, "uses": taken, "seed": seed}, student)
            return said["outputs"][SCORE_MIME]["parts"][0] if "outputs" in said else said

        yield test


def passes(part):
    return part["earned"] == 1.0


def test_values_and_functions_of_the_student_are_what_the_test_finds(judge):
    names = {"slope": 2.5, "words": ("a", {"b": [1]}), "twice": lambda x, *, by=2: by * x}
    lines = """
        compare(slope, 2.5)
        assert words == ("a", {"b": [1]})
        compare(twice(tiny), 2 * tiny)
        compare(twice(tiny, by=3), 3 * tiny)
        assert twice.__name__ == "twice"
    """
    assert passes(judge(lines, names))


def test_only_the_names_of_uses_are_asked_for(judge):
    part = judge("other", {"f": len, "other": 1}, uses=["f"])
    assert "`other` is not defined; run its cell after writing your answer." in part["message"]


def test_names_of_one_test_are_not_there_in_the_next(judge):
    assert passes(judge("own = 1", {"answer": 3}, before="helper = tiny = 5"))
    lines = "assert not {'own', 'answer', 'helper', 'task_of_old'} & set(globals())\ntiny[0]"
    assert passes(judge(lines))


def test_the_seed_is_there_and_is_none_without(judge):
    assert passes(judge("compare(SEED, 12)", seed=12))
    assert passes(judge("assert SEED is None"))


def test_what_a_test_prints_does_not_disturb_the_replies(judge, capfd):
    assert passes(judge("print('x' * 5000)", before="print('before')"))


def test_the_reason_why_a_name_is_missing_is_told(judge):
    why = "its cell raised SyntaxError: invalid syntax"
    part = judge("f(1)", {"f": Frames(reason=why)})
    assert part["message"] == f"Not answered yet: `f` is not defined; {why}"
    part = judge("f(1)", {"f": Frames(raised={"kind": "ValueError", "text": "ValueError: x"})})
    assert part["message"] == "Not answered yet: `f` is not defined; ValueError: x"
    part = judge("f(1)", uses=["f"])
    why = "run its cell after writing your answer."
    assert part["message"] == f"Not answered yet: `f` is not defined; {why}"
    assert judge("f(1)", uses=["f"], hidden=True)["message"] == "The test was stopped by NameError."


def test_a_generator_that_a_function_took_has_moved_on(judge):
    lines = """
        rng, other = np.random.default_rng(5), np.random.default_rng(5)
        first, second = draw(rng), draw(rng, n=3)
        compare(first, other.normal(size=2))
        compare(second, other.normal(size=3))
        compare(rng.random(), other.random())
    """
    assert passes(judge(lines, {"draw": lambda rng, n=2: rng.normal(size=n)}))


def test_a_generator_of_another_stream_takes_no_generators_place(judge):
    def draw(rng):
        state = {"state": 1 << 127, "inc": 0}
        stuck = {"bit_generator": "PCG64", "state": state, "has_uint32": 0, "uinteger": 0}
        rng.bit_generator.state = stuck
        return 1

    lines = """
        rng, other = np.random.default_rng(5), np.random.default_rng(5)
        draw(rng)
        compare(rng.random(), other.random())
    """
    assert passes(judge(lines, {"draw": draw}))


def test_arrays_that_cannot_be_changed_arrive_as_such(judge):
    seen = []
    lines = "from gradekit.task import read_only\nf(read_only(tiny), tiny)"
    judge(lines, {"f": lambda a, b: seen.extend([a.flags.writeable, b.flags.writeable])})
    assert seen == [False, True]


def test_what_the_students_function_prints_and_warns_is_told(judge):
    said = [["RuntimeWarning", "divide by zero"], ["VisibleWarning", "own"], ["int", "no class"]]
    answer = Frames(value=1, printed="step 1\nstep 2", warnings=said)
    part = judge("compare(f(), 2)", {"f": lambda: answer})
    assert "Your code printed: step 1\nstep 2" in part["message"]
    assert "Warning, costs nothing: RuntimeWarning: divide by zero" in part["message"]
    assert "Warning, costs nothing: VisibleWarning: own" in part["message"]
    assert "Warning, costs nothing: int: no class" in part["message"]
    part = judge("compare(f(), 1)", {"f": lambda: answer})
    assert passes(part)
    assert "printed" not in part["message"]


def raised(**fields):
    return {"f": lambda *_: Frames(raised=fields)}


def test_what_the_students_function_raised_is_told_with_its_line(judge):
    fields = {"kind": "KeyError", "text": "KeyError: 3", "place": ", in `f`, line 2: `x[3]`"}
    part = judge("f(tiny)", raised(**fields))
    assert part["message"] == "Your code raised KeyError: 3, in `f`, line 2: `x[3]`"
    part = judge("f(tiny)", raised(**fields), hidden=True)
    assert part["message"] == "Your code raised KeyError."
    part = judge("f(tiny)", raised(kind="NotImplementedError", text="x", unwritten=True))
    assert part["message"] == "Not answered yet."
    part = judge("f(tiny)", raised(kind="ValueError", text="x read-only", read_only=True))
    assert part["message"].startswith("Your function changes its input: work on a copy")


def test_a_test_cannot_see_values_in_what_it_tells_of_a_hidden_part(judge):
    secret = {"f": lambda: Frames(value=1, printed="12345", warnings=[["UserWarning", "12345"]])}
    part = judge("compare(f(), 12345)", secret, hidden=True)
    assert (part["earned"], part["message"]) == (0.0, "")
    part = judge("compare(f(), 12345, mistakes=[('one', 'It is 1.', 1)])", secret, hidden=True)
    assert part["message"] == "one: It is 1."


def test_an_exception_of_the_student_is_none_that_a_test_could_take_for_its_own(judge):
    lines = """
        try:
            f()
        except (AssertionError, ValueError, KeyError):
            pass
    """
    assert not passes(judge(lines, raised(kind="ValueError", text="ValueError")))


@pytest.mark.parametrize(
    "reply",
    [
        Frames(b""),
        Frames(b"{"),
        Frames(b"\xff" * 100, b"", b""),
        Frames(b"[1, 2]"),
        Frames(b'{"dict": [["value", {"array": 0, "dtype": "|O", "shape": [1]}]]}', b"12345678"),
        Frames(nothing=1),
        Frames(raised=None),
        Frames(raised=[1]),
        Frames(raised={"kind": "ValueError"}),
        Frames(raised={"text": ""}),
        Frames(raised={"text": np.zeros(2)}),
        Frames(raised={"text": ["x"], "kind": "KeyError"}),
        Frames(raised={"text": 5}),
        Frames(reason=np.zeros(2)),
        Frames(b'{"dict": [["value", {"array": 0, "dtype": "(1,", "shape": [0]}]]}', b""),
        Frames(generators=[1]),
        Frames(b"1" * (17 << 20)),
    ],
    ids=lambda reply: repr(reply.frames[0][:60]),
)
def test_a_reply_of_no_known_form_costs_the_part_and_no_more(judge, reply):
    part = judge("f()", {"f": lambda: reply})
    assert part["message"] == "No usable answer came back from your code."
    assert part["earned"] == 0.0
    assert "is not defined; No usable answer came" in judge("f()", {"f": reply})["message"]
    assert passes(judge("assert f() == 1", {"f": lambda: 1}))


def test_an_answer_of_no_frames_costs_the_part_and_no_more(judge):
    nothing = Frames(b"")
    nothing.frames = []
    assert "No usable answer" in judge("f()", {"f": lambda: nothing})["message"]
    assert "is not defined" in judge("f", {"f": nothing})["message"]


@pytest.mark.parametrize(
    "reply",
    [
        {"printed": 3, "warnings": 5},
        {"printed": np.zeros(2), "warnings": [[np.zeros(2), np.zeros(2)]]},
        {"warnings": [["\ud800", "half of a pair as a name"]]},
        {"printed": ["a"], "warnings": [1, [], ["a"], [1, 2], ["a", "b", "c"], None]},
        {"printed": "x" * 10**6, "warnings": [["DeprecationWarning", "x" * 10**6]] * 9},
        {"printed": "\ud800", "warnings": [["UserWarning", "\ud800"]]},
        {"generators": "abc"},
        {"generators": [1, None]},
        {"generators": [np.random.default_rng(n) for n in range(9)]},
    ],
    ids=[
        "numbers",
        "arrays",
        "name",
        "lists",
        "long",
        "no text",
        "text",
        "no generators",
        "many generators",
    ],
)
def test_whatever_comes_beside_a_right_value_costs_nothing(judge, reply):
    answer = Frames(value=1, **reply)
    part = judge("compare(f(np.random.default_rng(1)), 1)", {"f": lambda _: answer})
    assert passes(part)
    assert len(part["message"]) < 6000


def test_what_a_test_gives_and_cannot_cross_is_an_error_of_the_test(judge):
    part = judge("f({1, 2})", {"f": len})
    assert "the test gives f a set, which is not plain data" in part["message"]


def failed(said):
    assert "\n" not in said["failed"]
    return said["failed"]


def test_a_test_that_fails_outside_of_its_parts_is_told_as_such(judge):
    assert failed(judge("pass", before="1 / 0")) == "ZeroDivisionError: division by zero"
    assert failed(judge("pass", before="f()", uses=["f"])).startswith("NameError: name 'f'")
    assert passes(judge("pass"))


def test_a_test_that_makes_no_task_is_told_as_such():
    with running() as ask:
        ask({"setup": {}})
        request = {"test": "t", "source": "1", "uses": [], "seed": None}
        assert ask(request, Student({})) == {"failed": "KeyError: 'task'"}


def test_a_setup_cell_that_fails_is_told_as_such():
    with running() as ask:
        assert ask({"setup": {"a": "x = 1", "b": "y = x / 0"}}) == {
            "failed": "ZeroDivisionError: division by zero"
        }


def test_a_judge_whose_other_end_is_closed_ends():
    replies = io.BytesIO()
    assert not Judge(io.BytesIO(), replies).set_up()
    assert not Judge(io.BytesIO(b"\x00\x00"), replies).set_up()
    assert replies.getvalue() == b""
    assert Judge(io.BytesIO(), replies).serve() is False
    request = {"test": "t", "source": "", "uses": ["f"], "seed": None}
    with pytest.raises(SystemExit):
        Judge(io.BytesIO(message([json.dumps(request).encode()])), replies).serve()


@pytest.fixture
def process():
    """Run tests in the judge of a job: their outputs; `.used` are the processes that judged."""

    async def run(job, requests, setup, answer):
        async with judge_of(job, setup) as judge:
            start.used.append(judge)
            return [await judge.test(request, answer) for request in requests]

    def start(*sources, setup=SETUP, names=None, uses=(), **fields):
        student = Student(names or {})

        async def answer(question, frames):
            return student(question, frames)

        requests = [{"test": "t", "source": s, "uses": list(uses), "seed": 1} for s in sources]
        job = Job("", **{"trusted": True, **fields})
        return asyncio.run(run(job, requests, {"setup": setup}, answer))

    start.used = []
    yield start
    judging.end_idle()


PASSES = "task = Task('t', points=1)\nwith task.part('p', points=1):\n    assert f() == 1\n"


def test_a_process_serves_one_test_after_the_other(process):
    files = {"given.csv": b"1", "helper.py": b"one = 1"}
    noisy = "import os, sys\nprint('x' * 10**5); os.write(1, b'x'); print('y', file=sys.stderr)\n"
    reading = "import helper\nassert open('given.csv').read() == '1' and not sys.stdin.read()\n"
    sources = (f"{noisy}{reading}{PASSES}", PASSES)
    outputs = process(*sources, names={"f": lambda: 1}, uses=["f"], course_files=files)
    assert [output[SCORE_MIME]["score"] for output in outputs] == [1.0, 1.0]


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("1 / 0", "the test itself failed with ZeroDivisionError: division by zero"),
        ("task =", "the test itself failed with "),
        ("import os; os._exit(0)", "the process that runs the tests died"),
        ("raise SystemExit", "the process that runs the tests died"),
        ("while True: pass", "the test itself took more than 1 seconds"),
    ],
)
def test_a_test_that_fails_dies_or_hangs_is_one_sentence(
    process, monkeypatch, source, words, trusted
):
    monkeypatch.setattr(judging, "PATIENCE", 1 if source.startswith("while") else 60)
    with pytest.raises(JudgeError) as caught:
        process(source, setup="", trusted=trusted)
    assert str(caught.value).startswith(words)
    assert not process.used[0].ready


def test_a_setup_cell_that_fails_or_asks_is_one_sentence(process):
    with pytest.raises(JudgeError, match="the setup cells failed with ZeroDivisionError"):
        process(setup="1 / 0")


# what a judge in the sandbox keeps from one notebook to the next

LEAVES = f"import os, sys, numpy as np\n{{}}\n{PASSES.replace('f()', '1')}"
SMALL = "from gradekit.task import Task"


@pytest.fixture
def judged(process):
    """Whether two notebooks in a row, of which the first does this, had the same judge."""

    def judged(first, second="", setup=SMALL, **fields):
        for lines in (first, second):
            (output,) = process(LEAVES.format(lines), setup=setup, trusted=False, **fields)
            assert output[SCORE_MIME]["score"] == 1.0
        return process.used[0] is process.used[1]

    return judged


def test_one_judge_serves_notebooks_in_which_nothing_of_the_one_before_is_left(judged):
    setup = f"{SMALL}\nimport numpy as np\ncount = [0]\nnp.random.seed(1)"
    spoil = (
        "count.append(1); np.pi = 3; np.random.rand()\n"
        "open('new', 'w').close(); os.remove('new'); os.chdir('/')\n"
        "sys.modules['os'] = None"
    )
    clean = (
        "assert count == [0] and np.pi > 3.1 and os.getcwd() == '/home/student'\n"
        "assert np.random.rand() == np.random.RandomState(1).rand()"
    )
    assert judged(spoil, clean, setup=setup)


@pytest.mark.parametrize(
    "trace",
    [
        "open('new', 'w').close()",
        "open('/tmp/new', 'w').close()",
        "os.mkdir('/dev/shm/new')",
        "os.symlink('/usr', '/tmp/new')",
        "open('given.csv', 'w').write('2')",
        "import subprocess; subprocess.Popen(['sleep', '60'])",
    ],
)
def test_a_judge_in_which_a_test_has_left_a_trace_serves_no_other_notebook(judged, trace):
    clean = (
        "assert os.listdir() == ['given.csv'] and open('given.csv').read() == '1'\n"
        "assert os.listdir('/dev/shm') == [] and 'new' not in os.listdir('/tmp')"
    )
    assert not judged(trace, clean, course_files={"given.csv": b"1"})


def test_a_judge_whose_setup_cells_start_a_thread_serves_one_notebook(judged):
    setup = f"{SMALL}\nimport threading\nthreading.Thread(target=threading.Event().wait).start()"
    assert not judged("", setup=setup)


def test_without_a_sandbox_a_judge_serves_one_notebook(process):
    for _ in range(2):
        process(setup=SMALL, trusted=True)
    assert process.used[0] is not process.used[1]


@pytest.mark.parametrize(
    "other",
    [
        {"setup": f"{SMALL}\n"},
        {"course_files": {"given.csv": b"2"}},
        {"packages": ("toykit",)},
        {"trusted": True},
    ],
)
def test_notebooks_of_another_kind_have_another_judge(process, other):
    same = {"setup": SMALL, "trusted": False}
    process(**same)
    process(**{**same, **other})
    assert process.used[0] is not process.used[1]
    assert process.used[0]._process.poll() is not None


def test_a_judge_that_was_ended_meanwhile_is_replaced(process):
    for _ in range(2):
        process(setup=SMALL, trusted=False)
        os.killpg(process.used[-1]._process.pid, signal.SIGKILL)
        process.used[-1]._process.wait()
    assert process.used[0] is not process.used[1]


def test_each_thread_has_its_own_judge_which_ends_with_it(process):
    thread = threading.Thread(target=lambda: process(setup=SMALL, trusted=False))
    thread.start()
    thread.join()
    process(setup=SMALL, trusted=False)
    theirs, own = process.used
    assert theirs is not own
    assert theirs._process.poll() is not None
    judging.end_idle()
    assert own._process.poll() is not None
