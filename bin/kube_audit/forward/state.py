"""The state directory of one forwarder: mode 0700, used by one process at a time.

lock  checkpoint.json  checkpoint.previous.json  status.json  quarantine/refused.jsonl
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from kube_audit.errors import BadInput


def open_state(directory: Path) -> IO[bytes]:
    """Make the directory where it is missing and lock it; the lock holds until the returned file is closed."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(directory.iterdir()) or (directory / "lock").exists():
            directory.chmod(0o700)
        lock = os.fdopen(os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600), "wb")
    except OSError as error:
        raise BadInput(
            f"--state: {directory}: cannot be used: {error.strerror}; name a directory of your own"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise BadInput(
            f"--state: {directory}: another forwarder uses it; stop that one, or name another directory"
        ) from None
    return lock
