"""The hostile class: submissions that attack the grading, each with the mark that it must get."""
