"""Solves competitions with the expert alone and with a language model beside it, and compares.

    python benchmarks/backbones.py floor FOLDER... --server PYTHON --weights FILE [--budget 2m]
    python benchmarks/backbones.py hostile FOLDER... [--budget 1m]
    python benchmarks/backbones.py tokens FOLDER...

A FOLDER holds `public/` and `private/`, as for `benchmarks/competitions.py`. `floor` starts
llama.cpp's OpenAI-compatible server (the package `llama-cpp-python[server]` of the interpreter
PYTHON, which need not be iiML's) with the weights, solves each folder twice with the same budget
and seed, and grades both. `hostile` does the same with servers that answer random bytes and the
protocol of years ago, and the key that they were given. `tokens` plays a model that answers the
same to all, and counts what planning, first code of three tracks and two repairs take. The exit
status is 1 if a submission is missing or invalid, the own score worse than the expert's, or more
tokens than the limit were counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
from backbone_counts import Counts, counts_of
from competitions import find_grader, from_journal, grade
from plain_model import TRACKS, plain
from processes.hostile_models import nonsense, telling
from processes.scripted_model import CHARACTERS_PER_TOKEN, ScriptedModel

from iiml_codegen.workspace import Workspace

KEY = "sk-benchmark-0123456789abcdef"
STARTING_SECONDS = 120.0
LOWEST = 19
"""The priority of a model on the same cores: what it takes, the solve would not have used."""
CLI = (sys.executable, "-I", "-m", "iiml_codegen.cli")
TIE = 1e-9
MOST_TOKENS = 60_000
PLANNING = (
    "task_analyzer",
    "profiling_agent",
    "knowledge_retriever",
    "pretrained_model_retriever",
    "custom_architecture_retriever",
    "guideline_agent",
)
COUNTED: tuple[tuple[tuple[str, ...], int], ...] = (
    (PLANNING, 9),
    (("preprocessing_coder", "modeling_coder"), 9),
    (("error_analyzer", "debugging_agent"), 2),
)
"""Agents of each part, and how many calls of each count."""


class Solved(msgspec.Struct, frozen=True, kw_only=True):
    """One solve, graded; `counts` say what was asked."""

    valid: bool
    score: float | None
    out_of_fold: float | None
    greater_is_better: bool
    seconds: float
    problem: str
    counts: Counts


@contextmanager
def llama(python: Path, weights: Path, port: int) -> Iterator[str]:
    """llama.cpp's server on loopback, at the lowest priority; gives its base URL."""
    command = [
        *(str(python), "-m", "llama_cpp.server", "--model", str(weights)),
        *(
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--n_ctx",
            "8192",
            "--n_threads",
            "1",
            "--n_threads_batch",
            "1",
        ),
    ]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        give_way(server.pid)
        try:
            url = f"http://127.0.0.1:{port}/v1"
            wait_for(f"{url}/models", server)
            yield url
        finally:
            server.terminate()
            server.wait()


def give_way(process: int) -> None:
    """Let a process have what others leave; Linux may share out by sessions first."""
    psutil.Process(process).nice(LOWEST)
    session = Path(f"/proc/{process}/autogroup")
    if session.exists():
        session.write_text(str(LOWEST))


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the address answers; raises SystemExit if it never does."""
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the model's server did not start")


def solve(folder: Path, flags: list[str], work: Path, grader: Path) -> Solved:
    """Solve a copy of `public/` in `work`, and grade it."""
    copy, cache = work / folder.name, work / "cache"
    shutil.copytree(folder / "public", copy)
    cache.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"IIML_CACHE_DIR": str(cache), "OPENAI_API_KEY": KEY}
    done = subprocess.run(
        [*CLI, "solve", str(copy), "--json", *flags],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=cache,
    )
    problem = "" if done.returncode == 0 else f"exit code {done.returncode}: {done.stderr[-200:]}"
    workspace = Workspace(copy)
    graded = grade(grader, folder, workspace.submission) if workspace.submission.exists() else {}
    _, own, _, seconds = from_journal(workspace)
    score = graded.get("score")
    return Solved(
        valid=bool(graded.get("valid")),
        score=float(score) if isinstance(score, float | int) else None,
        out_of_fold=own.value if own else None,
        greater_is_better=bool(graded.get("higher_is_better")),
        seconds=seconds or 0.0,
        problem=problem or str(graded.get("reason") or ""),
        counts=counts_of(workspace),
    )


def worse(found: Solved, expert: Solved) -> bool:
    """Whether the own score of a solve is worse than the expert's: what a floor forbids."""
    if found.out_of_fold is None or expert.out_of_fold is None:
        return expert.out_of_fold is not None
    gain = found.out_of_fold - expert.out_of_fold
    return (gain if found.greater_is_better else -gain) < -TIE


def pair(
    folder: Path, grader: Path, budget: str, backbone: list[str], keep: Path | None
) -> tuple[Solved, Solved]:
    """The same competition with the expert alone, and with a backbone beside it."""
    results = []
    for name, flags in (("expert", []), ("backbone", backbone)):
        with tempfile.TemporaryDirectory(prefix="iiml-bench-") as work:
            results.append(solve(folder, ["--budget", budget, *flags], Path(work), grader))
            if keep:
                kept = keep / f"{folder.name}-{name}"
                shutil.copytree(Path(work) / folder.name, kept, dirs_exist_ok=True)
    return results[0], results[1]


