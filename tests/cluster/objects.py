"""Kubernetes objects that scenarios make, as documents for kubectl and HTTP."""

from collections.abc import Mapping, Sequence

Document = dict[str, object]
REGISTRY = "registry.example.com"


def metadata(name: str, namespace: str = "", labels: Mapping[str, str] | None = None) -> Document:
    """Name an object."""
    parts: Document = {"name": name}
    if namespace:
        parts["namespace"] = namespace
    if labels:
        parts["labels"] = dict(labels)
    return parts


def container(name: str, tag: str = "1.0.0", **more: object) -> Document:
    """Describe a container of the company's registry."""
    resources = {"requests": {"cpu": "50m", "memory": "64Mi"}}
    return {"name": name, "image": f"{REGISTRY}/{name}:{tag}", "resources": resources, **more}


def pod(name: str, namespace: str, **spec: object) -> Document:
    """Describe a pod; without containers it has one of its own name."""
    body = {"containers": [container(name)], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata(name, namespace, {"app": name}), "spec": body}


def deployment(name: str, namespace: str, replicas: int = 2, tag: str = "1.0.0", **spec: object) -> Document:
    """Describe a deployment of one container."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container(name, tag)], **spec}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, namespace, labels),
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def service(name: str, namespace: str, **spec: object) -> Document:
    """Describe a service in front of a deployment of the same name."""
    body = {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(name, namespace), "spec": body}


def config_map(name: str, namespace: str, data: Mapping[str, str]) -> Document:
    """Describe a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name, namespace), "data": dict(data)}


def job(name: str, namespace: str) -> Document:
    """Describe a job of one pod."""
    template = {"spec": {"restartPolicy": "Never", "containers": [container(name)]}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(name, namespace),
        "spec": {"template": template, "backoffLimit": 0},
    }


def rule(groups: Sequence[str], resources: Sequence[str], verbs: Sequence[str], **more: object) -> Document:
    """Describe one rule of a role."""
    return {"apiGroups": list(groups), "resources": list(resources), "verbs": list(verbs), **more}


def role(name: str, rules: Sequence[Document], namespace: str = "") -> Document:
    """Describe a role, or a cluster role when no namespace is given."""
    kind = "Role" if namespace else "ClusterRole"
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata(name, namespace),
        "rules": list(rules),
    }


def binding(name: str, role_name: str, subject: Document, namespace: str = "", kind: str = "ClusterRole") -> Document:
    """Describe a role binding, or a cluster role binding when no namespace is given."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": metadata(name, namespace),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role_name},
        "subjects": [subject],
    }


def user(name: str) -> Document:
    """Name a user as a binding's subject."""
    return {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name}


def group(name: str) -> Document:
    """Name a group as a binding's subject."""
    return {"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": name}


def service_account(name: str, namespace: str) -> Document:
    """Name a service account as a binding's subject."""
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def secret(name: str, namespace: str, values: Mapping[str, str], kind: str = "Opaque") -> Document:
    """Describe a Secret by its clear values."""
    head = metadata(name, namespace)
    return {"apiVersion": "v1", "kind": "Secret", "metadata": head, "type": kind, "stringData": dict(values)}


def cron_job(name: str, namespace: str, schedule: str, **spec: object) -> Document:
    """Describe a cron job of one container."""
    template = {"spec": {"restartPolicy": "Never", "containers": [container(name)], **spec}}
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(name, namespace),
        "spec": {"schedule": schedule, "jobTemplate": {"spec": {"template": template}}},
    }


def network_policy(name: str, namespace: str) -> Document:
    """Describe a policy that lets nothing in."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress"]}
    head = metadata(name, namespace)
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": head, "spec": spec}


def custom(api_version: str, kind: str, name: str, namespace: str, spec: Mapping[str, object]) -> Document:
    """Describe any other object."""
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata(name, namespace), "spec": dict(spec)}


def custom_resource(group_name: str, version: str, plural: str, kind: str) -> Document:
    """Describe a custom resource definition that takes anything and has a status."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group_name}"},
        "spec": {
            "group": group_name,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": plural.removesuffix("s"), "kind": kind},
            "versions": [{**served, "subresources": {"status": {}}}],
        },
    }
