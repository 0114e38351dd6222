import * as vscode from "vscode";
import type { App } from "./app";
import { messageOf } from "./deadline";
import { chooseDaemonPython } from "./environment/chooseDaemonPython";
import { NoPython } from "./environment/daemonPython";

/** The one message for what a command could not do, with what helps. */
export async function showFailure(app: App, error: unknown): Promise<undefined> {
  if (error instanceof vscode.CancellationError) return undefined;
  app.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const logs = vscode.l10n.t("Show Logs");
  const choose = vscode.l10n.t("Choose Python…");
  const needsPython = error instanceof NoPython || app.daemon.health.kind === "failed";
  const said = await vscode.window.showErrorMessage(messageOf(error) || vscode.l10n.t("That went wrong; the log says how."), ...(needsPython ? [choose, logs] : [logs]));
  if (said === logs) app.log.show();
  if (said === choose) await chooseDaemonPython();
  return undefined;
}
