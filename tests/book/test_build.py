"""The build fails when it should: a tiny course, broken on purpose, by the real command."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from browsing import TOP

PAGE = """---
file_format: mystnb
kernelspec: {{name: python3, display_name: Python 3}}
---
# Tiny

```{{code-cell}}
import matplotlib.pyplot as plt
from IPython.display import display

figure, axes = plt.subplots()
display(figure, metadata={{"image/png": {{"alt": "{alt}"}}}})
plt.close(figure)
```
"""

WARNING = """
```{code-cell}
import warnings

warnings.warn("careful")
```
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A course of one page, built with the book's own configuration, extension and looks."""
    shutil.copytree(TOP / "book", tmp_path / "book", ignore=shutil.ignore_patterns("*.md"))
    config = yaml.safe_load((TOP / "_config.yml").read_text("utf-8"))
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (tmp_path / "book" / "_toc.yml").write_text("format: jb-book\nroot: book/intro\n", "utf-8")
    return tmp_path


def write(top: Path, text: str) -> None:
    """Write the one page."""
    (top / "book" / "intro.md").write_text(text, "utf-8")


def build(top: Path) -> subprocess.CompletedProcess[str]:
    """Build a course as `make book` does."""
    command = [sys.executable, str(top / "book" / "build.py")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_figure_without_alt_text_fails_every_build_until_it_has_one(tiny: Path) -> None:
    write(tiny, PAGE.format(alt=""))
    first, again = build(tiny), build(tiny)
    assert (first.returncode, again.returncode) == (1, 1)
    assert "no alt text" in first.stderr
    assert "no alt text" in again.stderr

    write(tiny, PAGE.format(alt="Axes without a curve."))
    mended = build(tiny)
    assert (mended.returncode, mended.stderr) == (0, "")
    html = (tiny / "_build" / "html" / "book" / "intro.html").read_text("utf-8")
    assert 'alt="Axes without a curve."' in html
    assert list((tiny / "_build" / "html").rglob("*.map")) == []


def test_a_page_that_raises_is_named_and_nothing_is_built(tiny: Path) -> None:
    write(tiny, PAGE.format(alt="") + "\n```{code-cell}\n1 / 0\n```\n")
    result = build(tiny)
    assert result.returncode == 1
    assert "book/intro.md: FAILED" in result.stderr
    assert "ZeroDivisionError" in result.stderr
    assert not (tiny / "_build" / "html").exists()


def test_a_warning_in_a_cell_fails_the_build(tiny: Path) -> None:
    write(tiny, PAGE.format(alt="x") + WARNING)
    assert build(tiny).returncode == 1


def test_an_incomplete_head_of_a_page_fails_the_build(tiny: Path) -> None:
    without_needs = ":::{page-head}\n:minutes: 5\n- see\n:::\n"
    without_list = ":::{page-head}\n:minutes: 5\n:needs: nothing\n:::\n"
    write(tiny, f"# Tiny\n\n{without_needs}\n{without_list}")
    result = build(tiny)
    assert result.returncode == 1
    assert "needs the option needs" in result.stderr
    assert "Content block expected" in result.stderr


def test_two_cold_builds_are_the_same_byte_for_byte(tiny: Path) -> None:
    write(tiny, PAGE.format(alt="Axes without a curve."))
    sites = []
    for _ in range(2):
        shutil.rmtree(tiny / "_build", ignore_errors=True)
        assert build(tiny).returncode == 0
        html = tiny / "_build" / "html"
        sites.append({p.relative_to(html): p.read_bytes() for p in html.rglob("*") if p.is_file()})
    first, second = sites
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []
