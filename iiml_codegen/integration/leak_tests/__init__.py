"""Deterministic leak tests: what a measurement says about a candidate, its plan or its folder.

One file per rule of rung 5. Each turns what the worker measured (`answers.py`) into verdicts
without running anything; `search/leak_trial.py` runs candidates and asks the worker.
"""
