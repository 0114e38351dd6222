import * as vscode from "vscode";
import type { Command } from "../app";
import { competitionFolder, placeOf } from "../folders";
import { ready } from "../ready";
import { openBlueprintAt } from "../views/blueprintRows";
import { place } from "../views/words";

/** Opens the plan as it was written, with its steps and reasons; at a step if one is meant. */
export const openBlueprint: Command = {
  id: "iiml.openBlueprint",
  async run(app, target) {
    const current = app.competitions.current?.folder;
    const folder = await competitionFolder(app, target ?? current, vscode.l10n.t("Open"));
    if (folder === undefined) return;
    await ready(app);
    await app.competitions.open(folder);
    const { page, steps } = await app.daemon.request("iiml/blueprint", { folder: folder.toString() });
    if (page === undefined || page === null) {
      throw new Error(vscode.l10n.t("There is no blueprint yet: a solve writes it in its first seconds."));
    }
    const meant = placeOf(target).step;
    const step = steps.find(({ id }) => id === meant);
    if (step === undefined) await vscode.window.showTextDocument(place(page));
    else await openBlueprintAt({ page: place(page), step });
  },
};
