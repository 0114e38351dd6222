"""A made competition for each modality."""

from __future__ import annotations

from . import (
    modality_labels,
    modality_masks,
    modality_media,
    modality_pixels,
    modality_rewriting,
    modality_series,
    modality_steps,
    modality_tables,
    modality_texts,
    modality_wide,
)
from .modality import Write

MODALITIES: dict[str, Write] = {
    "one_series": modality_series.one_series,
    "panel": modality_series.panel,
    "panel_named_by_date": modality_series.panel_named_by_date,
    "wide": modality_series.wide,
    "wide_by_key": modality_wide.by_key,
    "wide_by_number": modality_wide.by_number,
    "wide_ahead": modality_wide.ahead,
    "questions": modality_texts.questions,
    "entailment": modality_texts.entailment,
    "several_media": modality_media.several_media,
    "several_pictures": modality_media.several_pictures,
    "file_of_series": modality_media.file_of_series,
    "file_of_json": modality_media.file_of_json,
    "broken_media": modality_media.broken_media,
    "picture_to_picture": modality_media.picture_to_picture,
    "masks": modality_masks.masks,
    "rewritten_texts": modality_rewriting.rewritten_texts,
    "pieces_of_texts": modality_rewriting.pieces_of_texts,
    "labels_in_a_cell": modality_tables.labels_in_a_cell,
    "cells_and_columns": modality_labels.cells_and_columns,
    "two_tables": modality_labels.two_tables,
    "lines_of_labels": modality_labels.lines_of_labels,
    "several_targets": modality_tables.several_targets,
    "pictures_in_columns": modality_pixels.pictures_in_columns,
    "pictures_in_cells": modality_pixels.pictures_in_cells,
    "colours_in_columns": modality_pixels.colours_in_columns,
    "mostly_zeros": modality_tables.mostly_zeros,
    "numbers_in_cells": modality_steps.numbers_in_cells,
    "classes_in_cells": modality_steps.classes_in_cells,
}
