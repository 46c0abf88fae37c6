"""The HTTP Event Collector: a pure reading of bodies, tokens with their rules, acknowledgements, faults on demand."""
