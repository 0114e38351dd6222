import * as vscode from "vscode";
import type { App, Command } from "../app";
import { competitionFolder, placeOf } from "../folders";

const PATIENCE_SECONDS = 20;

/** Asks the solver to end, which keeps what it has; offers to end it by force if it does not. */
export const stop: Command = {
  id: "iiml.stop",
  async run(app, target) {
    const running = app.competitions.all.filter(({ status }) => status === "running");
    const folder = placeOf(target).folder ?? (running.length === 1 ? running[0]?.folder : undefined);
    const uri = folder === undefined ? await competitionFolder(app, undefined, vscode.l10n.t("Stop")) : vscode.Uri.parse(folder);
    if (uri === undefined) return;
    const key = uri.toString();
    const outcome = await app.daemon.request("iiml/stop", { folder: key });
    if (!outcome.done) return void vscode.window.showWarningMessage(outcome.message);
    vscode.window.setStatusBarMessage(`iiML: ${outcome.message}`, 8000);
    if (!(await ends(app, key))) await offerForce(app, key);
  },
};

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
  if (outcome.message !== "") await vscode.window.showInformationMessage(outcome.message);
}
