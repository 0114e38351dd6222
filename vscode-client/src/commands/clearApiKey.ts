import * as vscode from "vscode";
import type { Command } from "../app";
import { PROVIDERS } from "../keys";

/** Removes an API key that was kept. */
export const clearApiKey: Command = {
  id: "iiml.clearApiKey",
  async run(app) {
    const kept = await app.keys.kept();
    const items = PROVIDERS.filter(({ id }) => kept.includes(id)).map(({ id, label }) => ({ label, id }));
    if (items.length === 0) {
      await vscode.window.showInformationMessage(vscode.l10n.t("No API key is kept."));
      return;
    }
    const provider = await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Clear which API key?") });
    if (provider === undefined) return;
    await app.keys.clear(provider.id);
    await vscode.window.showInformationMessage(vscode.l10n.t("The key for {0} is removed.", provider.label));
  },
};
