import * as vscode from "vscode";
import type { Command } from "../app";

/** Chooses which of the editor's language models a solve may ask. */
export const chooseModel: Command = {
  id: "iiml.chooseModel",
  async run(app) {
    const model = await app.models.choose();
    if (model === undefined) return;
    await vscode.window.showInformationMessage(
      vscode.l10n.t("Solves with the backbone “editor” ask {0}. The editor asks for your consent when the first question comes.", model.name),
    );
  },
};
