"""Hostile modules: whatever they try, they learn no withheld label, and reads earn no score."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from competitions import write_layout
from competitions.leaky import LINE, bench_for, write_leaky_shop, written

from iiml_codegen.domain.run import RunResult
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.specs import fold_spec
from iiml_codegen.worker.shadows import shadows

PREP = """
import os
import pwd
import socket
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd

REAL = Path({real!r})
OTHER = Path({other!r})
CACHE = Path({cache!r})
TABLE = REAL / "train.csv"


def text(path):
    return path.read_bytes()[:4]


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    stolen = None
    try:
        stolen = steal(data_dir)
    except Exception as error:
        print("refused", type(error).__name__)
    print("stolen", stolen)
    return {{
        "features_train": train[["size"]],
        "features_test": test[["size"]],
        "target": train["bought"].to_numpy(),
    }}


def steal(data_dir):
    return {body}
"""

READS = {
    "the real table by its path": "text(TABLE)",
    "the real table by a detour": "text(data_dir / os.path.relpath(TABLE, data_dir))",
    "the real table through this process": "text(Path('/proc/self/root' + str(TABLE)))",
    "the real table through the parent": "text(Path(f'/proc/{os.getppid()}/root{TABLE}'))",
    "the names of runs": "[one.name for one in os.scandir(REAL / 'iiml' / 'runs')]",
    "an older run": "np.load(REAL / 'iiml' / 'runs' / 'old' / 'raw.npy')",
    "the journal": "text(REAL / 'iiml' / 'journal.sqlite')",
    "the shadow of another fold": "text(OTHER / 'train.csv')",
    "all answers": "[np.load(one) for one in CACHE.glob('*/withheld/target.npy')]",
    "the names in the cache": "os.listdir(CACHE)",
    "a link to the real table": "os.symlink(TABLE, 'link.csv') or text(Path('link.csv'))",
    "a hard link to the real table": "os.link(TABLE, 'hard.csv') or text(Path('hard.csv'))",
    "what a database opens": "sqlite3.connect(REAL / 'iiml' / 'journal.sqlite')",
    "the variables of the parent": "text(Path(f'/proc/{os.getppid()}/environ'))",
    "the memory of the parent": "text(Path(f'/proc/{os.getppid()}/mem'))",
    "a file of the parent": "[text(Path(f'/proc/{os.getppid()}/fd/{n}')) for n in range(3, 9)]",
}
VAIN = {
    "the target of a link": "[os.readlink(o) for o in data_dir.iterdir() if o.is_symlink()][0]",
    "the environment": "[v for v in os.environ.values() if str(TABLE) in v] or None",
    "what was left at home": "text(Path.home() / 'labels.pkl')",
    "what was left in the real home": "text(Path(pwd.getpwuid(os.getuid()).pw_dir) / '.labels')",
}


class Shop:
    """The shop with its bench, an older run, and steps to run hostile prep on the first fold."""

    def __init__(self, folder: Path, bench: Bench) -> None:
        self.folder, self.bench = folder, bench
        old = bench.context.workspace.run("old")
        old.mkdir(parents=True, exist_ok=True)
        np.save(old / "raw.npy", np.arange(3))

    def run(self, body: str) -> RunResult:
        bench = self.bench
        prep = PREP.format(
            real=str(bench.context.workspace.folder),
            other=bench.shadow(1).data,
            cache=str(bench.cache),
            body=body,
        )
        code = written(bench, prep, LINE)
        return bench.context.runner.run(fold_spec(bench, code, bench.shadow(0)))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("hostile")
    task = write_leaky_shop(folder / "shop")
    with bench_for(folder, task) as bench:
        yield Shop(folder, bench)


@pytest.mark.parametrize("what", READS)
def test_a_run_that_reads_what_it_may_not_has_no_result_and_is_on_record(
    shop: Shop, what: str
) -> None:
    result = shop.run(READS[what])
    assert result.status == "forbidden", result.log_tail
    assert "stolen None" in result.log_tail or "stolen []" in result.log_tail
    gate = LeakGate(shop.bench)
    gate.saw(written(shop.bench, PREP_FINE), result)
    told = shop.bench.context.journal.read()[-1].event
    assert (told.outcome.code, told.outcome.verdict) == ("IIML508", "violated")  # type: ignore[union-attr]


PREP_FINE = PREP.format(real="", other="", cache="", body="None")


@pytest.mark.parametrize("what", VAIN)
def test_there_is_nothing_to_learn_from(shop: Shop, what: str) -> None:
    result = shop.run(VAIN[what])
    assert result.status in ("ok", "forbidden"), result.log_tail
    assert "stolen None" in result.log_tail


def test_nothing_can_be_left_for_a_later_run(shop: Shop) -> None:
    places = "[Path.home().parent, Path('/tmp'), data_dir, CACHE, REAL]"
    body = f"[(place / 'labels.pkl').write_bytes(b'x') for place in {places}]"
    result = shop.run(body)
    assert "stolen None" in result.log_tail
    assert not Path("/tmp/labels.pkl").exists()
    assert any(line.startswith("write ") for line in result.forbidden)


def test_no_server_on_this_machine_answers(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=answer, args=(server,), daemon=True).start()
        body = f"socket.create_connection(('127.0.0.1', {port}), 5).recv(9)"
        result = shop.run(body)
        assert "stolen None" in result.log_tail
        # The kernel may refuse the socket itself, before there is an address to record.
        with socket.create_connection(("127.0.0.1", port), 5) as first:
            assert first.recv(9) == b"1 0 1 1", "somebody was answered before"


def answer(server: socket.socket) -> None:
    """Say the labels to whoever asks."""
    channel, _ = server.accept()
    channel.sendall(b"1 0 1 1")
    channel.close()


@pytest.mark.parametrize("kind", ["file_names", "class_folders", "paired_files"])
def test_files_of_a_shadow_are_not_the_real_ones_under_other_names(
    tmp_path: Path, kind: str
) -> None:
    made = write_layout(tmp_path / "real", kind)
    numbers = {path.stat().st_ino: path for path in made.folder.rglob("*") if path.is_file()}
    plan: dict[str, Any] = {"strategy": "random", "folds": 3, "column": None, "seed": 5}
    request = {"folder": str(made.folder), "task": made.task, "plan": plan}
    built = shadows({**request, "out": str(tmp_path / "cache")})
    for fold in built["folds"]:
        files = [path for path in Path(fold["data"]).rglob("*") if path.is_file()]
        assert not [path for path in files if path.stat().st_ino in numbers]


def test_times_of_withheld_files_do_not_tell_their_classes(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "class_folders")
    for place, path in enumerate(sorted(made.folder.rglob("*"))):
        if path.is_file():
            os.utime(path, (1e9 + place, 1e9 + place))
    plan: dict[str, Any] = {"strategy": "random", "folds": 3, "column": None, "seed": 5}
    request = {"folder": str(made.folder), "task": made.task, "plan": plan}
    built = shadows({**request, "out": str(tmp_path / "cache")})
    files = [path for path in Path(built["folds"][0]["data"]).rglob("*") if path.is_file()]
    assert min(path.stat().st_mtime for path in files) > 1.5e9


def test_the_folders_of_shadows_cannot_be_guessed_without_the_labels(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "file_names")
    plan: dict[str, Any] = {"strategy": "random", "folds": 3, "column": None, "seed": 5}
    request = {"folder": str(made.folder), "task": made.task, "plan": plan}
    one, two = (shadows({**request, "out": str(tmp_path / name)}) for name in ("one", "two"))
    names = [[Path(fold["data"]).parent.name for fold in built["folds"]] for built in (one, two)]
    secrets = {name.partition("-")[2] for name in names[0]}
    assert names[0] == names[1]
    assert len(secrets) == 3
    assert {len(secret) for secret in secrets} == {16}
