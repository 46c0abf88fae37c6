"""datamodel and from: the rows of a dataset, or the JSON of a data model.

    datamodel [MODEL [DATASET [search | flat]]] [strict_fields=BOOL] [summariesonly=BOOL] [allow_old_summaries=BOOL]
    from datamodel:MODEL.DATASET | lookup:NAME | savedsearch:NAME        (a blank may stand for the colon)

`search` gives fields their dataset's lineage, `flat` and `from` leave it away. With strict_fields, the default, rows
keep the fields of their dataset and the default fields; the page words this as the fields of its constraints, the
search that splunkd writes keeps all that the dataset has. JSON comes in `_raw`. There are no summaries: of an
accelerated model summariesonly finds nothing; of any other it says nothing, as the page has it.
"""

from functools import partial

from standin.commands.arguments import Name, Reader, boolean
from standin.commands.datasets import Form, compile_text, dataset_step, find_dataset, find_model
from standin.commands.looking_up import find_lookup
from standin.commands.stream import Search, Step, Stream
from standin.datasets import DataModel
from standin.environment import Lookup, Row
from standin.language.errors import UnknownName
from standin.language.pipeline import Call

OPTIONS = frozenset({"strict_fields", "summariesonly", "allow_old_summaries"})
MODES = frozenset({"search", "flat"})
OTHER_MODES = frozenset({"acceleration_search", "search_string", "flat_string", "acceleration_search_string"})
KINDS = ("datamodel", "lookup", "savedsearch")
NO_SUMMARY = "summariesonly=true finds nothing: there are no summaries here, and only they would be read"


def build_datamodel(call: Call, search: Search) -> Step:
    """Show a dataset's rows, or the JSON of one or of all data models."""
    words, options = _words(call)
    for name in OPTIONS:
        boolean(call, options, name, default=False)
    if not words:
        return lambda stream: _json([model.description for model in search.environment.data_models()])
    model = find_model(call, search, words[0].text, words[0].position)
    if len(words) == 1:
        return lambda stream: _json([model.description])
    if len(words) == 2 and words[1].text in MODES | OTHER_MODES and words[1].text not in model.datasets:
        raise call.unsupported(f"mode {words[1].text} without a dataset", words[1].position)
    dataset = find_dataset(call, model, words[1].text, words[1].position)
    if len(words) == 2:
        return lambda stream: _json([dataset.description])
    mode = _mode(call, words[2])
    is_strict = boolean(call, options, "strict_fields", default=model.is_strict)
    step = dataset_step(call, search, model, dataset, Form(is_strict, is_flat=mode == "flat"))
    if model.is_accelerated and boolean(call, options, "summariesonly", default=False):
        search.say("WARN", NO_SUMMARY)
        return lambda stream: Stream([])
    return step


def _words(call: Call) -> tuple[list[Name], dict[str, str]]:
    """Read up to three words, options before, between and behind them."""
    reader = Reader(call)
    words: list[Name] = []
    options = reader.options(OPTIONS)
    while not reader.at_end and len(words) < 3 and reader.peek_option() is None:
        words.append(reader.name("A name is expected."))
        options |= reader.options(OPTIONS)
    reader.expect_end()
    return words, options


def _mode(call: Call, word: Name) -> str:
    if word.text in OTHER_MODES:
        raise call.unsupported(f"mode {word.text}", word.position)
    if word.text not in MODES:
        raise call.error(f"The mode '{word.text}' is invalid.", word.position)
    return word.text


def _json(texts: list[str]) -> Stream:
    return Stream([{"_raw": text} for text in texts], order=["_raw"], declared=frozenset({"_raw"}))


def build_from(call: Call, search: Search) -> Step:
    """Show the rows of a dataset of any kind."""
    reader = Reader(call)
    kind, position = _kind(reader), reader.position
    names = read_names(reader)
    reader.expect_end()
    if kind == "datamodel":
        return _from_model(call, search, names, position)
    name = Name(".".join(names), position)
    if kind == "lookup":
        return partial(_lookup_rows, find_lookup(call, name, search))
    return _from_saved_search(call, search, name)


def _kind(reader: Reader) -> str:
    word = next((kind for kind in KINDS if reader.rest.lower().startswith(kind)), None)
    behind = reader.rest[len(word) :] if word else ""
    if word is None or not (behind.startswith(":") or behind[:1].isspace() or behind.startswith('"')):
        raise reader.error(f"A dataset is expected: one of {', '.join(KINDS)}, a colon or a blank, and its name.")
    reader.skip(len(word))
    reader.accept(":")
    return word


def read_names(reader: Reader) -> list[str]:
    """Read `name`, `name.name`, `"name"."name"` or `"name.name"`."""
    names = [reader.name("The name of a dataset is expected.").text]
    while reader.accept("."):
        names.append(reader.name("The name of a dataset is expected after the period.").text)
    return names


def _from_model(call: Call, search: Search, names: list[str], position: int) -> Step:
    model, dataset = split_names(call, search, names, position)
    if dataset is None:
        raise call.unsupported("datamodel without a dataset", position)
    found = find_dataset(call, model, dataset, position)
    return dataset_step(call, search, model, found, Form(model.is_strict, is_flat=True))


def split_names(call: Call, search: Search, names: list[str], position: int) -> tuple[DataModel, str | None]:
    """Return the model of `MODEL.DATASET`, however it is quoted, and the name of the dataset if there is one."""
    model, _, dataset = ".".join(names).partition(".")
    return find_model(call, search, model, position), dataset or None


def _lookup_rows(lookup: Lookup, stream: Stream) -> Stream:
    rows: list[Row] = [dict(row) for row in lookup.rows()]
    return Stream(rows, order=list(lookup.fields), declared=frozenset(lookup.fields))


def _from_saved_search(call: Call, search: Search, name: Name) -> Step:
    text = search.environment.saved_search(name.text)
    if text is None:
        raise UnknownName(f"Error in '{call.name}' command: Saved search '{name.text}' was not found.", name.position)
    step = compile_text(call, search, text, f"saved search {name.text}")
    return lambda stream: step(Stream([]))
