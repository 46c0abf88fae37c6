"""Session keys: handed out at log-in and to child processes, valid until they are closed."""

import secrets


class Sessions:
    """The open sessions and whose they are."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def open(self, name: str) -> str:
        """Begin a session of a user and return its key."""
        key = secrets.token_urlsafe(48)
        self._names[key] = name
        return key

    def user_name(self, key: str) -> str | None:
        """Return whose session a key opens."""
        return self._names.get(key)

    def close(self, key: str) -> None:
        """End a session."""
        self._names.pop(key, None)

    def close_all_of(self, name: str) -> None:
        """End all sessions of a user that is deleted."""
        self._names = {key: one for key, one in self._names.items() if one != name}
