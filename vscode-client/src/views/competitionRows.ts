import * as vscode from "vscode";
import type { Competitions } from "../iiml";
import type { CompetitionState } from "../wire";
import { fileRow, type Row, row } from "./rows";
import { duration, place, score, secondsLeft, statusIcon, statusWord } from "./words";

/** The competition that is shown; where there are several, all of them, to choose from. */
export function competitionRows(competitions: Competitions): Row[] {
  const { all, current } = competitions;
  if (current === undefined) return [];
  if (all.length === 1) return current.status === "new" ? [] : facts(current);
  const shownFirst = [current, ...all.filter((state) => state !== current)];
  return shownFirst.map((state) =>
    row(state.title ?? state.name, {
      id: state.folder,
      description: [state.name, statusWord(state.status), state === current ? vscode.l10n.t("shown") : ""].filter(Boolean).join(" · "),
      icon: statusIcon(state.status),
      command: { command: "iiml.view.selectCompetition", title: vscode.l10n.t("Show"), arguments: [state.folder] },
      children: () => facts(state),
      expanded: state === current,
    }),
  );
}

function facts(state: CompetitionState): Row[] {
  const rows = [row(state.title ?? state.name, { icon: "tasklist", description: state.kind ?? "" }), statusRow(state)];
  if (state.metric != null) rows.push(metricRow(state, state.metric));
  if (state.budget != null) rows.push(budgetRow(state, state.budget));
  if (state.bestScore != null) {
    const description = [score(state.bestScore), state.best].filter(Boolean).join(" · ");
    rows.push(row(vscode.l10n.t("Best score"), { icon: "star-full", description }));
  }
  if (state.tokens != null) rows.push(modelsRow(state, state.tokens));
  if (state.submission != null) rows.push(fileRow(place(state.submission), vscode.l10n.t("Submission"), "table"));
  if (state.report != null) rows.push(reportRow(state));
  if (state.blueprint != null) rows.push(fileRow(place(state.blueprint), vscode.l10n.t("Blueprint"), "book"));
  if (state.solverLog != null) rows.push(fileRow(place(state.solverLog), vscode.l10n.t("Solver log"), "output"));
  if (state.notes.length > 0) rows.push(notesRow(state.notes));
  return rows;
}

function statusRow(state: CompetitionState): Row {
  const now = [state.phase, state.step].filter(Boolean).join(": ");
  const said = [state.message, state.hint].filter(Boolean).join(" ");
  const word = statusWord(state.status);
  return row(vscode.l10n.t("Status"), {
    icon: statusIcon(state.status),
    description: state.status === "running" && now !== "" ? `${word} · ${now}` : word,
    ...(said === "" ? {} : { tooltip: said }),
  });
}

function metricRow(state: CompetitionState, metric: string): Row {
  const way = state.greaterIsBetter ? vscode.l10n.t("greater is better") : vscode.l10n.t("smaller is better");
  const description = state.greaterIsBetter == null ? metric : `${metric} · ${way}`;
  return row(vscode.l10n.t("Metric"), { icon: "graph", description });
}

function budgetRow(state: CompetitionState, budget: number): Row {
  const left = secondsLeft(state);
  const whole = duration(budget);
  const description = left === undefined ? whole : vscode.l10n.t("{0}, {1} left", whole, duration(left));
  return row(vscode.l10n.t("Budget"), { icon: "watch", description });
}

/** What asking language models took so far; money only where prices are known. */
function modelsRow(state: CompetitionState, tokens: number): Row {
  const paid = state.cost == null ? "" : vscode.l10n.t("{0} $", state.cost < 1 ? state.cost.toFixed(4) : state.cost.toFixed(2));
  const description = [state.backbone, vscode.l10n.t("{0} tokens", tokens.toLocaleString()), paid].filter(Boolean).join(" · ");
  return row(vscode.l10n.t("Language models"), { icon: "comment-discussion", description });
}

function reportRow(state: CompetitionState): Row {
  return row(vscode.l10n.t("Report"), {
    icon: "open-preview",
    description: "report.html",
    command: { command: "iiml.openReport", title: vscode.l10n.t("Open Report"), arguments: [vscode.Uri.parse(state.folder)] },
  });
}

function notesRow(notes: readonly string[]): Row {
  return row(vscode.l10n.t("Notes"), {
    icon: "note",
    description: String(notes.length),
    children: () => notes.map((note) => row(note, { icon: "info" })),
  });
}
