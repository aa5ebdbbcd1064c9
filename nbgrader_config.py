"""nbgrader's settings for this course; nbgrader reads them in the folder where it is started."""

from pathlib import Path

from gradekit.settings import safe_settings

safe_settings(get_config(), root=Path(__file__).parent)  # noqa: F821 - given by traitlets
