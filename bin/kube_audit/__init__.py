"""Kubernetes audit events on their way into Splunk, and the policy that decides what is logged."""

__version__ = "0.1.0"
