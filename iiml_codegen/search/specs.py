"""What each kind of run is given: arguments, limits, and what it may read and write."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from iiml_codegen.domain.layout import Layout
from iiml_codegen.domain.run import CHECKPOINTS, RunSpec
from iiml_codegen.execution.environment import machine_memory
from iiml_codegen.integration.module_reader import text_behind
from iiml_codegen.search.attempt import USES_CARD
from iiml_codegen.search.bench import SHARE_OF_PREP, Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.estimating import TIMES_START, start_bytes
from iiml_codegen.search.member_weights import weights_at, weights_of
from iiml_codegen.search.shadows import Shadow

MEMORY_SHARE = 0.8
CARD_HOST_BYTES = 16 * 2**30
"""Memory of the machine, not of the card, that a run on one may take: its libraries take much."""


def run_id(code: CandidateCode, what: str) -> str:
    """A name for a run that says what it is; another text of the code gives another name."""
    return f"{code.id}-{what.replace(' ', '-')}-{code.text}"


def text_of(run: str) -> str:
    """Which text of the code a run was made with, by its name."""
    return run.rpartition("-")[2]


def short_hash(*parts: str) -> str:
    """A name for what was made from these texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def memory_limit(bench: Bench) -> int:
    """The share of each of the runs that go on at once, in bytes."""
    if bench.run_bytes is not None:
        return bench.run_bytes
    return int(machine_memory() * MEMORY_SHARE / bench.slots)


def room_for(bench: Bench, code: CandidateCode) -> int:
    """What a run of a candidate may use, in bytes: its share, and no less than libraries need."""
    if bench.run_bytes is not None:
        return bench.run_bytes
    room = max(memory_limit(bench), TIMES_START * start_bytes(code.model))
    on_card = bench.context.card_bytes and USES_CARD.search(code.model)
    return max(room, CARD_HOST_BYTES) if on_card else room


def extracted_file(bench: Bench, code: CandidateCode) -> Path:
    """Where `extract` of this prep leaves its result, for all rows."""
    key = short_hash(code.prep, bench.shadows.view, bench.shadows.target, bench.python)
    return bench.cache / "extracted" / f"{key}.pkl"


def encoded_file(bench: Bench, code: CandidateCode) -> Path:
    """Where `encode` of this model leaves its result for all rows.

    Another text of prep or model has another file only if it gives `encode` another input, or
    changes what `encode` uses; so have other weights at the same place.
    """
    key = short_hash(
        text_behind(code.prep, "extract"),
        text_behind(code.model, "encode"),
        code.encoded_view(),
        *weights_at(code.member, bench.context.interpreter),
        bench.shadows.view,
        bench.shadows.target,
        bench.python,
    )
    return bench.cache / "encoded" / key


def encoded_arguments(bench: Bench, code: CandidateCode) -> tuple[str, ...]:
    """The flag that hands encoded rows over; nothing for a model without `encode`."""
    if not code.encodes():
        return ()
    return ("--encoded", f"{code.member.name}={encoded_file(bench, code)}")


def prepared_file(bench: Bench, code: CandidateCode, shadow: Shadow) -> Path:
    """Where `prepare` of this prep leaves its outputs for one shadow.

    Each shadow has a folder of its own: outputs for another one hold labels withheld here.
    """
    own = short_hash(shadow.data, bench.python)
    return bench.cache / "prepared" / own / f"{short_hash(code.prep)}.pkl"


def media_folders(layout: Layout, view: str) -> tuple[str, ...]:
    """The folders of the view, in which no label is left, that paths from `extract` lead into."""
    files = (layout.train_files, layout.test_files)
    patterns = [pattern for media in layout.media for pattern in layout.places_of(media)]
    whole = [side.folder for side in files if side and "{}" in patterns]
    begun = [p.partition("{}")[0] + "x" for p in patterns if p != "{}" or not whole]
    found = {*whole, *(str(PurePosixPath(place).parent) for place in begun)}
    return tuple(sorted(str(Path(view) / folder) for folder in found))


def data_arguments(bench: Bench, code: CandidateCode, shadow: Shadow) -> tuple[str, ...]:
    """The flags that hand a shadow over, with what was extracted and prepared before."""
    extracted: tuple[str, ...] = ()
    if code.extracts():
        extracted = ("--extracted", str(extracted_file(bench, code)), "--rows", shadow.rows)
    prepared = ("--prepared", str(prepared_file(bench, code, shadow)))
    encoded = encoded_arguments(bench, code)
    return ("--data-dir", shadow.data, *extracted, *prepared, *encoded)


