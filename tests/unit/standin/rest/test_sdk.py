"""What splunk-sdk asks for, asked by splunk-sdk."""

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from splunklib import client, results

from serving import NOW, Serving, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with two events."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        body = "".join(f'{{"event":"n={number}","time":{NOW - number}}}' for number in range(2))
        running.collect("/event", body)
        yield running


@pytest.fixture(scope="module")
def service(served: Serving) -> Any:  # noqa: ANN401 - splunk-sdk has no types
    """Log in by splunk-sdk, verifying the certificate."""
    port = int(served.instance.addresses.management.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(served.ca_file))
    return client.connect(
        host="127.0.0.1", port=port, username="admin", password="changeme", context=context, verify=True, app="search"
    )


SPL = "search index=main | table n"
ROWS = [{"n": "0"}, {"n": "1"}]


def rows(body: Any) -> list[dict[str, str]]:  # noqa: ANN401 - as above
    """Return the rows of a JSON body."""
    return [dict(row) for row in results.JSONResultsReader(body) if isinstance(row, dict)]


def test_oneshot_blocking_and_export_give_the_same_rows(service: Any) -> None:  # noqa: ANN401
    """Three ways to search, one answer."""
    blocking = service.jobs.create(SPL, exec_mode="blocking")

    assert rows(service.jobs.oneshot(SPL, output_mode="json")) == ROWS
    assert rows(blocking.results(output_mode="json")) == ROWS
    assert rows(service.jobs.export(SPL, output_mode="json")) == ROWS


def test_a_job_says_how_many_events_an_index_would_read(service: Any) -> None:  # noqa: ANN401
    """scanCount counts the events that hold the search's terms, whatever its rows are."""
    asked = {"search index=main n=1 | stats count": "1", "search index=main n!=1": "2", "| makeresults": "0"}

    said = {spl: service.jobs.create(spl, exec_mode="blocking").refresh()["scanCount"] for spl in asked}

    assert said == asked


def test_a_job_is_polled_until_it_is_done(service: Any) -> None:  # noqa: ANN401
    """The default mode of a job, its counts and its end."""
    job = service.jobs.create(SPL)
    while not job.is_done():
        pass

    assert job["resultCount"] == "2"
    assert job["scanCount"] == "2"
    job.cancel()
    assert job.sid not in [one.sid for one in service.jobs]


def test_saved_searches_are_created_changed_and_dispatched(service: Any) -> None:  # noqa: ANN401
    """Names hold blanks and dashes; a change is read back."""
    saved = service.saved_searches.create("A name - with blanks", SPL)
    job = saved.dispatch()
    while not job.is_done():
        pass
    assert rows(job.results(output_mode="json")) == ROWS
    saved.update(cron_schedule="*/5 * * * *", is_scheduled=1).refresh()
    assert (saved["is_scheduled"], saved["cron_schedule"]) == ("1", "*/5 * * * *")
    saved.disable()
    assert service.saved_searches["A name - with blanks"]["disabled"] == "1"
    saved.delete()
    assert "A name - with blanks" not in service.saved_searches


def test_secrets_are_stored_and_deleted(service: Any) -> None:  # noqa: ANN401
    """storage/passwords by realm and name, and without a realm."""
    stored = service.storage_passwords.create("pass word", "user", "realm")
    plain = service.storage_passwords.create("p2", "alone")
    found = {one.name: one.clear_password for one in service.storage_passwords}

    assert found == {"realm:user:": "pass word", ":alone:": "p2"}
    service.storage_passwords.delete("user", "realm")
    plain.delete()
    assert stored.name not in [one.name for one in service.storage_passwords]


def test_confs_are_read_and_written(service: Any) -> None:  # noqa: ANN401
    """A stanza that is created is found again; one that no spec defines is refused."""
    service.confs["macros"].create("mine", definition="index=main")

    assert service.confs["macros"]["mine"]["definition"] == "index=main"
    with pytest.raises(client.HTTPError, match="400"):
        service.confs["macros"].create("other", colour="red")
    assert "nonsense" not in service.confs


def test_indexes_and_apps_are_listed(service: Any) -> None:  # noqa: ANN401
    """An index that is created is listed; so are the shipped apps."""
    service.indexes.create("by_sdk")

    assert "by_sdk" in [one.name for one in service.indexes]
    assert [one.name for one in service.apps] == ["launcher", "search"]


def test_a_search_is_parsed_and_event_types_are_kept(service: Any) -> None:  # noqa: ANN401
    """service.parse by the v2 endpoint, service.event_types, service.restart_required, service.capabilities."""
    parsed = service.parse("search * | stats count", output_mode="json")
    assert b'"reportsSearch":"stats count"' in parsed.body.read()
    with pytest.raises(client.HTTPError, match="400"):
        service.parse("nonsense")
    kind = service.event_types.create("some type", search="n=1")
    assert (service.event_types["some type"]["search"], kind["disabled"]) == ("n=1", "0")
    kind.disable()
    assert service.event_types["some type"]["disabled"] == "1"
    kind.delete()
    assert service.restart_required is False
    assert "search" in service.capabilities


def test_a_saved_search_tells_its_runs(service: Any) -> None:  # noqa: ANN401
    """history lists its jobs, scheduled_times the runs to come."""
    saved = service.saved_searches.create("With a past", SPL, cron_schedule="*/10 * * * *", is_scheduled=1)
    job = saved.dispatch()
    assert [one.sid for one in saved.history()] == [job.sid]
    assert len(saved.scheduled_times("now", "+1h")) == 6
    saved.delete()


def test_a_job_is_controlled_and_read(service: Any) -> None:  # noqa: ANN401
    """Everything that splunk-sdk can do with a job, but for its priority and its timeline."""
    job = service.jobs.create(SPL, exec_mode="blocking")
    for control in (job.pause, job.unpause, job.finalize, job.touch, job.enable_preview, job.disable_preview):
        control()
    job.set_ttl(1000)
    job.refresh()

    assert 900 < int(job["ttl"]) <= 1000
    assert job["isFinalized"] == "1"
    assert rows(job.preview(output_mode="json")) == ROWS
    events = service.jobs.create("search index=main", exec_mode="blocking").events(output_mode="json")
    assert [row["_raw"] for row in rows(events)] == ["n=0", "n=1"]
    assert job.searchlog().read() == b""
    assert b"<results" in job.summary().read()
