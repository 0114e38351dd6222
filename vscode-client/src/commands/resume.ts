import * as vscode from "vscode";
import type { Command } from "../app";
import { asksModels, EXPERT, isModelChosen } from "../backbone";
import { competitionFolder } from "../folders";
import { ready } from "../ready";
import { saveForRun } from "../saving";
import { attachTo } from "../terminal";
import { runIn, startByDaemon } from "./solve";

/** Goes on where the last solve of a folder was; attaches if it runs. */
export const resume: Command = {
  id: "iiml.resume",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Resume"));
    if (folder === undefined) return;
    await ready(app);
    const state = await app.competitions.open(folder);
    if (state.status === "new") throw new Error(vscode.l10n.t("{0} was not solved yet; there is nothing to resume.", state.name));
    if (state.status === "running") return runIn(app, folder, attachTo(folder));
    await saveForRun(folder);
    const backbone = state.backbone ?? EXPERT;
    if (asksModels(backbone)) {
      if (!(await isModelChosen(app, backbone))) return;
      await startByDaemon(app, { folder, budget: undefined, interpreter: undefined, tracks: [], backbone, resumed: true });
      return;
    }
    await runIn(app, folder, ["resume", folder.fsPath, "--attach"]);
  },
};
