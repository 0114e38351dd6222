import * as vscode from "vscode";
import type { App, Place, Target } from "./app";

/** What a menu, a tree item or a code lens meant, in one form. */
export function placeOf(target: Target): Partial<Place> {
  if (target === undefined || target === null) return {};
  if (typeof target === "string") return { folder: target };
  if (target instanceof vscode.Uri) return { folder: target.toString() };
  return typeof target === "object" && "folder" in target ? target : {};
}

/** The folder that was meant, else the only competition or workspace folder, else what the user picks. */
export async function competitionFolder(app: App, target: Target, verb: string): Promise<vscode.Uri | undefined> {
  const { folder } = placeOf(target);
  if (folder !== undefined) {
    const uri = vscode.Uri.parse(folder);
    const around = app.competitions.of(uri); // a file inside of a competition means its competition
    return around === undefined ? uri : vscode.Uri.parse(around.folder);
  }
  const candidates = known(app);
  if (candidates.length === 1) return candidates[0];
  return candidates.length === 0 ? browse(verb) : pick(app, candidates, verb);
}

function known(app: App): vscode.Uri[] {
  const folders = [
    ...app.competitions.all.map(({ folder }) => folder),
    ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString()),
  ];
  return [...new Set(folders)].map((folder) => vscode.Uri.parse(folder));
}

async function pick(app: App, folders: vscode.Uri[], verb: string): Promise<vscode.Uri | undefined> {
  const current = app.competitions.current?.folder;
  const items = folders.map((folder) => ({
    label: folder.path.split("/").at(-1) ?? folder.path,
    description: folder.fsPath,
    detail: app.competitions.get(folder.toString())?.title ?? "",
    folder,
  }));
  items.sort((a, b) => Number(b.folder.toString() === current) - Number(a.folder.toString() === current));
  const title = vscode.l10n.t("{0}: which competition?", verb);
  const other = { label: vscode.l10n.t("Another folder…"), description: "", detail: "", folder: undefined };
  const picked = await vscode.window.showQuickPick([...items, other], { title, placeHolder: title });
  if (picked === undefined) return undefined;
  return picked.folder ?? browse(verb);
}

async function browse(verb: string): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: verb,
    title: vscode.l10n.t("Folder of the competition"),
  });
  return picked?.[0];
}
