"""What stands in a hover: the step, the value under the cursor, what feeds it, the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.insight.feeding import FITTING, given_by_harness
from iiml_codegen.insight.folder import FolderFacts, observation
from iiml_codegen.insight.origin import Origin, told_of
from iiml_codegen.insight.reading import Tie, Word
from iiml_codegen.insight.said import Line, Paragraph, Part, code, link, prose, shortened, strong
from iiml_codegen.insight.site import Insight, Site
from iiml_codegen.insight.values import (
    column_lines,
    example_line,
    feature_line,
    output_line,
    score_line,
    worth_line,
)
from iiml_codegen.integration.rules.markers import MARKER

MOST_TOLD = 4


@dataclass(frozen=True)
class Hovered:
    """What is said of a place, and the word that it is said of."""

    paragraphs: list[Paragraph]
    word: Word | None


def hover(insight: Insight, site: Site, line: int, column: int) -> Hovered | None:
    """What a line means, at a column counted in characters from 0; None where nothing is said."""
    if not 0 < line <= len(site.reading.lines) or not site.reading.lines[line - 1].strip():
        return None
    word = site.reading.word_at(line, column)
    if site.kind == "pipeline":
        return Hovered(pipeline_paragraphs(insight, site, line, word), word)
    return Hovered(module_paragraphs(insight, site, line, word), word)


def pipeline_paragraphs(
    insight: Insight, site: Site, line: int, word: Word | None
) -> list[Paragraph]:
    """A line of a pipeline: that of the module it came from, or the harness."""
    found = insight.origin(site, line)
    if found is None:
        return module_paragraphs(insight, site, line, word)
    if found.path is None:
        return [harness_paragraph(site.facts, found)]
    name = f"{found.path.name}, line {found.line}"
    source: Paragraph = [(Part("From "), link(name, line_uri(found.path, found.line)))]
    module = insight.site(found.path)
    if module is None:
        return [source, score_paragraph(site)]
    return [*module_paragraphs(insight, module, found.line, word), source]


def harness_paragraph(facts: FolderFacts, found: Origin) -> Paragraph:
    """A line that iiML wrote around the modules."""
    step = answer_step(facts) if found.label.startswith("submissions/") else None
    told = told_of(found.label) if found.label else ""
    head = strong("Harness")
    said: Line = (
        (head, Part(", the same in every pipeline: "), *prose(told))
        if told
        else (head, Part(": written when the modules were put together"))
    )
    return [*(step_lines(facts, step) if step else []), said]


def answer_step(facts: FolderFacts) -> Step | None:
    """The step that writes the answer."""
    steps = facts.blueprint.part("eval") if facts.blueprint else ()
    return next((step for step in steps if step.key == "submission"), None)


def module_paragraphs(
    insight: Insight, site: Site, line: int, word: Word | None
) -> list[Paragraph]:
    """A line of a module: step, word, score."""
    tie = site.reading.tie(line)
    said = word_paragraph(insight, site, line, word) if word else []
    return [tie_paragraph(site, tie, line), said, score_paragraph(site)]


def tie_paragraph(site: Site, tie: Tie, line: int) -> Paragraph:
    """How a line belongs to the plan."""
    name = code(tie.name) if tie.name else Part("This module")
    if tie.how == "region":
        return region_paragraph(site, tie.steps[0], line)
    if tie.how == "joins":
        joined = (Part("Puts together what "), *steps_in_words(tie.steps), Part(" made"))
        return [(*joined, *page_link(site.facts, tie.steps[0]))]
    if tie.how == "gives":
        return gives_paragraph(site, None if tie.steps else name)
    if not tie.steps:
        serves = (name, Part(" serves no step of the blueprint"))
        return [] if tie.how == "module" or not site.facts.blueprint else [serves]
    doing = " is for " if tie.how == "helper" else " carries out "
    return steps_paragraph(site, (name, Part(doing)), tie.steps)


def gives_paragraph(site: Site, helper: Part | None) -> Paragraph:
    """The outputs, where prepare returns them."""
    names = [part for one in site.facts.outputs() for part in (Part(", "), code(one))]
    head: Line = (helper, Part(" helps to give ")) if helper else (Part("Gives "),)
    return [(*head, Part("what the contract lists: "), *names[1:])] if names else []


def steps_paragraph(site: Site, head: Line, steps: Sequence[str]) -> Paragraph:
    """Several steps by their titles, or one with its reason."""
    known = [step for one in steps if (step := site.facts.step(one)) is not None]
    if len(steps) == 1 and known:
        first, *rest = step_lines(site.facts, known[0])
        return [(*head, *first), *rest]
    if len(steps) > MOST_TOLD or not known:
        return [(*head, *steps_in_words(steps), *page_link(site.facts, steps[0]))]
    return [(*head, *steps_in_words(steps)), *(step_lines(site.facts, one)[0] for one in known)]


def region_paragraph(site: Site, step_id: str, line: int) -> Paragraph:
    """The step that a line implements; by its marker alone where the plan does not tell."""
    step = site.facts.step(step_id)
    if step is not None:
        worth = site.facts.scores.view.worths.get(step_id)
        told = [worth_line(worth, site.facts.task)] if worth else []
        return [*step_lines(site.facts, step), *told]
    region = site.reading.region_at(line)
    said = site.reading.lines[region.first - 1] if region else ""
    marker = MARKER.match(said)
    title = said[marker.end() :].strip() if marker else ""
    unknown = "the blueprint has no such step" if site.facts.blueprint else "there is no blueprint"
    return [(strong(step_id), Part(f" {shortened(title)}")), (Part(f"({unknown})"),)]


def step_lines(facts: FolderFacts, step: Step) -> Paragraph:
    """A step with its reason, and the way to the page."""
    title: Line = (strong(step.id), Part(f" {shortened(step.title)}"), *page_link(facts, step.id))
    return [title, prose(step.why)] if step.why else [title]


def page_link(facts: FolderFacts, step: str) -> Line:
    """The way to a step's line in the blueprint."""
    line = facts.page.get(step)
    if line is None:
        return ()
    return (Part(" · "), link("blueprint", f"{(facts.home / 'blueprint.md').as_uri()}#L{line}"))


