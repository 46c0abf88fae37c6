"""Attack lists of others, and with which ids of the catalogue the recordings show each entry.

Stratus Red Team: its Kubernetes and EKS techniques. KubeHound: the attack edges of which an API server sees anything;
its container escapes (`CE_*`) happen on a node, and only the pods that allow them are seen (F01 to F08).
"""

STRATUS = {
    "dump-secrets": ("C02",),
    "steal-serviceaccount-token": ("C10",),
    "create-admin-clusterrole": ("F09", "F13", "E09", "N17"),
    "create-client-certificate": ("C14", "C15", "C16"),
    "create-token": ("C09", "N16"),
    "hostpath-volume": ("F06",),
    "nodes-proxy": ("F17", "D09"),
    "privileged-pod": ("F01",),
    "create-access-entry": (),  # shows in CloudTrail, not in the API server's log
    "backdoor-aws-auth": ("E13",),
}
KUBEHOUND = {
    "IDENTITY_IMPERSONATE": ("F21", "N01", "N02"),
    "PERMISSION_DISCOVER": ("B09", "N32"),
    "POD_ATTACH": ("D02",),
    "POD_CREATE": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08"),
    "POD_EXEC": ("D01",),
    "POD_PATCH": ("E04", "N37", "N38"),
    "ROLE_BIND": ("F09", "F11", "N03"),
    "SHARE_PS_NAMESPACE": ("F08",),
    "TOKEN_BRUTEFORCE": ("N30",),
    "TOKEN_LIST": ("C01", "C02"),
    "TOKEN_STEAL": ("C10",),
    "VOLUME_DISCOVER": ("B08",),
}
LISTS = {"Stratus Red Team": STRATUS, "KubeHound": KUBEHOUND}
