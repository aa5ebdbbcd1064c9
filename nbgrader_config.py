"""nbgrader's settings for this course; nbgrader reads them in the folder where it is started."""

from pathlib import Path

from gradekit.settings import safe_settings

config = get_config()  # noqa: F821 - given by traitlets
safe_settings(config, root=Path(__file__).parent, packages=["spectralkit"], book="_build/html/book")
