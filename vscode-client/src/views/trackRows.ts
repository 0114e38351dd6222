import * as vscode from "vscode";
import type { CandidateState, CompetitionState, RunState } from "../wire";
import { ideasRow } from "./ideaRows";
import { fileRow, openCommand, type Row, row } from "./rows";
import { duration, place, score, standing, statusIcon, statusWord } from "./words";

/** A candidate of a competition, for commands on its row. */
export interface CandidateRef {
  readonly folder: string;
  readonly candidate: CandidateState;
}

/** The leaderboard: candidates with what belongs to each; scripts that run for none come last. */
export function trackRows(state: CompetitionState | undefined): Row[] {
  if (state === undefined) return [];
  const known = new Set(state.candidates.map((candidate) => candidate.id));
  const others = state.runs.filter((run) => run.candidate == null || !known.has(run.candidate));
  const rows = [...state.candidates.map((candidate) => candidateRow(state, candidate)), ...others.map(runRow)];
  return state.ideas.length === 0 ? rows : [...rows, ideasRow(state.ideas)];
}

function candidateRow(state: CompetitionState, candidate: CandidateState): Row<CandidateRef> {
  const best = candidate.best ? vscode.l10n.t("in submission.csv") : "";
  const facts = [standing(candidate), best, candidate.track].filter(Boolean);
  const told = [statusWord(candidate.status), candidate.note, duration(candidate.seconds)].filter(Boolean);
  return row(candidate.id, {
    id: `${state.folder} ${candidate.id}`,
    icon: candidate.best ? "star-full" : statusIcon(candidate.status),
    description: facts.join(" · "),
    tooltip: told.join(" · "),
    context: contextOf(candidate),
    subject: { folder: state.folder, candidate },
    children: () => partsOf(state, candidate),
  });
}

/** What the menus of a row may offer. */
function contextOf(candidate: CandidateState): string {
  const has = (name: string, file: string | null | undefined): string => (file == null ? "" : name);
  const parts = [has("log", candidate.log), has("submission", candidate.submission), has("pipeline", candidate.pipeline)];
  return ["candidate", ...parts, candidate.best ? "best" : "other"].filter(Boolean).join(" ");
}

async function partsOf(state: CompetitionState, candidate: CandidateState): Promise<Row[]> {
  const rows = candidate.folds.map((value, fold) =>
    row(vscode.l10n.t("Fold {0}", fold), {
      icon: value == null ? "circle-outline" : "circle-filled",
      description: value == null ? vscode.l10n.t("no score") : score(value),
    }),
  );
  rows.push(...state.runs.filter((run) => run.candidate === candidate.id).map(runRow));
  if (candidate.log != null) rows.push(fileRow(place(candidate.log), vscode.l10n.t("Log"), "output"));
  if (candidate.submission != null) rows.push(fileRow(place(candidate.submission), vscode.l10n.t("Submission"), "table"));
  if (candidate.pipeline != null) rows.push(fileRow(place(candidate.pipeline), vscode.l10n.t("Pipeline"), "file-code"));
  if (candidate.folder != null) rows.push(...(await moduleRows(place(candidate.folder))));
  return rows;
}

/** The modules that a candidate is made of: what a person edits. */
async function moduleRows(folder: vscode.Uri): Promise<Row[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const names = entries.map(([name]) => name).filter((name) => /^(prep|model_\w+)\.py$/.test(name));
    return names.sort().map((name) => fileRow(vscode.Uri.joinPath(folder, name), name, "symbol-file"));
  } catch {
    return []; // A candidate that was only planned has no folder yet.
  }
}

function runRow(run: RunState): Row {
  return row(run.purpose, {
    icon: "sync",
    description: vscode.l10n.t("running"),
    command: openCommand(place(run.log)),
  });
}
