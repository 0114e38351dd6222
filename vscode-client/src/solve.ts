import * as vscode from "vscode";
import { askForInterpreter, findInterpreter } from "./interpreter";

const TERMINAL = "iiML GPU";

/** The folder that was clicked, else the only workspace folder, else the one that the user picks. */
async function competitionFolder(clicked: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  if (clicked !== undefined) return clicked;
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  if (folders[0] !== undefined) return folders[0].uri;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t("Solve"),
    title: vscode.l10n.t("Folder of the competition"),
  });
  return picked?.[0];
}

/**
 * Runs `iiml solve FOLDER --attach` in the terminal "iiML GPU". The solver is a process of its own:
 * closing the terminal only detaches, and solving again attaches to a solver that is at work.
 * The program is started without a shell, so that nothing in the folder's name can be misread.
 */
export async function solve(context: vscode.ExtensionContext, clicked?: vscode.Uri): Promise<void> {
  if (!vscode.workspace.isTrusted) return;
  const python = findInterpreter(context);
  if (python === undefined) return askForInterpreter();
  const folder = await competitionFolder(clicked);
  if (folder === undefined) return;
  await vscode.workspace.fs.createDirectory(context.globalStorageUri);
  const args = ["-I", "-m", "iiml_codegen.cli", "solve", folder.fsPath, "--attach"];
  const run = new vscode.ProcessExecution(python, args, { cwd: context.globalStorageUri.fsPath });
  const definition = { type: "iiml", folder: folder.toString() };
  const task = new vscode.Task(definition, vscode.TaskScope.Workspace, TERMINAL, "iiml", run, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
  };
  await vscode.tasks.executeTask(task);
}
