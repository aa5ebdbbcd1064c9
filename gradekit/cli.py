"""The command ``gradekit``: release, check, grade, feedback, report and demo of problem sets."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from gradekit.course import Course
from gradekit.errors import GradekitError, WorkFailedError


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; return 0 for success, 1 for failed work, 2 for wrong use."""
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(Course.at(Path.cwd()), options))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`) has left: Python still flushes at its end, so give it another place.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ModuleNotFoundError as error:
        print(
            f"{error.name} is missing: install this package with its extra `grading`.",
            file=sys.stderr,
        )
        return 2
    except WorkFailedError as error:
        print(error, file=sys.stderr)
        return 1
    except GradekitError as error:
        print(error, file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradekit", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    release = _command(commands, "release", _release, "write exercises/<set>/ from solutions/")
    release.add_argument("sets", nargs="*", metavar="SET", help="all sets if none is named")
    release.add_argument("--check", action="store_true", help="only compare, byte for byte")
    check = _command(commands, "check", _check, "run reference, blank release and named mistakes")
    check.add_argument("sets", nargs="*", metavar="SET", help="all sets if none is named")
    grade = _command(commands, "grade", _grade, "autograde submitted/ and write feedback/")
    grade.add_argument("set", metavar="SET")
    grade.add_argument("--workers", type=_count, default=0, metavar="N", help="default: processors")
    grade.add_argument("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler")
    grade.add_argument("--student", default="", metavar="ID", help="only this student's work")
    grade.add_argument("--force", action="store_true", help="grade again what is graded")
    grade.add_argument("--trust-submissions", action="store_true", help="run without a sandbox")
    feedback = _command(commands, "feedback", _feedback, "write the pages in feedback/ again")
    feedback.add_argument("set", metavar="SET")
    feedback.add_argument("--student", metavar="ID", help="only this student's page")
    demo = _command(commands, "demo", _demo, "grade a sample class in _build/demo/")
    demo.add_argument("set", metavar="SET")
    report = _command(commands, "report", _report, "write a page and tables about a graded class")
    report.add_argument("set", metavar="SET")
    report.add_argument("--anonymous", action="store_true", help="numbers instead of names")
    report.add_argument("--output", type=Path, metavar="FOLDER", help="not _build/report/SET/")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[Course, argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _release(course: Course, options: argparse.Namespace) -> int:
    from gradekit.release import check_release, release

    for name in options.sets or course.sets():
        if options.check:
            check_release(course, name)
            print(f"{name}: exercises/{name}/ is as generated.")
        else:
            print(f"{name}: wrote {release(course, name).relative_to(course.root)}/")
    return 0


def _check(course: Course, options: argparse.Namespace) -> int:
    from gradekit.check import check

    for name in options.sets or course.sets():
        print(check(course, name))
    return 0


def _grade(course: Course, options: argparse.Namespace) -> int:
    from gradekit.grade import How, grade
    from gradekit.machine import RESUME
    from gradekit.progress import shown

    if options.trust_submissions:
        print("No sandbox: submissions run with your rights on this machine.")
    how = How(
        workers=options.workers,
        cluster=options.cluster,
        force=options.force,
        trusted=options.trust_submissions,
    )
    try:
        with shown(sys.stderr) as tell:
            outcomes = grade(course, options.set, how, student=options.student, tell=tell)
    except KeyboardInterrupt:
        raise WorkFailedError(f"Interrupted. {RESUME}") from None
    print(*outcomes, sep="\n")
    print(f"Feedback: feedback/<student>/{options.set}/. Marks: {_nbgrader()} export.")
    return int(any(outcome.trouble for outcome in outcomes))


def _feedback(course: Course, options: argparse.Namespace) -> int:
    from gradekit.feedback import write_feedback

    for page in write_feedback(course, options.set, options.student):
        print(page.relative_to(course.root))
    return 0


def _demo(course: Course, options: argparse.Namespace) -> int:
    from gradekit.demo import demo, table
    from gradekit.sandbox import trouble as sandbox_trouble

    missing = sandbox_trouble()
    if missing:
        print(f"{missing} The sample class is the course's own work and runs without.")
    folder, rows = demo(course, options.set, trusted=bool(missing))
    here = folder.relative_to(course.root)
    print(table(rows))
    print(f"Feedback: {here}/feedback/<submission>/{options.set}/{options.set}.html")
    print(f"Report: {here}/_build/report/{options.set}/index.html")
    print(f"Marks: cd {here} && {_nbgrader()} export")
    return int(any(row.problems for row in rows))


def _report(course: Course, options: argparse.Namespace) -> int:
    from gradekit.report import report

    page = report(course, options.set, anonymous=options.anonymous, output=options.output)
    print(f"Report: {os.path.relpath(page)}")
    return 0


def _nbgrader() -> Path:
    """The command of this environment, to be typed."""
    return Path(sys.executable).with_name("nbgrader")
