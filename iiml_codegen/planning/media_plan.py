"""The steps for files that belong to rows: each kind that is understood becomes numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iiml_codegen.domain.layout import MediaFiles, MediaKind
from iiml_codegen.planning.plan_words import quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

WORDS: dict[MediaKind, tuple[str, str, str]] = {
    "image": ("image", "images", "Measure size, colours, shapes and texture of the pictures"),
    "audio": ("sound", "sounds", "Measure length, loudness and pitch bands of the sounds"),
    "atoms": ("atoms", "atoms", "Measure composition, density and distances between atoms"),
}
"""Name of the features, topic of what is known, and title of the step."""


def media_steps(request: PrepRequest) -> Iterator[Planned]:
    """One step for each kind of file that a recipe can measure; nothing where there is none."""
    seen: Counter[MediaKind] = Counter()
    for media in request.task.layout.media:
        if media.kind not in WORDS:
            continue
        seen[media.kind] += 1
        default, topic, title = WORDS[media.kind]
        name = default if seen[media.kind] == 1 else f"{default}_{seen[media.kind]}"
        values = {
            "kind": media.kind,
            "name": name,
            "default": default,
            "column": media.column,
            "train": media.train,
            "test": media.test,
        }
        places = media.train if media.train == media.test else f"{media.train} and {media.test}"
        measured = f"the files {places} belong to rows by {media.column}{sizes(request, media)}"
        yield Planned("media_numbers", title, with_fact(request, topic, measured), values)


def sizes(request: PrepRequest, media: MediaFiles) -> str:
    """How large the files are, as the profile measured it."""
    found = [m for m in request.profile.media if (m.kind, m.train) == (media.kind, media.train)]
    known = [m.median_bytes for m in found if m.median_bytes]
    return f", {quantity(known[0] / 1000)} kB each" if known else ""
