"""What a value is in a search: numbers and their text, multivalues, wildcards, CIDR, times, regular expressions."""