def steps_in_words(steps: Sequence[str]) -> Line:
    """`P3`, `P4 and P7`, `P1 to P12`."""
    steps = sorted(steps, key=lambda step: ("PMTE".index(step[0]), int(step[1:])))
    numbers = [int(step[1:]) for step in steps]
    alike = {step[0] for step in steps}
    run = list(range(numbers[0], numbers[0] + len(numbers)))
    if len(steps) > 2 and len(alike) == 1 and numbers == run:
        return strong(steps[0]), Part(" to "), strong(steps[-1])
    parts: list[Part] = []
    for place, step in enumerate(steps):
        between = " and " if place == len(steps) - 1 else ", "
        parts += [Part(between)] if place else []
        parts.append(strong(step))
    return tuple(parts)


def score_paragraph(site: Site) -> Paragraph:
    """What the candidate of a model or pipeline scored."""
    candidate = site.candidate
    if candidate is None:
        return []
    best = site.facts.scores.view.best
    return [score_line(candidate, site.facts.task, best is not None and best.id == candidate.id)]


def word_paragraph(insight: Insight, site: Site, line: int, word: Word) -> Paragraph:
    """What is known of the value that a word stands for."""
    if word.kind == "marker":
        return []
    if word.kind == "name" and site.kind == "model":
        return list(parameter_lines(insight, site, line, word.text))
    if word.kind == "name":
        return list(variable_lines(insight, site, line, word.text))
    return list(string_lines(insight, site, word.text))


