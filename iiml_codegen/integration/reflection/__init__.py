"""A program for the user's Python: what do its libraries offer? Only the standard library here."""
