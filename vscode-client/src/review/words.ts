import * as vscode from "vscode";
import type { PatchOffer } from "../wire";

/** What a user wants to know before accepting: who proposed it, whether it was verified, what it loses. */
export function offerFacts(offer: PatchOffer): string[] {
  const facts = [vscode.l10n.t("proposed by {0}", offer.proposedBy)];
  facts.push(offer.verified ? vscode.l10n.t("verified by running it") : vscode.l10n.t("not verified"));
  if (offer.loses !== "") facts.push(vscode.l10n.t("loses {0}", offer.loses));
  return facts;
}

/** The lines that go and those that come, as a diff of one stretch. */
export function stretch(offer: PatchOffer): string {
  const gone = offer.replaced.map((line) => `- ${line}`);
  const coming = offer.proposed.map((line) => `+ ${line}`);
  return [...gone, ...coming].map((line) => line.replace(/[\r\n]+$/, "")).join("\n");
}
