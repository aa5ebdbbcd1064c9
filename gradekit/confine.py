"""The command line of bubblewrap under which a submission runs.

As an ordinary user, one bubblewrap makes the file tree and the namespaces. As root there are two:
the outer one makes the file tree with root's rights, then the user becomes `nobody`, and the inner
one makes the namespaces as for an ordinary user. Linux does not enforce a limit on processes for
root, and a sandbox of root could read root's files.
"""

import functools
import importlib.util
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from gradekit.errors import GradekitError
from gradekit.syscalls import refusals

WORK = "/home/student"
SOCKETS = "/run"
PACKAGES = "/opt/packages"
TEMPORARY = "/tmp"  # noqa: S108 - inside the sandbox, private to it
SHARED = "/dev/shm"  # noqa: S108 - inside the sandbox, private to it
WRITABLE = (TEMPORARY, SHARED, SOCKETS, WORK)
FONTS = f"{TEMPORARY}/matplotlib"
PYTHON = f"{sys.base_prefix}/bin/python{sys.version_info.major}.{sys.version_info.minor}"
SYSTEM = ("/usr", "/etc/alternatives", "/etc/ld.so.cache", sys.base_prefix)
MEGABYTE = 1 << 20
MOST_FILES = 500
NOBODY = "65534"
ISOLATION = (
    *("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
    *("--unshare-cgroup-try", "--disable-userns", "--uid", NOBODY, "--gid", NOBODY),
    *("--cap-drop", "ALL", "--new-session", "--die-with-parent", "--hostname", "sandbox"),
)
BECOME_NOBODY = (
    *("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"),
    *("--inh-caps=-all", "--"),
)
# Each thread counts as a process, and submissions run side by side.
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": WORK,
    "USER": "student",
    "LANG": "C.UTF-8",
    # Start-up files in the folder of work must not run: these folders are empty.
    "IPYTHONDIR": f"{TEMPORARY}/ipython",
    "JUPYTER_CONFIG_DIR": f"{TEMPORARY}/jupyter",
    "JUPYTER_DATA_DIR": f"{TEMPORARY}/jupyter",
    "MPLCONFIGDIR": FONTS,
    **THREADS,
    "MALLOC_ARENA_MAX": "2",
}


