import { realpath } from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import type { Command } from "../app";
import { whatModelsTake } from "../environment/environments";
import { pythonsOnPath } from "../environment/onPath";
import { probe } from "../environment/probe";
import { placeOf } from "../folders";

type Choice = { label: string; description?: string; detail?: string; choose: () => Promise<string | undefined> };

/** Chooses the Python that generated code runs in; true if one was chosen. */
export const chooseInterpreter: Command = {
  id: "iiml.chooseInterpreter",
  async run(app, target) {
    const { folder } = placeOf(target);
    const now = await app.environments.interpreter(folder === undefined ? undefined : vscode.Uri.parse(folder));
    const create: Choice = {
      label: vscode.l10n.t("$(new-folder) Create iiML Environment"),
      detail: vscode.l10n.t("All packages, in iiML's own storage: {0}.", whatModelsTake()),
      choose: async () => (await app.environments.create())?.python,
    };
    const browse: Choice = { label: vscode.l10n.t("$(folder) Browse…"), choose: fromDisk };
    const current = now === undefined ? [] : [{ label: now.python, description: now.why, choose: async () => now.python }];
    const others = pythonsThatAnswer(now?.python);
    const title = vscode.l10n.t("Python for the generated code");
    const choices = others.then((found) => [...current, ...found, create, browse]);
    const picked = await vscode.window.showQuickPick<Choice>(choices, { title, placeHolder: title });
    const python = await picked?.choose();
    if (python === undefined) return false;
    if ((await probe(python)) === undefined) throw new Error(vscode.l10n.t("{0} is no Python that answers.", python));
    await app.environments.choose(python);
    return true;
  },
};

/** Those on PATH, each once, whatever names it and its folder have there. */
async function pythonsThatAnswer(chosen: string | undefined): Promise<Choice[]> {
  const found = new Map<string, Choice>();
  const facts = await Promise.all(pythonsOnPath().map((python) => probe(python)));
  for (const { executable, version } of facts.filter((one) => one !== undefined)) {
    const said = version.join(".");
    const same = `${await realpath(path.dirname(executable))} ${said}`;
    if (executable === chosen || found.has(same)) continue;
    found.set(same, { label: executable, description: vscode.l10n.t("Python {0}", said), choose: async () => executable });
  }
  return [...found.values()];
}

async function fromDisk(): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({ title: vscode.l10n.t("Python for the generated code"), canSelectFiles: true });
  return picked?.[0]?.fsPath;
}
