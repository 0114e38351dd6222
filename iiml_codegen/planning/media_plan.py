"""The steps for files that belong to rows: each kind that is understood becomes numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from iiml_codegen.domain.layout import MediaKind
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
        measured = f"each row has a file, {places}, named by its {media.column}"
        yield Planned("media_numbers", title, with_fact(request, topic, measured), values)
