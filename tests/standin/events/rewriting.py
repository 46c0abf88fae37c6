"""What happens to an event between its time and the index: SEDCMD, then TRANSFORMS.

SEDCMD classes run in ASCII order, then TRANSFORMS classes in ASCII order, the names of one class as they are listed.
"""

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf
from standin.conf.props import Props
from standin.conf.text import Setting
from standin.events.draft import Step
from standin.events.ingest_eval import ingest_eval_step, stop_step
from standin.events.sed import sed_step
from standin.events.transforms import RegexTransform


def compile_steps(props: Props, configuration: Configuration) -> list[Step]:
    """Return what these props do to an event, in order."""
    sed = [sed_step(props[key]) for key in sorted(props) if key.startswith("SEDCMD-")]
    return [*sed, *_transform_steps(props, configuration)]


def _transform_steps(props: Props, configuration: Configuration) -> list[Step]:
    steps = []
    for key in sorted(props):
        if not key.startswith("TRANSFORMS-"):
            continue
        for name in filter(None, (each.strip() for each in props[key].value.split(","))):
            steps += transform_steps(name, props[key], configuration)
    return steps


def transform_steps(name: str, asked: Setting, configuration: Configuration) -> list[Step]:
    """Return the steps of one index-time transform; a name that transforms.conf lacks is an error at `asked`."""
    try:
        settings = configuration.stanza("transforms", name)
    except KeyError:
        problem = Problem(asked.file, asked.line, "transform", f"no transform [{name}] in transforms.conf")
        raise UnknownConf(problem) from None
    steps: list[Step] = []
    if "INGEST_EVAL" in settings:
        steps.append(ingest_eval_step(settings["INGEST_EVAL"]))
    if "STOP_PROCESSING_IF" in settings and settings["STOP_PROCESSING_IF"].value:
        steps.append(stop_step(settings["STOP_PROCESSING_IF"]))
    return steps or [RegexTransform(name, settings)]
