"""Loading: the API server's policies, warnings and errors, and nothing that costs more than a second."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_audit.errors import BadInput
from kube_audit.policy.document import LIMIT_BYTES
from kube_audit.policy.errors import PolicyError
from kube_audit.policy.load import Loaded, load_file, load_text, load_value
from kube_audit.policy.versions import NEWEST, parse_version
from policy_cases import RECORDED, REPOSITORY, SHARED, policy_text, read_lines, shared_cases, shared_policies

LOADER = list(read_lines(RECORDED / "loader.jsonl"))


def refusal(text: str, version: str = "1.36") -> Optional[PolicyError]:
    """Load a text and give the error, if there is one."""
    try:
        load_text(text, parse_version(version))
    except PolicyError as error:
        return error
    return None


@pytest.mark.parametrize("case", LOADER, ids=[str(number) for number in range(len(LOADER))])
def test_error_and_warning_are_the_api_servers(case: Dict[str, Any]) -> None:
    """Each text that the real loader was asked about gives the same error or the same warning, to the letter."""
    try:
        loaded = load_text(case["policy"])
    except PolicyError as error:
        assert error.reason == case["error"]
    else:
        assert case["error"] is None
        assert list(loaded.warnings) == ([case["warning"]] if case["warning"] else [])


@pytest.mark.parametrize("case", [case for case in LOADER if case["error"] and case["policy"].strip()], ids=str)
def test_every_refusal_has_a_line(case: Dict[str, Any]) -> None:
    """A refused text that holds anything is refused with a line and column that exist in it."""
    error = refusal(case["policy"])

    assert error is not None
    if case["policy"].lstrip().startswith(("#", "{")):
        return
    assert error.mark is not None
    assert 1 <= error.mark.line <= case["policy"].count("\n") + 1


def test_the_parser_without_c_says_the_same() -> None:
    """Inside Splunk PyYAML has no C part: all recorded texts give the same there, and hostile ones end as quickly."""
    script = (
        "import json, sys, yaml; del yaml.CSafeLoader\n"
        "from kube_audit.policy.errors import PolicyError\n"
        "from kube_audit.policy.load import load_text\n"
        "for line in sys.stdin:\n"
        "    try: load_text(json.loads(line)); print('null')\n"
        "    except PolicyError as error: print(json.dumps(error.reason))\n"
    )
    hostile = ["[" * 100_000, "rules: [" + "a," * 120_000 + "]", "&a " * 80_000, "#" * 260_000, "{" * 1000]
    texts = "".join(json.dumps(text) + "\n" for text in [*(case["policy"] for case in LOADER), *hostile])
    call = [sys.executable, "-c", script]
    done = subprocess.run(
        call, input=texts, capture_output=True, text=True, check=True, cwd=REPOSITORY, env={"PYTHONPATH": "bin"}
    )

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[: len(LOADER)] == [case["error"] for case in LOADER]
    assert all(answers[len(LOADER) :])


def test_upstream_loader_cases_hold() -> None:
    """The cases of the upstream loader's own tests load or fail as theirs do."""
    for case in shared_cases("load.jsonl"):
        text = (SHARED / case["file"]).read_text() if "file" in case else case["inline"]
        error = refusal(text)
        assert (error is None) is case["loads"]
        assert case.get("error", "") in str(error or "")


def test_upstream_validation_cases_hold() -> None:
    """The cases of the upstream validation tests are valid or not as theirs are."""
    for case in shared_cases("validate.jsonl"):
        document = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", **case["policy"]}
        try:
            load_value(document)
        except PolicyError as error:
            # Upstream validates before it counts the rules.
            assert not case["valid"] or error.reason == "loaded illegal policy with 0 rules"
        else:
            assert case["valid"]


