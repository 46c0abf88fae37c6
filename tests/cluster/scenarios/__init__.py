"""What happens in a recording: scripts of steps, each by an actor of its own."""
