"""Cryptographic functions: md5, sha1, sha256, sha512, of the text in UTF-8, as lower-case hexadecimal."""

import hashlib
from collections.abc import Callable

from standin.language.compiled import Kind
from standin.language.functions.signature import strict


def _digest(name: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(name, text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


FUNCTIONS = {name: strict("s", Kind.TEXT, _digest(name)) for name in ("md5", "sha1", "sha256", "sha512")}