def figure(value: float | None) -> str:
    """A score as the table shows it."""
    return "" if value is None else f"{value:.4f}"


def heading() -> None:
    """The table's head, in the form of docs/benchmarks.md."""
    names = (
        "competition",
        "graded: expert",
        "backbone",
        "own: expert",
        "backbone",
        "valid",
        "calls",
        "tokens in / out",
        "candidates tried (scored)",
        "ideas",
        "seconds",
        "accepted / rejected / failed by agent",
    )
    print("| " + " | ".join(names) + " |\n" + "| --- " * len(names) + "|", flush=True)


def row(name: str, expert: Solved, found: Solved) -> None:
    """One line of the table."""
    counts = found.counts
    cells = (
        name,
        figure(expert.score),
        figure(found.score),
        figure(expert.out_of_fold),
        figure(found.out_of_fold),
        "yes" if found.valid else f"no: {found.problem}",
        str(counts.calls),
        f"{counts.input_tokens} / {counts.output_tokens}",
        f"{counts.tried} ({counts.scored})",
        str(counts.ideas),
        f"{expert.seconds:.0f}, {found.seconds:.0f}",
        counts.said(),
    )
    print("| " + " | ".join(cells) + " |", flush=True)


def configured(url: str, model: str) -> Path:
    """A user configuration with the server as `local`; it computes one answer at a time."""
    path = Path(tempfile.mkdtemp(prefix="iiml-bench-")) / "config.toml"
    path.write_text(
        f'[backbones.local]\nprovider = "openai"\nbase_url = "{url}"\nmodel = "{model}"\n'
        "parallel = 1\n\n[knowledge]\nlearn = false\n",
        encoding="utf-8",
    )
    return path


def floor(options: argparse.Namespace) -> bool:
    """A real small model as the only backbone; whether the floor held everywhere."""
    held = True
    heading()
    with llama(options.server, options.weights, options.port) as url:
        flags = ["--backbone", "local"]
        os.environ["IIML_CONFIG"] = str(configured(url, options.weights.name))
        for folder in options.folders:
            grader = find_grader(folder, options.grader)
            expert, found = pair(folder, grader, options.budget, flags, options.keep)
            row(folder.name, expert, found)
            held &= found.valid and not worse(found, expert) and found.counts.calls > 0
    return held


def hostile(options: argparse.Namespace) -> bool:
    """Servers that answer what is no answer, or the key that they were given."""
    held = True
    heading()
    for folder in options.folders:
        grader = find_grader(folder, options.grader)
        for answering in (nonsense, telling(plain)):
            with ScriptedModel(answering) as model:
                flags = ["--backbone", "openai", "--base-url", model.url, "--model", "hostile"]
                expert, found = pair(folder, grader, options.budget, flags, options.keep)
            row(f"{folder.name}, {answering.__name__}", expert, found)
            held &= found.valid and not worse(found, expert) and found.counts.calls > 0
    return held


def tokens(options: argparse.Namespace) -> bool:
    """What planning, first code of three tracks and two repairs take on the wire."""
    held = True
    print("| competition | planning | first code | two repairs | all |\n" + "| --- " * 5 + "|")
    for folder in options.folders:
        with ScriptedModel(plain) as model, tempfile.TemporaryDirectory() as work:
            flags = ["--backbone", "openai", "--base-url", model.url, "--model", "plain"]
            flags += ["--tracks", ",".join(TRACKS), "--budget", options.budget]
            solve(folder, flags, Path(work), find_grader(folder, options.grader))
            parts = [counted(model, agents, most) for agents, most in COUNTED]
        cells = [folder.name, *(str(part) for part in parts), str(sum(parts))]
        print("| " + " | ".join(cells) + " |", flush=True)
        held &= min(parts) > 0 and sum(parts) < MOST_TOKENS
    return held


def counted(model: ScriptedModel, agents: tuple[str, ...], most: int) -> int:
    """Tokens of questions and answers, by four characters each; of each agent the first calls."""
    calls = [one for one in model.asked if one.agent in agents and one.count <= most]
    return sum(one.tokens + len(str(plain(one))) // CHARACTERS_PER_TOKEN for one in calls)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("floor", "hostile", "tokens"))
    parser.add_argument("folders", type=lambda text: Path(text).resolve(), nargs="+")
    parser.add_argument("--budget", default="2m", help="for each solve (default 2m)")
    parser.add_argument("--server", type=Path, help="a Python with llama-cpp-python[server]")
    parser.add_argument("--weights", type=Path, help="a GGUF file")
    parser.add_argument("--port", type=int, default=8931)
    parser.add_argument("--grader", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the solved copies in this folder")
    options = parser.parse_args()
    if options.what == "floor" and not (options.server and options.weights):
        parser.error("floor needs --server and --weights")
    what = {"floor": floor, "hostile": hostile, "tokens": tokens}[options.what]
    return 0 if what(options) else 1


if __name__ == "__main__":
    raise SystemExit(main())
