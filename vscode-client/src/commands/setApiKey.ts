import * as vscode from "vscode";
import type { Command } from "../app";
import { type Provider, PROVIDERS } from "../keys";

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
    await vscode.window.showInformationMessage(use(provider.id));
  },
};

/** What a key that was kept is for. */
function use(provider: Provider): string {
  return provider === "search"
    ? vscode.l10n.t("The key is kept. Solves that ask a language model search the web with it, at the provider in iiml.search.provider.")
    : vscode.l10n.t("The key is kept. Solves with the backbone “{0}” use it; the expert needs none.", provider);
}
