"""A solve: the three phases of the paper's Figure 1, in its order and in its words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import PurePath

from iiml_codegen.agents import Agents, expert_agents
from iiml_codegen.domain.blueprint import Blueprint, Member
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.events import (
    BlueprintPlanned,
    Note,
    Phase,
    PhaseStarted,
    ProfileMeasured,
    SolveStarted,
    SubmissionWritten,
    TaskAnalysed,
)
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_json, to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.execution.context import SolveContext, SolveResult
from iiml_codegen.implementation.script_coder import write_script
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify
from iiml_codegen.journal import Journal
from iiml_codegen.planning.knowledge_advice import learned_note
from iiml_codegen.planning.pretrained_track import with_pretrained
from iiml_codegen.planning.runnable_tracks import with_runnable_tracks
from iiml_codegen.search.ablation import tell_worths
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench, constant_score
from iiml_codegen.search.code import CandidateCode, ScriptCode
from iiml_codegen.search.diagnosis import diagnose
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.finish import Finisher
from iiml_codegen.search.incoming import Incoming
from iiml_codegen.search.last_resort import constant_in_time, rescue
from iiml_codegen.search.leak_gate import LeakGate
from iiml_codegen.search.order import quick_first
from iiml_codegen.search.plan_files import write_plan_files
from iiml_codegen.search.prep_check import check_prep
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import sample_shadow
from iiml_codegen.search.shadows import Shadow, ShadowSet
from iiml_codegen.search.standing import NoSubmissionError, StandingRecord, announce
from iiml_codegen.search.track_modules import promote_tracks
from iiml_codegen.search.tuning import LEAST_BUDGET, Tuning
from iiml_codegen.search.yours import Saved, YourEdits

LOOKING_SECONDS = 300.0
WITHHOLDING_SECONDS = 600.0
BIG_DATA_SHARE = 0.4
"""Of what is left of the budget, where that is more than those seconds."""


@dataclass(frozen=True)
class Planned:
    """What Phase I hands over; `folder` is where the data are read."""

    folder: str
    task: TaskSummary
    profile: DataProfile
    blueprint: Blueprint
    contract: Contract
    knowledge: Knowledge = field(default_factory=Knowledge)


def solve(context: SolveContext, agents: Agents | None = None) -> SolveResult:
    """Plan, write, integrate; the best valid submission stands whenever it ends.

    Raises CompetitionError when the folder cannot be understood, and other IimlErrors for trouble
    that leaves no submission.
    """
    agents = agents or expert_agents(context.options, context.worker)
    try:
        planned = plan(context, agents)
        bench = withhold(context, agents, planned)
        with closing(bench.installed), proposals(bench) as incoming:
            integrate(bench, implement(bench), incoming)
    except IimlError:
        if not context.stop.is_set():
            raise
    return ended(context)


def proposals(bench: Bench) -> AbstractContextManager[Incoming | None]:
    """The second line, where a language model is there to think along.

    A solve without one imports nothing of it.
    """
    asker = bench.context.asker
    if asker is None or "modules" in bench.context.options.without:
        return nullcontext()
    from iiml_codegen.proposing.second_line import second_line

    return second_line(bench, asker)


def ended(context: SolveContext) -> SolveResult:
    """What stands when a solve is over; raises NoSubmissionError if it came to its end in vain.

    Where it was stopped before it knew, a submission from an earlier solve stands.
    """
    standing = StandingRecord(context).find()
    stopped = context.stop.is_set() and context.budget.left() > 0
    if not stopped and not told(context.journal):
        raise NoSubmissionError(
            "no candidate gave a valid submission", hint="see iiml/report.html; or give more time"
        )
    if standing is not None and not told(context.journal):
        announce(context, standing)
    return SolveResult(
        status="stopped" if stopped else "solved",
        candidate=standing.candidate.id if standing else None,
        submission=str(context.workspace.submission) if standing else None,
    )


def told(journal: Journal) -> bool:
    """Whether the journal says since this solve's start what stands."""
    started, written = journal.last(SolveStarted), journal.last(SubmissionWritten)
    return written is not None and (started is None or written.seq > started.seq)


def phase(context: SolveContext, name: Phase, title: str) -> None:
    """Tell the views what begins."""
    context.journal.append(PhaseStarted(phase=name, title=title))


