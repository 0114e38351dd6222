import * as vscode from "vscode";

/** What a run reads of a competition's folder that people edit. */
const READ = /^(iiml\.toml|iiml\/(prep|model_\w+)\.py)$/;

/** Saves what a run of a folder reads, as it reads the disk. Throws where that fails: a run of older texts would mislead. */
export async function saveForRun(folder: vscode.Uri): Promise<void> {
  const home = vscode.Uri.joinPath(folder, "/").toString();
  for (const document of vscode.workspace.textDocuments) {
    const uri = document.uri.toString();
    if (!document.isDirty || !uri.startsWith(home) || !READ.test(uri.slice(home.length))) continue;
    if (await document.save()) continue;
    const name = uri.slice(home.length);
    throw new Error(vscode.l10n.t("{0} could not be saved, so nothing was run. Save it, then try again.", name));
  }
}
