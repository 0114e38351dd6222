"""Pretrained model retriever, answered by the expert: weights that fit the data and the machine.

First what is here (packages that carry weights, folders that the user names, the hub's cache), then
what the hub lists, if the run may go online. Licences are open ones; non-commercial never.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from iiml_codegen.domain.wire import Frozen, from_plain
from iiml_codegen.execution.accelerator import Accelerator
from iiml_codegen.execution.environment import available_memory
from iiml_codegen.implementation.recipes import template_text

Modality = Literal["text", "image", "audio", "series", "table"]
Place = Literal["package", "folder", "cache", "hub"]
PLACES: tuple[Place, ...] = ("package", "folder", "cache", "hub")
OPEN = frozenset(
    {
        *("apache-2.0", "mit", "isc", "zlib", "unlicense", "wtfpl", "bsl-1.0", "mpl-2.0"),
        *("bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "afl-3.0", "ecl-2.0"),
        *("cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0"),
        *("cc-by-sa-3.0", "cc-by-sa-4.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "pddl"),
    }
)
"""Licences, as the hub spells them, under which weights may be used for anything."""
NEVER = re.compile(r"(^|[-_ ])nc([-_ ]|$)|non-?commercial", re.IGNORECASE)
TRAINING, PREDICTING = 4.5, 1.3
"""Memory that a model takes, in sizes of its weights: gradients and Adam's moments add up."""
USABLE = 0.7
"""Of the memory at hand; activations and data need some, too."""
SLOW_ON_CPU = 500_000_000
"""Bytes of weights beyond which a CPU gets nowhere within a solve."""
WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True)
class Checkpoint:
    """Weights that can be loaded. `path` is the file or folder where they are, None on the hub.

    `revision` is a package's version or a commit, "" where there is none; `bytes` of weights.
    `why` says what speaks for it. A `frozen` one gives features and cannot be fine-tuned.
    """

    name: str
    source: Place
    revision: str
    bytes: int
    licence: str
    modality: Modality
    why: str
    path: Path | None = None
    frozen: bool = False


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `memory` in bytes, 0 for unknown; `words` describe the data.

    `interpreter` is the Python whose packages count (ours unless given), `cache` the hub's cache
    folder (its usual place unless given), `folders` are those that the user's configuration names.
    """

    modality: Modality
    memory: int = 0
    words: str = ""
    training: bool = True
    on_cpu: bool = True
    online: bool = False
    folders: tuple[Path, ...] = ()
    interpreter: Path | None = None
    cache: Path | None = None
    seconds: float = 20.0
    limit: int = 8


@dataclass(frozen=True)
class Found:
    """Checkpoints, the best first, and what stood in the way of finding more."""

    checkpoints: tuple[Checkpoint, ...] = ()
    troubles: tuple[str, ...] = ()


class WeightPackage(Frozen):
    """A package of the index that carries weights.

    `reads` is the network recipe for them, "" where there is none; `seconds` are those of one core
    for one item, 0 where they follow from the size.
    """

    package: str
    module: str
    weights: str
    modality: Modality
    licence: str
    title: str
    frozen: bool = False
    reads: str = ""
    seconds: float = 0.0


class KnownNames(Frozen):
    """Repositories of the hub that are known to be good, with their licence."""

    modality: Modality
    licence: str
    names: tuple[str, ...]


class FetchedNames(Frozen):
    """Repositories of the hub whose features serve frozen, the better first."""

    modality: Modality
    names: tuple[str, ...]


def find_checkpoints(wanted: Wanted, token: str = "") -> Found:
    """Checkpoints for a modality that fit the memory and may be used; never raises for one place.

    What is here comes before what must be fetched. The token opens the user's own repositories.
    """
    from iiml_codegen.planning.hub_checkpoints import listed_on_hub
    from iiml_codegen.planning.local_checkpoints import in_cache, in_folders, in_packages
    from iiml_codegen.planning.tabular_checkpoints import tabular_files

    checkpoints: list[Checkpoint] = []
    troubles: list[str] = []
    for look in (in_packages, in_folders, in_cache, tabular_files):
        found = look(wanted)
        checkpoints += found.checkpoints
        troubles += found.troubles
    if wanted.online:
        found = listed_on_hub(wanted, token)
        checkpoints += found.checkpoints
        troubles += found.troubles
    return Found(best_of(checkpoints, wanted), tuple(troubles))


def best_of(checkpoints: Iterable[Checkpoint], wanted: Wanted) -> tuple[Checkpoint, ...]:
    """Those that fit, each once, nearest place first; within a place known ones, then by words."""
    names = known_names(wanted.modality)
    words = frozenset(WORD.findall(wanted.words.lower()))
    seen: dict[str, Checkpoint] = {}
    fitting = [c for c in checkpoints if c.modality == wanted.modality and fits(c, wanted)]
    ranked = sorted(
        enumerate(fitting),
        key=lambda one: (PLACES.index(one[1].source), *_rank(one[1], words, names), one[0]),
    )
    for _, checkpoint in ranked:
        seen.setdefault(checkpoint.name.lower(), checkpoint)
    return tuple(seen.values())[: wanted.limit]


def _rank(
    checkpoint: Checkpoint, words: frozenset[str], names: Sequence[str]
) -> tuple[bool, int, int]:
    about = frozenset(WORD.findall(f"{checkpoint.name} {checkpoint.why}".lower()))
    known = names.index(checkpoint.name) if checkpoint.name in names else len(names)
    return (checkpoint.frozen, -len(about & words), known)


def fits(checkpoint: Checkpoint, wanted: Wanted) -> bool:
    """Whether it can be held and used in the memory at hand, and does not take for ever."""
    if wanted.on_cpu and checkpoint.bytes > SLOW_ON_CPU:
        return False
    trained = wanted.training and not checkpoint.frozen
    needed = checkpoint.bytes * (TRAINING if trained else PREDICTING)
    return not wanted.memory or needed <= USABLE * wanted.memory


def may_be_used(licence: str) -> bool:
    """Whether a licence is an open one."""
    return licence.strip().lower() in OPEN and not NEVER.search(licence)


def is_refused(licence: str) -> bool:
    """Whether a licence forbids use for money, which rules it out wherever it lies."""
    return bool(NEVER.search(licence))


def memory_at_hand(accelerator: Accelerator) -> int:
    """Free bytes of the card; where there is none, of the machine or its container."""
    gpu = accelerator.gpu
    if gpu is not None and (gpu.free or gpu.memory):
        return gpu.free or gpu.memory
    return available_memory()


@cache
def weight_packages() -> tuple[WeightPackage, ...]:
    """The packages that are known to carry weights."""
    return tuple(from_plain(entry, WeightPackage) for entry in _catalogue("package"))


@cache
def known_licences() -> dict[str, tuple[str, Modality]]:
    """Licence and modality of well-known repositories, by their name in lower case."""
    groups = [from_plain(entry, KnownNames) for entry in _catalogue("known")]
    return {name.lower(): (g.licence, g.modality) for g in groups for name in g.names}


@cache
def known_names(modality: Modality) -> tuple[str, ...]:
    """Well-known repositories of a modality, the better first."""
    groups = [from_plain(entry, KnownNames) for entry in _catalogue("known")]
    return tuple(name for g in groups if g.modality == modality for name in g.names)


@cache
def fetched_names(modality: Modality) -> tuple[str, ...]:
    """Repositories to fetch for a modality, the better first."""
    groups = [from_plain(entry, FetchedNames) for entry in _catalogue("fetch")]
    return tuple(name for g in groups if g.modality == modality for name in g.names)


def _catalogue(table: str) -> list[Any]:
    content: dict[str, list[Any]] = tomllib.loads(template_text("knowledge", "checkpoints.toml"))
    return content.get(table, [])


def size_words(count: int) -> str:
    """`91 MB`, `1.2 GB`."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
