import * as vscode from "vscode";
import type { App, Command, Target } from "../app";
import { showFailure } from "../failure";
import { acceptAllPatches } from "./acceptAllPatches";
import { chooseInterpreter } from "./chooseInterpreter";
import { chooseModel } from "./chooseModel";
import { clearApiKey } from "./clearApiKey";
import { compareCandidates } from "./compareCandidates";
import { createEnvironment } from "./createEnvironment";
import { exportNotebook } from "./exportNotebook";
import { openBlueprint } from "./openBlueprint";
import { openSample } from "./openSample";
import { restartServer } from "./restartServer";
import { resume } from "./resume";
import { revertModule } from "./revertModule";
import { runAffected } from "./runAffected";
import { runTrack } from "./runTrack";
import { setApiKey } from "./setApiKey";
import { showDebugInfo } from "./showDebugInfo";
import { showLogs } from "./showLogs";
import { showTerminal } from "./showTerminal";
import { solve } from "./solve";
import { stop } from "./stop";
import { verify } from "./verify";

/** All commands but those that views, reviews and the report register themselves. */
export const commands: readonly Command[] = [
  solve,
  resume,
  stop,
  verify,
  runTrack,
  runAffected,
  acceptAllPatches,
  openBlueprint,
  compareCandidates,
  exportNotebook,
  revertModule,
  openSample,
  showTerminal,
  createEnvironment,
  chooseInterpreter,
  chooseModel,
  setApiKey,
  clearApiKey,
  restartServer,
  showLogs,
  showDebugInfo,
];

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
