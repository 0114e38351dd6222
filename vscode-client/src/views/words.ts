import * as path from "node:path";
import * as vscode from "vscode";
import { scoreText as score } from "../status";
import type { CandidateState, CompetitionState } from "../wire";

export { score };

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return vscode.l10n.t("{0} s", whole);
  if (whole < 3600) return vscode.l10n.t("{0} min {1} s", Math.floor(whole / 60), whole % 60);
  return vscode.l10n.t("{0} h {1} min", Math.floor(whole / 3600), Math.floor((whole % 3600) / 60));
}

/** A candidate's score with its standard error and what it was measured on, or else its status. */
export function standing(candidate: CandidateState): string {
  if (candidate.score == null) return statusWord(candidate.status);
  const value = score(candidate.score);
  const error = candidate.standardError;
  const told = error == null ? value : vscode.l10n.t("{0} ± {1}", value, String(Number(error.toPrecision(2))));
  return [told, candidate.scope].filter(Boolean).join(" ");
}

/** What is left of the budget of a solve that runs, in seconds; undefined where there is none. */
export function secondsLeft(state: CompetitionState): number | undefined {
  if (state.status !== "running" || state.budget == null || state.startedAt == null) return undefined;
  return Math.max(0, state.startedAt + state.budget - Date.now() / 1000);
}

/** A competition's or a candidate's status in words. */
export function statusWord(status: string): string {
  const words: Record<string, string> = {
    new: vscode.l10n.t("not solved yet"),
    running: vscode.l10n.t("running"),
    solved: vscode.l10n.t("solved"),
    stopped: vscode.l10n.t("stopped"),
    failed: vscode.l10n.t("failed"),
    bug: vscode.l10n.t("ended by a defect of iiML"),
    lost: vscode.l10n.t("interrupted; Resume goes on"),
    scored: vscode.l10n.t("scored"),
    partial: vscode.l10n.t("scored on some folds"),
  };
  return words[status] ?? status;
}

/** The native icon of a status; the words beside it say the same. */
export function statusIcon(status: string): vscode.ThemeIcon {
  const icons: Record<string, string> = {
    new: "circle-outline",
    running: "sync",
    solved: "pass",
    scored: "pass",
    partial: "circle-slash",
    stopped: "debug-stop",
    failed: "error",
    bug: "bug",
    lost: "debug-disconnect",
  };
  return new vscode.ThemeIcon(icons[status] ?? "circle-outline");
}

/** The document that the daemon names: a URI, or a path. */
export function place(text: string): vscode.Uri {
  return text.startsWith("file:") ? vscode.Uri.parse(text, true) : vscode.Uri.file(text);
}

/** A file's name without its folders. */
export function baseName(uri: vscode.Uri): string {
  return path.posix.basename(uri.path);
}
