import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";
import { ready } from "../ready";
import { saveForRun } from "../saving";
import { runIn } from "./solve";

/** Scores the tracks whose inputs changed since they were scored, and no others. */
export const runAffected: Command = {
  id: "iiml.runAffected",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Run"));
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    await saveForRun(folder);
    const { tracks } = await app.daemon.request("iiml/affected", { folder: folder.toString() });
    if (!tracks.some(({ affected }) => affected)) {
      await vscode.window.showInformationMessage(vscode.l10n.t("Nothing has changed since the tracks were scored."));
      return;
    }
    const interpreter = await app.environments.interpreter(folder);
    const chosen = interpreter === undefined ? [] : ["--interpreter", interpreter.python];
    await runIn(app, folder, ["run", folder.fsPath, "--affected", "--attach", ...chosen]);
  },
};
