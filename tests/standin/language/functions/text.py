"""Functions of text: lower, len, substr, replace, split off blanks, printf, tostring, tonumber, urldecode, ipmask."""

import re
import sys
from collections.abc import Callable
from urllib.parse import unquote_plus

from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Result, Scope, to_number, to_text
from standin.language.errors import LimitReached, SearchError, Unsupported
from standin.language.functions.conditional import dynamic_regex, literal_regex
from standin.language.functions.signature import Function, Site, single, strict
from standin.language.operators import bounded_text
from standin.values import regex
from standin.values.multivalue import as_texts, from_texts
from standin.values.numbers import Number, format_number, round_decimals

BLANKS = " \t"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_WIDTH = 1_000  # of one printf conversion
MAX_GROWTH = 1_000_000_000  # characters that one replacement may write before its result is judged
PRINTF_LETTERS = frozenset("cdieEfFgGosuxXpz%")
CONVERSION = re.compile(r"%(?P<flags>['\-+ #0]*)(?P<width>\d+|\*)?(?:\.(?P<precision>\d+|\*)?)?(?P<letter>[A-Za-z%])")
REPLACEMENT = re.compile(r"\\(\d)")


def each(apply: Callable[[str], str]) -> Callable[[Result], Result]:
    """Let a function of one text work on every value of a multivalue."""

    def run(value: Result) -> Result:
        return None if isinstance(value, bool) else from_texts([apply(text) for text in as_texts(value)])

    return run


def _substr(text: str, start: Number, length: Number | None = None) -> str:
    """Cut as SQLite does: the first character is 1, a negative start counts from the end."""
    size = len(text)
    begin = int(start) - 1 if start > 0 else (size + int(start) if start < 0 else -1)
    end = size if length is None else begin + int(length)
    return text[max(0, begin) : max(0, end)]


def _replace(site: Site) -> Evaluator:
    pattern = literal_regex(site, 1)
    subject = single(site.node.name, site.arguments[0].evaluate)
    source, template = (argument.evaluate for argument in site.arguments[1:])

    def run(row: Row, scope: Scope) -> Result:
        text, replacement = to_text(subject(row, scope)), to_text(template(row, scope))
        active = pattern or dynamic_regex(source(row, scope))
        if text is None or active is None or replacement is None:
            return None
        return substitute(active, text, replacement)

    return run


def substitute(pattern: regex.Regex, text: str, replacement: str) -> str:
    r"""Replace every match; `\1` in the replacement is the first group. Giving up leaves the text as it is."""
    if len(text) * len(replacement) > MAX_GROWTH:
        raise LimitReached(f"a replacement in {len(text)} characters might grow beyond {MAX_GROWTH} characters")
    try:
        return bounded_text(pattern.replace(text, replacement))
    except regex.RegexLimit:
        return text


def expand(match: regex.Match, replacement: str) -> str:
    """Fill the groups of a match into a replacement; a group that is not there is empty."""
    groups = (match.group(0), *match.groups())

    def fill(reference: re.Match[str]) -> str:
        index = int(reference.group(1))
        return (groups[index] or "") if index < len(groups) else ""

    return REPLACEMENT.sub(fill, replacement)


def _printf(site: Site) -> Evaluator:
    literal = site.arguments[0].literal
    letters = {match["letter"] for match in CONVERSION.finditer(literal)} if isinstance(literal, str) else set()
    for letter in sorted(letters & {"a", "A"}):
        raise Unsupported(f"printf conversion %{letter}", site.node.position)
    if letters - PRINTF_LETTERS:
        raise site.invalid()
    template, *arguments = (argument.evaluate for argument in site.arguments)

    def run(row: Row, scope: Scope) -> Result:
        text = to_text(template(row, scope))
        return None if text is None else _fill(text, [argument(row, scope) for argument in arguments])

    return run


def _fill(template: str, values: list[Result]) -> str:
    queue = iter(values)

    def one(match: re.Match[str]) -> str:
        if match["letter"] == "%":
            return "%"
        width = _measure(match["width"], queue)
        precision = _measure(match["precision"], queue)
        if "." in match.group() and precision is None:
            precision = 0
        return _convert(match["letter"], match["flags"], width, precision, next(queue, None))

    return bounded_text(CONVERSION.sub(one, template))


def _measure(text: str | None, queue: object) -> int | None:
    if text == "*":
        number = to_number(next(queue, None))  # type: ignore[call-overload]
        return None if number is None else min(abs(int(number)), MAX_WIDTH)
    return min(int(text), MAX_WIDTH) if text else None


