import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import type { ModuleVerified } from "../wire";

const SILENCED = "iiml.affectedNote.silenced";

/** After a save that changes what is downstream: one quiet note, and the way to run what it affects. */
export class AffectedNote {
  private open = false;

  constructor(private readonly iiml: Iiml) {}

  async show(verified: ModuleVerified): Promise<void> {
    const affected = verified.tracks.filter((track) => track.affected);
    const silenced = this.iiml.context.globalState.get<boolean>(SILENCED, false);
    if (silenced || this.open || verified.errors > 0 || affected.length === 0) return;
    this.open = true;
    try {
      await this.ask(verified, affected.map((track) => track.track));
    } finally {
      this.open = false;
    }
  }

  private async ask(verified: ModuleVerified, tracks: readonly string[]): Promise<void> {
    const run = vscode.l10n.t("Run Affected Tracks");
    const never = vscode.l10n.t("Don't Show Again");
    const what = verified.changes.length > 0 ? verified.changes.join("; ") : vscode.l10n.t("The code has changed since it was scored.");
    const message = vscode.l10n.t("{0} Affected: {1}.", what.replace(/[^.]$/, "$&."), tracks.join(", "));
    const answer = await vscode.window.showInformationMessage(message, run, never);
    if (answer === never) await this.iiml.context.globalState.update(SILENCED, true);
    if (answer === run) await vscode.commands.executeCommand("iiml.runAffected", vscode.Uri.parse(verified.folder));
  }
}
