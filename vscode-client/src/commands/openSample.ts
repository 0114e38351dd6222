import * as vscode from "vscode";
import type { Command } from "../app";
import { runProgram } from "../environment/processes";
import { ready } from "../ready";

const NAME = "late-bikes";

/** Writes the bundled sample competition into a folder of the user's choice and opens it. */
export const openSample: Command = {
  id: "iiml.openSample",
  async run(app) {
    const parent = await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: vscode.l10n.t("Where shall the sample competition be written?"),
      openLabel: vscode.l10n.t("Write Sample Here"),
    });
    if (parent?.[0] === undefined) return;
    const folder = vscode.Uri.joinPath(parent[0], NAME);
    await ready(app);
    const python = await app.environments.daemonPython();
    await vscode.workspace.fs.createDirectory(app.context.globalStorageUri);
    const cwd = app.context.globalStorageUri.fsPath;
    const args = ["-I", "-m", "iiml_codegen.cli", "sample", folder.fsPath];
    const { code, errors, output } = await runProgram(python, args, cwd, { seconds: 60 });
    if (code !== 0) throw new Error(vscode.l10n.t("The sample was not written. {0}", (errors || output).trim()));
    await vscode.commands.executeCommand("vscode.openFolder", folder, { forceReuseWindow: true });
  },
};