def _convert(letter: str, flags: str, width: int | None, precision: int | None, value: Result) -> str:
    form = "%" + "".join(flag for flag in flags if flag in "-+ #0") + ("" if width is None else str(width))
    if letter in "sz":
        text = "Null" if value is None else to_text(value) or ""
        return (form + ("" if precision is None else f".{precision}") + "s") % text
    number = to_number(value)
    if letter == "c":
        is_code = not isinstance(value, str) and number is not None and 0 <= number < sys.maxunicode
        return (form + "s") % (chr(int(number or 0)) if is_code else (to_text(value) or "")[:1])
    if number is None:
        return "Null" if value is None else ""
    if letter in "diuxXop":
        c_letter = letter.replace("i", "d").replace("p", "X")
        text = (form + ("" if precision is None else f".{precision}") + c_letter) % int(number)
        return f"{int(number):,}" if "'" in flags else text
    if letter in "feEgGaA":
        return (
            form + f".{6 if precision is None else precision}" + letter.replace("a", "f").replace("A", "F")
        ) % number
    return ""


def _tostring(site: Site) -> Evaluator:
    subject = site.arguments[0].evaluate
    form = site.arguments[1].evaluate if len(site.arguments) > 1 else None

    def run(row: Row, scope: Scope) -> Result:
        value = subject(row, scope)
        style = to_text(form(row, scope)) if form is not None else None
        number = to_number(value)
        if style is None or number is None:
            return "Null" if value is None else to_text(value)
        return STYLES.get(style, format_number)(number)

    return run


def _commas(number: Number) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{round_decimals(number, 2):,.2f}"


def _duration(number: Number) -> str:
    sign, seconds = ("-" if number < 0 else ""), abs(number)
    days, rest = divmod(int(seconds), 86400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"
    fraction = f"{seconds % 1:.6f}"[1:] if seconds % 1 else ""
    return sign + (f"{days}+" if days else "") + clock + fraction


STYLES: dict[str, Callable[[Number], str]] = {
    "hex": lambda number: f"{'-' if number < 0 else ''}0x{abs(int(number)):X}",
    "binary": lambda number: f"{int(number):b}",
    "commas": _commas,
    "duration": _duration,
}


def _tonumber(site: Site) -> Evaluator:
    subject = site.arguments[0]
    base = site.arguments[1].literal if len(site.arguments) > 1 else 10
    if not isinstance(base, int) or not 2 <= base <= len(DIGITS):
        raise site.invalid()
    if isinstance(subject.literal, str) and read_in_base(subject.literal, base) is None:
        raise SearchError(f"The argument {subject.literal!r} of tonumber is no number.", site.node.position)
    return lambda row, scope: read_in_base(subject.evaluate(row, scope), base)


def read_in_base(value: Result, base: int) -> Number | None:
    """Return the number that a value spells in a base."""
    if base == 10 or not isinstance(value, str):
        return to_number(value)
    text = value.lower().removeprefix("-")
    text = text.removeprefix("0x") if base == 16 else text
    if not text or len(text) > 64 or any(letter not in DIGITS[:base] for letter in text):
        return None
    return int(text, base) * (-1 if value.startswith("-") else 1)


def _trimmer(method: Callable[[str, str], str]) -> Function:
    def build(site: Site) -> Evaluator:
        subject = single(site.node.name, site.arguments[0].evaluate)
        letters = site.arguments[1].evaluate if len(site.arguments) > 1 else None

        def run(row: Row, scope: Scope) -> Result:
            text = to_text(subject(row, scope))
            cut = BLANKS if letters is None else to_text(letters(row, scope))
            return None if text is None or cut is None else method(text, cut)

        return run

    return Function("vs?", Kind.TEXT, build)


def _ipmask(mask: str, address: str) -> str | None:
    parts = [re.fullmatch(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})", text) for text in (mask, address)]
    if parts[0] is None or parts[1] is None:
        return None
    pairs = zip(parts[0].groups(), parts[1].groups(), strict=True)
    return ".".join(str(int(one) & int(other)) for one, other in pairs)


def _urldecode(text: str) -> str:
    return unquote_plus(text)


FUNCTIONS = {
    "lower": Function("s", Kind.TEXT, strict("v", Kind.TEXT, each(str.lower)).build),
    "upper": Function("s", Kind.TEXT, strict("v", Kind.TEXT, each(str.upper)).build),
    "len": strict("t", Kind.NUMBER, len),
    "length": strict("t", Kind.NUMBER, len),
    "substr": strict("tnn?", Kind.TEXT, _substr),
    "replace": Function("vss", Kind.TEXT, _replace),
    "trim": _trimmer(str.strip),
    "ltrim": _trimmer(str.lstrip),
    "rtrim": _trimmer(str.rstrip),
    "urldecode": strict("t", Kind.TEXT, _urldecode),
    "printf": Function("sx*", Kind.TEXT, _printf),
    "tostring": Function("xs?", Kind.TEXT, _tostring),
    "tonumber": Function("vn?", Kind.NUMBER, _tonumber),
    "ipmask": strict("ss", Kind.TEXT, _ipmask),
}
