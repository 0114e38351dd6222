"""Texts as people wrote them: undo quotes, escapes and entities that came from the export."""

import html
import re

import pandas as pd

ESCAPE_SEQUENCE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nrt\"']))")
ESCAPED_LETTERS = {"n": "\n", "r": " ", "t": " ", '"': '"', "'": "'"}
DOUBLE_ENCODED = re.compile(r"[\xc2-\xf4][\x80-\xbf]")


def plain_text(text: pd.Series) -> pd.Series:
    """Give text without gaps, HTML entities and blanks around it."""
    plain = text.astype("str").where(text.notna(), "").map(html.unescape)
    return plain.str.replace("\xa0", " ").str.strip()


def clean_text(text: pd.Series) -> pd.Series:
    """Give plain text without gaps, escape sequences, HTML entities and surrounding quotes.

    Case and punctuation stay: they tell authors and moods apart.
    """
    return text.astype("str").where(text.notna(), "").map(unescape_text)


def unescape_text(text: str) -> str:
    r"""Turn `"it\\xc2\\xa0was \n &quot;so&quot;"` into what its author saw."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"')
    if "\\" in text:
        text = join_halves(ESCAPE_SEQUENCE.sub(escaped_character, text))
    if DOUBLE_ENCODED.search(text):
        text = decode_twice(text)
    return html.unescape(text).replace("\xa0", " ").strip()


def escaped_character(match: re.Match[str]) -> str:
    r"""Give the character that `\n`, `\xe9` or `\u2026` stands for."""
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else ESCAPED_LETTERS[match[3]]


def join_halves(text: str) -> str:
    r"""Make one character of the two halves in which JSON writes an emoji, `\ud83d\ude02`.

    A half alone is no character, and becomes the sign for an unknown one.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode_twice(text: str) -> str:
    """Repair UTF-8 that was read as Latin-1; text that is not such stays as it is."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
