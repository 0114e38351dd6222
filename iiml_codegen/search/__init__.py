"""The search over the budget: which candidate runs next, what it earned, and the final refit."""
