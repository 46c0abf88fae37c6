"""Custom search commands of apps, run as child processes by version 2 of Splunk's protocol (`chunked = true`)."""
