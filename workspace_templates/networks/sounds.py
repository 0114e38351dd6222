"""Sounds as the levels of pitch bands over time, varied while a network learns them."""

from collections.abc import Callable, Iterable

import numpy as np
import soundfile
import torch

from workspace_templates.recipes.sounds import (
    BANDS,
    WINDOW_SECONDS,
    band_levels,
    first_minute,
    loud_part,
)

DEEPEST_DECIBELS = 80.0
SILENCE = -1.0


def sound_levels(files: Iterable[str], frames: int) -> np.ndarray:
    """Decode the first file of each row into mel bands: shape (rows, frames, BANDS), float16.

    The loud part stands in the middle of silence; one that is longer is averaged down. A file that
    is missing or no sound is silence.
    """
    heard = [levels_of_sound(file.partition("|")[0], frames) for file in files]
    broken = sum(levels is None for levels in heard)
    if broken:
        print(f"{broken} of {len(heard)} sounds cannot be read and count as silence")
    silence = np.full((frames, BANDS), SILENCE)
    rows = [silence if levels is None else levels for levels in heard]
    return np.array(rows, dtype=np.float16).reshape(-1, frames, BANDS)


def levels_of_sound(file: str, frames: int) -> np.ndarray | None:
    """Levels from -1, deep below the loudest of the sound, to 1; None where there is no sound."""
    try:
        with soundfile.SoundFile(file) as opened:
            rate, mono = opened.samplerate, first_minute(opened)
    except (OSError, RuntimeError):
        return None
    if len(mono) < rate * WINDOW_SECONDS:
        return None
    if not mono.any():
        return np.full((frames, BANDS), SILENCE)
    levels = loud_part(band_levels(mono, rate))
    above = np.clip((levels - levels.max()) / DEEPEST_DECIBELS + 1.0, 0.0, None)
    if len(above) > frames:
        starts = np.arange(frames) * len(above) // frames
        above = np.add.reduceat(above, starts) / np.diff([*starts, len(above)])[:, None]
    before = (frames - len(above)) // 2
    around = ((before, frames - len(above) - before), (0, 0))
    return np.pad(2.0 * above - 1.0, around, constant_values=SILENCE)


def varied_sounds(X: np.ndarray, device: torch.device) -> Callable[[torch.Tensor], torch.Tensor]:
    """Make batches in which each sound is rolled in time, louder or softer, and partly masked.

    A stretch of time and one of pitch are silent in each (SpecAugment, Park et al. 2019).
    """
    levels = torch.tensor(X, device=device)
    frames, bands = levels.shape[1:]

    def batch(places: torch.Tensor) -> torch.Tensor:
        rows = len(places)
        rolled = torch.randint(-(frames // 8), frames // 8 + 1, (rows, 1))
        louder = 0.1 * torch.randn(rows, 1, 1)
        masked = stretches(rows, frames)[:, :, None] | stretches(rows, bands)[:, None]
        when = (torch.arange(frames) - rolled) % frames
        sounds = levels[places.to(device)[:, None], when.to(device)].float()
        silent = masked.to(device) | (sounds == SILENCE)
        varied: torch.Tensor = (sounds + louder.to(device)).masked_fill(silent, SILENCE)
        return varied

    return batch


def stretches(rows: int, length: int) -> torch.Tensor:
    """Choose a stretch of up to a sixth of the length in each row: True inside of it."""
    begin = length * torch.rand(rows, 1)
    end = begin + length / 6 * torch.rand(rows, 1)
    place = torch.arange(length)
    return (place >= begin.floor()) & (place < end)
