import * as vscode from "vscode";
import type { Command } from "../app";
import { PROVIDERS } from "../keys";

/** Keeps an API key in the editor's secret storage. */
export const setApiKey: Command = {
  id: "iiml.setApiKey",
  async run(app) {
    const items = PROVIDERS.map(({ id, label }) => ({ label, id }));
    const title = vscode.l10n.t("API key for which provider?");
    const provider = await vscode.window.showQuickPick(items, { title });
    if (provider === undefined) return;
    const key = await vscode.window.showInputBox({
      title: vscode.l10n.t("API key for {0}", provider.label),
      prompt: vscode.l10n.t("It is kept in the editor's secret storage, never in settings, files or logs."),
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined || key.trim() === "") return;
    await app.keys.set(provider.id, key.trim());
    await vscode.window.showInformationMessage(
      vscode.l10n.t("The key is kept. Nothing uses it yet: in this version the embedded expert answers every question, and needs no key."),
    );
  },
};
