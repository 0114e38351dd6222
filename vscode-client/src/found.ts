import * as vscode from "vscode";

const MARKERS = "{iiml.toml,iiml/blueprint.json,iiml/journal.sqlite,*/iiml.toml,*/iiml/journal.sqlite}";
const MOST = 50;

function competitionOf(marker: vscode.Uri): vscode.Uri {
  const up = marker.path.endsWith("/iiml.toml") ? ".." : "../..";
  return vscode.Uri.joinPath(marker, up);
}

/** Folders of the workspace that hold a competition that iiML knows: the top folders, and one below. */
export async function findCompetitions(): Promise<vscode.Uri[]> {
  const folders = new Map<string, vscode.Uri>();
  for (const root of vscode.workspace.workspaceFolders ?? []) {
    const pattern = new vscode.RelativePattern(root, MARKERS);
    for (const marker of await vscode.workspace.findFiles(pattern, null, MOST)) {
      const folder = competitionOf(marker);
      folders.set(folder.toString(), folder);
    }
  }
  return [...folders.values()];
}

/** Tells of competitions that appear later: somebody solves from a shell, or writes `iiml.toml`. */
export function watchForCompetitions(appeared: (folder: vscode.Uri) => void): vscode.Disposable {
  const watchers = (vscode.workspace.workspaceFolders ?? []).map((root) => {
    const pattern = new vscode.RelativePattern(root, MARKERS);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, true);
    watcher.onDidCreate((marker) => appeared(competitionOf(marker)));
    return watcher;
  });
  return vscode.Disposable.from(...watchers);
}
