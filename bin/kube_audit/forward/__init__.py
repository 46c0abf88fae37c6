"""The stand-alone forwarder: follows logs, takes secrets out, delivers to the HTTP Event Collector."""
