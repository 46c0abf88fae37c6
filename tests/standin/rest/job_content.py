"""What a job tells about itself. Counts are absent until it runs (measured), so a first poll must not read them."""

from typing import Any

from standin.jobs.job import SAVED_TTL_S, Job, State
from standin.rest.atom import Acl, Entry
from standin.rest.formats import iso_time

_NOT_STARTED = (State.QUEUED, State.PARSING)
LINKS = (
    "search_telemetry.json",
    "search.log",
    "events",
    "results",
    "results_preview",
    "timeline",
    "summary",
    "control",
)


def job_entry(job: Job, now: float) -> Entry:
    """Return a job as an entry; its title is its search."""
    content = _always(job, now)
    if job.state not in _NOT_STARTED:
        content |= _counts(job)
    acl = Acl(
        app=None, owner=job.order.user.name, sharing="global", read=(job.order.user.name,), write=(job.order.user.name,)
    )
    return Entry(job.sid, content, acl, updated=job.created, title=job.order.search, links=LINKS)


def _always(job: Job, now: float) -> dict[str, Any]:
    bounds = job.order.bounds
    return {
        "sid": job.sid,
        "search": job.order.search,
        "label": job.order.label,
        "dispatchState": str(job.state),
        "isDone": job.is_done,
        "isFailed": job.is_failed,
        "isFinalized": job.is_finalized,
        "isPaused": job.state is State.PAUSED,
        "isSaved": job.is_saved,
        "isSavedSearch": job.order.is_scheduled,
        "isRealTimeSearch": False,
        "isZombie": False,
        "isPreviewEnabled": False,
        "isEventsPreviewEnabled": False,
        "isRemoteTimeline": False,
        "isTimeCursored": True,
        "doneProgress": 1 if job.is_done else 0,
        "defaultSaveTTL": str(SAVED_TTL_S),
        "defaultTTL": "600",
        "delegate": "scheduler" if job.order.is_scheduled else "",
        "earliestTime": iso_time(bounds.earliest if bounds.earliest is not None else 0.0),
        "latestTime": iso_time(bounds.latest if bounds.latest is not None else job.order.now),
        "searchEarliestTime": bounds.earliest if bounds.earliest is not None else 0,
        "searchLatestTime": bounds.latest if bounds.latest is not None else job.order.now,
        "priority": 5,
        "provenance": "scheduler" if job.order.is_scheduled else "UI:Search",
        "ttl": max(int(job.expires_at() - now), 0),
        "statusBuckets": 0,
        "request": {"earliest_time": job.order.earliest_text, "latest_time": job.order.latest_text},
        "messages": [{"type": one.level, "text": one.text} for one in messages(job)],
        # Ours, not Splunk's: where in the search the fault is.
        **({} if job.failure_position is None else {"position": job.failure_position}),
    }


def messages(job: Job) -> list[Any]:
    """Return the messages of a job; a failed one repeats each FATAL as ERROR (measured)."""
    repeated = [one._replace(level="ERROR") for one in job.messages if one.level == "FATAL"]
    return [*job.messages, *repeated]


def _counts(job: Job) -> dict[str, Any]:
    rows = len(job.outcome.rows) if job.outcome else 0
    events = rows if job.outcome is not None and job.outcome.are_events else 0
    return {
        "resultCount": rows,
        "resultPreviewCount": rows,
        "eventCount": events,
        "eventAvailableCount": events,
        "eventFieldCount": 0,
        "eventIsStreaming": True,
        "eventIsTruncated": False,
        "eventSorting": "desc" if events else "none",
        "resultIsStreaming": events > 0,
        "scanCount": job.scan_count or 0,
        "dropCount": 0,
        "diskUsage": 0,
        "numPreviews": 0,
        "runDuration": round(job.run_s, 3),
        "reportSearch": "" if events else job.order.search,
        "eventSearch": job.order.search,
        "normalizedSearch": job.order.search,
        "optimizedSearch": job.order.search,
        "keywords": "",
        "cursorTime": iso_time(0.0),
        "pid": 0,
        "sampleRatio": "1",
        "sampleSeed": "0",
        "searchProviders": [],
        "remoteSearchLogs": [],
        "performance": {},
        "bundleVersion": "0",
        "canSummarize": False,
        "searchCanBeEventType": events > 0,
        "searchTotalBucketsCount": 0,
        "searchTotalEliminatedBucketsCount": 0,
    }
