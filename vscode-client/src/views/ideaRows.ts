import * as vscode from "vscode";
import type { IdeaState } from "../wire";
import { type Row, row } from "./rows";
import { score } from "./words";

/** What a language model proposed, as a tree: below an idea that was kept stand those that build on it. */
export function ideasRow(ideas: readonly IdeaState[]): Row {
  const made = new Set(ideas.map(({ candidate }) => candidate));
  const first = ideas.filter(({ parent }) => !made.has(parent));
  const kept = ideas.filter(({ outcome }) => outcome === "kept").length;
  return row(vscode.l10n.t("Ideas"), {
    icon: "lightbulb",
    description: vscode.l10n.t("{0} tried, {1} kept", ideas.length, kept),
    children: () => first.map((idea) => ideaRow(idea, ideas)),
  });
}

function ideaRow(idea: IdeaState, ideas: readonly IdeaState[]): Row {
  const icons = { kept: "pass", dropped: "circle-slash", failed: "error" };
  const below = ideas.filter((other) => idea.candidate != null && other.parent === idea.candidate && other !== idea);
  const facts = [outcomeWord(idea), gain(idea), vscode.l10n.t("step {0} of {1}", idea.step, idea.parent)];
  return row(idea.title, {
    icon: icons[idea.outcome],
    description: facts.filter(Boolean).join(" · "),
    tooltip: [idea.why, idea.reason].filter(Boolean).join("\n"),
    ...(below.length === 0 ? {} : { children: () => below.map((other) => ideaRow(other, ideas)) }),
  });
}

function outcomeWord({ outcome }: IdeaState): string {
  const words = { kept: vscode.l10n.t("kept"), dropped: vscode.l10n.t("dropped"), failed: vscode.l10n.t("failed") };
  return words[outcome];
}

/** How much better it is than what it changes, and how sure that is. */
function gain({ difference, pBetter }: IdeaState): string {
  if (difference == null) return "";
  const better = difference < 0 ? vscode.l10n.t("worse by {0}", score(-difference)) : vscode.l10n.t("better by {0}", score(difference));
  return pBetter == null ? better : vscode.l10n.t("{0} (P {1})", better, pBetter.toFixed(2));
}
