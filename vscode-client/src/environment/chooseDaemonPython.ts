import * as vscode from "vscode";
import { isNewEnough, probe } from "./probe";

/** Asks where a Python for the daemon lies and writes it into the setting, which starts the daemon again. */
export async function chooseDaemonPython(): Promise<void> {
  const title = vscode.l10n.t("Python 3.11 or newer, for iiML itself");
  const python = (await vscode.window.showOpenDialog({ title, canSelectFiles: true }))?.[0]?.fsPath;
  if (python === undefined) return;
  const facts = await probe(python);
  if (facts !== undefined && isNewEnough(facts)) {
    await vscode.workspace.getConfiguration("iiml").update("daemon.interpreter", python, vscode.ConfigurationTarget.Global);
    return;
  }
  const why =
    facts === undefined
      ? vscode.l10n.t("{0} is no Python that answers.", python)
      : vscode.l10n.t("{0} is Python {1}; iiML needs 3.11 or newer.", python, facts.version.join("."));
  await vscode.window.showErrorMessage(why);
}
