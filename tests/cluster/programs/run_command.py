"""A command in a pod by the Python client's WebSocket: run_command.py KUBECONFIG NAMESPACE POD COMMAND..."""

import sys

from kubernetes import client
from kubernetes.stream import stream

from cluster.programs.connection import connect


def main(kubeconfig: str, namespace: str, pod: str, *command: str) -> None:
    """Run the command and print what it says."""
    core = client.CoreV1Api(connect(kubeconfig))
    run = core.connect_get_namespaced_pod_exec
    sys.stdout.write(stream(run, pod, namespace, command=list(command), stdout=True, stderr=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
