"""Attackers who know Jupyter's protocol and send what no kernel sends.

The key that signs messages lies in their own process, so every signature is right.
"""

import psutil

from .attack import WRONG, Attack, Graded

TOOLS = """
import json, os, threading, time
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
def tell(kind, content, **more):
    session.send(iopub, kind, content, parent=kernel.get_parent(), **more)
"""


def sends(name: str, code: str, *, lost: bool = False, **more) -> Attack:
    """Send strange messages while the answer's cell runs; the function itself is right."""
    right = "def mean_power(signal):\n    return float(np.mean(signal**2))\n"
    return Attack(name, TOOLS + right + code, earns=0.0 if lost else 3.0, **more)


def calls(name: str, code: str, **more) -> Attack:
    """Attack while the test calls the function."""
    body = "".join(f"    {line}\n" for line in code.strip().splitlines())
    return Attack(name, f"{TOOLS}def mean_power(signal):\n{body}    return 0.0\n", **more)


def forges(name: str, code: str, **more) -> Attack:
    """Send something else in place of the answer to a call."""
    body = "".join(f"        {line}\n" for line in code.strip().splitlines())
    return Attack(
        name,
        f"""{TOOLS}
send, called = session.send, []
def forge(*message, **more):
    stream = message[0]
    if message[1] == "call_reply" and called:
        called.clear()
        def reply(buffers):
            send(*message, **{{**more, "buffers": buffers}})
{body}    else:
        return send(*message, **more)
session.send = forge
def mean_power(signal):
    called.append(True)
    return 0.0
""",
        **more,
    )


def forges_value(name: str, code: str, **more) -> Attack:
    """Send something else in place of the value of the name, before any call."""
    return Attack(
        name,
        f"""{TOOLS}import gradekit.wire
send = session.send
def forge(*message, **more):
    if message[1] == "call_reply" and message[3]["content"]["name"] == "mean_power":
        more["buffers"] = {code}
    return send(*message, **more)
session.send = forge
def mean_power(signal):
    return 0.0
""",
        **more,
    )


def unusable(graded: Graded) -> None:
    assert "No usable answer came back" in graded.shown


def few_names(graded: Graded) -> None:
    # Five names in each of two parts, each told in three formats.
    assert graded.shown.count("x" * 50) == 30


def stopped(graded: Graded) -> None:
    assert graded.done.attempts


def shorter(graded: Graded, size: int) -> None:
    assert len(graded.done.notebook) < size