def parameter_lines(insight: Insight, site: Site, line: int, name: str) -> Iterator[Line]:
    """A parameter of `fit` or `predict`, and what feeds it."""
    chunk = site.reading.chunk_at(line)
    function = chunk.facts.name if chunk else ""
    parameters = chunk.facts.parameters if chunk else ()
    if function not in FITTING or name not in parameters:
        return
    given = given_by_harness(function, name, parameters[0] == name)
    if given:
        yield (code(name), Part(" is "), *prose(given))
        return
    place = f"{function}.{name}"
    binding = next((b for b in insight.bindings(site) if b.parameter == place), None)
    if binding is not None:
        why = binding.evidence.partition("; a")[0].replace("that view", "the view of `fit`")
        yield (code(name), Part(" is fed by "), code(binding.output), Part(": "), *prose(why))
        yield from output_lines(insight, site, (binding.output,), made_too=True)
    elif site.member is not None and parameters.index(name) < 2:
        yield from planned_lines(site, function, name, parameters)


def planned_lines(
    site: Site, function: str, name: str, parameters: tuple[str, ...]
) -> Iterator[Line]:
    """What the plan gives a parameter, where prep was never looked at."""
    member, contract = site.member, site.facts.contract
    if member is None or contract is None:
        return
    half = "train" if function == "fit" else "test"
    target = function == "fit" and parameters[1] == name
    output = contract.target_output if target else f"{member.view}_{half}"
    yield (code(name), Part(" is to be fed by "), code(output), Part(", as planned"))
    yield from clause_lines(site.facts, output)


def variable_lines(insight: Insight, site: Site, line: int, name: str) -> Iterator[Line]:
    """A variable of prepare that outputs are made from."""
    chunk = site.reading.chunk_at(line)
    if chunk is None or chunk.facts.name not in ("prepare", "extract"):
        return
    outputs = tuple(one.output for one in insight.made(site) if one.variable == name)
    if outputs and name not in outputs:
        names = [part for one in outputs for part in (Part(" and "), code(one))]
        yield (code(name), Part(" becomes "), *names[1:])
    yield from output_lines(insight, site, outputs)


def string_lines(insight: Insight, site: Site, text: str) -> Iterator[Line]:
    """A string that names an output, a view or a column."""
    outputs = site.facts.views().get(text)
    given, _ = insight.observed(site)
    if outputs is None and observation(given, text) is not None:
        outputs = (text,)
    if outputs is not None:
        yield from output_lines(insight, site, outputs, made_too=site.kind == "model")
        return
    column = site.facts.column(text)
    if column is not None:
        yield from column_lines(column)
    for seen in given.observations if given else ():
        line = feature_line(seen, text)
        if line is not None and not seen.output.endswith("_test"):
            yield line


def output_lines(
    insight: Insight, site: Site, outputs: tuple[str, ...], made_too: bool = False
) -> Iterator[Line]:
    """Clause and last observed value of outputs; examples for the first."""
    given, current = insight.observed(site)
    for place, output in enumerate(outputs):
        seen = observation(given, output)
        yield from clause_lines(site.facts, output) if place == 0 else ()
        if seen is not None:
            yield output_line(seen, current)
            examples = example_line(seen) if place == 0 else None
            if examples is not None:
                yield examples
        elif place == 0:
            yield (code(output), Part(" was not observed yet; verifying runs prep on a sample"))
    if made_too and outputs:
        yield from made_lines(insight, site, outputs[0])


def made_lines(insight: Insight, site: Site, output: str) -> Iterator[Line]:
    """Where prep makes an output."""
    prep = insight.prep(site)
    for one in insight.made(prep) if prep else ():
        if prep and one.output == output:
            line = one.made or one.given
            yield (Part("Made in "), link(f"prep.py, line {line}", line_uri(prep.path, line)))


def clause_lines(facts: FolderFacts, output: str) -> Iterator[Line]:
    """What the contract says of an output."""
    for clause in facts.clauses_of(output):
        yield (strong(clause.id), Part(" "), *prose(clause.says))


def line_uri(path: Path, line: int) -> str:
    """A link to a line of a file."""
    return f"{path.as_uri()}#L{line}"
