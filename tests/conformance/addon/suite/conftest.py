"""Spares the suite its fixed waits: the stand-in has an event searchable when HEC has answered."""

import pytest_splunk_addon.splunk

pytest_splunk_addon.splunk.sleep = lambda seconds: None
