"""What `standin check` finds: names that lead nowhere, and text that does not compile."""

from standin.checking.apps import check_apps

__all__ = ["check_apps"]
