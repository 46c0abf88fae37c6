"""Where events go: Splunk's HTTP Event Collector, with retries that lose nothing."""