def shadow_spec(
    bench: Bench,
    code: CandidateCode,
    shadow: Shadow,
    what: str,
    arguments: tuple[str, ...],
    seconds: float,
) -> RunSpec:
    """A run inside a shadow: the real folder and everything else in the cache are refused."""
    context = bench.context
    name = run_id(code, what)
    folders = {extracted_file(bench, code).parent, prepared_file(bench, code, shadow).parent}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return RunSpec(
        id=name,
        script=str(code.pipeline_file()),
        folder=str(context.workspace.run(name)),
        interpreter=str(context.interpreter),
        purpose=what,
        arguments=arguments,
        candidate=code.id,
        fold=shadow.fold,
        wall_seconds=seconds,
        memory_bytes=room_for(bench, code),
        refused_reads=context.workspace.private(),
        allowed_reads=(
            *(str(code.folder), str(shadow.folder()), str(extracted_file(bench, code))),
            *((str(encoded_file(bench, code)),) if code.encodes() else ()),
            *media_folders(bench.task.layout, bench.shadows.view),
            *weights_of(code.member),
        ),
        writable=(str(prepared_file(bench, code, shadow).parent),),
    )


def fold_spec(bench: Bench, code: CandidateCode, shadow: Shadow) -> RunSpec:
    """Fit without the fold's labels, predict the fold's rows."""
    what = f"fold {shadow.fold}"
    folder = bench.context.workspace.run(run_id(code, what))
    arguments = (
        *data_arguments(bench, code, shadow),
        *("--valid", shadow.valid, "--seed", str(bench.context.options.seed), "--threads", "1"),
        *("--raw", str(folder / "raw.npy"), "--report", str(folder / "report.json")),
        *(("--checkpoints", str(folder / CHECKPOINTS)) if code.goes_on() else ()),
    )
    return shadow_spec(bench, code, shadow, what, arguments, bench.wall_limit())


def prepare_spec(bench: Bench, code: CandidateCode, shadow: Shadow) -> RunSpec:
    """Only prepare one shadow, so that the contract can be checked on what comes out."""
    arguments = (*data_arguments(bench, code, shadow), "--only", "prepare")
    seconds = bench.wall_limit(SHARE_OF_PREP)
    return shadow_spec(bench, code, shadow, f"prepare {shadow.fold}", arguments, seconds)


def extract_spec(bench: Bench, code: CandidateCode) -> RunSpec:
    """Extract once from the view, in which no label is left."""
    context = bench.context
    out = extracted_file(bench, code)
    out.parent.mkdir(parents=True, exist_ok=True)
    name = run_id(code, "extract")
    view = bench.shadows.view
    return RunSpec(
        id=name,
        script=str(code.pipeline_file()),
        folder=str(context.workspace.run(name)),
        interpreter=str(context.interpreter),
        purpose="extract",
        arguments=("--data-dir", view, "--only", "extract", "--extracted", str(out)),
        candidate=code.id,
        wall_seconds=bench.wall_limit(SHARE_OF_PREP),
        memory_bytes=memory_limit(bench) * bench.slots,
        refused_reads=context.workspace.private(),
        allowed_reads=(str(code.folder), view),
        writable=(str(out.parent),),
    )


def encode_spec(bench: Bench, code: CandidateCode) -> RunSpec:
    """Encode once what `extract` gave for the view, in which no label is left."""
    context, out, extracted = bench.context, encoded_file(bench, code), extracted_file(bench, code)
    out.parent.mkdir(parents=True, exist_ok=True)
    name, view = run_id(code, "encode"), bench.shadows.view
    return RunSpec(
        id=name,
        script=str(code.pipeline_file()),
        folder=str(context.workspace.run(name)),
        interpreter=str(context.interpreter),
        purpose="encode",
        arguments=(
            *("--data-dir", view, "--only", "encode", "--extracted", str(extracted)),
            *encoded_arguments(bench, code),
        ),
        candidate=code.id,
        wall_seconds=bench.wall_limit(SHARE_OF_PREP),
        memory_bytes=max(room_for(bench, code), memory_limit(bench) * bench.slots),
        refused_reads=context.workspace.private(),
        allowed_reads=(str(code.folder), view, str(extracted), *weights_of(code.member)),
        writable=(str(out.parent),),
    )


def refit_spec(
    bench: Bench,
    script: Path,
    name: str,
    code: CandidateCode,
    seconds: float,
    members: Sequence[CandidateCode] = (),
) -> RunSpec:
    """Run a finished pipeline on the real folder, as a person would run it alone.

    What `extract` gave for the view serves again: it is the same for the real folder, as no label
    enters it, and a person's run without it gives the same bytes. So does what `members` encoded.
    Rows that are files stand in another order there.
    """
    extracted = extracted_file(bench, code)
    shared: tuple[str, ...] = ("--extracted", str(extracted)) if extracted.exists() else ()
    encoded = [encoded_arguments(bench, member) for member in members or (code,)]
    shared = (*shared, *(argument for arguments in encoded for argument in arguments))
    if shared and bench.shadows.real_rows:
        shared = (*shared, "--rows", bench.shadows.real_rows)
    context = bench.context
    folder = context.workspace.run(name)
    return RunSpec(
        id=name,
        script=str(script),
        folder=str(folder),
        interpreter=str(context.interpreter),
        purpose="refit on all rows",
        arguments=(
            *("--data-dir", str(context.workspace.folder), "--out", str(folder / "submission.csv")),
            *("--report", str(folder / "report.json")),
            *shared,
        ),
        candidate=name,
        threads=bench.slots,
        wall_seconds=seconds,
        memory_bytes=memory_limit(bench) * bench.slots,
    )
