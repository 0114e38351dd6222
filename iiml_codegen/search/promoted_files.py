"""Files of what stands, where a person finds them: the plan, the pipeline, the modules."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.events import Note
from iiml_codegen.files import FileHeldError
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.hand_edits import module_text
from iiml_codegen.search.plan_files import kept_plan, plan_on_disk_is, write_plan_files
from iiml_codegen.search.refit_plan import Refit
from iiml_codegen.search.standing import Standing


class PromotedFiles:
    """Writes files that the submission does not depend on; one that is held open stays old."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def put_plan(self, blueprint: Blueprint, contract: Contract) -> None:
        """Make the folder's plan that of the modules which are promoted."""
        bench = self.bench
        workspace = bench.context.workspace
        if plan_on_disk_is(workspace, blueprint, contract):
            return
        advice = bench.knowledge.advice
        try:
            write_plan_files(workspace, blueprint, contract, bench.task, bench.profile, advice)
        except FileHeldError as error:
            self.note(str(error))

    def put_back_plan(self, standing: Standing) -> None:
        """What stands from an earlier solve keeps the plan that its modules were written to."""
        plan = kept_plan(self.bench.context.workspace, standing)
        if plan is not None:
            self.put_plan(*plan)

    def leave_alone(self, refit: Refit) -> None:
        """The user's modules stay as they are; that others were scored than lie there is said."""
        home = self.bench.context.workspace.home
        others = [n for n, text in refit.modules.items() if module_text(home / n) != text]
        if others:
            self.note(
                f"{refit.code.id} was scored with another text of {' and '.join(others)} than "
                "yours is now: patched, or as it was before your last edit; it is kept in "
                f"iiml/candidates/{refit.code.id}, `iiml verify --rung 3 --fix` patches yours"
            )

    def put(self, path: Path, text: str) -> None:
        """Write a file; that it could not be is said."""
        try:
            self.bench.context.workspace.write_text(path, text)
        except FileHeldError as error:
            self.note(str(error))

    def promote(self, name: str, text: str) -> None:
        """Put a module where the user finds it, and say what became of edits."""
        try:
            promotion = self.bench.context.workspace.promote(name, text)
        except FileHeldError as error:
            self.note(str(error))
        else:
            if promotion.outcome in ("merged", "conflict"):
                ours = f"; ours is {promotion.proposed.name}" if promotion.proposed else ""
                lines = ", ".join(f"{a}–{b}" for a, b in promotion.conflicts)
                where = f" (lines {lines})" if lines else ""
                self.note(f"your edits of {name} are kept{ours}{where}")

    def note(self, text: str) -> None:
        """Tell the reader of the journal."""
        self.bench.context.journal.append(Note(level="warning", text=text))
