import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";
import { ready } from "../ready";

/** Writes the best pipeline as a notebook and opens it. */
export const exportNotebook: Command = {
  id: "iiml.exportNotebook",
  async run(app, target) {
    const current = app.competitions.current?.folder;
    const folder = await competitionFolder(app, target ?? current, vscode.l10n.t("Export"));
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    const { text } = await app.daemon.request("iiml/export", { folder: folder.toString() });
    const notebook = text.startsWith("file:") ? vscode.Uri.parse(text) : vscode.Uri.file(text);
    await vscode.commands.executeCommand("vscode.open", notebook);
  },
};
