"""The laboratory: a real Kubernetes API server, built from Go modules and driven by scripted scenarios.

It knows nothing of this product: it makes audit logs, with the truth about what is in them.

    modules/        one small Go main per component and version; go.sum pins every source
    policies/       the audit policies that recordings are made under
    scenarios/      what happens in a recording, step by step, each step by an actor of its own
    build.py        modules -> binaries in a cache outside the repository
    control_plane.py, actors.py, relay.py, processes.py     a cluster on loopback and who talks to it
    record.py, normalise.py, labels.py                      a scenario -> a log and its labels
"""
