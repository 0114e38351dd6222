"""Modeling coder, answered by a backbone: `model_<track>.py` for what prep gives."""

from __future__ import annotations

from collections.abc import Sequence

from iiml_codegen.backbones.agents.coding import (
    ROUNDS,
    CodingTask,
    WrittenModule,
    clause_lines,
    observation_lines,
    step_lines,
)
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.signatures import signature_lines
from iiml_codegen.domain.blueprint import Blueprint, Member, Track
from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.implementation.modeling_coder import add_decision
from iiml_codegen.integration.prep_places import comes_from_extract

AGENT = "modeling_coder"
BOOSTING = ("lightgbm.LGBM{}.fit", "xgboost.XGB{}.fit", "catboost.CatBoost{}.fit")
LIKELY: dict[Track, tuple[str, ...]] = {
    "traditional": (
        *BOOSTING,
        "lightgbm.early_stopping",
        "sklearn.ensemble.HistGradientBoosting{}",
    ),
    "custom_nn": ("torch.optim.AdamW", "sklearn.neural_network.MLP{}"),
    "pretrained": ("transformers.AutoModel.from_pretrained", "torch.optim.AdamW"),
}


class BackboneModelingCoder:
    """Asks for one member's module; the decision is added by the expert's template.

    Where `prep` is known, models of a view that its `extract` gives may encode it once for all.
    """

    def __init__(
        self,
        asker: Asker,
        given: CodingTask,
        observations: Sequence[Observation] = (),
        prep: str = "",
    ) -> None:
        self.asker = asker
        self.given = given
        self.observations = observations
        self.prep = prep

    def write(self, blueprint: Blueprint, member: Member) -> str:
        """The text of a model module; raises NoAnswerError."""
        check, file = self.given.check(), f"model_{member.track}.py"
        written = self.asker.ask(
            AGENT,
            self.parts(blueprint, member),
            WrittenModule,
            check=lambda answer: check.said(file, answer.code, blueprint),
            rounds=ROUNDS,
        )
        return decided(check.mended(file, written.code, blueprint), blueprint)

    def parts(self, blueprint: Blueprint, member: Member) -> dict[str, object]:
        """What the prompt is filled in with."""
        given, contract, share = self.given, self.given.contract, self.asker.share_values
        outputs = (f"{member.view}_train", f"{member.view}_test", contract.target_output)
        clauses = [clause for clause in contract.clauses if clause.output in outputs]
        seen = [one for one in self.observations if one.output in outputs]
        kind = "Regressor" if "regression" in given.task.kind else "Classifier"
        names = [name.format(kind) for name in LIKELY[member.track]]
        return {
            "task": given.task,
            "track": member.track,
            "torch": "torch" in given.installed.top_level(),
            "raw": raw_shape(given.task),
            "steps": step_lines(blueprint.steps_of(member.name), share),
            "why": member.why,
            "settings": dict(member.constants),
            "view": member.view,
            "encodes": bool(self.prep) and comes_from_extract(self.prep, member.view),
            "clauses": clause_lines(clauses, share),
            "observed": observation_lines(seen),
            "rows": given.profile.train_rows,
            "folds": given.folds,
            "advice": list(given.advice),
            "libraries": given.libraries(),
            "signatures": signature_lines(given.installed, names),
        }


def raw_shape(task: TaskSummary) -> str:
    """What `predict` gives."""
    return {
        "binary": "(n,) probabilities of code 1",
        "multiclass": f"(n, {len(task.classes)}) probabilities in the order of the codes",
        "multilabel": f"(n, {len(task.targets)}) probabilities, one per target",
        "ordinal": "(n,) the expected grade as a float",
        "regression": "(n,) numbers",
        "multi_regression": f"(n, {len(task.targets)}) numbers",
        "text": "n texts, to the letter",
    }[task.kind]


def decided(text: str, blueprint: Blueprint) -> str:
    """The module with the plan's decision, where it brings none of its own."""
    decision = next((s for s in blueprint.part("eval") if s.key.startswith("decide_")), None)
    if decision is None or "\ndef decide(" in text:
        return text
    return add_decision(text, decision)
