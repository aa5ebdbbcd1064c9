"""Imagenette from a server on this machine that also breaks off, lies and is not there."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from spectralkit.data import download, imagenette
from spectralkit.errors import SpectralKitError

PIXELS = 16


def photo(seed: int) -> bytes:
    """A PNG file of random grey values; it stands for one of Imagenette's photographs."""
    grey = np.random.default_rng(seed).integers(0, 256, (PIXELS, PIXELS), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG")
    return file.getvalue()


def tgz(members: dict[str, bytes], last: bytes = tarfile.REGTYPE) -> bytes:
    """A compressed archive of these files, the last of them of another type if wanted."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = last if name == list(members)[-1] else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


GOOD = tgz(
    {
        "imagenette2-160/train/n01440764/one.JPEG": photo(1),
        "imagenette2-160/train/n03028079/two.JPEG": photo(2),
        "imagenette2-160/val/n01440764/three.JPEG": photo(3),
    }
)


@dataclass
class Server:
    """What the server answers: the body, how many of its bytes it sends, and the status."""

    body: bytes = GOOD
    sent: int | None = None
    status: int = 200
    url: str = ""
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server in place of Imagenette's; the known hash is that of the good archive."""
    answer = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer.requests.append(self.path)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: answer.sent])

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        answer.url = f"http://127.0.0.1:{http.server_port}/imagenette2-160.tgz"
        publish(monkeypatch, answer.url, GOOD)
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield answer
        http.shutdown()


def publish(monkeypatch: pytest.MonkeyPatch, url: str, body: bytes) -> None:
    """Make this address and the hash of this content the known ones."""
    md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(download, "IMAGENETTE", {"160px": download.Archive(url, md5, PIXELS)})


