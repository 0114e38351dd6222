import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";

/** Solves a competition in the terminal "iiML GPU", or attaches to the solver that is at work. */
export const solve: Command = {
  id: "iiml.solve",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Solve"));
    if (folder === undefined) return false;
    const python = await app.environments.daemonPython();
    await app.terminals.run(python, folder.toString(), ["solve", folder.fsPath, "--attach"], true);
    await app.competitions.open(folder);
    return true;
  },
};
