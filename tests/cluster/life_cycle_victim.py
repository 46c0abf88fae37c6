"""A laboratory that is about to be killed: starts a cluster and runs a long command in a pod."""

import sys
from contextlib import ExitStack
from pathlib import Path

from cluster import objects
from cluster.control_plane import Cluster, Options
from cluster.versions import NEWEST, built_binaries


def main(folder: Path, policy: Path) -> None:
    """Say `ready` and wait for the end."""
    with ExitStack() as stack:
        options = Options(policy, controllers=False, nodes=1)
        cluster = stack.enter_context(Cluster(built_binaries(NEWEST), folder, options))
        cluster.admin.kubectl("create", "serviceaccount", "default", check=False)
        pod = objects.pod("sleeper", "default", nodeName="node-1", automountServiceAccountToken=False)
        cluster.admin.kubectl("create", "-f", "-", document=pod)
        cluster.admin.kubectl("wait", "--for=condition=Ready", "pod/sleeper")
        cluster.admin.start_kubectl("exec", "sleeper", "--", "sleep", sys.argv[3])
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
