import * as vscode from "vscode";
import type { App, Command, Target } from "../app";
import { showFailure } from "../failure";
import { restartServer } from "./restartServer";
import { showLogs } from "./showLogs";
import { solve } from "./solve";

export const commands: readonly Command[] = [solve, restartServer, showLogs];

/** Works in a workspace that is not trusted, too: these run nothing. */
const HARMLESS = new Set(["iiml.showLogs", "iiml.showDebugInfo"]);

export function registerCommands(app: App): vscode.Disposable {
  return vscode.Disposable.from(
    ...commands.map(({ id, run }) =>
      vscode.commands.registerCommand(id, async (target?: Target) => {
        if (!vscode.workspace.isTrusted && !HARMLESS.has(id)) return undefined;
        try {
          return await run(app, target);
        } catch (error) {
          return showFailure(app, error);
        }
      }),
    ),
  );
}
