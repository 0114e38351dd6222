"""Expected trouble with data: said with a way out, and turned into an answer by `__main__`."""

from __future__ import annotations


class DataError(Exception):
    """The data cannot be read, split or scored as asked; `hint` is the way out."""

    def __init__(self, message: str, *, hint: str = "", code: str = "IIML901") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


class RequestError(DataError):
    """The request itself is wrong: no JSON, an unknown verb, a parameter that is not there."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, code="IIML904")
