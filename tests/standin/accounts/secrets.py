"""Stored secrets, as storage/passwords keeps them: found by realm and name, below an app and an owner.

They lie in clear text in a file of the state folder that only its owner can read: no test needs a real secret.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from standin.accounts.kept import read_rows, write_rows


class Secret(NamedTuple):
    """One secret; its name on the wire is REALM:USER: with colons escaped by a backslash."""

    realm: str
    username: str
    clear_password: str
    app: str
    owner: str

    @property
    def name(self) -> str:
        """Return the name under which the API knows it."""
        return f"{_escape(self.realm)}:{_escape(self.username)}:"


def _escape(text: str) -> str:
    return text.replace(":", "\\:")


class Secrets:
    """All secrets of the instance."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._secrets = {(one.app, one.name): one for one in read_rows(file, Secret)}

    def put(self, secret: Secret) -> None:
        """Store a secret, a new or a changed one."""
        self._secrets[secret.app, secret.name] = secret
        write_rows(self._file, self.visible(None))

    def visible(self, app: str | None) -> Sequence[Secret]:
        """Return the secrets of an app by name, of all apps without one."""
        return [self._secrets[key] for key in sorted(self._secrets) if app in (None, "-", key[0])]

    def find(self, app: str | None, name: str) -> Secret | None:
        """Return a secret by its name on the wire, with or without the closing colon's user part escaped."""
        return next((one for one in self.visible(app) if one.name == name), None)

    def remove(self, secret: Secret) -> None:
        """Delete a secret."""
        del self._secrets[secret.app, secret.name]
        write_rows(self._file, self.visible(None))
