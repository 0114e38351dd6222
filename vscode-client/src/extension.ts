import * as vscode from "vscode";
import type { LanguageClientOptions } from "vscode-languageclient/node";
import type { App } from "./app";
import { registerCommands } from "./commands";
import { WatchedCompetitions } from "./competitions";
import { DaemonProcess } from "./daemon";
import { messageOf } from "./deadline";
import { Environments } from "./environment/environments";
import { removeUnused } from "./environment/unused";
import { findCompetitions, watchForCompetitions } from "./found";
import { ApiKeys } from "./keys";
import { Models } from "./models";
import { parts } from "./parts";
import { pythonsOf } from "./pythons";
import { affects, daemonOptions } from "./settings";
import { followSolves } from "./solving";
import { languageStatus, solveStatus } from "./status";
import { Terminals } from "./terminal";
import { registerTools } from "./tools";

/** Wires daemon, commands and views; all knowledge of competitions is on the Python side. */
export function activate(context: vscode.ExtensionContext): void {
  const app = build(context);
  const { daemon, environments, keys, log } = app;
  const configure = (): void => void daemon.configure().catch((error: unknown) => log.warn(messageOf(error)));
  context.subscriptions.push(
    log,
    environments,
    daemon,
    app.competitions,
    app.terminals,
    languageStatus(daemon),
    daemon.onDidChangeHealth(({ kind }) => {
      void vscode.commands.executeCommand("setContext", "iiml.daemonFailed", kind === "failed");
    }),
    solveStatus(app.competitions),
    followSolves(app),
    registerCommands(app),
    ...parts.map((register) => register(app)),
    registerTools(app),
    environments.onDidChange(configure),
    keys.onDidChange(() => restart(app)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affects(event, "daemon.interpreter")) restart(app);
      if (affects(event, "interpreter")) environments.forget();
      else if (event.affectsConfiguration("iiml")) configure();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => startIfNeeded(app)),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      environments.forget(); // what was found for one folder depends on the others
      startIfNeeded(app);
    }),
    watchForCompetitions((folder) => void watch(app, [folder])),
  );
  // Not awaited: a daemon that does not answer must not keep the commands away.
  startIfNeeded(app);
}

function build(context: vscode.ExtensionContext): App {
  const log = vscode.window.createOutputChannel("iiml", { log: true });
  const environments = new Environments(context, log);
  const keys = new ApiKeys(context.secrets);
  const models = new Models(context, log);
  const daemon = new DaemonProcess(context, log, {
    python: () => environments.daemonPython(),
    keys: () => keys.environment(),
    initializationOptions: async () => daemonOptions(await pythonsOf(environments, competitions.folders, log)),
    clientOptions,
    answers: { "iiml/askModel": (question, token) => models.answer(question, token) },
  });
  const competitions: WatchedCompetitions = new WatchedCompetitions(daemon, log, () => daemon.configure());
  return { context, log, daemon, competitions, environments, keys, models, terminals: new Terminals(context) };
}

function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: "file", language: "python", pattern: "**/iiml/**/*.py" },
      { scheme: "file", pattern: "**/iiml/blueprint.md" },
    ],
    markdown: { isTrusted: { enabledCommands: ["iiml.openBlueprint", "iiml.openReport", "iiml.runTrack", "iiml.verify"] } },
  };
}

/** The daemon starts by itself only where there is a competition to watch. */
function startIfNeeded(app: App): void {
  if (!vscode.workspace.isTrusted) return;
  findCompetitions().then(
    (folders) => watch(app, folders),
    (error: unknown) => app.log.warn(`Competitions were not looked for: ${messageOf(error)}`),
  );
  removeUnused(app.context, app.log);
}

async function watch(app: App, folders: vscode.Uri[]): Promise<void> {
  if (!vscode.workspace.isTrusted) return;
  try {
    await Promise.all(folders.map((folder) => app.competitions.open(folder)));
  } catch (error) {
    app.log.warn(`A competition is not watched: ${messageOf(error)}`); // the language status shows why
  }
}

function restart(app: App): void {
  if (app.daemon.health.kind === "off") return;
  app.daemon.restart().catch((error: unknown) => app.log.warn(messageOf(error)));
}
