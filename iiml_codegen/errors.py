"""Expected trouble, as exceptions that a person can act on.

Every error names what went wrong, where, and the way out. `code` is the stable IIML number where
there is one; `retryable` says whether the same call may succeed later.
"""

from __future__ import annotations


class IimlError(Exception):
    """Something expected went wrong; `hint` is the way out."""

    code = "IIML900"
    exit_code = 1

    def __init__(
        self, message: str, *, hint: str = "", code: str | None = None, retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.retryable = retryable
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} ({self.hint})" if self.hint else text


class CompetitionError(IimlError):
    """The competition folder cannot be understood or used."""

    code = "IIML901"
    exit_code = 3


class UnsupportedTaskError(CompetitionError):
    """The task is understood, but iiML has no recipe for it."""

    code = "IIML902"
    exit_code = 4


class EnvironmentProblem(IimlError):
    """A package, an interpreter, disk or memory is missing."""

    code = "IIML903"
    exit_code = 5


class WorkerError(IimlError):
    """The worker process failed or answered something that is not an answer."""

    code = "IIML904"
    retryable = True


class FolderBusyError(IimlError):
    """Another solver holds the folder's lock."""

    code = "IIML905"
    exit_code = 6


class GenerationError(IimlError):
    """A coder or the assembler cannot produce a module from what it was given."""

    code = "IIML906"


class BindingError(IimlError):
    """The binder found a tie or a gap; `choices` are the outputs that could serve.

    `parameter` is where it was found, such as `fit.X`; `output` is what of prep's it is about.
    """

    code = "IIML201"

    def __init__(
        self,
        message: str,
        *,
        choices: tuple[str, ...] = (),
        hint: str = "",
        code: str | None = None,
        parameter: str = "",
        output: str = "",
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        self.choices = choices
        self.parameter = parameter
        self.output = output
