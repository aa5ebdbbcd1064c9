"""Lines to a kernel pass on what is allowed, and lead nowhere else."""

import asyncio
import gc
import socket
import warnings
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from gradekit.lines import FRAME, Frames, Lines

GREETING = b"\xff" + bytes(8) + b"\x7f\x03" + bytes(53)


@pytest.fixture
def talk(tmp_path):
    """Talk through a line to sockets that send `said` and return what arrives, and the line."""

    def talk(*said, change=lambda: None, allowance=1000):
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


ONE, TWO = GREETING + b"\x00\x03one", GREETING + b"\x00\x03two"


def test_bytes_go_both_ways(talk):
    assert talk(ONE, TWO)[:2] == ([ONE, TWO], [b"hello", b"hello"])


@pytest.mark.parametrize("much", [b"\x00\xff" + b"x" * 255 + b"\x00\xff", b"\x01\x00" * 4])
def test_what_is_too_much_ends_the_line_for_good(talk, much):
    got, heard, lines = talk(GREETING + much, ONE, allowance=64 + FRAME + 200)
    assert lines.overrun
    assert not any(got)
    assert heard == [b"hello"]


@pytest.mark.parametrize("first", [b"\x01\x00", GREETING[:10] + b"\x01", GREETING[:10] + b"\x02"])
def test_a_stream_in_another_version_ends_its_line(talk, first):
    assert talk(first + bytes(60))[0] == [b""]


def test_frames_are_counted_however_the_stream_is_cut():
    long = b"\x02" + (300).to_bytes(8, "big") + bytes(300)
    stream = GREETING + b"\x04\x05READY" + b"\x01\x00" * 3 + long + b"\x00\x01x"
    for size in (1, 2, 3, 7, 64, 65, len(stream)):
        frames = Frames()
        pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
        assert sum(map(frames.begun_in, pieces)) == 6


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

    assert talk(ONE, TWO, change=move)[0] == [ONE, TWO]


def test_nothing_is_left_open_or_on_disk(talk):
    open_files = psutil.Process().num_fds()
    lines = talk(ONE)[2]
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
