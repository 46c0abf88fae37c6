"""A stand-in for Splunk that runs an app's searches, mappings and alerts; it knows nothing of this product."""
