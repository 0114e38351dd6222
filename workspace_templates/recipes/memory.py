"""The memory of a pipeline: what was learned once serves every later row."""

from collections.abc import Callable
from typing import Any


def remember(fitted: dict[str, Any], name: str, learn: Callable[[], Any]) -> Any:
    """Learn on the first call and keep it in `fitted`, for rows that come later."""
    return fitted[name] if name in fitted else fitted.setdefault(name, learn())
