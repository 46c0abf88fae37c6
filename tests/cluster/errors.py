"""Every error of the laboratory, in one tree.

LaboratoryError       something could not be done; one line says what, where and what to do
  x NotRun            the machine lacks what this needs; counted as not run, not as failed
"""


class LaboratoryError(Exception):
    """Something could not be done."""


class NotRun(LaboratoryError):
    """The machine lacks what this needs."""
