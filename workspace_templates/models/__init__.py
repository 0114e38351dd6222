"""Complete model modules: `fit`, `predict`, and where needed `decide`.

Each file runs as it stands. A coder sets the constants at its top and renames the region markers.
"""