def plan(context: SolveContext, agents: Agents) -> Planned:
    """Phase I: task, profile, knowledge, blueprint and contract."""
    phase(context, "planning", "Look at the files")
    inventory = look(context)
    task = agents.task_analyzer.analyse(inventory, metric=context.options.metric)
    task = with_read_metric(context, inventory, task)
    context.workspace.write_bytes(context.workspace.task, to_json(task))
    context.journal.append(TaskAnalysed(task=task))
    for guess in task.guesses:
        text = f"Guessed: {guess.what} is {guess.value}, because {guess.why}."
        context.journal.append(Note(level="information", text=text))
    phase(context, "planning", "Profile the data")
    profile = measured(context, agents, task, inventory)
    phase(context, "planning", "Plan the blueprint")
    knowledge = agents.knowledge_retriever.retrieve(
        task, profile, inventory.text_of(task.description_file)
    )
    knowledge = with_runnable_tracks(context, knowledge)
    knowledge = with_pretrained(context, profile, knowledge)
    if taught := learned_note(knowledge.advice):
        context.journal.append(Note(level="information", text=taught))
    blueprint, contract = agents.guideline_agent.plan(task, profile, knowledge, context.options)
    planned = Planned(inventory.folder, task, profile, blueprint, contract, knowledge)
    write_plan(context, planned)
    return planned


def with_read_metric(context: SolveContext, inventory: Inventory, task: TaskSummary) -> TaskSummary:
    """The task with the metric that a model reads, where the expert had to guess one."""
    if context.asker is None or not any(guess.what == "metric" for guess in task.guesses):
        return task
    from iiml_codegen.backbones.metric_guess import read_metric

    return read_metric(context.asker, inventory, task, context.budget.total)


def look(context: SolveContext) -> Inventory:
    """What lies in the folder, archives unpacked; what could not be read is said."""
    workspace = context.workspace
    params = {"folder": str(workspace.folder), "cache": str(workspace.cache_dir())}
    seconds = max(LOOKING_SECONDS, BIG_DATA_SHARE * context.budget.left())
    inventory = context.worker.call_typed("inventory", params, Inventory, timeout=seconds)
    for trouble in inventory.troubles:
        text = f"{trouble.said()}. {trouble.hint}".rstrip()
        context.journal.append(Note(level="warning", text=text))
    return inventory


def measured(
    context: SolveContext, agents: Agents, task: TaskSummary, inventory: Inventory
) -> DataProfile:
    """The profile, on disk and in the journal."""
    workspace, before = context.workspace, context.budget.used()
    profile = agents.profiling_agent.profile(task, inventory)
    workspace.write_bytes(workspace.profile, to_json(profile))
    context.journal.append(
        ProfileMeasured(
            train_rows=profile.train_rows,
            test_rows=profile.test_rows,
            columns=len(profile.columns),
            seconds=context.budget.used() - before,
            leaks=profile.leaks,
            warnings=profile.warnings,
        )
    )
    for warning in profile.warnings:
        context.journal.append(Note(level="warning", text=warning))
    return profile


def write_plan(context: SolveContext, planned: Planned) -> None:
    """The plan as files, one of them a page for people, and in the journal."""
    workspace, blueprint = context.workspace, planned.blueprint
    advice = planned.knowledge.advice
    write_plan_files(workspace, blueprint, planned.contract, planned.task, planned.profile, advice)
    context.journal.append(
        BlueprintPlanned(
            title=blueprint.title,
            steps=len(blueprint.steps),
            members=tuple(member.name for member in blueprint.members),
            folds=blueprint.folds,
        )
    )


def withhold(context: SolveContext, agents: Agents, planned: Planned) -> Bench:
    """Build the shadow competitions, so that no code to come can see the labels it is scored on."""
    phase(context, "integration", "Withhold labels in shadow competitions")
    params = {
        "folder": planned.folder,
        "task": to_plain(planned.task),
        "plan": to_plain(planned.blueprint.folds),
        "out": str(context.workspace.cache_dir()),
    }
    seconds = max(WITHHOLDING_SECONDS, BIG_DATA_SHARE * context.budget.left())
    shadows = context.worker.call_typed("shadows", params, ShadowSet, timeout=seconds)
    for remark in shadows.remarks:
        context.journal.append(Note(level="warning", text=remark))
    constant = constant_score(context, planned.task, shadows)
    source = planned.task.layout.source
    plain = f"Every {source.column} repeated as it is" if source else "The best constant prediction"
    said = f"{plain} scores {constant:.5g} by {planned.task.metric}"
    context.journal.append(Note(level="information", text=said))
    return Bench(
        context=context,
        folder=planned.folder,
        agents=agents,
        task=planned.task,
        profile=planned.profile,
        blueprint=planned.blueprint,
        contract=planned.contract,
        shadows=shadows,
        constant=constant,
        knowledge=planned.knowledge,
    )


