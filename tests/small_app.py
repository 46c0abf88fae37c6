"""A small app for tests of the stand-in: one sourcetype, one scheduled search, one alert action, one modular input.

Its scripts use the standard library only, and say under which Python they run.
"""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

NAME = "small"
SEARCH = "Small - Failures"

APP_CONF = """
[install]
is_configured = true
[launcher]
version = 1.2.3
[package]
id = small
[ui]
is_visible = true
label = Small
"""

PROPS = r"""
[small:log]
SHOULD_LINEMERGE = false
LINE_BREAKER = ([\r\n]+)
DATETIME_CONFIG = CURRENT
EXTRACT-word = \A(?<word>\w+)
"""

SAVED_SEARCHES = """
[Small - Failures]
search = index=small sourcetype=small:log word=failed | table _time word user _raw
cron_schedule = */5 * * * *
enableSched = 1
disabled = 1
dispatch.index_earliest = -7m@m
dispatch.index_latest = -2m@m
dispatch.earliest_time = -24h
dispatch.latest_time = +1h
counttype = number of events
relation = greater than
quantity = 0
alert.track = 1
alert.digest_mode = 1
action.small_note = 1
action.small_note.param.greeting = $name$ by $result.user$
"""

ALERT_ACTIONS = """
[small_note]
is_custom = 1
label = Note
payload_format = json
python.version = python3
python.required = 3.9, 3.13
param.file =
param.greeting = hello
"""

INPUTS = """
[small_counter]
python.version = python3
python.required = 3.9, 3.13
interval = -1
"""

SPECS = {
    "alert_actions": "[small_note]\nparam.file = <string>\nparam.greeting = <string>\n",
    "savedsearches": "action.small_note = <boolean>\naction.small_note.param.file = <string>\n"
    "action.small_note.param.greeting = <string>\n",
    "inputs": "[small_counter://<name>]\nupto = <integer>\n",
}

META = """
[]
access = read : [ * ], write : [ admin ]
[alert_actions]
export = system
[props]
export = system
"""

NOTE = """
import csv, gzip, json, sys

payload = json.load(sys.stdin)
with gzip.open(payload["results_file"], "rt") as stream:
    rows = list(csv.DictReader(stream))
target = payload["configuration"].get("file", "")
sys.stderr.write("INFO noting %d rows\\n" % len(rows))
if not target:
    sys.stderr.write("ERROR no file to write to\\n")
    sys.exit(2)
with open(target, "a") as out:
    json.dump({"payload": payload, "rows": rows, "python": "%d.%d" % sys.version_info[:2]}, out)
    out.write("\\n")
"""

COUNTER = '''
import signal, sys, time
from xml.etree import ElementTree as ET

SCHEME = """<scheme><title>Counter</title><use_external_validation>true</use_external_validation>
<streaming_mode>xml</streaming_mode><use_single_instance>false</use_single_instance><endpoint><args>
<arg name="upto"><required_on_create>true</required_on_create></arg></args></endpoint></scheme>"""


def params(root, tag):
    return {one.get("name"): one.text for one in root.iter(tag)}


if sys.argv[1:] == ["--scheme"]:
    print(SCHEME)
elif sys.argv[1:] == ["--validate-arguments"]:
    if not (params(ET.parse(sys.stdin).getroot(), "param").get("upto") or "").isdigit():
        print("<error><message>upto is no number</message></error>")
        sys.exit(1)
else:
    root = ET.parse(sys.stdin).getroot()
    stanza = root.find("configuration/stanza").get("name")
    assert root.findtext("session_key") and root.findtext("checkpoint_dir")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write("<stream>")
    for number in range(int(params(root, "param")["upto"])):
        sys.stdout.write('<event stanza="%s"><time>%d</time><data>number=%d python=%d.%d</data></event>'
                         % ((stanza, 1789000000 + number, number) + sys.version_info[:2]))
    sys.stdout.flush()
    sys.stderr.write("INFO counted\\n")
    sys.stderr.flush()
    while True:
        time.sleep(0.05)
'''

FILES: Mapping[str, str] = {
    "default/app.conf": APP_CONF,
    "default/props.conf": PROPS,
    "default/savedsearches.conf": SAVED_SEARCHES,
    "default/alert_actions.conf": ALERT_ACTIONS,
    "default/inputs.conf": INPUTS,
    "metadata/default.meta": META,
    "bin/small_note.py": NOTE,
    "bin/small_counter.py": COUNTER,
    **{f"README/{conf}.conf.spec": text for conf, text in SPECS.items()},
}


def write_package(folder: Path, files: Mapping[str, str] = FILES, name: str = NAME) -> Path:
    """Write the app as a tarball into a folder and return its path."""
    package = folder / f"{name}.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        for path, text in files.items():
            data = text.lstrip("\n").encode()
            member = tarfile.TarInfo(f"{name}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return package
