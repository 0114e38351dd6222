import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";

const SETTING = "iiml.daemon.interpreter";

/** The Python of the environment that `make setup` makes in a clone. */
function besideExtension(context: vscode.ExtensionContext): string {
  const inside = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return path.join(context.extensionPath, ".venv", ...inside);
}

/** A Python in which iiml is installed: the setting, else the clone's own; undefined if neither is there. */
export function findInterpreter(context: vscode.ExtensionContext): string | undefined {
  const chosen = vscode.workspace.getConfiguration().get<string>(SETTING, "").trim();
  const candidate = chosen === "" ? besideExtension(context) : chosen;
  return path.isAbsolute(candidate) && existsSync(candidate) ? candidate : undefined;
}

/** Says what is missing and leads to the setting; for commands, never at start-up. */
export async function askForInterpreter(): Promise<void> {
  const open = vscode.l10n.t("Open Setting");
  const message = vscode.l10n.t("iiML needs the absolute path of a Python in which iiml is installed.");
  if ((await vscode.window.showErrorMessage(message, open)) === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", SETTING);
  }
}

/** True if a change of settings may lead to another interpreter. */
export function affectsInterpreter(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration(SETTING);
}
