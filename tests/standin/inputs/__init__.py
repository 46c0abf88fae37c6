"""Modular inputs, run as splunkd runs them: child processes with XML on stdin that write a stream of events."""
