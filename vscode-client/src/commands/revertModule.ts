import * as vscode from "vscode";
import type { Command } from "../app";
import { placeOf } from "../folders";
import { ready } from "../ready";
import { virtualUri } from "../review/virtualText";

/** Puts a module back to what was generated last, after showing what would be lost. */
export const revertModule: Command = {
  id: "iiml.revertModule",
  async run(app, target) {
    const named = target instanceof vscode.Uri ? target.toString() : (placeOf(target).uri ?? placeOf(target).folder);
    const uri = named === undefined ? vscode.window.activeTextEditor?.document.uri : vscode.Uri.parse(named);
    const name = uri?.path.split("/").at(-1) ?? "";
    if (uri === undefined || !/\/iiml\/(prep|model_\w+)\.py$/.test(uri.path)) {
      throw new Error(vscode.l10n.t("Open the module that shall be reverted: prep.py or a model of the folder iiml."));
    }
    await ready(app);
    const { folder } = await app.competitions.open(vscode.Uri.joinPath(uri, "../.."));
    const generated = virtualUri({ kind: "generated", folder, id: name }, name);
    await vscode.commands.executeCommand("vscode.diff", uri, generated, vscode.l10n.t("{0} ↔ as generated", name));
    const revert = vscode.l10n.t("Revert");
    const question = vscode.l10n.t("Replace {0} by what was generated last? Undo brings your text back.", name);
    if ((await vscode.window.showWarningMessage(question, { modal: true }, revert)) !== revert) return;
    const outcome = await app.daemon.request("iiml/revert", { uri: uri.toString() });
    if (outcome.done) vscode.window.setStatusBarMessage(`iiML: ${outcome.message}`, 8000);
    else await vscode.window.showWarningMessage(outcome.message);
  },
};
