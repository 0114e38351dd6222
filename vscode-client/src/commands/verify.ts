import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";
import { ready } from "../ready";

/** High enough that contract, pipeline and submission are tried on a sample. */
const RUNG = 6;

/** Verifies a folder's modules; violations are in Problems, this says how many. */
export const verify: Command = {
  id: "iiml.verify",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Verify"));
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    const title = vscode.l10n.t("iiML verifies {0}", folder.path.split("/").at(-1) ?? "");
    const location = vscode.ProgressLocation.Notification;
    const outcome = await vscode.window.withProgress({ location, title, cancellable: true }, (_, token) =>
      app.daemon.request("iiml/verify", { folder: folder.toString(), rung: RUNG }, token),
    );
    if (outcome.errors + outcome.warnings === 0) {
      vscode.window.setStatusBarMessage(`$(check) iiML: ${outcome.message}`, 8000);
      return;
    }
    const problems = vscode.l10n.t("Show Problems");
    if ((await vscode.window.showWarningMessage(outcome.message, problems)) === problems) {
      await vscode.commands.executeCommand("workbench.actions.view.problems");
    }
  },
};
