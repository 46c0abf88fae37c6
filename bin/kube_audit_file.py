"""Entry of the modular input `kube_audit_file`; splunkd starts it, the library does the work."""

import sys
from pathlib import Path

_APP = Path(__file__).resolve().parents[1]
# The vendored libraries first: Splunk's own Python brings other versions of some of them.
sys.path[:0] = [str(_APP / "lib"), str(_APP / "bin")]

from kube_audit.splunk.file_input import FileInput  # noqa: E402

if __name__ == "__main__":
    sys.exit(FileInput().run(sys.argv))
