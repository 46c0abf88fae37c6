"""A component's module requires Kubernetes and replaces the parts that it names at v0.0.0."""

from cluster.modules import module_text

UPSTREAM = """module k8s.io/kubernetes

go 1.26.0

godebug default=go1.26

require (
	github.com/google/uuid v1.6.0
	k8s.io/api v0.0.0
	k8s.io/streaming v0.0.0
)

replace k8s.io/api => ./staging/src/k8s.io/api
"""


def test_parts_without_a_version_are_replaced_by_their_published_ones() -> None:
    """Go's and godebug's directives are kept, each v0.0.0 becomes v0.MINOR.PATCH, all else is left to Go."""
    assert module_text("kubectl-1.37.2", "1.37.2", UPSTREAM) == (
        "module kube-audit.test/cluster/kubectl-1.37.2\n\n"
        "go 1.26.0\n\ngodebug default=go1.26\n\n"
        "require k8s.io/kubernetes v1.37.2\n\n"
        "replace (\n\tk8s.io/api => k8s.io/api v0.37.2\n\tk8s.io/streaming => k8s.io/streaming v0.37.2\n)\n"
    )
