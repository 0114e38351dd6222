"""Sounds as numbers: loudness, pitch bands, how they move."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from scipy.fft import dct
from scipy.signal import stft

WINDOW_SECONDS = 0.025
LONGEST_SECONDS = 60
LOWEST_HERTZ = 50.0
HIGHEST_HERTZ = 8000.0
BANDS = 40
SHAPES = 13
SEGMENTS = 8
QUIET_DECIBELS = 35.0


def sound_statistics(paths: Sequence[Path], name: str = "sound") -> pd.DataFrame:
    """Measure length, loudness, pitch bands and their course: one row per file.

    Bands are the same in hertz whatever the sampling rate, so nothing is resampled. A file that is
    missing or no sound is a row of gaps.
    """
    rows = [describe_sound(path) for path in paths]
    return pd.DataFrame(rows, index=range(len(rows))).astype("float32").add_prefix(f"{name}_")


def describe_sound(path: Path) -> dict[str, float]:
    """One row of `sound_statistics`; empty where the file cannot be read."""
    try:
        with soundfile.SoundFile(path) as opened:
            rate, frames = opened.samplerate, opened.frames
            mono = first_minute(opened)
    except (OSError, RuntimeError):
        return {}
    if len(mono) < rate * WINDOW_SECONDS:
        return {"seconds": frames / rate}
    crossings = np.mean(np.signbit(mono[1:]) != np.signbit(mono[:-1])) * rate
    row = {
        "seconds": frames / rate,
        "loudness": float(np.sqrt(np.mean(mono**2))),
        "peak": float(np.abs(mono).max()),
        "crossings": float(crossings),
    }
    return {**row, **band_statistics(band_levels(mono, rate))}


def first_minute(opened: soundfile.SoundFile) -> np.ndarray:
    """Read one channel, the mean of all: at most `LONGEST_SECONDS`; broken samples are silent."""
    read = opened.read(LONGEST_SECONDS * opened.samplerate, dtype="float64", always_2d=True)
    return np.asarray(np.nan_to_num(read, nan=0.0, posinf=0.0, neginf=0.0).mean(axis=1))


def band_levels(mono: np.ndarray, rate: int) -> np.ndarray:
    """Level of each mel band in decibels over time: shape (frames, bands)."""
    length = int(rate * WINDOW_SECONDS)
    points = 1 << (length - 1).bit_length()
    hertz, _, spectrum = stft(
        mono, rate, nperseg=length, noverlap=length - max(1, length * 2 // 5), nfft=points
    )
    power = np.abs(spectrum.T) ** 2 @ mel_filters(hertz).T
    return np.asarray(10.0 * np.log10(power + 1e-10))


def mel_filters(hertz: np.ndarray) -> np.ndarray:
    """Triangles at equal steps of the mel scale, which is how ears hear: (bands, frequencies)."""
    lowest, highest = (2595.0 * np.log10(1.0 + f / 700.0) for f in (LOWEST_HERTZ, HIGHEST_HERTZ))
    corners = 700.0 * (10.0 ** (np.linspace(lowest, highest, BANDS + 2) / 2595.0) - 1.0)
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    return np.asarray(np.clip(np.minimum(rising, falling), 0.0, None))


def loud_part(levels: np.ndarray) -> np.ndarray:
    """Leave out the quiet frames at both ends."""
    total = levels.max(axis=1)
    loud = np.flatnonzero(total > total.max() - QUIET_DECIBELS)
    return levels[loud[0] : loud[-1] + 1]


def band_statistics(levels: np.ndarray) -> dict[str, float]:
    """Mean, spread and extremes of each band, and the course of the spectrum's shape.

    The course is told by the first cosine coefficients of the spectrum in eight stretches of the
    part that is not quiet, whatever its length.
    """
    spoken = loud_part(levels)
    row = {"loud_share": len(spoken) / len(levels)}
    for label, values in (
        ("mean", spoken.mean(axis=0)),
        ("spread", spoken.std(axis=0)),
        ("low", np.percentile(levels, 10, axis=0)),
        ("high", np.percentile(levels, 90, axis=0)),
    ):
        row |= {f"band{k}_{label}": float(value) for k, value in enumerate(values)}
    shapes = dct(spoken, type=2, norm="ortho", axis=1)[:, :SHAPES]
    ends = np.linspace(0, len(shapes), SEGMENTS + 1)
    for segment in range(SEGMENTS):
        first = int(ends[segment])
        course = shapes[first : max(first + 1, int(ends[segment + 1]))].mean(axis=0)
        row |= {f"shape{k}_{segment}": float(value) for k, value in enumerate(course)}
    return row
