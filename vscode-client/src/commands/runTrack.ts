import * as vscode from "vscode";
import type { App, Command } from "../app";
import { competitionFolder, placeOf } from "../folders";
import { ready } from "../ready";
import { saveForRun } from "../saving";
import { runIn } from "./solve";

/** Scores one track with its modules as they stand. */
export const runTrack: Command = {
  id: "iiml.runTrack",
  async run(app, target) {
    const verb = vscode.l10n.t("Run This Track");
    const meant = target ?? vscode.window.activeTextEditor?.document.uri;
    const folder = await competitionFolder(app, meant, verb);
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    await saveForRun(folder);
    const track = placeOf(target).track ?? trackOf(meant) ?? (await pickTrack(app, folder));
    if (track === undefined) return;
    const interpreter = await app.environments.interpreter(folder);
    const chosen = interpreter === undefined ? [] : ["--interpreter", interpreter.python];
    await runIn(app, folder, ["run", folder.fsPath, "--track", track, "--attach", ...chosen]);
  },
};

/** The track that a model module or a pipeline is named after. */
function trackOf(meant: unknown): string | undefined {
  const name = meant instanceof vscode.Uri ? (meant.path.split("/").at(-1) ?? "") : "";
  return /^(?:model|pipeline)_(\w+)\.py$/.exec(name)?.[1];
}

async function pickTrack(app: App, folder: vscode.Uri): Promise<string | undefined> {
  const { tracks } = await app.daemon.request("iiml/affected", { folder: folder.toString() });
  if (tracks.length === 0) throw new Error(vscode.l10n.t("There is no track yet: solve the competition first."));
  if (tracks.length === 1) return tracks[0]?.track;
  const items = tracks.map(({ track, why }) => ({ label: track, description: why }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Which track?") }))?.label;
}
