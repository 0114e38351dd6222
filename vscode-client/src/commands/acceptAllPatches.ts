import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder } from "../folders";
import { ready } from "../ready";
import { setting } from "../settings";

/** Accepts all patches that were verified; those of a language model only where a setting says so. */
export const acceptAllPatches: Command = {
  id: "iiml.acceptAllPatches",
  async run(app, target) {
    const folder = await competitionFolder(app, target, vscode.l10n.t("Accept patches"));
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    const key = folder.toString();
    const models = setting("patches.applyModelPatches") === "verified";
    const { patches } = await app.daemon.request("iiml/patches", { folder: key });
    if (patches.length === 0) return void vscode.window.showInformationMessage(vscode.l10n.t("No patch waits."));
    const verified = patches.filter(({ verified, stale, byModel }) => verified && !stale && (models || !byModel));
    let accepted = 0;
    const refused: string[] = [];
    for (const { id } of verified) {
      const outcome = await app.daemon.request("iiml/patch/accept", { folder: key, id });
      if (outcome.done) accepted += 1;
      else refused.push(outcome.message);
    }
    await say(accepted, patches.length - accepted, refused);
  },
};

async function say(accepted: number, left: number, refused: string[]): Promise<void> {
  const rest = left === 0 ? "" : ` ${left === 1 ? vscode.l10n.t("One waits for a click.") : vscode.l10n.t("{0} wait for a click.", left)}`;
  const done =
    accepted === 1 ? vscode.l10n.t("One patch was accepted.") : vscode.l10n.t("{0} patches were accepted.", accepted);
  const message = `${done}${rest}`;
  if (refused.length > 0) await vscode.window.showWarningMessage(`${message} ${refused[0]}`);
  else await vscode.window.showInformationMessage(message);
}
