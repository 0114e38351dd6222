"""Folders as people have them: odd names, long paths, nothing to write in, files held open."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from competitions import write_competition
from processes import script, spec_for, start_python

from iiml_codegen import files
from iiml_codegen.cli import main
from iiml_codegen.errors import CompetitionError, WorkerError
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.trouble import explained
from iiml_codegen.files import FileHeldError, StorageError, write_atomically
from iiml_codegen.workspace import Workspace

NAMES = {
    "spaces and quotes": 'it\'s "my"  first try',
    "signs": "50% off #1 & more; $HOME [x] {y} (z) a=b,c!",
    "letters": "Größe Cafe\u0301 数据 🚲",
    "reserved": "con.aux nul",
    "dashes": "--json",
    "long": "/".join(["a folder with a long name " + "x" * 34] * 4),
}
SHORTLY = ("--candidates", "2", "--folds", "2", "--tracks", "traditional", "--no-tuning")
GUARDED = """
import sys
from pathlib import Path
print(Path(sys.argv[1], "train.csv").read_text("utf-8"))
Path("made here.txt").write_text("grün", "utf-8")
print(open("made here.txt").read())
try:
    Path(SECRET).read_text("utf-8")
except PermissionError:
    print("refused")
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_guarded_run_works_in_a_folder_with_an_odd_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / NAMES[name]
    workspace = Workspace(make(folder, "the rows")).create()
    secret = make(workspace.candidates / "other", "the labels") / "train.csv"
    text = f"SECRET = {str(secret)!r}\n{GUARDED}"
    spec = spec_for(
        script(workspace.candidate("01-a") / "pipeline.py", text),
        workspace.runs,
        arguments=(str(make(tmp_path / "shadow", "rows")),),
        refused_reads=workspace.private(),
    )
    result = Runner().run(spec)
    assert result.log_tail == "rows\ngrün\nrefused\n", result
    assert result.forbidden == (f"read {secret}",)


