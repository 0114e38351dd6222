"""A run goes to a machine that sees none of our files, with what its spec lists, and comes home."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from processes import script, spec_for

from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.execution.ray_messages import Order, encode
from iiml_codegen.execution.ray_node import PACKAGE, run_shipped
from iiml_codegen.execution.shipping import brought_home, fingerprint, packed, translated, travels

if sys.platform == "win32":
    pytest.skip("Ray's nodes run on POSIX systems", allow_module_level=True)

WORK = """
    import pathlib, sys
    data, kept, raw, other = map(pathlib.Path, sys.argv[1:])
    print("reads", data)
    known = kept / "prepared.txt"
    said = known.read_text() if known.exists() else "new"
    known.write_text(data.read_text())
    raw.write_text(said + " " + data.read_text())
    try:
        print(other.read_text())
    except OSError as error:
        print("refused", type(error).__name__)
"""


class Away:
    """Another machine: while it works, our files are somewhere else."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.node = home.with_name("node")
        self.node.mkdir()
        patch.setattr(tempfile, "tempdir", str(self.node))

    def run(self, spec: RunSpec) -> RunResult:
        folder = Path(spec.folder)
        folder.mkdir(parents=True, exist_ok=True)
        named = tuple((path, fingerprint(Path(path))) for path in travels(spec, PACKAGE))
        bundles = [packed(Path(path)) for path, _ in named]
        order = Order(spec.folder, 0.5, to_json(spec).decode(), named, str(PACKAGE))
        hidden = self.home.with_name("hidden")
        self.home.rename(hidden)
        try:
            files, places = run_shipped(encode(order), *bundles)
        finally:
            hidden.rename(self.home)
        brought_home(files, places, folder)
        return from_json((folder / "result.json").read_bytes(), RunResult)


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Away:
    (tmp_path / "home").mkdir()
    return Away(tmp_path / "home", monkeypatch)


def spec_of(home: Path, name: str) -> RunSpec:
    """A run that reads a file, uses what an earlier run prepared, and tries to read another's."""
    data, kept, raw = home / "shadow" / "data.txt", home / "kept", home / "runs" / name / "raw.txt"
    data.parent.mkdir(exist_ok=True)
    data.write_text("rows")
    (home / "labels.txt").write_text("answers")
    return spec_for(
        script(home / "code" / f"{name}.py", WORK),
        home / "runs",
        arguments=(str(data), str(kept), str(raw), str(home / "labels.txt")),
        refused_reads=(str(home),),
        allowed_reads=(str(home / "code"), str(data.parent)),
        writable=(str(kept),),
    )


def test_what_a_run_wrote_elsewhere_lies_where_it_would_lie_here(away: Away) -> None:
    home = away.home
    result = away.run(spec_of(home, "first"))
    assert result.status == "ok", result
    assert (home / "runs" / "first" / "raw.txt").read_text() == "new rows"
    assert (home / "kept" / "prepared.txt").read_text() == "rows"
    log = (home / "runs" / "first" / "log.txt").read_text()
    assert f"reads {home}/shadow/data.txt" in log
    assert "answers" not in log
    assert list((away.node).rglob("labels.txt")) == []


def test_what_one_run_prepared_serves_the_next_one(away: Away) -> None:
    home = away.home
    away.run(spec_of(home, "first"))
    shutil.rmtree(home / "kept")
    away.run(spec_of(home, "second"))
    assert (home / "runs" / "second" / "raw.txt").read_text() == "rows rows"


def test_a_bundle_is_known_by_what_lies_there(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    file.parent.mkdir()
    names = {fingerprint(file.parent)}
    for text in ("a", "ab"):
        file.write_text(text)
        names.add(fingerprint(file.parent))
    assert len(names) == 3
    assert fingerprint(file.parent) in names


def test_the_longest_path_that_is_known_counts() -> None:
    places = {"/data": "/node", "/data/cache": "/data/elsewhere"}
    assert translated("in /data/cache/x and /data/y", places) == "in /data/elsewhere/x and /node/y"
