"""Thin edges on splunk-sdk and on splunkd's management port: what Splunk starts as a child process."""
