"""Preprocessing coder, answered by a backbone: a whole `prep.py` for its own plan."""

from __future__ import annotations

from iiml_codegen.backbones.agents.coding import (
    ROUNDS,
    CodingTask,
    WrittenModule,
    clause_lines,
    step_lines,
)
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.blueprint import Blueprint

AGENT = "preprocessing_coder"
FILE = "prep.py"


class BackbonePreprocessingCoder:
    """Asks for the module, and sends it back while the rules find anything in it."""

    def __init__(self, asker: Asker, given: CodingTask) -> None:
        self.asker = asker
        self.given = given

    def write(self, blueprint: Blueprint) -> str:
        """The text of `prep.py`; raises NoAnswerError."""
        given, check = self.given, self.given.check()
        share = self.asker.share_values
        parts = {
            "task": given.described(share),
            "files": ", ".join(given.files),
            "steps": step_lines(blueprint.part("prep"), share),
            "clauses": clause_lines(given.contract.clauses, share),
            "views": [f"{view.name}: {view.says}" for view in given.contract.views],
            "target": given.contract.target_output,
            "advice": list(given.advice),
            "libraries": given.libraries(),
        }
        written = self.asker.ask(
            AGENT,
            parts,
            WrittenModule,
            check=lambda answer: check.said(FILE, answer.code, blueprint),
            rounds=ROUNDS,
        )
        return check.mended(FILE, written.code, blueprint)
