import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import type { CandidateState, CompetitionState } from "../wire";
import type { CandidateRef } from "./trackRows";
import { place, standing } from "./words";

/** Shows what two candidates' pipelines differ in; asks for those that are not given. */
export async function compareCandidates(iiml: Iiml, left?: CandidateRef, right?: CandidateRef): Promise<void> {
  const state = iiml.competitions.get(left?.folder ?? "") ?? iiml.competitions.current;
  if (state === undefined) return;
  const first = left?.candidate ?? (await pick(state, vscode.l10n.t("Compare which candidate?")));
  if (first === undefined) return;
  const second = right?.candidate ?? (await pick(state, vscode.l10n.t("Compare {0} with which candidate?", first.id), first.id));
  if (second !== undefined) await showDifference(first, second);
}

/** Shows what a candidate does other than the one behind the submission. */
export async function diffAgainstBest(iiml: Iiml, ref: CandidateRef): Promise<void> {
  const candidates = iiml.competitions.get(ref.folder)?.candidates ?? [];
  const best = candidates.find((candidate) => candidate.best) ?? candidates[0];
  if (best !== undefined) await showDifference(best, ref.candidate);
}

/** Opens a file that a candidate left, or says that there is none. */
export async function openCandidateFile(file: string | null | undefined): Promise<void> {
  if (file != null) await vscode.commands.executeCommand("vscode.open", place(file));
}

async function showDifference(left: CandidateState, right: CandidateState): Promise<void> {
  if (left.pipeline == null || right.pipeline == null) {
    const without = left.pipeline == null ? left.id : right.id;
    await vscode.window.showInformationMessage(vscode.l10n.t("{0} has no pipeline to compare.", without));
    return;
  }
  const title = `${left.id} (${standing(left)}) ↔ ${right.id} (${standing(right)})`;
  await vscode.commands.executeCommand("vscode.diff", place(left.pipeline), place(right.pipeline), title);
}

async function pick(state: CompetitionState, title: string, other?: string): Promise<CandidateState | undefined> {
  const items = state.candidates
    .filter((candidate) => candidate.pipeline != null && candidate.id !== other)
    .map((candidate) => ({ label: candidate.id, description: standing(candidate), detail: candidate.note, candidate }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t("There is no other candidate with a pipeline yet."));
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.candidate;
}
