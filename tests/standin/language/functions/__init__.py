"""The functions of eval and where. One that Splunk has and this table has not is refused by name."""

from standin.language.compiled import Compiled
from standin.language.errors import UnknownName, Unsupported
from standin.language.functions import (
    conditional,
    digests,
    informational,
    jsonedits,
    jsons,
    multivalue,
    numeric,
    text,
    times,
)
from standin.language.functions.signature import Compile, Function, Site, check
from standin.language.known import EVAL_FUNCTIONS
from standin.language.tree import Call

FUNCTIONS: dict[str, Function] = {
    **conditional.FUNCTIONS,
    **digests.FUNCTIONS,
    **informational.FUNCTIONS,
    **jsonedits.FUNCTIONS,
    **jsons.FUNCTIONS,
    **multivalue.FUNCTIONS,
    **numeric.FUNCTIONS,
    **text.FUNCTIONS,
    **times.FUNCTIONS,
}
LAZY = frozenset({"mvmap", "exact"})  # these compile their arguments in their own way


def call(node: Call, compile_one: Compile, compile_exact: Compile) -> Compiled:
    """Compile a call of a function."""
    function = FUNCTIONS.get(node.name)
    if function is None:
        if node.name in EVAL_FUNCTIONS:
            raise Unsupported(f"eval function {node.name}", node.position)
        raise UnknownName(f"The '{node.name}' function is unsupported or undefined.", node.position)
    compiler = compile_exact if node.name == "exact" else compile_one
    site = Site(node, [compiler(argument) for argument in node.arguments], compile_one, compile_exact)
    check(site, function.parameters)
    return Compiled(function.result, function.build(site))
