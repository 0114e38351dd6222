"""A pipeline becomes `submission.csv`: refit on the real folder, checked, put in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from iiml_codegen.affected import keep_scored
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.wire import to_json
from iiml_codegen.errors import IimlError
from iiml_codegen.files import remove
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.promoted_files import PromotedFiles
from iiml_codegen.search.refit_plan import Refit, RefitPlan, prepared_refit
from iiml_codegen.search.specs import refit_spec, short_hash
from iiml_codegen.search.standing import (
    Standing,
    StandingRecord,
    announce,
    digest_of,
    ground_of,
    tell_written,
)
from iiml_codegen.search.submission_check import submission_violations
from iiml_codegen.search.yours import is_yours

CONSTANT = "IIML609"
"""A submission with one answer for all rows is valid in form, and handed in before none at all."""
CONSTANT_ID = "00-constant"
"""The candidate that stands where nothing better is ready in time."""
OVERRUN = 0.03
"""By which share of the budget the last refit may overrun it; the watch ends all at 5 %."""


class Submitter:
    """Refits, checks and hands in; knows what stands."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.record = StandingRecord(bench.context)
        self.files = PromotedFiles(bench)
        self._handing = threading.Lock()
        self.ground = ground_of(bench)
        found = self.record.find()
        self.standing = found if found and found.ground == self.ground else None
        if self.standing:
            announce(bench.context, self.standing)
            self.files.put_back_plan(self.standing)

    @property
    def is_constant(self) -> bool:
        """Whether only a constant answer stands, for want of anything better."""
        return self.standing is not None and self.standing.candidate.id == CONSTANT_ID

    def stands(self, attempt: Attempt) -> bool:
        """Whether the submission is what this candidate, with the text it has now, predicted."""
        standing = self.standing
        same = standing is not None and standing.candidate.id == attempt.id
        return same and standing is not None and standing.text in ("", attempt.code.text)

    def submission_of(self, plan: RefitPlan) -> Callable[[], bool] | None:
        """What hands a plan in and says whether it did; None where no pipeline comes of it.

        The pipeline is assembled here, on the caller's thread, as candidates are now.
        """
        try:
            refit = prepared_refit(self.bench, plan)
        except IimlError as error:
            self.note(f"{plan.id} was not handed in: {error}")
            return None
        return lambda: self.submit(refit)

    def submit(self, refit: Refit) -> bool:
        """Refit, check, and replace what stands; trouble leaves what stands as it is."""
        try:
            submission = self.same_as_stands(refit) or self.run(refit)
            if submission is None:
                return False
            with self._handing:
                late = refit.candidate.id == CONSTANT_ID and self.standing is not None
                if not late:
                    self.hand_in(refit, submission)
            return not late
        except (IimlError, OSError) as error:
            self.note(f"{refit.candidate.id} was not handed in: {error}")
            return False

    def same_as_stands(self, refit: Refit) -> Path | None:
        """The submission, where the very pipeline that would be run has written it."""
        workspace, standing = self.bench.context.workspace, self.standing
        if standing is None or not (workspace.best.is_file() and workspace.submission.is_file()):
            return None
        same = workspace.best.read_bytes() == refit.pipeline.text.encode()
        same = same and digest_of(workspace.submission) == standing.submission
        return workspace.submission if same else None

    def run(self, refit: Refit) -> Path | None:
        """Run the pipeline on the real folder; the path of a valid submission."""
        context, name = self.bench.context, refit.candidate.id
        script = context.workspace.candidate(name) / "best.py"
        context.workspace.write_text(script, refit.pipeline.text)
        context.workspace.write_bytes(
            script.with_name("best.map.json"), to_json(refit.pipeline.source_map)
        )
        run = f"refit-{name}-{short_hash(refit.pipeline.text)[:8]}"
        seconds = context.budget.left() + max(2.0, OVERRUN * context.budget.total)
        spec = refit_spec(self.bench, script, run, refit.code, seconds, refit.members)
        result = context.runner.run(spec)
        if not result.ok:
            self.note(f"the refit of {name} ended as {result.status}: {result.reason}")
            return None
        submission = context.workspace.run(run) / "submission.csv"
        broken = submission_violations(self.bench, submission)
        something = self.standing and not self.is_constant
        if broken and (something or any(one.code != CONSTANT for one in broken)):
            self.note(f"{name} is not a valid submission: {broken[0].message}")
            return None
        if broken:
            self.note(f"{name} learned nothing from these data: {broken[0].message}")
        return submission

    def hand_in(self, refit: Refit, submission: Path) -> None:
        """Promote best.py, then the submission, then the modules; each is written atomically."""
        workspace = self.bench.context.workspace
        standing = Standing(
            submission=digest_of(submission),
            ground=self.ground,
            candidate=refit.candidate,
            seeds=refit.seeds,
            text=refit.text,
            first=refit.code.id,
        )
        self.record.add(standing)
        remove(workspace.diagnosis)  # it is of another pipeline
        self.files.put(workspace.best, refit.pipeline.text)
        submitted = workspace.replace_submission(submission)
        self.standing = standing
        self.files.put_plan(refit.blueprint, refit.contract)
        tell_written(self.bench.context, standing, submitted.path)
        if submitted.kept:
            self.note(f"the submission.csv that was there is kept as {submitted.kept.name}")
        if submitted.path != workspace.submission:
            self.note(
                "another program holds submission.csv open, so that it could not be replaced; "
                f"the better submission is {submitted.path.name}"
            )
        if refit.candidate.id == CONSTANT_ID:
            return
        self.files.put(workspace.pipeline(refit.candidate.track), refit.alone)
        if is_yours(refit.code.id):
            self.files.leave_alone(refit)
        else:
            for name, text in refit.modules.items():
                self.files.promote(name, text)
        keep_scored(workspace, refit.candidate.track, refit.modules, refit.alone_score)

    def note(self, text: str) -> None:
        """Tell the reader of the journal."""
        self.bench.context.journal.append(Note(level="warning", text=text))
