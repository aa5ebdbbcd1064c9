"""Build the book: what its pages load, then its pages in parallel, then the site.

Run from anywhere: `python book/build.py`. The site is written to `_build/html`. A warning of any
kind fails the build. Executed pages are kept between builds, everything else is made anew: after
a build that failed, an unchanged incremental build would pass.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / "book" / "_ext"))

from coursebook.execution import cache_folder, run_pages, text_notebooks  # noqa: E402

WORKERS = 2
# From the npm packages to book/_static.
ASSETS = {
    "mathjax/es5/tex-svg-full.js": "mathjax/tex-svg-full.js",
    "mathjax/LICENSE": "mathjax/LICENSE",
    "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2": (
        "fonts/source-serif-4.woff2"
    ),
    "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-italic.woff2": (
        "fonts/source-serif-4-italic.woff2"
    ),
    "@fontsource-variable/source-serif-4/LICENSE": "fonts/LICENSE",
}


def copy_assets(book: Path) -> None:
    """Copy what pages load from node_modules to _static."""
    for source, target in ASSETS.items():
        if not (book / "node_modules" / source).exists():
            sys.exit(f"book/node_modules/{source} is missing: run `npm ci --prefix book` first.")
        (book / "_static" / target).parent.mkdir(exist_ok=True)
        shutil.copyfile(book / "node_modules" / source, book / "_static" / target)


def execute(top: Path) -> None:
    """Run the pages that changed, with a line for each; stop when one of them fails."""
    timeout = yaml.safe_load((top / "_config.yml").read_text("utf-8"))["execute"]["timeout"]
    pages = text_notebooks(top, top / "book" / "_toc.yml")
    failed = []
    for run in run_pages(pages, cache_folder(top), workers=WORKERS, timeout=timeout):
        name = run.page.relative_to(top)
        if run.error:
            failed.append(str(name))
            print(f"{name}: FAILED\n{run.error}", file=sys.stderr, flush=True)
        else:
            spent = "unchanged" if run.seconds is None else f"{run.seconds:.1f} s"
            print(f"{name}: {spent}", flush=True)
    if failed:
        sys.exit(f"The book is not built: {', '.join(failed)} failed, see above.")


def render(top: Path) -> None:
    """Make the site from the executed pages."""
    for old in ("html", ".doctrees"):
        shutil.rmtree(top / "_build" / old, ignore_errors=True)
    command = Path(sys.executable).with_name("jupyter-book")
    arguments = ["build", ".", "--toc", "book/_toc.yml", "-W", "-n", "--keep-going", "-q"]
    # Its warnings go to stderr; what it says besides is a banner.
    if subprocess.run([command, *arguments], cwd=top, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The book is not built: see the warnings above.")
    print(f"The book: {top / '_build' / 'html' / 'index.html'}")


if __name__ == "__main__":
    copy_assets(TOP / "book")
    execute(TOP)
    render(TOP)
