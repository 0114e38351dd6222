"""What models make of each row before they learn: run once for all rows, and kept."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

from iiml_codegen.domain.run import RunResult
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.specs import encode_spec, encoded_file, extract_spec, extracted_file

_guard = threading.Lock()
_locks: dict[Path, threading.Lock] = {}


def encode_once(bench: Bench, code: CandidateCode, repairer: Repairer) -> RunResult | None:
    """Encode all rows for a candidate, with repairs; None where there is nothing to do.

    Candidates that encode the same wait for one another. A result that is not ok ends a candidate.
    """
    if not code.encodes():
        return None
    with lock_of(encoded_file(bench, code)):
        if encoded_file(bench, code).exists():
            return None
        if not extracted_file(bench, code).exists():
            result = repairer.run(code, partial(extract_spec, bench, code))
            if not result.ok:
                return result
        return repairer.run(code, partial(encode_spec, bench, code))


def lock_of(path: Path) -> threading.Lock:
    """The lock on one file of encoded rows."""
    with _guard:
        return _locks.setdefault(path, threading.Lock())
