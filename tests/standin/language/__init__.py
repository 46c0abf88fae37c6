"""The search language: its text, its expressions, its errors."""
