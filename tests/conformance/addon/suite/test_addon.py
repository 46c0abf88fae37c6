"""The suite that pytest-splunk-addon generates from the add-on's conf files."""

from pytest_splunk_addon.standard_lib.addon_basic import Basic


class TestAddon(Basic):  # type: ignore[misc]  # the suite has no types
    """Everything that is generated."""
