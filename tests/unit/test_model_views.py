"""What asking models took, as terminal, lines, JSON and report show it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from iiml_codegen.domain.events import Entry, Event, ModelCalled, SolveEnded, SolveStarted
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.journal import Journal
from iiml_codegen.report import write_report
from iiml_codegen.viewing.follow import Outcome
from iiml_codegen.viewing.plain import asked_lines, line
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.viewing.summary import summary
from iiml_codegen.viewing.terminal import status
from iiml_codegen.workspace import Workspace

START = SolveStarted(options=SolveOptions(budget=60.0), pid=1, started=0.0)
RESUMED = SolveStarted(options=SolveOptions(budget=60.0), pid=2, started=0.0, resumed=True)


def call(agent: str, outcome: str = "accepted", **more: object) -> ModelCalled:
    said = {"input_tokens": 1_500, "output_tokens": 500, "cost": 0.002} | more
    return ModelCalled(
        agent=agent, prompt="p@1", backbone="mine", model="<b>m</b>", outcome=outcome, **said
    )


CALLS = [
    call("guideline_agent", "rejected"),
    call("guideline_agent"),
    call("guideline_agent", "cached", input_tokens=0, output_tokens=0, cost=0.0),
    call("improver", cost=None),
]


def view_of(*events: Event) -> SolveView:
    view = SolveView()
    for number, event in enumerate(events):
        view.apply(Entry(seq=number, at=float(number), event=event))
    return view


def test_tokens_and_money_show_while_a_solve_runs() -> None:
    console = Console(file=io.StringIO(), width=140)
    console.print(status(view_of(START, *CALLS), 10.0))
    text = "3 calls (1 rejected), 1 known already, 6000 tokens, 0.0040 $"
    assert text in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_solve_without_models_says_nothing_of_them() -> None:
    view = view_of(START)
    assert not asked_lines(view) and summary(view, Outcome.ENDED, 1.0, Path("w"))["models"] is None


def test_there_is_a_line_for_each_agent_at_the_end_and_none_before() -> None:
    assert [line(event) for event in CALLS] == [""] * 4
    assert asked_lines(view_of(START, *CALLS)) == [
        "Models: guideline_agent: 2 calls (1 rejected), 1 known already, 4000 tokens, 0.0040 $",
        "Models: improver: 1 call, 2000 tokens",
        "Models, all agents: 3 calls (1 rejected), 1 known already, 6000 tokens, "
        "0.0040 $ and calls without a known price",
    ]


def test_the_summary_counts_per_agent() -> None:
    told = summary(view_of(START, *CALLS), Outcome.ENDED, 1.0, Path("w"))["models"]
    assert (told["calls"], told["cached"], told["unpriced"]) == (3, 1, 1)
    assert told["agents"]["improver"]["cost"] is None
    assert told["agents"]["guideline_agent"]["output_tokens"] == 1_000


def test_what_a_resumed_solve_paid_counts_on_and_a_new_one_starts_at_nothing() -> None:
    assert view_of(START, *CALLS, RESUMED, call("improver")).use.calls == 4
    assert view_of(START, *CALLS, START, call("improver")).use.calls == 1


def test_the_report_has_a_table_per_agent(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    journal = Journal(workspace.journal)
    for event in (START, *CALLS, SolveEnded(status="solved", seconds=3.0)):
        journal.append(event)
    journal.close()
    page = write_report(workspace).read_text("utf-8")
    assert "What the models were asked" in page and "mine: &lt;b&gt;m&lt;/b&gt;" in page
    rows = [part.split("</tr>")[0] for part in page.split("<td>guideline agent</td>")[1:]]
    cells = [cell.split("</td>")[0] for cell in rows[0].split('<td class="n">')[1:]]
    assert cells == ["2", "1", "1", "0", "3000", "1000", "0.0040 $"]
    assert "no price known" in page.split("<td>improver</td>")[1].split("</tr>")[0]
