"""Real, runnable Python that generated code is made from: recipes and whole model modules."""
