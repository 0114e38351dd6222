"""Phase III: bind, assemble, verify, and mend what the coders wrote."""
