"""What a search sees beyond the index: extracted fields, aliases, lookups, event types, tags, macros."""
