"""The commands of the search language, one module per family."""
