"""Every error of the library, in one tree.

    KubeAuditError      a failed check or an operation that could not be done     exit code 1
      x BadInput        a file, line, option value or document that is wrong      exit code 2
      x WrongUsage      a command called in a way that it does not know           exit code 64

A message is one line: what happened, where, what to do; lower case, no full stop, never a secret.
"""


class KubeAuditError(Exception):
    """An operation that could not be done; the message is what the user reads."""

    exit_code = 1


class BadInput(KubeAuditError):
    """Something that was handed to us is wrong; the message names the file, line, flag or directory."""

    exit_code = 2


class WrongUsage(KubeAuditError):
    """A command was called in a way that it does not know."""

    exit_code = 64