def test_real_policies_load_as_the_index_says() -> None:
    """Each of the real policies loads, or does not, as the real loader was seen to do, with its warnings."""
    names = {path.name for path in shared_policies()}
    for entry in read_lines(SHARED / "policies" / "INDEX.jsonl"):
        assert entry["file"] in names
        try:
            loaded: Optional[Loaded] = load_file(SHARED / "policies" / entry["file"])
        except PolicyError:
            loaded = None
        # Its label comes from a project's own validator; the real loader defaults the kind (loader.jsonl has the case).
        defaulted = entry["file"] == "gardener_cv_reject_audit_policy_without_kind.yaml"
        assert (loaded is not None) is (entry["upstream_loads"] or defaulted), entry["file"]
        assert bool(loaded and loaded.warnings) is bool(loaded and entry["strict_warnings"]), entry["file"]


def test_the_articles_example_is_decoded_leniently() -> None:
    """The article's example loads with the warning that the API server logs, and its one rule matches everything."""
    path = shared_policies()[0].with_name("article_example.yaml")

    loaded = load_file(path)

    assert loaded.warnings == (
        'strict decoding error: yaml: unmarshal errors:\n  line 8: key "resources" already set in map, '
        'unknown field "resources"',
    )
    assert [rule[1:8] for rule in loaded.policy.rules] == [((),) * 7]


@pytest.mark.parametrize(("version", "accepted"), [("1.24", False), ("1.35", False), ("1.36", True), ("1.37", True)])
def test_group_wildcard_needs_1_36(version: str, accepted: bool) -> None:
    """The group "*" is refused before 1.36, with the words that any bad group gets."""
    error = refusal(policy_text('{level: None, resources: [{group: "*"}]}'), version)

    assert (error is None) is accepted
    assert accepted or 'rules[0].resources.group: Invalid value: "*": a lowercase RFC 1123' in str(error)


@pytest.mark.parametrize(("version", "warns"), [("1.25", False), ("1.26", True), ("1.37", True)])
def test_unknown_fields_are_silent_before_1_26(version: str, warns: bool) -> None:
    """A field that does not exist is warned of from 1.26 on, and ignored in all versions."""
    loaded = load_text(policy_text("{level: None, verb: [get]}"), parse_version(version))

    assert bool(loaded.warnings) is warns
    assert loaded.policy.rules[0].verbs == ()


def test_a_policy_given_as_a_value_has_no_lines() -> None:
    """A policy that came as JSON objects is loaded the same and knows no line."""
    loaded = load_value(json.loads('{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Request"}]}'))

    assert loaded.policy.rules[0].level.text == "Request"
    assert loaded.line_of_rule(0) is None


def test_json_and_its_lines() -> None:
    """JSON is read as JSON, duplicates and all, and its rules have lines."""
    text = '{"apiVersion": "audit.k8s.io/v1", "kind": "Policy",\n"rules": [\n{"level": "None", "level": "Request"}]}'

    loaded = load_text(text)

    assert loaded.warnings == ('strict decoding error: duplicate field "rules[0].level"',)
    assert loaded.policy.rules[0].level.text == "Request"
    assert loaded.line_of_rule(0) == 3


