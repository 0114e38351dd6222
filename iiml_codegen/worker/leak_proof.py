"""Verb `prove_shadows`: the permuted-label proof, on the user's own folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from .layouts.rest import OURS, files_below
from .permutation import permuted_label_proof

MOST_ROWS = 2_000
MOST_BYTES = 1 << 29
"""A folder is copied for the proof; beyond half a GiB that costs more than it tells."""


def prove_shadows(params: dict[str, Any]) -> dict[str, Any]:
    """Permute withheld labels in a copy of the folder; names the files of the shadow that change.

    `why_not` says why no proof was made.
    """
    folder, out = Path(params["folder"]), Path(params["out"])
    size = size_of(folder)
    if size > params.get("max_bytes", MOST_BYTES):
        return {"changed": [], "why_not": f"the folder has {size / 2**30:.1f} GiB to copy"}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, ignore_cleanup_errors=True) as work:
        changed = permuted_label_proof(
            folder,
            params["task"],
            params["plan"],
            params.get("fold", 0),
            Path(work),
            params.get("max_rows", MOST_ROWS),
        )
    return {"changed": changed}


def size_of(folder: Path) -> int:
    """Bytes of the competition's files, without what we made."""
    files = (path for path in files_below(folder) if OURS not in path.relative_to(folder).parts)
    return sum(path.stat().st_size for path in files)
