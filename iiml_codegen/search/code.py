"""A candidate's own modules and pipeline, in its folder; debugging edits only these."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iiml_codegen.domain.blueprint import Blueprint, Member
from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_json
from iiml_codegen.files import write_atomically
from iiml_codegen.implementation.modeling_coder import decision_text
from iiml_codegen.integration.assembler import assemble, assemble_script
from iiml_codegen.integration.pipeline_plan import (
    Bindings,
    Decision,
    HarnessPlan,
    MemberModule,
    Module,
    Pipeline,
    Rounds,
)
from iiml_codegen.integration.roles import signature


@dataclass
class CandidateCode:
    """The texts of one candidate; a repair replaces a text and writes the files again.

    `observations` are what prep gave when it was checked last, `fitted` the parameters of the
    model's own `decide`, once out-of-fold predictions have told them. `label` is the model's file
    name where it is not that of its track. `blueprint` and `contract` are its own where it was not
    written to the solve's plan; `origin` says what it was made from. Tuning gave other values to
    constants of a model's text, `base`: these are its `changes`.
    """

    id: str
    member: Member
    folder: Path
    prep: str
    model: str
    task: TaskSummary
    bindings: Bindings | None = None
    pipeline: Pipeline | None = None
    observations: tuple[Observation, ...] = ()
    fitted: dict[str, list[float]] = field(default_factory=dict)
    label: str = ""
    blueprint: Blueprint | None = None
    contract: Contract | None = None
    origin: str = ""
    base: str = ""
    changes: dict[str, Any] = field(default_factory=dict)

    def modules(self) -> dict[str, str]:
        """The texts that a person or a repair edits, by file name."""
        return {"prep.py": self.prep, self.model_name: self.model}

    def put(self, module: str, text: str) -> None:
        """Take another text of one module over."""
        if module == "prep.py":
            self.prep = text
        else:
            self.model = text

    @property
    def model_name(self) -> str:
        """The file name of the model module."""
        return self.label or f"model_{self.member.track}.py"

    def pipeline_file(self) -> Path:
        """The assembled pipeline of this candidate."""
        return self.folder / f"pipeline_{self.member.track}.py"

    def extracts(self) -> bool:
        """Whether prep has the label-free part that runs once for all rows."""
        return "\ndef extract(" in f"\n{self.prep}"

    def encodes(self) -> bool:
        """Whether the model has the label-free part that runs once for all rows."""
        return "\ndef encode(" in f"\n{self.model}"

    def goes_on(self) -> bool:
        """Whether a fit of the model that was cut off goes on from a checkpoint."""
        return any(one.name == "checkpoint" for one in signature(self.model, "fit") or ())

    def encoded_view(self) -> str:
        """The view that the model encodes, as it is bound."""
        return self.member_module().bound().train.removesuffix("_train")

    def digest(self) -> str:
        """A hash of the candidate's texts."""
        return hashlib.sha256("\0".join(self.modules().values()).encode()).hexdigest()

    @property
    def text(self) -> str:
        """The beginning of the digest: which text a run was made with."""
        return self.digest()[:8]

    def prep_module(self) -> Module:
        """`prep.py` as the assembler takes it."""
        return Module(name="prep", label="prep.py", text=self.prep)

    def member_module(self, rounds: Rounds = None, seeds: tuple[int, ...] = (0,)) -> MemberModule:
        """The model as a member of a pipeline."""
        label = f"{self.id}/{self.model_name}" if rounds is not None else self.model_name
        module = Module(name=self.member.name, label=label, text=self.model)
        return MemberModule(
            name=self.member.name,
            module=module,
            view=self.member.view,
            rounds=rounds,
            seeds=seeds,
            bindings=self.bindings,
            others=self.member.others,
        )

    def decision(self, fitted: dict[str, list[float]]) -> Decision | None:
        """The model's own `decide`, if it has one."""
        text = decision_text(self.model)
        if text is None:
            return None
        module = Module(name="decision", label=self.model_name, text=text)
        return Decision(module=module, fitted=fitted)

    def assembled(self, member: MemberModule, plan: HarnessPlan) -> Pipeline:
        """The pipeline of this candidate alone."""
        return assemble(self.prep_module(), [member], plan)

    def write(self) -> None:
        """Assemble and write all files; raises GenerationError or BindingError."""
        plan = HarnessPlan(
            title=f"{self.task.title}: {self.member.name}",
            task=self.task,
            decision=self.decision(self.fitted) if self.fitted else None,
        )
        self.pipeline = self.assembled(self.member_module(), plan)
        files = {**self.modules(), self.pipeline_file().name: self.pipeline.text}
        for name, text in files.items():
            write_atomically(self.folder / name, text.encode())
        for name, plan_of_its_own in (("blueprint", self.blueprint), ("contract", self.contract)):
            if plan_of_its_own is not None:
                write_atomically(self.folder / f"{name}.json", to_json(plan_of_its_own))
        write_atomically(
            self.folder / f"{self.pipeline_file().stem}.map.json",
            to_json(self.pipeline.source_map),
        )


class ScriptCode(CandidateCode):
    """A candidate without modules: one script, which `prep` and `model` both stand for."""

    def modules(self) -> dict[str, str]:
        """The script."""
        return {"solution.py": self.model}

    def put(self, module: str, text: str) -> None:
        """Replace the script."""
        self.prep = self.model = text

    def assembled(self, member: MemberModule, plan: HarnessPlan) -> Pipeline:
        """The script with the harness behind it; nothing is bound."""
        script = Module(name="solution", label="solution.py", text=self.model)
        return assemble_script(script, member, plan)
