"""The steps for files that belong to rows: numbers of each kind that is understood, and paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from iiml_codegen.domain.layout import MediaFiles, MediaKind
from iiml_codegen.planning.plan_words import enumerated, quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

WORDS: dict[MediaKind, tuple[str, str, str]] = {
    "image": ("image", "images", "Measure size, colours, shapes and texture of the pictures"),
    "audio": ("sound", "sounds", "Measure length, loudness and pitch bands of the sounds"),
    "atoms": ("atoms", "atoms", "Measure composition, density and distances between atoms"),
    "numbers": ("record", "records", "Sum up the columns or fields of the record of each row"),
}
"""Name of the features, topic of what is known, and title of the step."""
PATH_VIEWS: dict[str, MediaKind] = {"pictures": "image", "sounds": "audio"}
"""Views of paths, and the kind of file that they lead to."""


def media_steps(request: PrepRequest) -> Iterator[Planned]:
    """One step for each kind of file that a recipe can measure; nothing where there is none."""
    for media, values in named_media(request):
        _, topic, title = WORDS[media.kind]
        measured = f"{belonging(request, media)}{sizes(request, media)}"
        yield Planned("media_numbers", title, with_fact(request, topic, measured), values)


def path_steps(request: PrepRequest, *, listed: bool) -> Iterator[Planned]:
    """One step for each view of paths that a member reads; `listed`: a step before has the files.

    Where rows have several files of a kind, their paths are joined in this order.
    """
    for view, kind in PATH_VIEWS.items():
        found = [(media, values) for media, values in named_media(request) if media.kind == kind]
        if view not in request.views or not found:
            continue
        readers = enumerated(request.readers.get(view, ()))
        why = "; ".join(belonging(request, media) for media, _ in found)
        why += f"; for {readers}, which read the files themselves" if readers else ""
        values = {"view": view, "files": [values for _, values in found], "listed": listed}
        yield Planned("media_paths", f"Find the {view} of each row", why, values)


def named_media(request: PrepRequest) -> Iterator[tuple[MediaFiles, dict[str, Any]]]:
    """Each kind of file that is understood, with what its lines of code are written from."""
    seen: Counter[MediaKind] = Counter()
    for media in request.task.layout.media:
        if media.kind not in WORDS:
            continue
        seen[media.kind] += 1
        default = WORDS[media.kind][0]
        name = default if seen[media.kind] == 1 else f"{default}_{seen[media.kind]}"
        values = {
            "kind": media.kind,
            "name": name,
            "default": default,
            "column": media.column,
            "train": media.train,
            "test": media.test,
        }
        yield media, values


def belonging(request: PrepRequest, media: MediaFiles) -> str:
    """Where the files of rows lie, and by which column they are found."""
    places = enumerated(list(dict.fromkeys(request.task.layout.places_of(media))))
    return f"the files {places} belong to rows by {media.column}"


def sizes(request: PrepRequest, media: MediaFiles) -> str:
    """How large the files are, as the profile measured it."""
    found = [m for m in request.profile.media if (m.kind, m.train) == (media.kind, media.train)]
    known = [m.median_bytes for m in found if m.median_bytes]
    return f", {quantity(known[0] / 1000)} kB each" if known else ""