def make(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.csv").write_text(text, "utf-8")
    return folder


def test_a_folder_with_an_odd_name_is_solved_by_a_relative_path(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1's Cafe\u0301 数据" / NAMES["long"]
    write_competition(folder, "binary", rows=200)
    link = tmp_path / "link"
    os.symlink(folder, link)
    done = iiml("solve", "link/", *SHORTLY, cwd=tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert len(str(folder)) > 200
    assert (folder / "submission.csv").exists()
    assert "<h1" in (folder / "iiml" / "report.html").read_text("utf-8")


def iiml(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "iiml_codegen.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], None]]:
    """Make a folder unwritable: by its mode, and where that stops nobody (root) by a mount."""
    mounted: list[Path] = []
    closed: list[Path] = []

    def close(folder: Path) -> None:
        closed.append(folder)
        folder.chmod(0o555)
        if not writable(folder):
            return
        binds = [["mount", "--bind", folder, folder], ["mount", "-o", "remount,ro,bind", folder]]
        if any(subprocess.run(command, capture_output=True).returncode for command in binds):
            pytest.skip("this user can write everywhere and mount nothing")
        mounted.append(folder)

    yield close
    for folder in mounted:
        subprocess.run(["umount", folder], check=True)
    for folder in closed:
        folder.chmod(0o755)


def writable(folder: Path) -> bool:
    try:
        (folder / "probe").touch()
    except OSError:
        return False
    (folder / "probe").unlink()
    return True


def test_data_that_cannot_be_written_are_solved_with_a_work_folder(
    tmp_path: Path, read_only: Callable[[Path], None]
) -> None:
    data, work = tmp_path / "data", tmp_path / "work" / "new"
    competition = write_competition(data, "binary", rows=200)
    before = sorted(path.name for path in data.iterdir())
    read_only(data)
    refused = iiml("solve", data)
    assert refused.returncode == CompetitionError.exit_code
    assert refused.stderr.startswith(f"iiml: {data} cannot be written: ")
    assert "--work DIR" in refused.stderr
    done = iiml("solve", data, "--work", work, *SHORTLY)
    assert done.returncode == 0, done.stderr + done.stdout
    assert f"Submission: {work / 'submission.csv'}" in done.stdout
    assert len(pd.read_csv(work / "submission.csv")) == len(competition.answers)
    assert sorted(path.name for path in data.iterdir()) == before
    assert iiml("report", data, "--work", work).stdout.strip() == f"{work}/iiml/report.html"
    assert iiml("verify", data, "--work", work).returncode == 0
    again = iiml("resume", data, "--work", work, "--budget", "10s")
    assert again.returncode == 0, again.stderr + again.stdout
    best = work / "iiml" / "best.py"
    run = iiml("run", best, "--data-dir", data, "--work", work, "--out", work / "again.csv")
    assert run.returncode == 0, run.stderr + run.stdout
    assert (work / "again.csv").exists()


def test_a_run_sees_neither_data_nor_other_runs_of_a_work_folder(tmp_path: Path) -> None:
    data, work = make(tmp_path / "data", "labels"), tmp_path / "work"
    work.mkdir()
    workspace = Workspace(data, work).create()
    for place in (data / "train.csv", workspace.runs / "other" / "raw.npy"):
        place.parent.mkdir(exist_ok=True)
        place.write_text("secret", "utf-8")
        path = script(tmp_path / "scripts" / f"{place.stem}.py", f"print(open({str(place)!r}))")
        spec = spec_for(path, workspace.runs, refused_reads=workspace.private())
        assert Runner().run(spec).status == "forbidden"


def test_a_work_folder_inside_the_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(CompetitionError, match="would be taken for data"):
        Workspace(tmp_path, tmp_path / "out")
    assert Workspace(tmp_path, tmp_path).home == tmp_path.resolve() / "iiml"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Another user asks, as root reads everything; a file of that user may be closed to itself."""
    folder = make(tmp_path, "rows")
    text = """
    import os, sys
    from pathlib import Path
    from iiml_codegen.execution.trouble import unreadable
    folder = Path(sys.argv[1])
    (folder / "train.csv").chmod(0)
    os.chdir(folder)
    if os.getuid() == 0:
        os.chown(".", 65534, 65534)
        os.setuid(65534)
    print(*[f"{path}: {why}" for path, why in unreadable(Path("."))], sep="\\n")
    """
    said, _ = start_python(text, folder).communicate()
    assert said == "train.csv: Permission denied\n"


def test_a_defect_of_the_worker_stays_one_where_all_can_be_read(tmp_path: Path) -> None:
    workspace = Workspace(make(tmp_path, "rows")).create()
    defect = WorkerError("a bug")
    assert explained(defect, workspace) is defect
    assert explained(OSError("odd"), workspace) is None


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from iiml_codegen.errors import IimlError
from iiml_codegen.workspace import Workspace
workspace = Workspace(Path(sys.argv[1])).create()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
try:
    workspace.replace_submission(Path(sys.argv[2]))
except IimlError as error:
    print(type(error).__name__, error.exit_code, error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX's")
def test_a_disk_that_takes_no_more_is_said_and_the_old_submission_stays(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "folder" if make(tmp_path / "folder", "") else tmp_path)
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_bytes(b"old\n")
    large.write_bytes(b"new\n" * 5_000)
    workspace.create().replace_submission(small)
    said, _ = start_python(FULL_DISK, workspace.folder, large).communicate()
    assert said.startswith(f"StorageError {StorageError.exit_code} make room")
    assert workspace.submission.read_bytes() == b"old\n"
    assert [path.name for path in workspace.folder.glob("*submission*")] == ["submission.csv"]


FULL_JOURNAL = """
import resource, sys
from iiml_codegen.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(["solve", sys.argv[2], "--budget", "60s", "--tracks", "traditional"]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX's")
@pytest.mark.parametrize("limit", [5_000, 12_288], ids=["here", "in the solver"])
def test_a_journal_that_cannot_grow_ends_in_one_message(limit: int, tmp_path: Path) -> None:
    write_competition(tmp_path / "data", "binary", rows=100)
    command = [sys.executable, "-c", FULL_JOURNAL, str(limit), str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == StorageError.exit_code, done.stdout
    assert done.stderr.startswith("iiml: ")
    assert "Traceback" not in done.stderr


class Held:
    """`os.replace` of Windows: refused so many times where another program holds the target."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, target: Path, times: int) -> None:
        self.target, self.left, self._replace = target, times, os.replace
        monkeypatch.setattr(os, "replace", self)
        monkeypatch.setattr(files, "PAUSES", (0.0, 0.0, 0.0))

    def __call__(self, source: Path, target: Path) -> None:
        if self.left and self.target in (source, target):
            self.left -= 1
            raise PermissionError(13, "The process cannot access the file", str(target))
        self._replace(source, target)


def test_a_file_that_is_let_go_soon_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    Held(monkeypatch, path, times=2)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_file_that_stays_held_is_named_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    Held(monkeypatch, path, times=100)
    with pytest.raises(FileHeldError, match="file cannot be replaced") as caught:
        write_atomically(path, b"new")
    assert "close the program" in caught.value.hint
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("before", [b"by hand\n", b"first\n"], ids=["foreign", "ours"])
def test_a_submission_open_in_a_spreadsheet_is_left_and_the_new_one_put_beside(
    before: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(make(tmp_path / "folder", "")).create()
    sources = [tmp_path / f"{name}.csv" for name in ("first", "second", "third")]
    for source in sources:
        source.write_text(f"{source.stem}\n", "utf-8")
    workspace.replace_submission(sources[0])
    workspace.submission.write_bytes(before)
    held = Held(monkeypatch, workspace.submission, times=100)
    for source in sources[1:]:
        submitted = workspace.replace_submission(source)
        assert submitted.path.name == "submission.iiml-1.csv"
        assert submitted.path.read_bytes() == source.read_bytes()
    assert workspace.submission.read_bytes() == before
    held.left = 0
    submitted = workspace.replace_submission(sources[2])
    assert submitted.path == workspace.submission
    assert workspace.submission.read_bytes() == b"third\n"
    assert not list(workspace.folder.glob("submission.iiml-*"))


def test_names_that_are_no_unicode_are_refused_with_a_way_out(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    done = iiml("solve", folder)
    assert done.returncode == CompetitionError.exit_code
    assert "is not valid Unicode" in done.stderr


def test_letters_that_a_console_does_not_know_are_escaped(tmp_path: Path) -> None:
    folder = make(tmp_path / "数据", "")
    command = [sys.executable, "-m", "iiml_codegen.cli", "report", str(folder), "--json"]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252:strict"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(command[:-1], capture_output=True, env=environment)
    assert done.returncode == CompetitionError.exit_code
    assert b"\\u6570\\u636e" in done.stderr


def test_trouble_of_the_system_is_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    code = main(["solve", str(tmp_path), "--work", str(tmp_path / "file" / "work")])
    assert code == StorageError.exit_code
    assert "Not a directory" in capsys.readouterr().err


def test_two_work_folders_of_the_same_data_are_two_solves_with_one_cache(tmp_path: Path) -> None:
    data = make(tmp_path / "data", "")
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    one, two = (Workspace(data, place) for place in places)
    assert one.lock != two.lock
    assert one.cache_dir() == two.cache_dir()