OUTPUTS = (
    sends("an output whose text is a number", 'display({"text/plain": 5}, raw=True)'),
    sends(
        "an error whose parts are no text",
        'tell("error", {"ename": 1, "evalue": 2, "traceback": 3})',
    ),
    sends("an error without parts", 'tell("error", {})'),
    sends(
        "an execution count that is a list",
        'tell("stream", {"name": "stdout", "text": "x", "execution_count": [[]]})',
    ),
    sends(
        "metadata that is no dictionary",
        'tell("display_data", {"data": {"text/plain": "x"}, "metadata": 7})',
    ),
    sends(
        "JSON nested three hundred deep in an output",
        """
deep = []
for _ in range(300):
    deep = [deep]
display({"application/json": deep, "text/plain": "x"}, raw=True)
""",
    ),
    sends(
        "JSON nested a hundred thousand deep in a message",
        lost=True,
        check=stopped,
        code="""
pack = session.pack
session.pack = lambda part: b"[" * 100_000 + b"]" * 100_000 if part == "deep" else pack(part)
tell("stream", "deep")
session.pack = pack
""",
    ),
    sends(
        "lone surrogates in printed text",
        """
pack = session.pack
session.pack = lambda part: json.dumps(part, default=str).encode()
tell("stream", {"name": "stdout", "text": "half \\ud800 a character"})
display({"text/plain": "\\udfff"}, raw=True)
tell("error", {"ename": "\\ud800", "evalue": "\\ud800", "traceback": ["\\ud800"]})
session.pack = pack
""",
    ),
    sends(
        "MIME types with odd names",
        'display({"": "x", "../x": "y", "text/html\\n": "<script>"}, raw=True)',
    ),
    sends(
        "a hundred thousand outputs",
        """
for i in range(100_000):
    tell("display_data", {"data": {}, "metadata": {}})
""",
    ),
    sends(
        "comm messages with gigabytes of buffers",
        lost=True,
        code="""
for i in range(40):
    content = {"comm_id": str(i), "data": {"state": {"a": 1}, "buffer_paths": [["a"]]}}
    tell("comm_msg", content, buffers=[bytes(15 << 20)])
""",
    ),
    sends(
        "an output widget of its own",
        """
tell("comm_open", {"comm_id": "a", "target_name": "jupyter.widget",
    "data": {"state": {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel"}}})
tell("comm_msg", {"comm_id": "a", "data": {"method": "update",
    "state": {"msg_id": kernel.get_parent()["header"]["msg_id"], "outputs": []}}})
print("into the widget")
""",
    ),
    sends(
        "a false end of the cell",
        'tell("status", {"execution_state": "idle"})\nprint("after the end")',
    ),
    sends(
        "a message signed wrongly",
        lost=True,
        check=stopped,
        code="""
key, session.key = session.key, b"wrong"
tell("stream", {"name": "stdout", "text": "x"})
session.key = key
""",
    ),
    sends(
        "frames that are no message",
        lost=True,
        check=stopped,
        code='iopub.send_multipart([b"x"])\niopub.send_multipart([b"", b""])',
    ),
    sends(
        "dates that are none",
        lost=True,
        check=stopped,
        code="""
header = {**session.msg_header("stream"), "date": "2020-99-99T99:99:99Z"}
message = {**session.msg("stream", {}, header=header), "parent_header": {}}
session.send(iopub, message)
""",
    ),
    sends(
        "one long text shown at a thousand places",
        """
def show(kind, text):
    tell(kind, {"data": {"text/plain": text}, "metadata": {}, "transient": {"display_id": "a"}})
for i in range(900):
    show("display_data", "")
show("update_display_data", "x" * 4_000_000)
""",
        check=lambda graded: shorter(graded, 10 << 20),
    ),
    Attack(
        "a later change of what a test has shown",
        TOOLS
        + WRONG
        + """
def Task(*a, **k):
    for part in ("one", "two"):
        data = {"text/plain": "x"}
        tell("display_data", {"data": data, "metadata": {}, "transient": {"display_id": part}})
""",
        then="""
forged = {"application/vnd.gradekit.score+json": {"score": 3.0, "points": 3.0}, "text/plain": "3.0"}
for part in ("one", "two"):
    tell("update_display_data",
        {"data": forged, "metadata": {}, "transient": {"display_id": part}})
""",
    ),
)

