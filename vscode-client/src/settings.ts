import * as vscode from "vscode";
import type { Pythons } from "./pythons";

/** What the user may choose; defaults and descriptions are in the manifest. */
export interface Settings {
  "interpreter": string;
  "daemon.interpreter": string;
  "solve.budget": string;
  "solve.tracks": string[];
  "backbone.name": string;
  "backbone.model": string;
  "backbone.baseUrl": string;
  "backbone.command": string[];
  "backbone.agents": Record<string, string>;
  "privacy.shareValues": boolean;
  "limits.tokens": number;
  "limits.money": number;
  "search.provider": string;
  "search.endpoint": string;
  "knowledge.learn": boolean;
  "verify.onSave": boolean;
  "editor.inlayHints": boolean;
  "editor.codeLenses": boolean;
  "patches.applyModelPatches": "ask" | "verified";
}

/** A setting as it holds for a folder, or for the window. */
export function setting<K extends keyof Settings>(key: K, folder?: vscode.Uri): Settings[K] {
  const value = vscode.workspace.getConfiguration("iiml", folder).get<Settings[K]>(key);
  if (value === undefined) throw new Error(`No setting iiml.${key} in the manifest`);
  return value;
}

/** True where a user wrote the setting somewhere, so that it is more than a default. */
export function isChosen(key: keyof Settings, folder?: vscode.Uri): boolean {
  const found = vscode.workspace.getConfiguration("iiml", folder).inspect(key);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some(
    (value) => value !== undefined,
  );
}

export function affects(event: vscode.ConfigurationChangeEvent, ...keys: (keyof Settings)[]): boolean {
  return keys.some((key) => event.affectsConfiguration(`iiml.${key}`));
}

/** Another extension completes and checks Python already: the daemon then leaves that to it. */
function otherPythonServer(): boolean {
  const others = ["ms-python.vscode-pylance", "ms-python.python", "ms-pyright.pyright", "detachhead.basedpyright"];
  return others.some((id) => vscode.extensions.getExtension(id) !== undefined);
}

/** What the daemon is told at its start, and again when it changes. */
export function daemonOptions({ usual, byFolder }: Pythons): object {
  return {
    interpreter: usual ?? null,
    interpreters: byFolder,
    otherPythonServer: otherPythonServer(),
    trusted: vscode.workspace.isTrusted,
    allowInstall: false,
    inlayHints: setting("editor.inlayHints"),
    codeLenses: setting("editor.codeLenses"),
    clientCommands: true,
    verifyOnSave: setting("verify.onSave"),
    applyModelPatches: setting("patches.applyModelPatches"),
    answersModels: true,
    ...backboneOptions(),
  };
}

/** What solves that the daemon starts are told of backbones; null is what nobody chose. */
function backboneOptions(): object {
  const chosen = <K extends keyof Settings>(key: K): Settings[K] | null => {
    const value = setting(key);
    return isChosen(key) && value !== "" && value !== 0 ? value : null;
  };
  return {
    backbone: chosen("backbone.name"),
    model: chosen("backbone.model"),
    baseUrl: chosen("backbone.baseUrl"),
    command: setting("backbone.command"),
    agentBackbones: setting("backbone.agents"),
    maxTokens: chosen("limits.tokens"),
    maxCost: chosen("limits.money"),
    shareValues: chosen("privacy.shareValues"),
    learn: chosen("knowledge.learn"),
    searchProvider: chosen("search.provider"),
    searchEndpoint: chosen("search.endpoint"),
  };
}
