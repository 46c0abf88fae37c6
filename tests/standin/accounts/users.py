"""Users with their passwords and roles, kept in memory: a stand-in starts with one administrator."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

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
    _salt: bytes = field(default=b"", repr=False)
    _hash: bytes = field(default=b"", repr=False)

    def with_password(self, password: str) -> "Account":
        """Return the same user with another password."""
        salt = secrets.token_bytes(16)
        return replace(self, _salt=salt, _hash=_digest(password, salt))

    def accepts(self, password: str) -> bool:
        """Tell whether a password is the right one."""
        return hmac.compare_digest(_digest(password, self._salt), self._hash)


def _digest(password: str, salt: bytes) -> bytes:
    # Few rounds: the hash keeps passwords out of memory dumps of a test server, which lives for minutes.
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1000)


class Accounts:
    """All users by name."""

    def __init__(self, administrator: str, password: str) -> None:
        self._accounts: dict[str, Account] = {}
        self.add(Account(administrator, (ADMINISTRATOR_ROLE,), "Administrator"), password)

    def add(self, account: Account, password: str) -> None:
        """Create a user."""
        if account.name in self._accounts:
            raise AccountError(f"An object with name={account.name} already exists")
        self.put(account.with_password(password))

    def put(self, account: Account) -> None:
        """Store a user, a new or a changed one."""
        self._accounts[account.name] = account

    def remove(self, name: str) -> None:
        """Delete a user."""
        if self._accounts.pop(name, None) is None:
            raise AccountError(f"user {name!r} does not exist")

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
