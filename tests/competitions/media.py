"""Small files of each kind, drawn so that simple statistics tell their label."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 12
HERTZ = 8_000
SECONDS = 0.1


def write_picture(path: Path, label: int, rng: np.random.Generator) -> None:
    """A noisy picture, brighter in one colour for each label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = rng.normal(110, 35, (SIDE, SIDE, 3))
    pixels[:, :, label % 3] += 35
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)


def write_tone(path: Path, hertz: float | np.ndarray, rng: np.random.Generator) -> None:
    """A tone, or several at once, with noise; 16 bits, mono."""
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(int(HERTZ * SECONDS)) / HERTZ
    waves = np.sin(2 * np.pi * np.atleast_1d(hertz)[:, None] * times)
    sound = 0.6 * waves.mean(axis=0) + rng.normal(0, 0.05, len(times))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HERTZ)
        file.writeframes((np.clip(sound, -1, 1) * 32_000).astype("<i2").tobytes())


def write_crystal(path: Path, atoms: int, spacing: float, rng: np.random.Generator) -> None:
    """Atoms on a jittered line, in the form of FHI-aims."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"lattice_vector {spacing * atoms:.4f} 0.0 0.0"]
    lines += ["lattice_vector 0.0 9.0 0.0", "lattice_vector 0.0 0.0 9.0"]
    for place in range(atoms):
        x, y, z = spacing * place, *rng.normal(0, 0.1, 2)
        lines.append(f"atom {x:.5f} {y:.5f} {z:.5f} {rng.choice(('Al', 'Ga', 'O'))}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_document(path: Path, words: np.ndarray, label: int, rng: np.random.Generator) -> None:
    """A letter in which one half of the words is commoner for each label."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = len(words) // 2
    weights = np.ones(len(words))
    weights[label * half : (label + 1) * half] *= 1.6
    picked = rng.choice(words, rng.integers(20, 60), p=weights / weights.sum())
    path.write_text("To all of you\n\n" + " ".join(picked) + ".\n", encoding="utf-8")
