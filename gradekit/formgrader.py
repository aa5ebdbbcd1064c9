"""What nbgrader's formgrader must not do on an instructor's server, with submissions on its pages.

Measured with nbgrader 0.9.6. The address ``/formgrader?path=submitted/...`` loads, and so runs, an
``nbgrader_config.py`` out of any folder: a picture with this address in a notebook, opened in
JupyterLab as well, is enough to run a file that was handed in. An HTML file of a submission opens
as a page of the server, with all the instructor's rights. The name of a student, which whoever
hands in through the exchange chooses, is written into the pages as it is.
"""

from functools import partial

from jinja2 import Environment
from nbgrader.server_extensions.formgrader import formgrader, handlers
from tornado import web


@web.authenticated
def _to_assignments(self: handlers.FormgraderHandler) -> None:
    self.redirect(f"{self.base_url}/formgrader/manage_assignments")


def _alone(self: handlers.SubmissionFilesHandler) -> str:
    """Scripts of a file do not run, and the file belongs to no server."""
    return f"{super(handlers.SubmissionFilesHandler, self).content_security_policy}; sandbox"


def install() -> None:
    """Make formgrader take its configuration from the course alone, and trust no name or file.

    nbgrader has no setting for any of this; `gradekit.settings` runs before the first request.
    """
    handlers.FormgraderHandler.get = _to_assignments
    handlers.SubmissionFilesHandler.content_security_policy = property(_alone)
    formgrader.Environment = partial(Environment, autoescape=True)
