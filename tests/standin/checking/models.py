"""Data models: what their files say, whether all in them compiles, and which models datamodels.conf names."""

from collections.abc import Iterator

from standin.checking.searches import event_types_of
from standin.checking.subject import Subject
from standin.conf import Problem, Setting
from standin.knowledge.datamodel_file import Piece, read_model_file
from standin.knowledge.datamodels import CONF, model_files

BEFORE = {"search": "", "constraint": "search ", "calculation": "| makeresults | "}


def check_models(subject: Subject) -> Iterator[Problem]:
    """Read and compile every data model of the app."""
    for file in model_files(subject.app).values():
        read = read_model_file(file)
        yield from read.problems
        for piece in read.pieces:
            for problem in _compiled(subject, piece, Setting(piece.text, file, piece.line)):
                yield problem._replace(line=piece.line)  # a text in JSON is one line
    known = set(subject.data_models)
    for name, settings in subject.stanzas(CONF):
        if name not in known:
            place = next(iter(settings.values()))
            yield Problem(place.file, place.line - 1, "model", f"[{name}] names a data model that does not exist")


def _compiled(subject: Subject, piece: Piece, place: Setting) -> Iterator[Problem]:
    wrong = list(subject.search(BEFORE[piece.kind] + piece.text, place, piece.kind))
    yield from wrong or (event_types_of(subject, place) if piece.kind != "calculation" else ())