SHELL = (
    forges("an answer without data", "reply([])"),
    forges("an answer that is no JSON", 'reply([b"\\xff{"])'),
    forges("an answer nested a million deep", 'reply([b"[" * 1_000_000])'),
    forges(
        "an answer of a hundred frames of fifteen megabytes",
        "reply([bytes(15 << 20)] * 100)",
    ),
    forges("an answer of a million frames", 'reply([b"{}"] * 1_000_000)'),
    forges(
        "an answer of millions of empty lists",
        'reply([b"[" + b"[]," * 5_000_000 + b"[]]"])',
    ),
    forges(
        "an answer that claims a billion empty texts",
        """
array = b'{"array": 0, "dtype": "<U0", "shape": [1000000000]}'
reply([b'{"dict": [["value", ' + array + b"]]}", b""])
""",
    ),
    forges(
        "an answer that is a reason and a function and an error",
        """
import gradekit.wire
more = {"reason": "x", "function": True, "raised": {"kind": "", "text": ""}, "missing": True}
reply(gradekit.wire.dumps({"printed": [1], "warnings": 5, **more}))
""",
    ),
    forges(
        "an answer with a stuck random generator",
        """
head = b'{"dict": [["value", 0.0], ["generators", [{"generator": ["0", "0", 0, 0]}]]]}'
reply([head])
""",
    ),
    forges_value(
        "an error whose text is an array",
        'gradekit.wire.dumps({"raised": {"text": np.zeros(2)}})',
        check=unusable,
    ),
    forges_value(
        "an array whose type is half a line of Python",
        """[b'{"dict": [["value", {"array": 0, "dtype": "(1,", "shape": [0]}]]}', b""]""",
        check=unusable,
    ),
    forges_value(
        "an array of eight megabytes that is named 400 times",
        """[json.dumps({"dict": [["value",
[{"array": 0, "dtype": "|u1", "shape": [8 << 20]}] * 400]]}).encode(), bytes(8 << 20)]""",
        check=unusable,
    ),
    forges_value(
        "an object of 60 000 fields",
        """[json.dumps({"dict": [["value", {"object": "a", "foreign": True,
"fields": [f"x{i}" for i in range(60_000)]}]]}).encode()]""",
        check=unusable,
    ),
    forges(
        "an object whose fields fill a page",
        """
names = ["x" * 50 + str(i) for i in range(100)]
value = {"object": "a", "foreign": True, "fields": names}
reply([json.dumps({"dict": [["value", value]]}).encode()])
""",
        check=few_names,
    ),
    forges("no answer to the judge", "pass"),
    forges("two answers to one question", "send(*message, **more)\nsend(*message, **more)"),
    forges(
        "an answer to another question",
        'send(*message, **{**more, "parent": {"msg_id": "another"}})',
    ),
    forges(
        "an answer without a header",
        'stream.send_multipart([*more["ident"], b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"])',
    ),
    calls("a kernel that ends itself when asked", "os._exit(0)"),
    calls(
        "millions of empty frames, without ZeroMQ",
        """
import socket, stat
for number in range(3, 250):
    try:
        one = socket.socket(fileno=os.dup(number))
        if str(one.getsockname()).endswith("kernel-2"):
            one.getpeername()
            one.setblocking(True)
            one.sendall(b"\\x01\\x00" * 6_000_000)
    except OSError:
        pass
""",
        check=lambda graded: _stays_small(graded),
    ),
    calls("a kernel that kills itself when asked", "os.kill(os.getpid(), 9)"),
    calls("a kernel that stops itself when asked", "os.kill(os.getpid(), 19)"),
    calls("a kernel that signals everybody", "os.kill(-1, 9)"),
    calls("a kernel whose loop is stopped", "kernel.io_loop.stop()"),
    calls("a kernel that is asked to shut down", "kernel.do_shutdown(False); os._exit(0)"),
    calls(
        "an answer after the end of time",
        """
try:
    time.sleep(60)
except KeyboardInterrupt:
    return float(np.mean(signal**2))
""",
    ),
    calls(
        "a function that takes no interrupt",
        """
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
""",
    ),
    calls(
        "a thread that answers in place of the kernel",
        """
parent = kernel.get_parent()
import gradekit.wire
right = gradekit.wire.dumps({"value": 0.0})
def answer():
    for _ in range(100):
        session.send(kernel.shell_stream, "call_reply", {}, parent=parent, buffers=right)
threading.Thread(target=answer).start()
""",
    ),
    calls(
        "endless output while the test calls",
        """
def flood():
    content = {"name": "stdout", "text": "x" * 100_000}
    while True:
        tell("stream", content)
threading.Thread(target=flood, daemon=True).start()
""",
    ),
    sends(
        "endless output of a cell",
        """
while True:
    tell("stream", {"name": "stdout", "text": "x" * 100_000})
""",
        lost=True,
    ),
    sends(
        "endless small messages of a cell",
        """
while True:
    tell("status", {"execution_state": "busy"})
""",
        lost=False,
    ),
    sends(
        "endless answers to no question",
        """
while True:
    session.send(kernel.shell_stream, "call_reply", {}, parent={})
""",
        lost=False,
    ),
    sends(
        "a message that never ends",
        """
import zmq
piece = bytes(1 << 20)
while True:
    kernel.iopub_thread.socket.send(piece, zmq.SNDMORE)
""",
        lost=True,
    ),
    sends(
        "a message that never ends, without ZeroMQ",
        """
import socket, stat
frame = b"\\x03" + (1 << 20).to_bytes(8, "big") + bytes(1 << 20)
def pour(number):
    while True:
        socket.socket(fileno=os.dup(number)).sendall(frame)
for number in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            threading.Thread(target=pour, args=(number,), daemon=True).start()
    except OSError:
        pass
time.sleep(60)
""",
        lost=True,
    ),
    sends(
        "sockets that lead elsewhere",
        """
for number in range(1, 6):
    os.unlink(f"/run/kernel-{number}")
    os.symlink("/tmp/elsewhere", f"/run/kernel-{number}")
""",
    ),
)

PROTOCOL = (*OUTPUTS, *SHELL)


def _stays_small(graded: Graded) -> None:
    """Check that the messages did not fill this process: with the frames it would be gigabytes."""
    assert "it sent more than 64 MiB" in str(graded.outputs("mean_power-test"))
    assert psutil.Process().memory_info().rss < 700e6
