"""Which cell of the release each submitted cell is, also where its metadata is gone.

The steps, each on what the steps before left open: grade_id; cell id; text as released; the names
that an answer must define; halves of a split cell; the place between two cells that are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from gradekit import fragments, names
from gradekit.errors import GradekitError
from gradekit.fragments import same, without
from gradekit.notebooks import grade_id, is_test

# Shorter texts may stand in an answer by chance.
SHORTEST_MERGED = 12


class NoMatchError(GradekitError):
    """A notebook that cannot be graded as it is; says which cell is the problem."""


@dataclass(frozen=True)
class Piece:
    """A submitted cell, or a part of one.

    Attributes
    ----------
    kind : str
        Type of the cell.
    text : str
        Its source.
    home : int or None
        Position of the released cell that it is; None for what the student added.
    pictures : dict
        Attachments of a text cell.
    """

    kind: str
    text: str
    home: int | None
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


class Release:
    """The cells of a released notebook, and what its answers are known by.

    Attributes
    ----------
    cells : list of NotebookNode
        As released.
    answers, fixed, free : list of int
        Positions of the cells that students fill in, must not change, and may change.
    wanted : dict
        Names that each answer must define, by position; empty where none are known.
    """

    def __init__(self, notebook: NotebookNode) -> None:
        self.notebook = notebook
        self.cells: list[NotebookNode] = list(notebook.cells)
        labelled = [i for i, cell in enumerate(self.cells) if grade_id(cell)]
        self.answers = [i for i in labelled if self.cells[i].metadata.nbgrader.get("solution")]
        self.fixed = [i for i in labelled if i not in self.answers]
        self.free = [i for i in range(len(self.cells)) if i not in labelled]
        self.wanted = _wanted(self.cells, self.answers)

    def label(self, position: int) -> str:
        """Return the grade_id of a cell."""
        return str(grade_id(self.cells[position]))

    def labels(self, positions: list[int]) -> str:
        """List cells by grade_id."""
        return ", ".join(self.label(i) for i in positions) or "none"

    def is_blank(self, piece: Piece) -> bool:
        """Whether a piece says no more than the released cell that it is."""
        released = "" if piece.home is None else self.cells[piece.home].source
        return not piece.text.strip() or same(piece.text, released)

    def open(self, pieces: list[Piece]) -> list[int]:
        """Positions of answers that no piece fills."""
        filled = {piece.home for piece in pieces if not self.is_blank(piece)}
        return [i for i in self.answers if i not in filled]

    def missing(self, pieces: list[Piece]) -> list[int]:
        """Positions of answers of which nothing is left, not even the blank cell."""
        homes = {piece.home for piece in pieces}
        return [i for i in self.answers if i not in homes]


def _wanted(cells: list[NotebookNode], answers: list[int]) -> dict[int, set[str]]:
    """An answer defines what its stub does, or what the next test uses and nothing defines."""
    made = {i: fragments.defined(cells[i].source) for i in answers if cells[i].cell_type == "code"}
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    known = {name for text in code if fragments.whole(text) for name in names.made(text)}
    open_answer = None
    for i, cell in enumerate(cells):
        if i in made:
            open_answer = None if made[i] else i
        elif is_test(cell) and open_answer is not None:
            made[open_answer] |= _used(cell) - known
    return {i: made.get(i, set()) for i in answers}


def _used(test: NotebookNode) -> set[str]:
    listed = test.metadata.get("gradekit", {}).get("uses")
    if listed is not None:
        return set(listed)
    return names.taken(test.source) if fragments.whole(test.source) else set()


def match(release: Release, submitted: list[NotebookNode], notes: list[str]) -> list[Piece]:
    """Cut a submitted notebook into pieces, each with the released cell that it is.

    What was recognised by its content is added to `notes`.

    Raises
    ------
    NoMatchError
        If it is another notebook, or an answer may be any of several cells.
    """
    _refuse_foreign_ids(release, submitted)
    pieces = unmerged(release, identified(release, submitted))
    before = set(release.missing(pieces))
    pieces = with_halves(release, claimed_by_names(release, pieces))
    _refuse_stranger(release, pieces)
    pieces = claimed_by_place(release, pieces)
    found = sorted(before - set(release.missing(pieces)))
    if found:
        notes.append(f"recognised by their content: cell {release.labels(found)}")
    return pieces


def identified(release: Release, submitted: list[NotebookNode]) -> list[Piece]:
    """Give each cell its home by grade_id, cell id, or released text."""
    by_name = {grade_id(release.cells[i]): i for i in [*release.answers, *release.fixed]}
    by_id = {cell.id: i for i, cell in enumerate(release.cells)}
    homes = [by_name.get(grade_id(c), by_id.get(c.get("id"))) for c in submitted]
    taken = {home for home in homes if home is not None}
    pieces = []
    for cell, home in zip(submitted, homes, strict=True):
        if home is None:
            home = _by_text(release, cell.source, taken)
        if home is not None:
            taken.add(home)
        pieces.append(Piece(cell.cell_type, cell.source, home, dict(cell.get("attachments", {}))))
    return pieces


def _by_text(release: Release, text: str, taken: set[int]) -> int | None:
    equal = [i for i, cell in enumerate(release.cells) if same(cell.source, text)]
    return next((i for i in equal if i not in taken), equal[0] if equal else None)


def unmerged(release: Release, pieces: list[Piece]) -> list[Piece]:
    """Cut released texts out of cells that were merged with their neighbours."""
    homes = {piece.home for piece in pieces}
    given = [*release.fixed, *release.free]
    lost = [release.cells[i].source for i in given if i not in homes]
    lost = [text for text in lost if len(text.strip()) >= SHORTEST_MERGED]
    return [part for piece in pieces for part in _parts(release, piece, lost)]


def _parts(release: Release, piece: Piece, lost: list[str]) -> Iterator[Piece]:
    if piece.home in release.answers or piece.home is None:
        yield replace(piece, text=_cut(piece.text, lost))
        return
    rest = without(piece.text, release.cells[piece.home].source)
    rest = _cut(rest, lost) if rest is not None else ""
    answers = fragments.defined(rest) & set().union(*release.wanted.values())
    if rest.strip() and (answers or piece.home in release.fixed):
        yield replace(piece, text=release.cells[piece.home].source)
        # The first of merged cells gives the type: code may hide in a text cell.
        yield Piece("code" if answers else piece.kind, rest, None)
    else:
        yield piece


def _cut(text: str, lost: list[str]) -> str:
    for part in lost:
        rest = without(text, part)
        text = text if rest is None else rest
    return text


def claimed_by_names(release: Release, pieces: list[Piece]) -> list[Piece]:
    """Let open answers take the added cells that define their names."""
    for i in release.open(pieces):
        pieces = [
            replace(piece, home=i)
            if piece.home is None and release.wanted[i] & fragments.defined(piece.text)
            else piece
            for piece in pieces
        ]
    return pieces


def with_halves(release: Release, pieces: list[Piece]) -> list[Piece]:
    """Join an answer with the added cells right below that only make sense as its rest."""
    result = list(pieces)
    for start, piece in enumerate(result):
        if piece.home not in release.answers or release.cells[piece.home].cell_type != "code":
            continue
        for end in range(start + 2, len(result) + 1):
            if result[end - 1].home is not None:
                break
            texts = [part.text for part in result[start:end]]
            if not all(map(fragments.whole, texts)) and fragments.whole(fragments.join(texts)):
                result[start + 1 : end] = [
                    replace(p, home=piece.home) for p in result[start + 1 : end]
                ]
                break
    return result


def claimed_by_place(release: Release, pieces: list[Piece]) -> list[Piece]:
    """Let a missing answer without names take the added cells between its known neighbours.

    Raises
    ------
    NoMatchError
        If nothing stands there, and added cells elsewhere may be the answer.
    """
    for i in release.missing(pieces):
        if release.wanted[i]:
            continue
        kind = release.cells[i].cell_type
        added = [at for at, p in enumerate(pieces) if p.home is None and p.text.strip()]
        here = [at for at in added if at in _gap(release, pieces, i)]
        here = [at for at in here if pieces[at].kind == kind] or here
        if not here and any(pieces[at].kind == kind for at in added):
            raise NoMatchError(
                f"cell {release.label(i)} is missing, and none of the added cells stands in its "
                "place: put the answer back into the notebook that was handed out."
            )
        pieces = [replace(p, home=i) if at in here else p for at, p in enumerate(pieces)]
    return pieces


def _gap(release: Release, pieces: list[Piece], missing: int) -> range:
    """Positions between the nearest known neighbours; empty if they enclose another missing."""
    known = {piece.home: at for at, piece in reversed(list(enumerate(pieces)))}
    below = max((i for i in known if i is not None and i < missing), default=-1)
    above = min((i for i in known if i is not None and i > missing), default=len(release.cells))
    others = set(release.missing(pieces)) - {missing}
    if any(below < i < above and not release.wanted[i] for i in others):
        return range(0)
    return range(known.get(below, -1) + 1, known.get(above, len(pieces)))


def _refuse_foreign_ids(release: Release, submitted: list[NotebookNode]) -> None:
    labels = {grade_id(cell) for cell in submitted} - {None}
    known = {release.label(i) for i in [*release.answers, *release.fixed]}
    foreign = sorted(str(label) for label in labels - known)
    if len(foreign) > len(labels & known):
        some = ", ".join(ascii(label)[:40] for label in foreign[:3])
        raise NoMatchError(
            f"it is another notebook: its cells are {some}, here they are "
            f"{release.labels(release.answers)}. Hand in the right one."
        )


def _refuse_stranger(release: Release, pieces: list[Piece]) -> None:
    given = [*release.fixed, *release.free]
    kept = {piece.home for piece in pieces} & set(given)
    if len(release.missing(pieces)) == len(release.answers) and 2 * len(kept) < len(given):
        raise NoMatchError(
            "it is another notebook, or empty: it holds none of the answer cells "
            f"{release.labels(release.answers)}. Hand in the right one."
        )
