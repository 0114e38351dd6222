"""Texts as codes of words and pieces, and a tower that averages pieces and convolves words."""

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

import numpy as np
import torch
from torch import nn

WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
CODES = 1 << 16
PIECE_LENGTHS = (3, 4, 5)
PIECES_PER_WORD = 4


def text_codes(texts: Iterable[str], words: int) -> np.ndarray:
    """Code each text by itself: the first `words` words and marks, then the pieces of all of them.

    Codes are hashes, so nothing is learned and no word is unknown (Bojanowski et al. 2017); 0 fills
    up. Shape (texts, words + PIECES_PER_WORD * words), int32.
    """
    rows = []
    for text in texts:
        row = np.zeros((1 + PIECES_PER_WORD) * words, dtype=np.int32)
        spoken = WORD_OR_MARK.findall(text.lower())[:words]
        coded = [word_code(word) for word in spoken]
        pieces = [piece for _, parts in coded for piece in parts][: PIECES_PER_WORD * words]
        row[: len(coded)] = [whole for whole, _ in coded]
        row[words : words + len(pieces)] = pieces
        rows.append(row)
    return np.array(rows).reshape(len(rows), (1 + PIECES_PER_WORD) * words)


@lru_cache(maxsize=1 << 17)
def word_code(word: str) -> tuple[int, tuple[int, ...]]:
    """Code a word, and each sequence of three to five characters in it, from 1 to `CODES` - 1."""
    marked = f"<{word}>"
    pieces = {
        marked[start : start + length]
        for length in PIECE_LENGTHS
        for start in range(len(marked) - length + 1)
    }
    whole, *parts = (crc32(each.encode()) % (CODES - 1) + 1 for each in (word, *sorted(pieces)))
    return whole, tuple(parts)


class TextTower(nn.Module):
    """Numbers that tell a text: the mean of its pieces beside what filters over its words find.

    The mean runs over words, pairs of words and pieces (Joulin et al. 2017); filters of several
    spans keep their strongest answer (Kim 2014). Gives (texts, size) for codes of `text_codes`.
    """

    def __init__(
        self, words: int, width: int = 64, filters: int = 64, spans: tuple[int, ...] = (2, 3)
    ) -> None:
        super().__init__()
        self.places, self.size = words, width + filters * len(spans)
        self.words = nn.Embedding(CODES, width, padding_idx=0, sparse=True)
        self.pieces = nn.EmbeddingBag(CODES, width, padding_idx=0, mode="mean", sparse=True)
        for table in (self.words, self.pieces):
            nn.init.normal_(table.weight, std=0.1)
            table.weight.data[0] = 0.0
        self.dropout = nn.Dropout(0.5)
        # Padding as wide as the span: each text sees blanks, however long its neighbours are.
        self.filters = nn.ModuleList(
            nn.Conv1d(width, filters, span, padding=span) for span in spans
        )

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Average and convolve, cut to the longest text of the batch."""
        words, pieces = trimmed(codes[:, : self.places]), trimmed(codes[:, self.places :])
        first, second = words[:, :-1].long(), words[:, 1:].long()
        pairs = ((first * 40_503 + second) % (CODES - 1) + 1) * (second > 0)
        mean = self.pieces(torch.cat([words, pairs.to(words.dtype), pieces], dim=1))
        spoken = self.dropout(self.words(words)).transpose(1, 2)
        found = [torch.relu(each(spoken)).amax(dim=2) for each in self.filters]
        return torch.cat([mean, *found], dim=1)


def trimmed(codes: torch.Tensor) -> torch.Tensor:
    """Leave out the places that no text of the batch reaches; two stay at least."""
    return codes[:, : max(2, int((codes > 0).sum(dim=1).max()))]
