"""Views of a solve: they read the journal, and never decide anything."""
