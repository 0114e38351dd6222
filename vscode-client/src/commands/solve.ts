import * as vscode from "vscode";
import { agree, type Plan } from "../agreement";
import type { App, Command } from "../app";
import { asksModels } from "../backbone";
import { competitionFolder, placeOf } from "../folders";
import { ready } from "../ready";
import { saveForRun } from "../saving";
import { setting } from "../settings";
import { attachTo } from "../terminal";

/** Solves a competition in the terminal "iiML GPU", or attaches to the solver that is at work; true if it runs. */
export const solve: Command = {
  id: "iiml.solve",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Solve"));
    if (folder === undefined) return false;
    await ready(app);
    const state = await app.competitions.open(folder);
    if (state.status === "running") {
      await runIn(app, folder, attachTo(folder));
      return true;
    }
    await saveForRun(folder);
    const plan = await agree(app, folder, placeOf(target));
    if (plan === undefined) return false;
    if (asksModels(plan.backbone)) {
      await startByDaemon(app, { ...plan, resumed: false });
      return true;
    }
    await runIn(app, folder, solveArguments(plan));
    return true;
  },
};

/** The command line of a solve, after `iiml`. */
export function solveArguments({ folder, budget, interpreter, tracks, backbone }: Plan): string[] {
  const args = ["solve", folder.fsPath, "--attach", "--backbone", backbone];
  if (budget !== undefined) args.push("--budget", budget);
  if (interpreter !== undefined) args.push("--interpreter", interpreter);
  if (tracks.length > 0) args.push("--tracks", tracks.join(","));
  if (!setting("knowledge.learn", folder)) args.push("--no-learn");
  return args;
}

/** A solve that asks a model is started by the daemon, which has the keys; the terminal only views it. */
export async function startByDaemon(app: App, plan: Plan & { resumed: boolean }): Promise<void> {
  const { folder, budget, interpreter, tracks, backbone, resumed } = plan;
  const params = {
    folder: folder.toString(),
    budget: budget ?? null,
    interpreter: interpreter ?? null,
    tracks: [...tracks],
    backbone,
    resumed,
  };
  const { done, message } = await app.daemon.request("iiml/startSolve", params);
  if (!done) throw new Error(message);
  await runIn(app, folder, attachTo(folder));
}

/** Runs the engine in the folder's terminal, which gets the focus. */
export async function runIn(app: App, folder: vscode.Uri, args: string[]): Promise<void> {
  const python = await app.environments.daemonPython();
  await app.terminals.run(python, folder.toString(), args, "asked");
}
