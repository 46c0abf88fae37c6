"""Functions of time: now, time, relative_time, strftime, strptime."""

from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Result, Scope, to_text
from standin.language.functions.signature import Function, Site, strict
from standin.values.numbers import Measured, Number, normal
from standin.values.timeformat import format_time, parse_time
from standin.values.timemodifier import resolve_time

STRPTIME_DECIMALS = 6


def _now(site: Site) -> Evaluator:
    return lambda row, scope: int(scope.now)


def _time(site: Site) -> Evaluator:
    return lambda row, scope: normal(scope.now)


def _relative_time(moment: Number, modifier: str) -> Result:
    try:
        return normal(float(resolve_time(modifier, float(moment))))
    except ValueError:
        return None


def _strftime(moment: Number, template: str) -> Result:
    return format_time(float(moment), template)


def _strptime(site: Site) -> Evaluator:
    subject, template = (argument.evaluate for argument in site.arguments)

    def run(row: Row, scope: Scope) -> Result:
        text, form = to_text(subject(row, scope)), to_text(template(row, scope))
        moment = None if text is None or form is None else parse_time(text, form, scope.now)
        return None if moment is None else Measured(moment, STRPTIME_DECIMALS)

    return run


FUNCTIONS = {
    "now": Function("", Kind.NUMBER, _now),
    "time": Function("", Kind.NUMBER, _time),
    "relative_time": strict("ns", Kind.NUMBER, _relative_time),
    "strftime": strict("ns", Kind.TEXT, _strftime),
    "strptime": Function("vs", Kind.NUMBER, _strptime),
}
