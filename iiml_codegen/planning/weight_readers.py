"""What reads which weights: a network recipe, the modules it needs, its time, and their place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.planning.checkpoints import Checkpoint, Modality, weight_packages
from iiml_codegen.planning.local_checkpoints import settings_in, weights_in
from iiml_codegen.planning.tabular_checkpoints import cached_place, family_of

NEEDS: dict[str, tuple[str, ...]] = {
    "embed_texts": ("torch", "transformers", "huggingface_hub"),
    "embed_pictures": ("torch", "transformers", "huggingface_hub"),
    "embed_pictures_lite": ("torch", "efficientnet_lite_pytorch"),
    "embed_pictures_timm": ("torch", "timm", "torchvision", "huggingface_hub"),
    "embed_sounds": ("torch", "transformers", "huggingface_hub"),
    "embed_voices": ("torch",),
}
"""Modules that each recipe imports beside those that every solve needs."""
TUNERS: dict[str, str] = {
    "embed_pictures": "TunedPictures",
    "embed_pictures_lite": "TunedLite",
    "embed_pictures_timm": "TunedTimm",
    "embed_texts": "TunedReader",
}
"""Recipes of networks that go on learning, by the recipe that embeds with the same weights."""
BY_MODALITY: dict[Modality, str] = {
    "text": "embed_texts",
    "image": "embed_pictures",
    "audio": "embed_sounds",
}
"""Recipes for folders as the transformers library writes them, and sentence-transformers."""
PIECES = ("sentencepiece", "google.protobuf")
"""Modules by which a tokeniser is made of a `.model` where no `tokenizer.json` lies beside it."""
PIXELS_LIKE = "preprocessor_config.json"
"""What the transformers library writes beside weights for pictures: how large and bright."""
BY_FILE = ("embed_pictures_lite", "embed_voices")
"""Recipes that read one file of weights; the others read the folder around it."""
TOKENS: dict[Modality, float] = {"text": 40.0, "image": 400.0, "audio": 500.0}
"""Of one item as a transformer sees it: pictures in two views, half a minute of sound."""
TOKENS_PER_WORD, MOST_TOKENS = 1.4, 128.0
SECONDS_PER_BYTE_AND_TOKEN = 2.5e-12
"""Of one core; measured on MiniLM's 91 MB: 12 ms for a text of 50 tokens."""
SECONDS_PER_ROW, SECONDS_PER_CELL = 6e-3, 2e-4
"""Of a table that a foundation model reads in four views, by its multiplications: 75 million for a
row, 2.4 million for a cell."""
SIDES = (224, 192, 160, 128, 96)
"""Of the squares in which pictures are tuned on, in pixels."""
SHARE_FOR_PIXELS = 0.3
"""Of the machine's memory that the squares of all rows may fill: folds hold a copy."""
FASTER_ON_CARD, FASTER_IN_HALF = 40.0, 3.0
CPU_FLAGS = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Reader:
    """A recipe that turns content into numbers by weights; `opens` finds them at `place`."""

    embeds: str
    opens: str
    place: str
    needs: tuple[str, ...]


def reader_of(checkpoint: Checkpoint) -> Reader | None:
    """What reads a checkpoint that is on this machine; None where no recipe does."""
    path = checkpoint.path
    if path is None:
        return None
    if checkpoint.source == "package":
        package = next(one for one in weight_packages() if one.package == checkpoint.name)
        if not package.reads:
            return None
        parts = (path if package.reads in BY_FILE else path.parent).parts
        first = len(parts) - 1 - parts[::-1].index(package.module)
        place = "/".join(parts[first:])
        return Reader(package.reads, "packaged_weights", place, NEEDS[package.reads])
    if checkpoint.modality == "table":
        return table_reader(checkpoint, path)
    embeds = folder_recipe(path, checkpoint.modality)
    if embeds is None or checkpoint.frozen:
        return None
    needs = NEEDS[embeds] + (PIECES if reads_pieces(path, checkpoint.modality) else ())
    if checkpoint.source == "cache":
        place = f"{checkpoint.name}@{checkpoint.revision}"
        return Reader(embeds, "cached_weights", place, needs)
    return Reader(embeds, "folder_weights", str(path), needs)


def reads_pieces(folder: Path, modality: Modality) -> bool:
    """Whether texts are split by a model of SentencePiece that must be converted first."""
    pieces = modality == "text" and any(folder.glob("*.model"))
    return pieces and not (folder / "tokenizer.json").exists()


def folder_recipe(folder: Path, modality: Modality) -> str | None:
    """The recipe for a folder with settings and weights; of timm's weights, only safetensors.

    Weights for pictures that do not say what their pixels must be like are read by none.
    """
    if not settings_in(folder).is_of_timm:
        known = modality != "image" or (folder / PIXELS_LIKE).exists()
        return BY_MODALITY.get(modality) if known else None
    safe = all(file.suffix == ".safetensors" for file in weights_in(folder))
    return "embed_pictures_timm" if safe else None


def table_reader(checkpoint: Checkpoint, path: Path) -> Reader:
    """What reads a file of weights for tables: the template itself, by the package of its model."""
    needs = ("torch", family_of(path).module, "huggingface_hub")
    if checkpoint.source == "cache":
        return Reader("", "cached_weights", cached_place(path), needs)
    return Reader("", "folder_weights", str(path), needs)


def seconds_for_all(checkpoint: Checkpoint, profile: DataProfile, *, on_cpu: bool) -> float:
    """Seconds that one core, or the card, takes to embed all rows, roughly."""
    known = {one.package: one.seconds for one in weight_packages()}
    each = known.get(checkpoint.name, 0.0)
    if not each:
        tokens = text_tokens(profile) if checkpoint.modality == "text" else 0.0
        tokens = tokens or TOKENS.get(checkpoint.modality, 0.0)
        each = checkpoint.bytes * tokens * SECONDS_PER_BYTE_AND_TOKEN
    if checkpoint.modality == "table":
        columns = len([column for column in profile.columns if column.in_train and column.in_test])
        each = SECONDS_PER_ROW + SECONDS_PER_CELL * columns
    rows = profile.train_rows + profile.test_rows
    return rows * each / (faster_on_cpu() if on_cpu else FASTER_ON_CARD)


def side_in_memory(rows: int, memory: int) -> int | None:
    """The largest side by which the pixels of so many pictures fit; None where none does."""
    fitting = (side for side in SIDES if 3 * rows * side**2 <= SHARE_FOR_PIXELS * memory)
    return next(fitting, None)


def faster_on_cpu() -> float:
    """How much faster than in float32 this CPU embeds: some multiply bfloat16 numbers."""
    try:
        flags = CPU_FLAGS.read_text("utf-8")
    except OSError:
        return 1.0
    return FASTER_IN_HALF if any(flag in flags for flag in ("avx512_bf16", "amx_bf16")) else 1.0


def text_tokens(profile: DataProfile) -> float:
    """Tokens of a row's texts on average, at most as many as are read; 0 if none were measured."""
    words = sum(column.text.mean_words for column in profile.free_texts() if column.text)
    return min(MOST_TOKENS, TOKENS_PER_WORD * words + 2) if words else 0.0
