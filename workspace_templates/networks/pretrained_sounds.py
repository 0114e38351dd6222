"""Sounds as a pretrained network hears them: one row of numbers per row's sounds."""

import json
from collections.abc import Callable
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile
import torch
from scipy.signal import resample_poly
from torch import nn
from transformers import AutoFeatureExtractor, AutoModel

from workspace_templates.networks.pretrained_speed import fast_precision

LONGEST_SOUND = 30
VOICE_RATE = 16_000
VOICE_WINDOW = 400
VOICE_STEP = 160
VOICE_BANDS = 40


def embed_voices(sounds: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's sounds by the speaker encoder at `weights`: float32, (rows, 768).

    What the three layers of the encoder say of each hundredth of a second is averaged, since its
    lower layers tell what is spoken and its upper ones who speaks.
    """
    torch.set_num_threads(threads)
    state = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
    layers = [nn.LSTM(VOICE_BANDS if k == 0 else 256, 256, batch_first=True) for k in range(3)]
    for k, layer in enumerate(layers):
        names = [name.removesuffix("_l0") for name in layer.state_dict()]
        layer.load_state_dict({f"{name}_l0": state[f"lstm.{name}_l{k}"] for name in names})
    filters = slaney_filters(VOICE_RATE, VOICE_WINDOW, VOICE_BANDS)

    def heard(wave: np.ndarray) -> np.ndarray:
        states = torch.from_numpy(band_power(louder(wave), filters))[None]
        means = []
        for layer in layers:
            states, _ = layer(states)
            means.append(states[0].mean(0))
        return np.asarray(torch.cat(means).numpy())

    return embedded_sounds(sounds, VOICE_RATE, heard)


def embed_sounds(sounds: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's sounds by the transformer at `weights`: float32, (rows, width)."""
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    settings: dict[str, Any] = json.loads((weights / "config.json").read_text("utf-8"))
    network = AutoModel.from_pretrained(weights, local_files_only=True).float().eval().to(device)
    encoder = network.get_encoder() if settings.get("is_encoder_decoder") else network
    reader = AutoFeatureExtractor.from_pretrained(weights, local_files_only=True)

    def heard(wave: np.ndarray) -> np.ndarray:
        read = reader(wave, sampling_rate=reader.sampling_rate, return_tensors="pt")
        with fast_precision(device):
            states = encoder(read[reader.model_input_names[0]].to(device)).last_hidden_state
        return np.asarray(states[0].float().mean(0).cpu().numpy())

    return embedded_sounds(sounds, reader.sampling_rate, heard)


def embedded_sounds(
    sounds: pd.Series, rate: int, heard: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """The mean over a row's sounds of what is heard in each; none count as a second of silence."""
    with torch.inference_mode():
        rows = [
            np.mean([heard(read_wave(path, rate)) for path in str(paths).split("|")], axis=0)
            for paths in sounds
        ]
    return np.stack(rows).astype("float32")


def read_wave(path: str, rate: int) -> np.ndarray:
    """One channel at so many samples per second, at least a tenth of a second long."""
    try:
        with soundfile.SoundFile(path) as opened:
            own = opened.samplerate
            wave = opened.read(LONGEST_SOUND * own, dtype="float32", always_2d=True).mean(axis=1)
    except (OSError, RuntimeError):
        return np.zeros(rate, dtype="float32")
    if own != rate:
        common = gcd(rate, own)
        wave = resample_poly(wave, rate // common, own // common).astype("float32")
    return np.pad(wave, (0, max(0, rate // 10 - len(wave))))


def louder(wave: np.ndarray) -> np.ndarray:
    """A quiet sound, made as loud as the encoder's training sounds were: -30 decibels."""
    decibels = 20 * np.log10(np.sqrt(np.mean(wave.astype("float64") ** 2)) + 1e-9)
    return np.asarray(wave * 10 ** (max(0.0, -30 - decibels) / 20))


def band_power(wave: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """Power in each band, a row for each hundredth of a second: float32, (frames, bands)."""
    padded = np.pad(wave.astype("float64"), VOICE_WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, VOICE_WINDOW)[::VOICE_STEP]
    spectrum = np.fft.rfft(frames * np.hanning(VOICE_WINDOW + 1)[:-1])
    return np.asarray((np.abs(spectrum) ** 2 @ filters.T).astype("float32"))


def slaney_filters(rate: int, window: int, bands: int) -> np.ndarray:
    """Triangles at equal steps of Slaney's mel scale, each of area 1: (bands, frequencies)."""
    hertz = np.linspace(0.0, rate / 2, window // 2 + 1)
    step = np.log(6.4) / 27
    highest = 15 + np.log(rate / 2 / 1000) / step
    mels = np.linspace(0.0, highest, bands + 2)
    corners = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * step))
    low, middle, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    return np.asarray(triangles * 2 / (high - low))
