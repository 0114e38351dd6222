"""Phase I: what is asked, what the data is like, what is known, and the plan."""
