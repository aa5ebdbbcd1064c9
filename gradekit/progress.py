"""How far grading is: a bar on a terminal, a line per finished student elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from tqdm import tqdm


@dataclass(frozen=True)
class Step:
    """One submission has ended: the `number`-th `of` all, whose, and how."""

    number: int
    of: int
    student: str
    says: str


Tell = Callable[[Step], None]


@contextmanager
def shown(stream: TextIO) -> Iterator[Tell]:
    """Show each step that is told on a stream."""
    if not stream.isatty():
        yield lambda step: print(
            f"{step.number} of {step.of}: {step.student}: {step.says}", file=stream, flush=True
        )
        return
    with tqdm(file=stream, unit="submission", leave=False) as bar:

        def tell(step: Step) -> None:
            bar.total = step.of
            bar.update(step.number - bar.n)
            bar.set_postfix_str(step.student)

        yield tell
