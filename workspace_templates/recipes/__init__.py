"""Preparation steps as small pure functions; a coder copies those that a blueprint needs.

Habits that all of them share: `rows` are the training rows followed by the test rows; a recipe
returns its new columns only, on the same index; whatever it learns goes through `remember`, so that
a saved pipeline prepares new rows without the training table.
"""
