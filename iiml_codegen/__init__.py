"""iiML's engine: plans, writes, verifies and runs machine-learning pipelines without an editor."""

__version__ = "0.1.0"
