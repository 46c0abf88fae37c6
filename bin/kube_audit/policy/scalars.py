"""What a scalar of YAML 1.1 means to go.yaml.in/yaml/v2, which differs from PyYAML in details.

`y` and `n` are booleans, `12:30` is text, dates are text, `0o17`, `0b11` and `1_000` are numbers.
"""

import base64
import binascii
import math
import re
from typing import Dict, Optional, Union

from kube_audit.policy.document import Scalar
from kube_audit.policy.errors import PolicyError

Simple = Union[bool, int, float, str, None]

_TAG = "tag:yaml.org,2002:"
_MAP: Dict[str, Simple] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_KINDS = {"str": str, "bool": bool, "int": int, "float": float, "null": type(None)}


def resolve(scalar: Scalar) -> Simple:
    """Give the value of a scalar; raises PolicyError where tag and text do not fit."""
    tag = scalar.tag[len(_TAG) :] if scalar.tag.startswith(_TAG) else scalar.tag
    if tag == "binary":
        return _decode_binary(scalar)
    if tag == "timestamp":
        return scalar.text
    if tag == "str" or (not tag and not scalar.plain):
        return scalar.text
    if tag and tag not in _KINDS:
        return scalar.text
    value = _resolve_plain(scalar.text)
    return _fit(scalar, value, tag) if tag else value


def _fit(scalar: Scalar, value: Simple, tag: str) -> Simple:
    if type(value) is _KINDS[tag]:
        return value
    if tag == "float" and type(value) is int:
        return float(value)
    found = next(name for name, kind in _KINDS.items() if type(value) is kind)
    raise PolicyError(f"failed decoding: yaml: cannot decode !!{found} `{scalar.text}` as a !!{tag}", scalar.start)


def _decode_binary(scalar: Scalar) -> str:
    try:
        return base64.b64decode(scalar.text.replace("\n", ""), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise PolicyError("failed decoding: yaml: !!binary value contains invalid base64 data", scalar.start) from error


def _resolve_plain(text: str) -> Simple:
    if text in _MAP:
        return _MAP[text]
    if not text or text[0] not in "+-.0123456789":
        return text
    number = _number(text.replace("_", "")) if text[0] != "." else _float(text)
    return text if number is None else number


def _number(text: str) -> Union[int, float, None]:
    if _INTEGER.fullmatch(text):
        number = _integer(text)
        if -(2**63) <= number < 2**64:
            return number
    return _float(text)


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
    size = int(digits, 8) if octal else int(digits, 0)
    return -size if text[0] == "-" else size


def _float(text: str) -> Optional[float]:
    return float(text) if _FLOAT.fullmatch(text) else None
