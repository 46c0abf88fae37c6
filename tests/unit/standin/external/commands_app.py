"""An app with search commands written with splunk-sdk, staged with the splunklib of this environment.

double       streaming      field=NAME times=N, FIELDS…; narrowed by required_fields
total        reporting      sums FIELDS…, with a map phase that sums each batch and tells how often it ran
shout        reporting      without a map phase
newest       eventing       the rows in reverse order, with a field of their place
numbers      generating     count=N rows of events
fail         streaming      mode=raise|error|exit|log
whoami       generating     asks splunkd, by self.service, who the caller is
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import splunklib

NAME = "sdk_commands"

HEAD = """
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from splunklib.searchcommands import (Configuration, EventingCommand, GeneratingCommand, Option, ReportingCommand,
                                      StreamingCommand, dispatch, validators)
"""

DOUBLE = """
@Configuration()
class Double(StreamingCommand):
    field = Option(require=True, validate=validators.Fieldname())
    times = Option(default=2, validate=validators.Integer(1))

    def prepare(self):
        self.configuration.required_fields = self.fieldnames or ["*"]

    def stream(self, records):
        for record in records:
            values = []
            for name in self.fieldnames:
                found = record.get(name) or []
                values += found if isinstance(found, list) else [found]
            self.add_field(record, self.field, [value * self.times for value in values])
            record["seen"] = ",".join(sorted(name for name in record if not name.startswith("_")))
            yield record


dispatch(Double, sys.argv, sys.stdin, sys.stdout, __name__)
"""

TOTAL = """
@Configuration(requires_preop=True)
class Total(ReportingCommand):
    total = Option(require=True)

    @Configuration()
    def map(self, records):
        rows = list(records)
        yield {self.total: sum(float(row[name]) for row in rows for name in self.fieldnames if row.get(name)), "maps": 1}

    def reduce(self, records):
        rows = list(records)
        yield {self.total: sum(float(row[self.total]) for row in rows), "maps": sum(int(row["maps"]) for row in rows)}


dispatch(Total, sys.argv, sys.stdin, sys.stdout, __name__)
"""

SHOUT = """
@Configuration()
class Shout(ReportingCommand):
    def reduce(self, records):
        for record in records:
            yield {"text": record["n"].upper() + "!", "rows": 1}


dispatch(Shout, sys.argv, sys.stdin, sys.stdout, __name__)
"""

NEWEST = """
@Configuration()
class Newest(EventingCommand):
    def transform(self, records):
        for place, record in enumerate(sorted(records, key=lambda one: float(one["_time"])), 1):
            self.add_field(record, "place", place)
            yield record


dispatch(Newest, sys.argv, sys.stdin, sys.stdout, __name__)
"""

NUMBERS = """
@Configuration()
class Numbers(GeneratingCommand):
    count = Option(require=True, validate=validators.Integer(0))

    def generate(self):
        info = self.metadata.searchinfo
        for number in range(self.count):
            yield {"_time": 1000 + number, "_raw": "number %d" % number, "number": number, "app": info.app,
                   "who": info.owner, "from": info.earliest_time, "python": "%d.%d" % sys.version_info[:2]}


dispatch(Numbers, sys.argv, sys.stdin, sys.stdout, __name__)
"""

FAIL = """
@Configuration()
class Fail(StreamingCommand):
    mode = Option(require=True)

    def stream(self, records):
        for record in records:
            if self.mode == "raise":
                raise KeyError("no such thing")
            if self.mode == "error":
                self.write_error("bad row {0}", record["n"])
                self.write_warning("take care")
            if self.mode == "exit":
                sys.stderr.write("I give up\\n")
                os._exit(7)
            if self.mode == "log":
                self.logger.error("logged")
            yield record


dispatch(Fail, sys.argv, sys.stdin, sys.stdout, __name__)
"""

WHOAMI = """
@Configuration(type="reporting")
class Whoami(GeneratingCommand):
    def generate(self):
        if self.service is None:
            yield {"name": "nobody to ask"}
            return
        context = self.service.get("authentication/current-context", output_mode="json")
        import json
        entry = json.loads(context.body.read())["entry"][0]["content"]
        yield {"name": entry["username"], "version": self.service.info["version"]}


dispatch(Whoami, sys.argv, sys.stdin, sys.stdout, __name__)
"""

SCRIPTS = {
    "double": DOUBLE,
    "total": TOTAL,
    "shout": SHOUT,
    "newest": NEWEST,
    "numbers": NUMBERS,
    "fail": FAIL,
    "whoami": WHOAMI,
}
FILES: Mapping[str, str] = {
    "default/app.conf": "[package]\nid = sdk_commands\n[ui]\nlabel = Commands\n",
    "default/commands.conf": "".join(
        f"[{name}]\nchunked = true\nfilename = {name}.py\npython.version = python3\npython.required = 3.9, 3.13\n"
        for name in SCRIPTS
    ),
    "metadata/default.meta": "[]\naccess = read : [ * ], write : [ admin ]\n[commands]\nexport = system\n",
    **{f"bin/{name}.py": HEAD + text for name, text in SCRIPTS.items()},
}


def write_app(folder: Path) -> Path:
    """Write the app into a folder and return its path."""
    app = folder / NAME
    for file, text in FILES.items():
        (app / file).parent.mkdir(parents=True, exist_ok=True)
        (app / file).write_text(text.lstrip("\n"), encoding="utf-8")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(splunklib.__file__).parent, app / "lib" / "splunklib", ignore=ignored)
    return app
