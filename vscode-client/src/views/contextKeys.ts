import * as vscode from "vscode";
import type { Competitions } from "../iiml";
import type { Offers } from "../review/offers";

/** Tells when-clauses what there is; a key is set only when its value changes. */
export class ContextKeys {
  private readonly values = new Map<string, unknown>();

  update(competitions: Competitions, offers: Offers): void {
    const current = competitions.current;
    this.set("iiml.hasCompetition", current !== undefined && current.status !== "new");
    this.set("iiml.severalCompetitions", competitions.all.length > 1);
    this.set("iiml.running", competitions.all.some((state) => state.status === "running"));
    this.set("iiml.hasReport", current?.report != null);
    this.set("iiml.pendingPatches", offers.all.length);
  }

  private set(key: string, value: unknown): void {
    if (this.values.get(key) === value) return;
    this.values.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  }
}
