import * as vscode from "vscode";
import type { App, Command } from "../app";
import { messageOf, withDeadline } from "../deadline";

const SECONDS = 10;
const SCHEME = "iiml-debug";
let shown: vscode.Disposable | undefined;
let asked = 0;

/** Shows what one puts into a report of a bug: versions, interpreters and why, settings, the daemon's own words. */
export const showDebugInfo: Command = {
  id: "iiml.showDebugInfo",
  async run(app) {
    const text = [await ours(app), await theirs(app)].join("\n\n");
    shown?.dispose();
    shown = vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: () => text });
    asked += 1;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: "/iiML debug info.md", query: String(asked) });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  },
};

async function ours(app: App): Promise<string> {
  const { packageJSON } = app.context.extension as { packageJSON: { version?: unknown } }; // typed any by the API
  const interpreter = await withDeadline(app.environments.interpreter(vscode.workspace.workspaceFolders?.[0]?.uri), SECONDS, "").catch(() => undefined);
  const settings: unknown = vscode.workspace.getConfiguration("iiml");
  return [
    "# iiML debug info",
    "",
    `- extension ${String(packageJSON.version)}, ${vscode.env.appName} ${vscode.version}, ${process.platform} ${process.arch}, remote: ${vscode.env.remoteName ?? "no"}`,
    `- workspace: ${vscode.workspace.workspaceFolders?.length ?? 0} folders, trusted: ${vscode.workspace.isTrusted}`,
    `- daemon: ${app.daemon.health.kind}, pid ${app.daemon.pid ?? "none"}`,
    `- generated code: ${interpreter === undefined ? "no Python found" : `${interpreter.python} (${interpreter.why})`}`,
    `- API keys kept for: ${(await app.keys.kept()).join(", ") || "none"}`,
    `- competitions: ${app.competitions.all.map(({ name, status }) => `${name} (${status})`).join(", ") || "none"}`,
    "",
    "```json",
    JSON.stringify(settings, undefined, 2),
    "```",
  ].join("\n");
}

async function theirs(app: App): Promise<string> {
  if (app.daemon.health.kind !== "running") return "The daemon does not run.";
  try {
    return (await withDeadline(app.daemon.request("iiml/debugInfo", {}), SECONDS, "no answer")).text;
  } catch (error) {
    return `The daemon said nothing of itself: ${messageOf(error)}`;
  }
}
