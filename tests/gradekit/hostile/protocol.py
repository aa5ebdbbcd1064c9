"""Attackers who know Jupyter's protocol and send what no kernel sends.

The key that signs messages lies in their own process, so every signature is right.
"""

from dataclasses import replace

from .attack import WRONG, Attack, Graded

TOOLS = """
import json, os, threading, time
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
def tell(kind, content, **more):
    session.send(iopub, kind, content, parent=kernel.get_parent(), **more)
"""


def sends(name: str, code: str, **more) -> Attack:
    """Send strange messages while the answer's cell runs; the function itself is right."""
    right = "def mean_power(signal):\n    return float(np.mean(signal**2))\n"
    return Attack(name, TOOLS + right + code, earns=3.0, **more)


def loses(name: str, code: str, **more) -> Attack:
    """Send what costs the cell, so that there is no answer."""
    return replace(sends(name, code, **more), earns=0.0, check=stopped)


def answers(name: str, code: str, **more) -> Attack:
    """Take over what the kernel answers to the judge."""
    return Attack(name, TOOLS + WRONG + code, **more)


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
    loses(
        "JSON nested a hundred thousand deep in a message",
        """
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
        """
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
    loses(
        "a message signed wrongly",
        """
key, session.key = session.key, b"wrong"
tell("stream", {"name": "stdout", "text": "x"})
session.key = key
""",
    ),
    loses(
        "frames that are no message",
        'iopub.send_multipart([b"x"])\niopub.send_multipart([b"", b""])',
    ),
    loses(
        "dates that are none",
        """
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
    answers(
        "an answer without data",
        """
send = session.send
session.send = lambda stream, kind, *a, buffers=None, **k: send(
    stream, kind, *a, buffers=[] if kind == "call_reply" else buffers, **k)
""",
    ),
    answers(
        "an answer that is no JSON",
        """
send = session.send
session.send = lambda stream, kind, *a, buffers=None, **k: send(
    stream, kind, *a, buffers=[b"\\xff{"] if kind == "call_reply" else buffers, **k)
""",
    ),
    answers(
        "an answer of a hundred frames of fifteen megabytes",
        """
send = session.send
session.send = lambda stream, kind, *a, buffers=None, **k: send(
    stream, kind, *a, buffers=[bytes(15 << 20)] * 100 if kind == "call_reply" else buffers, **k)
""",
    ),
    answers(
        "an answer that claims a billion empty texts",
        """
send = session.send
head = b'{"dict": [["value", {"array": 0, "dtype": "<U0", "shape": [1000000000]}]]}'
session.send = lambda stream, kind, *a, buffers=None, **k: send(
    stream, kind, *a, buffers=[head, b""] if kind == "call_reply" else buffers, **k)
""",
    ),
    answers(
        "a kernel that never answers the judge",
        """
send = session.send
session.send = lambda stream, kind, *a, **k: kind == "call_reply" or send(stream, kind, *a, **k)
""",
    ),
    answers(
        "a kernel that ends itself when asked",
        """
def mean_power(signal):
    os._exit(0)
""",
    ),
    answers(
        "a kernel that kills itself when asked",
        """
def mean_power(signal):
    os.kill(os.getpid(), 9)
""",
    ),
    answers(
        "a kernel whose loop is stopped",
        """
def mean_power(signal):
    kernel.io_loop.stop()
    return 1.5
""",
    ),
    answers(
        "an answer after the end of time",
        """
def mean_power(signal):
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        return float(np.mean(signal**2))
""",
    ),
    answers(
        "a function that takes no interrupt",
        """
def mean_power(signal):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
""",
    ),
    answers(
        "endless messages while the test calls",
        """
def flood():
    content = {"name": "stdout", "text": "x" * 100_000}
    while True:
        tell("stream", content)
def mean_power(signal):
    threading.Thread(target=flood, daemon=True).start()
    return 0.0
""",
    ),
    answers(
        "endless answers to no question",
        """
def flood():
    while True:
        session.send(kernel.shell_stream or kernel.shell_socket, "call_reply", {}, ident=ident)
def mean_power(signal):
    return 0.0
""",
    ),
)

PROTOCOL = (*OUTPUTS, *SHELL)
