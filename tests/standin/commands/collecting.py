"""collect: rows written to an index by the environment, and passed on."""

from standin.commands.arguments import Reader, boolean
from standin.commands.stream import Search, Step, Stream
from standin.language.pipeline import Call

OPTIONS = frozenset(
    {"index", "source", "sourcetype", "host", "marker", "testmode", "addtime", "addinfo", "output_format"}
)
OPTIONS_IGNORED = frozenset({"run_in_preview", "spool"})
UNSUPPORTED = frozenset({"file", "uselb"})


def build_collect(call: Call, search: Search) -> Step:
    """Hand rows over to be indexed, with the options as they were written."""
    reader = Reader(call)
    options = reader.options(OPTIONS | OPTIONS_IGNORED, UNSUPPORTED)
    if not reader.at_end and "index" not in options:
        options["index"] = reader.value("An index is expected.")
    options |= reader.options(OPTIONS | OPTIONS_IGNORED, UNSUPPORTED)
    reader.expect_end()
    if "index" not in options:
        raise call.error("An index is expected.")
    for name in ("testmode", "addtime", "addinfo", "run_in_preview", "spool"):
        boolean(call, options, name, False)

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        if not boolean(call, options, "testmode", False):
            search.environment.collect(rows, options)
        return stream.with_rows(rows)

    return step
