"""Our code that computes on data; runs in the user's interpreter as `python -I <this folder>`.

Imports the standard library, numpy, pandas, scipy, scikit-learn and itself only, itself
by relative imports: the folder is also run where iiml is not installed (see `__main__`).
"""
