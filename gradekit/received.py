"""What is received from a kernel about outputs: text and pictures as plain strings, nothing else.

Student's code can send any message in the kernel's name. What is not listed here has no place in a
graded notebook: no score, no metadata but alt text, no nested data, no text that is not Unicode.
"""

from typing import Any

KINDS = ("text/plain", "text/html", "text/latex", "text/markdown", "image/svg+xml")
PICTURES = ("image/png", "image/jpeg")


def plain(kind: str, content: Any) -> dict[str, Any] | None:
    """Return the content of a message about outputs with known fields of known types only.

    Parameters
    ----------
    kind : str
        Type of the message, as in Jupyter's protocol.
    content : object
        What the kernel sent.

    Returns
    -------
    dict or None
        None if messages of this kind are not about outputs.
    """
    if kind not in _READERS:
        return None
    return _READERS[kind](content if isinstance(content, dict) else {})


def _stream(content: dict[str, Any]) -> dict[str, Any]:
    name = "stderr" if content.get("name") == "stderr" else "stdout"
    return {"name": name, "text": _text(content.get("text"))}


def _display(content: dict[str, Any]) -> dict[str, Any]:
    data = _dict(content.get("data"))
    kept = {kind: _text(data[kind]) for kind in (*KINDS, *PICTURES) if kind in data}
    told = _dict(content.get("metadata"))
    # What a picture shows, in words, for those who do not see it.
    alts = {kind: {"alt": _text(_dict(told.get(kind)).get("alt"))} for kind in PICTURES}
    metadata = {kind: alt for kind, alt in alts.items() if kind in kept and alt["alt"]}
    identity = _text(_dict(content.get("transient")).get("display_id"))
    return {"data": kept, "metadata": metadata, "transient": {"display_id": identity}}


def _result(content: dict[str, Any]) -> dict[str, Any]:
    return _display(content) | _input(content)


def _input(content: dict[str, Any]) -> dict[str, Any]:
    count = content.get("execution_count")
    return {"execution_count": count if type(count) is int else None}


def _error(content: dict[str, Any]) -> dict[str, Any]:
    lines = content.get("traceback")
    return {
        "ename": _text(content.get("ename")),
        "evalue": _text(content.get("evalue")),
        "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
    }


def _clear(content: dict[str, Any]) -> dict[str, Any]:
    return {"wait": content.get("wait") is True}


def _text(value: Any) -> str:
    # A text may hold halves of characters, which no file can.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


_READERS = {
    "stream": _stream,
    "display_data": _display,
    "update_display_data": _display,
    "execute_result": _result,
    "execute_input": _input,
    "error": _error,
    "clear_output": _clear,
}
