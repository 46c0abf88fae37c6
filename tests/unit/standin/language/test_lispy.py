"""What is asked of the index: joined without repeats, and nothing is asked where one side asks nothing."""

from standin.language.lispy import ANYTHING, Either, Every, Has, either, every


def test_all_of_it() -> None:
    """Parts of parts are parts, each once; one part is itself."""
    a, b, c = Has("a"), Has("b"), Has("c")

    assert every([a]) == a
    assert every([a, a]) == a
    assert every([a, Every((b, a)), c]) == Every((a, b, c))
    assert every([]) == ANYTHING


def test_any_of_it() -> None:
    """Parts of parts are parts, each once; where one side asks for nothing, nothing is asked."""
    a, b, c = Has("a"), Has("b"), Has("c")

    assert either([a]) == a
    assert either([a, Either((b, a)), c]) == Either((a, b, c))
    assert either([a, ANYTHING, b]) == ANYTHING