class Confinement:
    """A sandbox in the making; holds the files that are passed on to it, and closes them.

    Parameters
    ----------
    disk : int
        Bytes of the folder of work.
    """

    def __init__(self, *, disk: int = MEGABYTE) -> None:
        self.descriptors: list[int] = []
        self._info, end = os.pipe()
        self._pass_on(end)
        self._info_end = str(end)
        self._tree = [*_memory_folder(TEMPORARY, 64 * MEGABYTE), "--dev", "/dev"]
        # Shared maps of it are memory that nobody counts.
        self._tree += ["--dev-bind", os.devnull, "/dev/zero"]
        for folder, size in ((SHARED, 64 * MEGABYTE), (SOCKETS, MEGABYTE), (WORK, disk)):
            self._tree += _memory_folder(folder, size)
        for path in _outermost(SYSTEM):
            self._show(path, path)
        for name in ("bin", "lib", "lib64"):
            if Path("/", name).is_symlink():
                self._tree += ["--symlink", f"usr/{name}", f"/{name}"]
            elif Path("/", name).is_dir():
                self._show(f"/{name}", f"/{name}")

    def __enter__(self) -> "Confinement":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what was passed on; the sandbox has its own copies."""
        while self.descriptors:
            os.close(self.descriptors.pop())
        if self._info >= 0:
            os.close(self._info)
        self._info = -1

    def show_packages(self, names: Iterable[str]) -> list[str]:
        """Show the installed packages and the named ones; return their places for ``sys.path``.

        Of a package that is installed in editable mode, only its own folder is shown: what lies
        beside it in the repository, solutions above all, stays invisible.

        Raises
        ------
        GradekitError
            If a named package cannot be found.
        """
        sites = [path for path in sys.path if path.endswith(("/site-packages", "/dist-packages"))]
        course = f"{PACKAGES}/course"
        places = [course]
        for name in names:
            source = _package(name)
            if str(source.parent) not in sites:
                self._show(str(source), f"{course}/{source.name}")
        for number, site in enumerate(filter(os.path.isdir, sites)):
            places.append(f"{PACKAGES}/{number}")
            self._show(site, places[-1])
        return places

    def show_fonts(self) -> None:
        """Show matplotlib's list of fonts, which takes seconds to make."""
        self._tree += ["--perms", "0777", "--dir", FONTS]
        for path in _font_lists():
            self._tree += ["--ro-bind", str(path), f"{FONTS}/{path.name}"]

    def copy_files(self, folder: Path) -> None:
        """Put copies of a submission's own files into the folder of work.

        Raises
        ------
        GradekitError
            If there are too many, or the sandbox would show the folder itself.
        """
        for shown in SYSTEM:
            if folder.is_relative_to(Path(shown).resolve()):
                raise GradekitError(
                    f"The course lies in {shown}, which every submission can read: move the course."
                )
        files = list(own_files(folder))
        if len(files) > MOST_FILES:
            raise GradekitError(
                f"{folder.name} holds {len(files)} files and {MOST_FILES} are allowed: remove some."
            )
        folders = {parent for path in files for parent in path.relative_to(folder).parents}
        for parent in sorted(folders - {Path()}):
            self._tree += ["--perms", "0777", "--dir", f"{WORK}/{parent}"]
        for path in files:
            source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            self._add_open_file(f"{WORK}/{path.relative_to(folder)}", source)

    def add_file(self, place: str, content: bytes) -> None:
        """Put a file with this content at a place in the sandbox."""
        self._add_open_file(place, _in_memory(content))

    def command(self, program: Iterable[str], variables: dict[str, str]) -> list[str]:
        """Return the command that runs a program in the sandbox with these variables only."""
        environment = ["--clearenv"]
        for name, value in {**ENVIRONMENT, **variables}.items():
            environment += ["--setenv", name, value]
        last = ["--proc", "/proc", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK]
        inside = [*ISOLATION, *self._refusals(), *environment]
        tree = ["--info-fd", self._info_end, *self._tree]
        if os.geteuid() != 0:
            return self._bubblewrap([*inside, *tree, *last], program)
        inner = self._bubblewrap([*inside, "--dev-bind", "/", "/", *last], program)
        rights = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        # The host's /proc is there until the inner one covers it: without it, it could not.
        # Its own pid namespace ends every process with it, which it has no right to do otherwise.
        outer = ["--die-with-parent", "--unshare-pid", *tree, "--bind", "/proc", "/proc", *rights]
        return self._bubblewrap(outer, [*BECOME_NOBODY, *inner])

    def _refusals(self) -> list[str]:
        if not (filters := refusals()):
            return []
        descriptor = _in_memory(filters)
        self._pass_on(descriptor)
        return ["--seccomp", str(descriptor)]

    def first_process(self) -> int:
        """Wait until the sandbox is there and return the number of its first process.

        Raises
        ------
        GradekitError
            If the sandbox did not start.
        """
        while self.descriptors:
            os.close(self.descriptors.pop())
        said = b""
        # To the end: bubblewrap dies if nobody reads.
        while piece := os.read(self._info, 1000):
            said += piece
        if found := re.search(rb'"child-pid": (\d+)', said):
            return int(found[1])
        raise GradekitError("The sandbox of a submission did not start.")

    def _bubblewrap(self, options: list[str], program: Iterable[str]) -> list[str]:
        # Not as arguments: these anyone can read, in the sandbox and on this machine.
        arguments = _in_memory(b"".join(os.fsencode(option) + b"\0" for option in options))
        self._pass_on(arguments)
        return ["bwrap", "--args", str(arguments), "--", *program]

    def _show(self, source: str, place: str) -> None:
        for parent in reversed(Path(place).parents[:-1]):
            self._tree += ["--perms", "0755", "--dir", str(parent)]
        self._tree += ["--ro-bind", source, place]

    def _add_open_file(self, place: str, descriptor: int) -> None:
        self._pass_on(descriptor)
        self._tree += ["--perms", "0666", "--file", str(descriptor), place]

    def _pass_on(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, True)
        self.descriptors.append(descriptor)


def program(module: str, path: list[str], *arguments: object) -> list[str]:
    """Return the Python command that calls ``main`` of a module of gradekit in the sandbox."""
    start = f"from gradekit.{module} import main; main(*{arguments!r})"
    return [PYTHON, "-I", "-S", "-B", "-c", f"import sys; sys.path += {path!r}; {start}"]


def own_files(folder: Path) -> Iterator[Path]:
    """Yield a submission's regular files: no links, no special files, no notebooks.

    The notebook that is being graded holds the hidden tests.
    """
    for place, _, names in os.walk(folder):
        for path in sorted(Path(place, name) for name in names):
            if path.suffix.lower() != ".ipynb" and stat.S_ISREG(path.lstat().st_mode):
                yield path


def _in_memory(content: bytes) -> int:
    descriptor = os.memfd_create("gradekit")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _memory_folder(place: str, size: int) -> list[str]:
    # Writable for `nobody` also where root makes it.
    return ["--perms", "1777", "--size", str(size), "--tmpfs", place]


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted({os.path.realpath(path) for path in paths}, key=len):
        if Path(path).exists() and not any(Path(path).is_relative_to(one) for one in kept):
            kept.append(path)
    return kept


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not (spec.submodule_search_locations or spec.origin):
        raise GradekitError(
            f"Submissions need the package {name!r}, which is not installed: install it, or "
            "correct `packages` in nbgrader_config.py."
        )
    return Path(next(iter(spec.submodule_search_locations or ()), spec.origin or ""))


@functools.cache
def _font_lists() -> list[Path]:
    if importlib.util.find_spec("matplotlib") is None:
        return []
    import matplotlib as mpl

    folder = Path(mpl.get_cachedir())
    if not list(folder.glob("fontlist-*.json")):
        importlib.import_module("matplotlib.font_manager")  # makes it
    return sorted(folder.glob("fontlist-*.json"))
