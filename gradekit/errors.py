"""The exceptions of gradekit."""


class GradekitError(Exception):
    """Wrong use or wrong material, in one sentence that says what to do."""


class WorkFailedError(GradekitError):
    """Work that was asked for correctly and did not succeed."""
