"""How the sample API server is made known to the first one: a name on loopback, and the group it answers for."""

from cluster import objects

GROUP, VERSION = "wardle.example.com", "v1alpha1"
SAMPLE_API = f"/apis/{GROUP}/{VERSION}"
PLACE, NAME = "kube-system", "sample-apiserver"


def registration(port: int) -> list[tuple[str, objects.Document]]:
    """List what has to be created, each with the path that it is sent to."""
    # Endpoints may not lie on loopback; a name may.
    outside = {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": port}]}
    service = objects.custom("v1", "Service", NAME, PLACE, outside)
    spec = {
        "group": GROUP,
        "version": VERSION,
        # The certificate is of this cluster's authority, for other names.
        "insecureSkipTLSVerify": True,
        "groupPriorityMinimum": 1000,
        "versionPriority": 15,
        "service": {"name": NAME, "namespace": PLACE, "port": port},
    }
    api = objects.custom("apiregistration.k8s.io/v1", "APIService", f"{VERSION}.{GROUP}", "", spec)
    return [
        (f"/api/v1/namespaces/{PLACE}/services", service),
        ("/apis/apiregistration.k8s.io/v1/apiservices", api),
    ]
