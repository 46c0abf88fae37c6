"""Run the laboratory in namespaces of its own: network, processes, host name.

A recording needs addresses that no machine has (people's, pods', attackers'), the same host name everywhere, and
nothing left behind when it is killed. All of that is one `unshare` around the whole run, clients included:

    unshare (network, processes, host name) ── sh: lo up, addresses ── python -m cluster …
"""

import os
import shutil
import sys
from collections.abc import Sequence

from cluster.errors import NotRun

MARK = "KUBE_AUDIT_CLUSTER_ISOLATED"
HOST = "control-plane-1"
TOOLS = ("unshare", "ip", "hostname", "setpriv")
UNSHARE = ("unshare", "--net", "--pid", "--mount", "--uts", "--ipc", "--fork", "--kill-child", "--mount-proc")


def is_isolated() -> bool:
    """Tell whether this process already runs inside."""
    return MARK in os.environ


def enter(addresses: Sequence[str]) -> None:
    """Start this very command again inside, in place of this process."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing or os.geteuid() != 0:
        why = f"no {', '.join(missing)} found" if missing else "not root"
        raise NotRun(f"recording needs network namespaces: {why}; run it as root on Linux with iproute2 and util-linux")
    wanted = " ".join(sorted(set(addresses)))
    set_up = f"for address in {wanted}; do ip addr add $address/32 dev lo || exit 1; done"
    script = f'hostname {HOST} && ip link set lo up && {set_up} && exec "$@"'
    command = [*UNSHARE, "sh", "-c", script, "sh", sys.executable, "-m", "cluster", *sys.argv[1:]]
    os.execvpe(command[0], command, {**os.environ, MARK: "1"})  # noqa: S606
