"""Lines to a kernel pass on what is allowed, and lead nowhere else."""

import asyncio
import gc
import socket
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from gradekit.lines import Lines


@pytest.fixture
def talk(tmp_path):
    """Talk through a line to sockets that send `said` and return what arrives, and the line."""

    def talk(*said, change=lambda: None, allowance=100):
        return asyncio.run(_talk(tmp_path / "kernel-1", said, change, allowance))

    return talk


async def _talk(path, said, change, allowance):
    heard = []

    async def answer(reader, writer):
        heard.append(await reader.read(100))
        writer.write(said[len(heard) - 1])
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    lines = Lines(str(path)[:-1], ["1"])
    got = []
    for _ in said:
        lines._left = allowance
        reader, writer = await asyncio.open_unix_connection(f"{lines.path}1")
        with suppress(ConnectionError):
            writer.write(b"hello")
            got.append(await reader.read())
        writer.close()
        change()
    server.close()
    await lines.close()
    return got, heard, lines


def test_bytes_go_both_ways(talk):
    assert talk(b"one", b"two")[:2] == ([b"one", b"two"], [b"hello", b"hello"])


def test_what_is_too_much_ends_the_line_for_good(talk):
    got, heard, lines = talk(b"x" * 101, b"more")
    assert lines.overrun
    assert b"x" * 101 not in got
    assert heard == [b"hello"]


def test_a_link_in_place_of_the_socket_is_not_followed(tmp_path):
    (tmp_path / "kernel-1").symlink_to("elsewhere")
    with socket.socket(socket.AF_UNIX) as elsewhere:
        elsewhere.bind(str(tmp_path / "elsewhere"))
        elsewhere.listen()
        elsewhere.setblocking(False)
        assert asyncio.run(_first(tmp_path)) == b""
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


async def _first(folder):
    lines = Lines(f"{folder}/kernel-", ["1"])
    reader, writer = await asyncio.open_unix_connection(f"{lines.path}1")
    got = await reader.read()
    writer.close()
    await lines.close()
    return got


def test_a_socket_that_takes_the_place_later_is_not_reached(talk, tmp_path):
    def move():
        (tmp_path / "kernel-1").unlink(missing_ok=True)
        (tmp_path / "kernel-1").symlink_to("elsewhere")

    assert talk(b"one", b"two", change=move)[0] == [b"one", b"two"]


def test_nothing_is_left_open_or_on_disk(talk):
    open_files = psutil.Process().num_fds()
    lines = talk(b"one")[2]
    assert not Path(lines._folder).exists()
    assert psutil.Process().num_fds() == open_files


@pytest.mark.parametrize("turns", range(8))
def test_a_connection_is_closed_however_far_it_has_come(tmp_path, turns):
    async def connect():
        lines = Lines(f"{tmp_path}/kernel-", ["1"])
        await asyncio.sleep(0.01)
        with socket.socket(socket.AF_UNIX) as near:
            near.connect(f"{lines.path}1")
            for _ in range(turns):
                await asyncio.sleep(0)
            await lines.close()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(connect())
        gc.collect()
    assert not [str(one.message) for one in caught]
