import * as vscode from "vscode";
import type { App, Command } from "../app";
import { placeOf } from "../folders";
import type { CompetitionState } from "../wire";

const PATIENCE_SECONDS = 20;

/** Asks the solver to end, which keeps what it has; offers to end it by force if it does not. */
export const stop: Command = {
  id: "iiml.stop",
  async run(app, target) {
    const running = app.competitions.all.filter(({ status }) => status === "running");
    if (running.length === 0) return void vscode.window.showInformationMessage(vscode.l10n.t("No solve runs in the folders of this window."));
    const key = placeOf(target).folder ?? (await pick(running));
    if (key === undefined) return;
    const outcome = await app.daemon.request("iiml/stop", { folder: key });
    if (!outcome.done) return void vscode.window.showWarningMessage(outcome.message);
    vscode.window.setStatusBarMessage(`iiML: ${outcome.message}`, 8000);
    if (!(await ends(app, key))) await offerForce(app, key);
  },
};

async function pick(running: CompetitionState[]): Promise<string | undefined> {
  if (running.length === 1) return running[0]?.folder;
  const items = running.map(({ name, folder, phase }) => ({ label: name, description: phase, folder }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Stop which solve?") }))?.folder;
}

/** True if the solve ends while one may expect it to. */
function ends(app: App, folder: string): Promise<boolean> {
  const isRunning = (): boolean => app.competitions.get(folder)?.status === "running";
  return new Promise((resolve) => {
    const finish = (ended: boolean): void => {
      clearTimeout(timer);
      changes.dispose();
      resolve(ended);
    };
    const timer = setTimeout(() => finish(!isRunning()), PATIENCE_SECONDS * 1000);
    const changes = app.competitions.onDidChange(() => {
      if (!isRunning()) finish(true);
    });
    if (!isRunning()) finish(true);
  });
}

async function offerForce(app: App, folder: string): Promise<void> {
  const force = vscode.l10n.t("Force Stop");
  const message = vscode.l10n.t("The solver has not ended yet. Force Stop ends it and its scripts at once; the best submission so far stays.");
  if ((await vscode.window.showWarningMessage(message, force)) !== force) return;
  const outcome = await app.daemon.request("iiml/stop", { folder });
  if (outcome.message !== "") vscode.window.setStatusBarMessage(`iiML: ${outcome.message}`, 8000);
}