class TestBadInput:
    """What must be refused quickly and with a reason."""

    def test_a_large_file_is_refused_by_size(self, tmp_path: Path) -> None:
        """A file over 256 KiB is refused by its size, whatever it holds, without being parsed."""
        path = tmp_path / "large.yaml"
        path.write_bytes(b"\xff" * (LIMIT_BYTES + 1))

        with pytest.raises(PolicyError, match=f"has {LIMIT_BYTES + 1} bytes, more than the 262144"):
            load_file(path)

    def test_a_file_of_the_limit_is_read(self, tmp_path: Path) -> None:
        """A file of exactly 256 KiB is read."""
        text = policy_text("{level: None}")
        path = tmp_path / "policy.yaml"
        path.write_text(text + "#" * (LIMIT_BYTES - len(text)))

        assert len(load_file(path).policy.rules) == 1

    def test_an_unreadable_file_is_bad_input(self, tmp_path: Path) -> None:
        """A file that cannot be read is named."""
        with pytest.raises(BadInput, match=r"nothing\.yaml: cannot be read: No such file"):
            load_file(tmp_path / "nothing.yaml")

    def test_binary_has_a_line(self, tmp_path: Path) -> None:
        """Bytes that are no text are refused in the API server's words, with file, line and column."""
        path = tmp_path / "binary.yaml"
        path.write_bytes(b"apiVersion: v1\nkind: \xff\n")

        with pytest.raises(PolicyError, match=r"binary\.yaml:2:7: failed decoding: yaml: invalid leading UTF-8 octet"):
            load_file(path)

    @pytest.mark.parametrize(
        "text",
        [
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)),
            "a: &a {a: b}\n" + "".join(f"b{n}: {{<<: [{','.join(['*a'] * 50)}]}}\n" for n in range(200)),
            "[" * 100_000,
            "{a: " * 60_000,
            "- " * 130_000,
            "? " * 130_000,
            "rules: [" + "a," * 120_000 + "]",
            "rules: !!python/object/apply:os.system [exit]\n",
            "rules: &a [*a]\n",
            "rules: &a {b: *a}\n",
            "\x00" * 1000,
            '"' * 200_000,
            "'" + "a" * 200_000,
            "a: |\n" + " x\n" * 80_000,
            "#" * 260_000,
            "\n" * 260_000,
            "\t" * 260_000,
            "&a " * 80_000,
            "!!str " * 40_000,
            "%YAML 9.9\n---\n",
            "%" * 200_000,
            "{" + '"a":1,' * 40_000 + '"a":1}',
            '{"a":' * 50_000,
            "--- " * 60_000,
            "---\n" * 60_000,
            "a: b: " * 40_000,
            "\ud800",
            "- " + "\u2028" * 80_000,
        ],
        ids=range(28),
    )
    def test_hostile_texts_end_within_a_second(self, text: str) -> None:
        """Bombs, cycles, tags, depth, junk: an error, in less than a second, and no line that does not exist."""
        begun = time.process_time()

        error = refusal(text)

        assert time.process_time() - begun < 1.0
        assert error is not None
        assert error.mark is None or error.mark.line >= 1


# Values that no field of a policy takes, or that only one takes; small, so that many places are tried.
LEAF: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 3, -(2**70), 1.5, "", "x", "None", [], {}, [None], [3], ["x"], [[]], {"x": 1}]
)
NAMES = (
    "level users userGroups verbs resources namespaces nonResourceURLs omitStages omitManagedFields group "
    "resourceNames rules metadata kind apiVersion name labels creationTimestamp generation ownerReferences"
)
OBJECT = st.dictionaries(st.sampled_from(NAMES.split()), LEAF, max_size=4)


@given(
    st.dictionaries(st.sampled_from(NAMES.split()), LEAF | OBJECT | st.lists(OBJECT | LEAF, max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(NAMES.split()), LEAF | st.lists(OBJECT, max_size=2), max_size=4),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_wrong_types_at_every_place_are_errors(fields: Dict[str, Any], rule: Dict[str, Any], as_text: bool) -> None:
    """Whatever stands in whatever field, loading ends in a policy or in PolicyError, never in another exception."""
    document = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "None", **rule}], **fields}
    try:
        loaded = load_text("\n---\n" + json.dumps(document), NEWEST) if as_text else load_value(document)
    except PolicyError as error:
        assert error.reason
    else:
        assert loaded.policy.rules


@given(st.text(alphabet=st.sampled_from(list("ab:-[]{},&*!|>'\"%@`#?~<\t\n\r\u0085\ufeff 1.\\")), max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_loads_or_is_refused(text: str) -> None:
    """Random YAML-like text never ends in anything but a policy or PolicyError with a line in the text."""
    error = refusal("apiVersion: audit.k8s.io/v1\nkind: Policy\n" + text)

    assert error is None or error.reason
