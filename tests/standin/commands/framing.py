"""Splunk's frames around errors of expressions: eval says 'EvalCommand', others their own name."""

from standin.language.errors import SearchError, Unsupported
from standin.language.evaluate import Expression, compile_expression


def framed(text: str, position: int, frame: str) -> Expression:
    """Compile an expression; its errors are told in the frame of a command."""
    try:
        return compile_expression(text, position)
    except Unsupported:
        raise
    except SearchError as error:
        error.message = f"Error in {frame}: {error.message}"
        raise


EVAL_FRAME = "'EvalCommand'"
WHERE_FRAME = "'where' command"
