import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";
import { ready } from "../ready";

/** Opens the plan as it was written, with its steps and reasons. */
export const openBlueprint: Command = {
  id: "iiml.openBlueprint",
  async run(app, target) {
    const current = app.competitions.current?.folder;
    const folder = await competitionFolder(app, target ?? current, vscode.l10n.t("Open"));
    if (folder === undefined) return;
    await ready(app);
    const { page } = await app.daemon.request("iiml/blueprint", { folder: folder.toString() });
    if (page === undefined || page === null) {
      throw new Error(vscode.l10n.t("There is no blueprint yet: a solve writes it in its first seconds."));
    }
    const uri = page.startsWith("file:") ? vscode.Uri.parse(page) : vscode.Uri.file(page);
    await vscode.window.showTextDocument(uri);
  },
};