def contents(folder: Path) -> list[str]:
    """Names in a folder, none if it is missing."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_photographs_of_the_split_are_read_after_one_download(server, tmp_path):
    train = imagenette(root=tmp_path / "new", progress=False)
    assert train.names == ("n01440764/one.JPEG", "n03028079/two.JPEG")
    expected = np.asarray(Image.open(io.BytesIO(photo(1)))) / 127.5 - 1
    assert np.array_equal(next(iter(train)), expected)
    val = imagenette(root=tmp_path / "new", split="val", progress=False)
    assert val.names == ("n01440764/three.JPEG",)
    assert server.requests == ["/imagenette2-160.tgz"]
    assert contents(tmp_path / "new") == ["imagenette2-160", "imagenette2-160.tgz"]


def test_the_users_cache_is_the_default_place(server, tmp_path, monkeypatch):
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / project)
    assert len(imagenette(progress=False)) == 2
    assert contents(tmp_path / "spectralkit") == ["imagenette2-160", "imagenette2-160.tgz"]


def test_the_progress_bar_shows_only_when_asked(server, tmp_path, capsys):
    imagenette(root=tmp_path / "silent", progress=False)
    assert "%" not in capsys.readouterr().err
    imagenette(root=tmp_path / "loud", progress=True)
    assert "100%" in capsys.readouterr().err


def test_options_of_the_folder_are_passed_on(server, tmp_path):
    images = imagenette(root=tmp_path, channel="rgb", value_range=(0, 255), progress=False)
    assert next(iter(images)).shape == (PIXELS, PIXELS, 3)
    assert images.value_range == (0, 255)
    assert imagenette(root=tmp_path, skip_unreadable=True).skip_unreadable


def test_being_offline_is_said_clearly(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    publish(monkeypatch, f"http://127.0.0.1:{port}/imagenette2-160.tgz", GOOD)
    with pytest.raises(SpectralKitError, match=r"could not be downloaded .* machine is online"):
        imagenette(root=tmp_path, progress=False)
    assert contents(tmp_path) == []


@pytest.mark.parametrize("sent", [0, 1, len(GOOD) // 2, len(GOOD) - 1])
def test_a_download_that_breaks_off_leaves_nothing_and_starts_again(server, tmp_path, sent):
    server.sent = sent
    with pytest.raises(SpectralKitError, match="could not be downloaded"):
        imagenette(root=tmp_path, progress=False)
    assert contents(tmp_path) == []
    server.sent = None
    assert len(imagenette(root=tmp_path, progress=False)) == 2


def test_wrong_bytes_are_refused_and_deleted(server, tmp_path):
    server.body = tgz({"imagenette2-160/train/n0/other.JPEG": photo(9)})
    with pytest.raises(SpectralKitError, match="not with the known MD5 hash"):
        imagenette(root=tmp_path, progress=False)
    assert contents(tmp_path) == []


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_page_is_not_taken_for_the_archive(server, tmp_path, status):
    server.status = status
    with pytest.raises(SpectralKitError, match=r"could not be downloaded .*\(HTTPError\)"):
        imagenette(root=tmp_path, progress=False)
    assert contents(tmp_path) == []


def test_a_damaged_archive_in_the_cache_is_downloaded_anew(server, tmp_path):
    (tmp_path / "imagenette2-160.tgz").write_bytes(GOOD[:100])
    assert len(imagenette(root=tmp_path, progress=False)) == 2
    assert len(server.requests) == 1


def test_a_good_archive_put_there_by_hand_needs_no_network(server, tmp_path):
    (tmp_path / "imagenette2-160.tgz").write_bytes(GOOD)
    assert len(imagenette(root=tmp_path, progress=False)) == 2
    assert server.requests == []


def test_an_unpacking_that_breaks_off_counts_for_nothing(server, tmp_path, monkeypatch):
    extract = tarfile.TarFile.extractall

    def interrupted(archive, path, **options):
        extract(archive, path, **options)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "extractall", interrupted)
        with pytest.raises(SpectralKitError, match=r"could not be unpacked .*No space left"):
            imagenette(root=tmp_path, progress=False)
    assert contents(tmp_path) == ["imagenette2-160.tgz"]
    assert len(imagenette(root=tmp_path, progress=False)) == 2
    assert len(server.requests) == 1


def test_what_a_killed_unpacking_left_behind_does_not_matter(server, tmp_path):
    (tmp_path / "imagenette2-160.half" / "imagenette2-160" / "train").mkdir(parents=True)
    assert len(imagenette(root=tmp_path, progress=False)) == 2


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../../escaped.txt", tarfile.REGTYPE),
        ("imagenette2-160/../../../escaped.txt", tarfile.REGTYPE),
        ("/tmp/escaped.txt", tarfile.REGTYPE),
        ("imagenette2-160/link", tarfile.SYMTYPE),
        ("imagenette2-160/pipe", tarfile.FIFOTYPE),
    ],
)
def test_an_archive_with_more_than_files_inside_its_folder_is_refused(
    server, tmp_path, monkeypatch, name, kind
):
    server.body = tgz({"imagenette2-160/train/a.png": photo(1), name: b""}, kind)
    publish(monkeypatch, server.url, server.body)
    with pytest.raises(SpectralKitError, match="is not a file or folder inside the archive"):
        imagenette(root=tmp_path / "cache", progress=False)
    assert contents(tmp_path) == ["cache"]
    assert contents(tmp_path / "cache") == ["imagenette2-160.tgz"]


def test_an_archive_without_the_expected_folder_is_named(server, tmp_path, monkeypatch):
    server.body = tgz({"other/train/a.png": photo(1)})
    publish(monkeypatch, server.url, server.body)
    with pytest.raises(SpectralKitError, match=r"imagenette2-160\.tgz could not be unpacked"):
        imagenette(root=tmp_path, progress=False)


def test_a_place_that_cannot_be_written_is_named(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SpectralKitError, match=r"could not be downloaded to .*file.cache"):
        imagenette(root=tmp_path / "file" / "cache", progress=False)


def test_calls_at_the_same_time_do_not_disturb_each_other(server, tmp_path):
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(imagenette, root=tmp_path, progress=False) for _ in range(4)]
        sizes = {len(call.result()) for call in calls}
    assert sizes == {2}
    assert contents(tmp_path) == ["imagenette2-160", "imagenette2-160.tgz"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": "64px"}, "size='64px' is not known: choose one of '160px', '320px', 'full'"),
        ({"split": "test"}, "split='test' is not known: choose one of 'train', 'val'"),
        ({"root": 3}, "root must name a folder, but is of type int"),
    ],
)
def test_bad_options_are_refused_before_any_download(options, sentence):
    with pytest.raises(SpectralKitError, match=sentence):
        imagenette(**options)


def test_the_published_archives_are_named_as_their_folders():
    folders = {size: archive.folder for size, archive in download.IMAGENETTE.items()}
    assert folders == {
        "160px": "imagenette2-160",
        "320px": "imagenette2-320",
        "full": "imagenette2",
    }
