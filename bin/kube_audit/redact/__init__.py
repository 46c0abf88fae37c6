"""What leaves the event before it leaves the machine, and what stays."""
