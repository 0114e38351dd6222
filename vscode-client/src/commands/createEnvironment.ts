import * as vscode from "vscode";
import type { Command } from "../app";
import { whatModelsTake } from "../environment/environments";

/** Makes an environment with all packages that generated code imports, and chooses it. */
export const createEnvironment: Command = {
  id: "iiml.createEnvironment",
  async run(app) {
    const create = vscode.l10n.t("Create");
    const detail = vscode.l10n.t("It holds all packages that generated code imports, in iiML's own storage: {0}. Your Python stays as it is.", whatModelsTake());
    const said = await vscode.window.showInformationMessage(vscode.l10n.t("Create an environment for models?"), { modal: true, detail }, create);
    if (said !== create) return;
    const made = await app.environments.create();
    if (made !== undefined) await vscode.window.showInformationMessage(vscode.l10n.t("Generated code runs with {0} from now on.", made.python));
  },
};
