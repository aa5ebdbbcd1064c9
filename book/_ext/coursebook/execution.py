"""Run the pages of the book: in parallel, and again only when they or the library changed."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbclient import NotebookClient
from nbformat import NotebookNode
from sphinx_external_toc.parsing import parse_toc_yaml

CACHES = Path("_build", ".jupyter_cache")
# The kernel warns of its open port at each start, which would bury the lines about pages.
QUIET = ["--IPKernelApp.log_level=ERROR"]


def library_hash(top: Path) -> str:
    """Return a hash of what pages are computed with: the library, its data, the locked versions."""
    files = [path for path in (top / "spectralkit").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted([*files, top / "requirements.lock"]):
        if "__pycache__" in path.parts or not path.exists():
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(top).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]


def cache_folder(top: Path) -> Path:
    """Return the folder of pages executed with the library as it is now; remove all others."""
    folder = Path(top, CACHES, library_hash(Path(top)))
    for old in folder.parent.glob("*"):
        if old != folder:
            shutil.rmtree(old)
    return folder


def text_notebooks(top: Path, toc: Path) -> list[Path]:
    """Return the pages in the table of contents that hold code to run."""
    pages = [top / f"{page}.md" for page in parse_toc_yaml(toc)]
    return [
        page
        for page in pages
        if page.exists() and is_myst_markdown_notebook(page.read_text("utf-8"))
    ]


@dataclass(frozen=True)
class Run:
    """What happened to one page: seconds it took (None: nothing had changed), or its error."""

    page: Path
    seconds: float | None = None
    error: str | None = None


def run_pages(pages: list[Path], cache_path: Path, *, workers: int, timeout: int) -> Iterator[Run]:
    """Execute pages that are not in the cache, a few at a time; yield each as it finishes."""
    cache = get_cache(cache_path)
    with ThreadPoolExecutor(workers) as pool:
        started: dict[Future[float], tuple[Path, NotebookNode]] = {}
        for page in pages:
            notebook = read_myst_markdown_notebook(page.read_text("utf-8"), path=page)
            if _is_cached(cache, notebook):
                yield Run(page)
            else:
                future = pool.submit(_execute, notebook, page.parent, timeout)
                started[future] = page, notebook
        # Only this thread writes to the cache, a single SQLite file.
        for future in as_completed(started):
            page, notebook = started[future]
            if error := future.exception():
                yield Run(page, error=str(error))
            else:
                _store(cache, notebook, page, future.result())
                yield Run(page, seconds=future.result())


def _is_cached(cache: JupyterCacheAbstract, notebook: NotebookNode) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def _execute(notebook: NotebookNode, folder: Path, timeout: int) -> float:
    started = perf_counter()
    client = NotebookClient(
        notebook,
        timeout=timeout,
        record_timing=False,  # times in the cells would change the notebook's key in the cache
        extra_arguments=QUIET,
        resources={"metadata": {"path": str(folder)}},
    )
    asyncio.run(client.async_execute())
    return perf_counter() - started


def _store(cache: JupyterCacheAbstract, notebook: NotebookNode, page: Path, seconds: float) -> None:
    bundle = CacheBundleIn(notebook, str(page), data={"execution_seconds": seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
