"""Running pages: only when something changed, in parallel, and never in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from coursebook.execution import Run, cache_folder, library_hash, run_pages, text_notebooks

HEADER = "---\nfile_format: mystnb\nkernelspec: {name: python3, display_name: Python 3}\n---\n"


def write(path: Path, text: str) -> Path:
    """Write a file and the folders it stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def page(folder: Path, name: str, code: str) -> Path:
    """Write a page with one cell."""
    return write(folder / f"{name}.md", f"{HEADER}# {name}\n\n```{{code-cell}}\n{code}\n```\n")


def run(pages: list[Path], cache: Path) -> dict[str, Run]:
    """Run pages; return what happened to each, by name."""
    return {r.page.stem: r for r in run_pages(pages, cache, workers=2, timeout=60)}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A course with a library of one module and one photograph."""
    write(tmp_path / "spectralkit" / "spectra.py", "def rapsd(): return 1\n")
    write(tmp_path / "spectralkit" / "data" / "files" / "photo.json", "{}")
    write(tmp_path / "requirements.lock", "numpy==2.0\n")
    return tmp_path


@pytest.mark.parametrize(
    "changed", ["spectralkit/spectra.py", "spectralkit/data/files/photo.json", "requirements.lock"]
)
def test_a_change_of_what_pages_are_computed_with_gives_another_cache(
    top: Path, changed: str
) -> None:
    before = cache_folder(top)
    write(top / changed, "changed")
    assert cache_folder(top) != before


def test_a_renamed_module_gives_another_cache(top: Path) -> None:
    before = library_hash(top)
    (top / "spectralkit" / "spectra.py").rename(top / "spectralkit" / "spectrum.py")
    assert library_hash(top) != before


def test_compiled_modules_and_pages_do_not_touch_the_key(top: Path) -> None:
    before = library_hash(top)
    write(top / "spectralkit" / "__pycache__" / "spectra.pyc", "compiled")
    write(top / "book" / "intro.md", "# Intro")
    assert library_hash(top) == before


def test_caches_of_older_libraries_are_removed(top: Path) -> None:
    old = cache_folder(top)
    write(old / "global.db", "")
    write(top / "spectralkit" / "spectra.py", "changed")
    new = cache_folder(top)
    write(new / "global.db", "")
    assert cache_folder(top) == new
    assert [path.name for path in new.parent.iterdir()] == [new.name]


def test_only_pages_with_code_are_run(tmp_path: Path) -> None:
    toc = "format: jb-book\nroot: intro\nchapters: [{file: code}, {file: released}]\n"
    write(tmp_path / "_toc.yml", toc)
    write(tmp_path / "intro.md", "# Intro\n")
    write(tmp_path / "released.ipynb", "{}")
    code = page(tmp_path, "code", "1 + 1")
    assert text_notebooks(tmp_path, tmp_path / "_toc.yml") == [code]


def test_pages_run_once_and_a_failing_one_is_reported_each_time(tmp_path: Path) -> None:
    good, bad = page(tmp_path, "good", "1 + 1"), page(tmp_path, "bad", "1 / 0")
    first = run([good, bad], tmp_path / "cache")
    assert first["good"].seconds is not None
    assert "ZeroDivisionError" in (first["bad"].error or "")
    again = run([good, bad], tmp_path / "cache")
    assert again["good"] == Run(good)
    assert "ZeroDivisionError" in (again["bad"].error or "")
    page(tmp_path, "good", "2 + 2")
    assert run([good], tmp_path / "cache")["good"].seconds is not None