def implement(bench: Bench) -> list[Attempt]:
    """Phase II: the coders write prep and one model module per member."""
    phase(bench.context, "implementation", "Write prep and models")
    prep = bench.agents.preprocessing_coder.write(bench.blueprint)
    attempts = [
        write_candidate(bench, prep, n, m) for n, m in enumerate(bench.blueprint.members, 1)
    ]
    for attempt in attempts:
        report_violations(bench, attempt.code)
    return attempts


def report_violations(bench: Bench, code: CandidateCode) -> None:
    """Rungs 0 and 1 of the ladder: what can be seen without running anything."""
    modules = [
        Module(name=PurePath(file).stem, label=file, text=text)
        for file, text in code.modules().items()
    ]
    found = verify(
        modules,
        bench.blueprint,
        bench.contract,
        columns=[column.name for column in bench.profile.columns],
        files=bench.files,
        task=bench.task,
    )
    for one in found:
        if one.severity != "information":
            place = f"{code.id}/{one.place.file}:{one.place.line}"
            text = f"{place} {one.code} {one.message}"
            bench.context.journal.append(Note(level="warning", text=text))


def write_candidate(bench: Bench, prep: str, number: int, member: Member) -> Attempt:
    """One candidate: prep and model; its pipeline is assembled when its turn comes."""
    name = f"{number:02d}-{member.name}"
    model = bench.agents.modeling_coder.write(bench.blueprint, member)
    folder = bench.context.workspace.candidate(name)
    if "modules" in bench.context.options.without:
        script = write_script(prep, model)
        code: CandidateCode = ScriptCode(name, member, folder, script, script, bench.task)
    else:
        code = CandidateCode(name, member, folder, prep, model, bench.task)
    return Attempt(code, estimate=member.cost)


def integrate(bench: Bench, attempts: list[Attempt], incoming: Incoming | None = None) -> None:
    """Phase III: check prep on live objects, explore by shadow runs, combine, refit, hand in.

    Whatever becomes of the plan, some valid submission stands; raises IimlError where none can.
    """
    finisher = Finisher(bench)
    try:
        with constant_in_time(bench, finisher.submitter):
            explore(bench, attempts, finisher, incoming)
        rescue(bench, finisher.submitter, attempts)
    except IimlError as error:
        rescue(bench, finisher.submitter, attempts)
        if bench.context.stop.is_set() or not finisher.submitter.is_constant:
            raise
        bench.context.journal.append(Note(level="error", text=str(error)))


def explore(
    bench: Bench, attempts: list[Attempt], finisher: Finisher, incoming: Incoming | None
) -> None:
    """Check what prep gives, then score what was written, and what a person edited."""
    context = bench.context
    repairer = Repairer(bench, context.options.repair_rounds)
    phase(context, "integration", "Check what prep gives against the contract")
    sample = None if "verification" in context.options.without else sample_shadow(bench)
    try:
        attempts = check_prep(bench, quick_first(attempts), repairer, sample)
    except IimlError as error:
        if incoming is None or context.stop.is_set():
            raise
        context.journal.append(Note(level="warning", text=f"only a model's code is left: {error}"))
        attempts = []
    if "modules" in context.options.without:
        score(bench, attempts, sample, repairer, finisher)
        return
    edits = YourEdits(bench)
    options = context.options
    tuning = Tuning(bench) if options.tune and options.budget >= LEAST_BUDGET else None
    score(bench, attempts, sample, repairer, finisher, edits.next, incoming, tuning)
    edits.tell_late()


def score(
    bench: Bench,
    attempts: list[Attempt],
    sample: Shadow | None,
    repairer: Repairer,
    finisher: Finisher,
    yours: Callable[[], Saved] = Saved,
    incoming: Incoming | None = None,
    tuning: Tuning | None = None,
) -> None:
    """Explore by shadow runs and leak tests, then combine, refit and hand in what is better."""
    context = bench.context
    phase(context, "integration", "Score candidates on withheld rows")
    gate = None if "verification" in context.options.without else LeakGate(bench)
    exploration = Exploration(
        bench, attempts, repairer, finisher.reserve, sample, gate, yours, incoming, tuning
    )
    found = exploration.run(finisher.early_refit)
    if not context.stop.is_set():
        phase(context, "integration", "Combine, refit on all rows, check the submission")
        finisher.finish(found, incoming.sets if incoming else ())
        promote_tracks(bench, finisher.submitter, exploration.started)
    handed_in = finisher.handed_in
    if handed_in is not None and not context.stop.is_set():
        phase(context, "integration", "Look at errors, learning curve and importance")
        diagnose(bench, handed_in)
        if not context.options.candidates:  # that many more runs were not asked for
            tell_worths(bench, handed_in.attempts[0])
