"""Find out before grading whether the gradebook can be written and is of the right version."""

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import DatabaseError

from gradekit import machine
from gradekit.errors import WorkFailedError


def demand(url: str) -> None:
    """Make sure that the gradebook can be written; one that does not exist yet can be made.

    Raises
    ------
    WorkFailedError
        If it is of another version, another program writes to it, or it is no database.
    """
    address = make_url(url)
    path = Path(address.database or "")
    if address.get_backend_name() != "sqlite" or not path.is_file():
        return
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            found = _version(connection)
            connection.rollback()
            connection.execute(text("BEGIN IMMEDIATE"))
    except DatabaseError as error:
        raise WorkFailedError(f"{path.name}: {machine.trouble(error)}") from error
    finally:
        engine.dispose()
    needed = _needed()
    if found not in (None, needed):
        raise WorkFailedError(
            f"{path.name} is of version {found}, this nbgrader needs {needed}: "
            "make a copy of the file, then run `nbgrader db upgrade`."
        )


def _version(connection: Connection) -> str | None:
    """Return the version of nbgrader's tables, None if there are none yet."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    return "unknown" if tables else None


def _needed() -> str | None:
    config = Config()
    config.set_main_option("script_location", ALEMBIC_DIR)
    return ScriptDirectory.from_config(config).get_current_head()
