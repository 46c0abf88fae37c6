"""Shipped schedules on a simulated clock over a recording: `standin replay`."""
