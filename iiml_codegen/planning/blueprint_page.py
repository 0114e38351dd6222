"""`blueprint.md`: the plan as a page that a person reads from top to bottom."""

from __future__ import annotations

from iiml_codegen.domain.blueprint import Blueprint, Part
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary

HEADINGS: dict[Part, str] = {
    "prep": "Preparation",
    "model": "Models, in the order of trial",
    "train": "Training",
    "eval": "Evaluation and answer",
}


def blueprint_page(
    blueprint: Blueprint, contract: Contract, task: TaskSummary, profile: DataProfile
) -> str:
    """Markdown: what is asked, what was measured, the steps with their reasons, the contract."""
    parts = [
        f"# {blueprint.title}",
        asked(task),
        measured(profile),
        *(part_section(blueprint, part) for part in HEADINGS),
        contract_section(contract),
        "## Worth knowing\n\n" + bullets(blueprint.notes) if blueprint.notes else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def asked(task: TaskSummary) -> str:
    """One paragraph on the task."""
    metric = METRICS[task.metric]
    direction = "higher" if task.greater_is_better else "lower"
    targets = ", ".join(f"`{name}`" for name in task.targets[:8])
    labels = f" Labels: {', '.join(task.classes[:12])}." if task.classes else ""
    return (
        f"Predict {targets} ({task.kind.replace('_', ' ')}) for each row of `{task.test_file}`; "
        f"scored by {metric.title}, {direction} is better.{labels}"
    )


def measured(profile: DataProfile) -> str:
    """One paragraph on the data."""
    roles: dict[str, int] = {}
    for column in profile.columns:
        roles[column.role] = roles.get(column.role, 0) + 1
    listed = ", ".join(f"{n} {role.replace('_', ' ')}" for role, n in sorted(roles.items()))
    text = (
        f"{profile.train_rows:,} training rows, {profile.test_rows:,} test rows; columns: {listed}."
    )
    if profile.adversarial_auc is not None:
        text += (
            f" A model tells test from training rows with AUC {profile.adversarial_auc:.2f}"
            " (0.5 means they are alike)."
        )
    return text


def part_section(blueprint: Blueprint, part: Part) -> str:
    """The steps of one part, each with its reason."""
    steps = blueprint.part(part)
    rows = [f"- **{step.id}** {step.title}  \n  {step.why}" for step in steps]
    return f"## {HEADINGS[part]}\n\n" + "\n".join(rows) if rows else ""


def contract_section(contract: Contract) -> str:
    """What prep promises to the models."""
    return "## Interface contract\n\n" + bullets(
        tuple(f"**{clause.id}** {clause.says}" for clause in contract.clauses)
    )


def bullets(items: tuple[str, ...]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)
