"""The second line of a solve: candidates that a backbone writes, beside those of the expert."""
