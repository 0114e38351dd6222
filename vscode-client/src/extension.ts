import * as vscode from "vscode";
import { affectsInterpreter } from "./interpreter";
import { Server } from "./server";
import { solve } from "./solve";

/** Wires commands and the language server; all knowledge of competitions is on the Python side. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("iiml", { log: true });
  const server = new Server(context, log);
  context.subscriptions.push(
    log,
    server,
    vscode.commands.registerCommand("iiml.solve", (clicked?: vscode.Uri) => solve(context, clicked)),
    vscode.commands.registerCommand("iiml.restartServer", () => server.restart()),
    vscode.commands.registerCommand("iiml.showLogs", () => log.show()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affectsInterpreter(event)) void server.restart();
    }),
  );
  // Not awaited: a server that does not answer must not keep the commands away.
  void server.restart();
}
