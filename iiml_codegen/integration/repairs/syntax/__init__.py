"""Small edits of a text that does not parse, each by one kind of slip."""
