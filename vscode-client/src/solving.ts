import * as vscode from "vscode";
import type { App } from "./app";
import { messageOf } from "./deadline";
import { summary } from "./status";
import { attachTo } from "./terminal";
import type { CompetitionState } from "./wire";

/** Follows the solves that this window started or showed: progress while they run, one message at the end. */
export function followSolves(app: App): vscode.Disposable {
  const followed = new Map<string, vscode.Disposable>();
  return vscode.Disposable.from(
    app.competitions.onDidChange((state) => {
      if (state?.status !== "running" || followed.has(state.folder) || !app.terminals.wasShown(state.folder)) return;
      const following = follow(app, state);
      followed.set(state.folder, following);
      void following.ended.finally(() => followed.delete(state.folder));
      void reopen(app, state.folder);
    }),
    new vscode.Disposable(() => [...followed.values()].forEach((one) => one.dispose())),
  );
}

/** After a reload the terminal is back by itself, or it is opened again and attaches; without the focus. */
async function reopen(app: App, folder: string): Promise<void> {
  if (app.terminals.isOpen(folder)) return;
  try {
    const python = await app.environments.daemonPython();
    await app.terminals.run(python, folder, attachTo(vscode.Uri.parse(folder)), "reopened");
  } catch (error) {
    app.log.warn(`The terminal was not opened again: ${messageOf(error)}`);
  }
}

interface Following extends vscode.Disposable {
  ended: Promise<void>;
}

function follow(app: App, first: CompetitionState): Following {
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (finish = resolve));
  const title = vscode.l10n.t("iiML solves {0}", first.name);
  const location = vscode.ProgressLocation.Notification;
  void vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    progress.report({ message: words(first) });
    token.onCancellationRequested(() => void vscode.commands.executeCommand("iiml.stop", { folder: first.folder }));
    const changes = app.competitions.onDidChange(() => {
      const state = app.competitions.get(first.folder);
      if (state?.status !== "running") finish();
      else progress.report({ message: words(state) });
    });
    await ended;
    changes.dispose();
    const state = app.competitions.get(first.folder);
    if (state !== undefined && state.status !== "running") void tell(app, state);
  });
  return { ended, dispose: () => finish() };
}

function words(state: CompetitionState): string {
  return state.step === "" ? summary(state) : `${summary(state)} · ${state.step}`;
}

/** The one message at the end of a solve, with what to do next. */
async function tell(app: App, state: CompetitionState): Promise<void> {
  const report = vscode.l10n.t("Open Report");
  const submission = vscode.l10n.t("Open Submission");
  const resume = vscode.l10n.t("Resume");
  const logs = vscode.l10n.t("Show Logs");
  const ended = state.status === "solved" || state.status === "stopped";
  const handedIn = state.submission ?? undefined;
  // The report is written last; its panel shows it as soon as it is there.
  const actions = [...(ended || state.report ? [report] : []), ...(handedIn === undefined ? [] : [submission])];
  const said = await (ended
    ? vscode.window.showInformationMessage(sentence(state), ...actions)
    : state.status === "lost"
      ? vscode.window.showWarningMessage(sentence(state), resume, ...actions)
      : vscode.window.showErrorMessage(sentence(state), ...actions, logs));
  if (said === report) await vscode.commands.executeCommand("iiml.openReport", { folder: state.folder });
  if (said === submission && handedIn !== undefined) await vscode.commands.executeCommand("vscode.open", vscode.Uri.parse(handedIn));
  if (said === resume) await vscode.commands.executeCommand("iiml.resume", { folder: state.folder });
  if (said === logs) app.log.show();
}

function sentence(state: CompetitionState): string {
  const best = state.bestScore ?? undefined;
  const score = best === undefined ? "" : ` ${vscode.l10n.t("Best score {0}.", String(Number(best.toPrecision(5))))}`;
  const said = state.message === "" ? "" : `${state.name}: ${state.message.replace(/[^.]$/, "$&.")}`;
  switch (state.status) {
    case "solved":
      return said || vscode.l10n.t("{0} is solved.{1}", state.name, score);
    case "stopped":
      return vscode.l10n.t("{0} was stopped.{1}", state.name, score);
    case "lost":
      return vscode.l10n.t("The solver of {0} was killed. Resume goes on where it was.{1}", state.name, score);
    default:
      return [state.message, state.hint].filter((text) => text !== "").join(" ") || vscode.l10n.t("{0} could not be solved.", state.name);
  }
}
