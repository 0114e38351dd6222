"""The step for pictures that stand in columns: their shades, and numbers that tell them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from iiml_codegen.domain.profile import DataProfile, Raster
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

VIEW = "shades"
LARGEST_SIDE = 48


def raster_steps(request: PrepRequest) -> Iterator[Planned]:
    """One step for each picture that a row holds; members read the shades of the largest."""
    largest = largest_raster(request.profile)
    for number, raster in enumerate(request.profile.rasters, start=1):
        is_read = raster is largest and VIEW in request.views
        if not is_read and "features" not in request.views:
            continue
        readers = enumerated(request.readers.get(VIEW, ())) if is_read else ""
        first, last = raster.columns[0], raster.columns[-1]
        span = f"{quantity(raster.darkest)} to {quantity(raster.brightest)}"
        place = f"cells of {first}" if raster.in_cells else f"columns {first} to {last}"
        measured = f"{place} are alike where pixels meet, and hold {span}"
        why = with_fact(request, "rasters", measured) + (f"; for {readers}, too" if readers else "")
        values = {
            "columns": list(raster.columns),
            "pixels": raster.high * raster.wide * raster.channels,
            "in_cells": raster.in_cells,
            "name": "picture" if number == 1 else f"picture_{number}",
            "wide": raster.wide,
            "colours": raster.channels,
            "planes": raster.order == "planes",
            "darkest": raster.darkest,
            "brightest": raster.brightest,
            "view": VIEW if is_read else "",
            "measured": "features" in request.views,
        }
        yield Planned("raster", f"Lay {words_for(raster)} out as pictures", why, values)


def without_pictures_of(profile: DataProfile, columns: Collection[str]) -> DataProfile:
    """The profile without pictures to which one of these columns belongs: plain numbers then."""
    whole = [one for one in profile.rasters if not set(columns).intersection(one.columns)]
    return msgspec.structs.replace(profile, rasters=tuple(whole))


def largest_raster(profile: DataProfile) -> Raster | None:
    """The picture of a row with the most pixels."""
    return max(profile.rasters, key=lambda one: one.high * one.wide, default=None)


def words_for(raster: Raster) -> str:
    """Its columns and sides in a few words."""
    what = f"{len(raster.columns):,} columns"
    if raster.in_cells:
        what = f"the cells of {shortened(raster.columns[0])}"
    colours = " in colour" if raster.channels > 1 else ""
    return f"{what} of {raster.high} × {raster.wide} pixels{colours}"


def side_for(raster: Raster) -> int:
    """The side of the square that networks see: as many pixels as there are, within bounds."""
    return min(LARGEST_SIDE, max(raster.high, raster.wide))
