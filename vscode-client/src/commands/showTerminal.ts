import * as vscode from "vscode";
import type { Command } from "../app";
import { placeOf } from "../folders";
import { attachTo } from "../terminal";
import { runIn } from "./solve";

/** Brings the terminal "iiML GPU" to the front; opens it again if the solve still runs. */
export const showTerminal: Command = {
  id: "iiml.showTerminal",
  async run(app, target) {
    const folder = placeOf(target).folder ?? app.competitions.current?.folder;
    if (folder !== undefined && !app.terminals.isOpen(folder) && app.competitions.get(folder)?.status === "running") {
      return runIn(app, vscode.Uri.parse(folder), attachTo(vscode.Uri.parse(folder)));
    }
    if (!(await app.terminals.show(folder))) {
      await vscode.window.showInformationMessage(vscode.l10n.t("No solve was started in this window."));
    }
  },
};
