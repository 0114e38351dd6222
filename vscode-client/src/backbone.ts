import * as vscode from "vscode";
import type { App } from "./app";
import { setting } from "./settings";
import type { Preflight } from "./wire";

/** Asks no model: all answers come from iiML itself. */
export const EXPERT = "expert";
/** Asks the language models of this editor. */
export const EDITOR = "editor";

/** True where a solve might ask a model: then the daemon starts it, which has the keys. */
export function asksModels(backbone: string): boolean {
  return backbone !== EXPERT || Object.keys(setting("backbone.agents")).length > 0;
}

/** A backbone as a sentence names it. */
export function nameOf(backbone: string): string {
  const names: Record<string, string> = {
    gemini: "Google Gemini",
    openai: vscode.l10n.t("a server of OpenAI's protocol"),
    editor: vscode.l10n.t("a language model of this editor"),
    command: vscode.l10n.t("the program in iiml.backbone.command"),
  };
  return names[backbone] ?? backbone;
}

/** Asks who shall answer; undefined if nothing was picked. */
export async function askBackbone(app: App, page: Preflight, usual: string): Promise<string | undefined> {
  const named = new Set([usual, ...page.backbones.filter((name) => name !== EDITOR)]);
  if (await app.models.any()) named.add(EDITOR);
  const nobody = vscode.l10n.t("nobody; nothing is sent");
  const items = [...named].map((label) => ({ label, description: label === EXPERT ? nobody : nameOf(label) }));
  const title = vscode.l10n.t("Who may be asked, beside iiML's own expert?");
  return (await vscode.window.showQuickPick(items, { title }))?.label;
}

/** Before the editor's models are asked the user says which; false if none may be. */
export async function isModelChosen(app: App, backbone: string): Promise<boolean> {
  const isNamed = setting("backbone.model") !== "" && setting("backbone.name") === EDITOR;
  if (backbone !== EDITOR || isNamed) return true;
  return ((await app.models.chosen()) ?? (await app.models.choose())) !== undefined;
}
