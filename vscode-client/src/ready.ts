import * as vscode from "vscode";
import type { App } from "./app";
import { pause } from "./deadline";
import { setUpTitle } from "./environment/daemonPython";

/** Less than this needs no word. */
const QUIET_SECONDS = 2;

/** The daemon, for what a user asked for: a notification says what is waited for where it takes long. */
export async function ready(app: App): Promise<void> {
  const started = app.daemon.ensure();
  const quiet = pause(QUIET_SECONDS).then(() => "late" as const);
  if ((await Promise.race([started, quiet])) !== "late") return;
  const options = { location: vscode.ProgressLocation.Notification, title: setUpTitle(), cancellable: true };
  await vscode.window.withProgress(options, (_, token) => {
    token.onCancellationRequested(() => app.environments.cancelSetUp());
    return started;
  });
}
