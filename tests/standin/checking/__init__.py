"""What `standin check` finds: names that lead nowhere, text that does not compile, uses of open questions."""

from standin.checking.apps import check_apps
from standin.checking.unverified import open_questions

__all__ = ["check_apps", "open_questions"]
