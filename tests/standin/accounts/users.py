"""Users with their passwords and roles; the administrator is made anew at every start."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from standin.accounts.kept import read_rows, write_rows

ADMINISTRATOR_ROLE = "admin"


class AccountError(Exception):
    """A user that exists already, or does not exist."""


@dataclass(frozen=True)
class Account:
    """One user; the password is kept as a salted hash only."""

    name: str
    roles: tuple[str, ...]
    real_name: str = ""
    email: str = ""
    default_app: str = "launcher"
    salt: bytes = field(default=b"", repr=False)
    digest: bytes = field(default=b"", repr=False)

    def with_password(self, password: str) -> "Account":
        """Return the same user with another password."""
        salt = secrets.token_bytes(16)
        return replace(self, salt=salt, digest=_digest(password, salt))

    def accepts(self, password: str) -> bool:
        """Tell whether a password is the right one."""
        return hmac.compare_digest(_digest(password, self.salt), self.digest)


def _digest(password: str, salt: bytes) -> bytes:
    # Few rounds: a test server has many log-ins and no passwords that are used elsewhere.
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1000)


class Accounts:
    """All users by name."""

    def __init__(self, administrator: str, password: str, file: Path | None = None) -> None:
        self._file = file
        self._accounts = {one.name: one for one in read_rows(file, Account)}
        self.put(Account(administrator, (ADMINISTRATOR_ROLE,), "Administrator").with_password(password))

    def add(self, account: Account, password: str) -> None:
        """Create a user."""
        if account.name in self._accounts:
            raise AccountError(f"An object with name={account.name} already exists")
        self.put(account.with_password(password))

    def put(self, account: Account) -> None:
        """Store a user, a new or a changed one."""
        self._accounts[account.name] = account
        write_rows(self._file, self.all())

    def remove(self, name: str) -> None:
        """Delete a user."""
        if self._accounts.pop(name, None) is None:
            raise AccountError(f"user {name!r} does not exist")
        write_rows(self._file, self.all())

    def find(self, name: str) -> Account | None:
        """Return a user by name."""
        return self._accounts.get(name)

    def all(self) -> Sequence[Account]:
        """Return all users by name."""
        return [self._accounts[name] for name in sorted(self._accounts)]

    def authenticate(self, name: str, password: str) -> Account | None:
        """Return the user whose password this is, None otherwise."""
        account = self.find(name)
        return account if account is not None and account.accepts(password) else None
