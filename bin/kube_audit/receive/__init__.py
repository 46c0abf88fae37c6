"""Where events come from: files that are written, rotated and compressed while they are read."""
