"""Problem sets for nbgrader: from text source to release, and from submission to marks.

A student needs ``gradekit.task`` only, which imports neither nbgrader nor any course's library.
"""
