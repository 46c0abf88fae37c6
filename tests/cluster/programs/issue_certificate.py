"""An operator's work: a custom resource, its Secret, its status, and a look at what was written.

issue_certificate.py KUBECONFIG NAME KEY
"""

import sys

from kubernetes import client

from cluster.programs.connection import connect

GROUP, VERSION, PLACE, PLURAL = "certificates.example.com", "v1", "shop", "certificates"


def main(kubeconfig: str, name: str, key: str) -> None:
    """Issue one certificate."""
    connection = connect(kubeconfig)
    resources, core = client.CustomObjectsApi(connection), client.CoreV1Api(connection)
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Certificate",
        "metadata": {"name": name, "namespace": PLACE},
        "spec": {"dnsNames": [f"{name}.example.com"]},
    }
    resources.create_namespaced_custom_object(GROUP, VERSION, PLACE, PLURAL, body)
    values = {"tls.key": key, "tls.crt": f"certificate of {name}"}
    secret = client.V1Secret(metadata=client.V1ObjectMeta(name=name), string_data=values)
    core.create_namespaced_secret(PLACE, secret)
    status = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    resources.patch_namespaced_custom_object_status(GROUP, VERSION, PLACE, PLURAL, name, status)
    core.read_namespaced_secret(name, PLACE)


if __name__ == "__main__":
    main(*sys.argv[1:4])
