"""Fetches pretrained weights from the hub before a run, where the user allows it.

Only well-known repositories under open licences, at the commit that the hub names first, and only
files that cannot run code when they are read. A process of its own downloads, so that it can be
ended: files that are complete by then stay in the cache, and the next fetch leaves them out. A
connection that breaks is made again for the rest of the file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.execution import boot
from iiml_codegen.execution.environment import hub_cache
from iiml_codegen.planning.checkpoints import Modality, fetched_names, may_be_used, size_words
from iiml_codegen.planning.hub_checkpoints import is_private, licence_of, said

if TYPE_CHECKING:
    from huggingface_hub import HfApi, ModelInfo

MOST_BYTES = 600_000_000
SAFE = (".json", ".txt", ".model", ".md")
"""Files of settings and tokenisers beside the weights."""
ENDING_SECONDS = 5.0
MODULE = "iiml_codegen.planning.hub_fetch"
WEIGHTS = "model.safetensors"
POOLING = "1_Pooling/config.json"


class Fetch(Frozen):
    """What is wanted: repositories, the better first, and where the hub's cache lies."""

    names: tuple[str, ...]
    cache: str
    token: str = ""
    most_bytes: int = MOST_BYTES


class Fetched(Frozen):
    """What was fetched; without a name, `troubles` say why nothing was."""

    name: str = ""
    commit: str = ""
    licence: str = ""
    bytes: int = 0
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """A repository at a commit, and those of its files that are fetched."""

    name: str
    commit: str
    licence: str
    files: tuple[str, ...]
    bytes: int


def fetch_weights(modality: Modality, seconds: float, token: str = "") -> Fetched:
    """Fetch the first well-known weights for a modality that may be used and are small enough.

    `HF_ENDPOINT` names another hub, `HF_HUB_OFFLINE` forbids it. A hub that fails is a trouble.
    """
    names = fetched_names(modality)
    if not names:
        return Fetched(troubles=(f"no repository is known for {modality}",))
    wanted = Fetch(names=names, cache=str(hub_cache()), token=token)
    try:
        return asked_apart(wanted, seconds)
    except subprocess.TimeoutExpired:
        return Fetched(troubles=(f"fetching took more than {seconds:.0f} s and was ended",))
    except (OSError, msgspec.DecodeError) as error:
        return Fetched(troubles=(f"weights were fetched in vain: {type(error).__name__}",))


def asked_apart(wanted: Fetch, seconds: float) -> Fetched:
    """Fetch in a process of its own; raises TimeoutExpired when it was ended."""
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    with subprocess.Popen(
        boot.command(MODULE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | quiet,
    ) as process:
        try:
            answer, _ = process.communicate(msgspec.json.encode(wanted), timeout=seconds)
        except subprocess.TimeoutExpired:
            process.terminate()
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return msgspec.json.decode(answer, type=Fetched)


def fetch(wanted: Fetch) -> Fetched:
    """Ask for each repository in turn and download the first that will do."""
    try:
        from huggingface_hub import HfApi, constants, hf_hub_download
    except ImportError:
        return Fetched(troubles=("huggingface_hub is not installed (pip install 'iiml[llm]')",))
    endpoint = os.environ.get("HF_ENDPOINT") or constants.ENDPOINT
    if constants.HF_HUB_OFFLINE or not is_private(endpoint):
        why = "HF_HUB_OFFLINE is set" if constants.HF_HUB_OFFLINE else "no https address"
        return Fetched(troubles=(f"the hub was not asked: {why}",))
    api = HfApi(endpoint=endpoint, token=wanted.token or False)
    troubles: list[str] = []
    for name in wanted.names:
        try:
            offer = offered(api, name, wanted.most_bytes)
            if isinstance(offer, str):
                troubles.append(offer)
                continue
            for file in offer.files:
                hf_hub_download(
                    name,
                    file,
                    revision=offer.commit,
                    cache_dir=wanted.cache,
                    endpoint=endpoint,
                    token=wanted.token or False,
                )
        except Exception as error:  # noqa: BLE001  (the boundary to a client with many errors)
            troubles.append(f"{name}: {said(error)}")
            continue
        return Fetched(
            name=name,
            commit=offer.commit,
            licence=offer.licence,
            bytes=offer.bytes,
            troubles=tuple(troubles),
        )
    return Fetched(troubles=tuple(troubles))


def offered(api: HfApi, name: str, most_bytes: int) -> Offer | str:
    """What a repository has to fetch, or why it will not do."""
    info: ModelInfo = api.model_info(name, files_metadata=True)
    licence = licence_of(info)
    if not may_be_used(licence) or info.gated or not info.sha:
        return f"{name}: its licence is {licence or 'not stated'}, or it is gated"
    sizes = {one.rfilename: one.size or 0 for one in info.siblings or ()}
    files = [file for file in sizes if is_fetched(file)]
    if WEIGHTS not in files:
        return f"{name}: it has no {WEIGHTS}"
    size = sum(sizes[file] for file in files)
    if size > most_bytes:
        return f"{name}: {size_words(size)} is more than {size_words(most_bytes)}"
    return Offer(name, info.sha, licence, tuple(sorted(files)), size)


def is_fetched(file: str) -> bool:
    """Whether a file belongs to the weights and cannot run code: no pickles, no Python."""
    return file in (WEIGHTS, POOLING) or ("/" not in file and Path(file).suffix in SAFE)


def main() -> int:
    """Fetch what stdin asks for, and answer on stdout; the client's own words go to stderr."""
    # Raised in the middle of a download, this has the client remove the part of a file that it has.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    wanted = msgspec.json.decode(sys.stdin.buffer.read(), type=Fetch)
    answer = sys.stdout.buffer
    sys.stdout = sys.stderr
    answer.write(msgspec.json.encode(fetch(wanted)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
