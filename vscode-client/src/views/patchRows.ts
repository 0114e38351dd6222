import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import type { Offers } from "../review/offers";
import { offerFacts } from "../review/words";
import type { CompetitionState, PatchOffer, TriedPatch } from "../wire";
import { virtualUri } from "../review/virtualText";
import { openCommand, type Row, row } from "./rows";
import { baseName, place } from "./words";

/** Patches that wait for the user, then what the debugger tried in the solve that is shown. */
export function patchRows(iiml: Iiml, offers: Offers): Row[] {
  const waiting = offers.all.map(offerRow);
  const current = iiml.competitions.current;
  if (current === undefined || current.tried.length === 0) return waiting;
  const tried = row(vscode.l10n.t("Tried by the debugger"), {
    id: `${current.folder} tried`,
    icon: "debug-alt",
    description: vscode.l10n.t("{0} of {1} kept", current.tried.filter((one) => one.kept).length, current.tried.length),
    expanded: waiting.length === 0,
    children: () => current.tried.map((patch, index) => triedRow(current, patch, index)).reverse(),
  });
  return [...waiting, tried];
}

function offerRow(offer: PatchOffer): Row<PatchOffer> {
  const where = `${baseName(place(offer.uri))}:${offer.startLine + 1}`;
  return row(offer.title, {
    id: `${offer.folder} ${offer.id}`,
    icon: offer.stale ? "warning" : "lightbulb",
    description: offer.stale ? vscode.l10n.t("{0}, the text moved on", where) : where,
    tooltip: [offer.message, ...offerFacts(offer)].filter(Boolean).join(" · "),
    context: ["offer", offer.stale ? "stale" : "fresh", offer.others > 0 ? "others" : ""].filter(Boolean).join(" "),
    command: openCommand(place(offer.uri), offer.startLine),
    subject: offer,
  });
}

function triedRow(state: CompetitionState, patch: TriedPatch, index: number): Row {
  const outcome = patch.kept ? vscode.l10n.t("kept") : vscode.l10n.t("dropped");
  const where = [patch.module, patch.candidate].filter(Boolean).join(" · ");
  const uri = virtualUri({ kind: "tried", folder: state.folder, id: String(index) }, `${patch.module || "patch"}.diff`);
  return row(patch.title, {
    icon: patch.kept ? "check" : "close",
    description: [outcome, where].filter(Boolean).join(" · "),
    tooltip: patch.proposedBy === "" ? outcome : vscode.l10n.t("{0}, proposed by {1}", outcome, patch.proposedBy),
    ...(patch.diff === "" ? {} : { command: openCommand(uri) }),
  });
}
