import * as vscode from "vscode";
import type { App } from "./app";
import { chooseInterpreter } from "./commands/chooseInterpreter";
import { whatModelsTake, type Interpreter } from "./environment/environments";
import { runProgram } from "./environment/processes";
import type { Preflight } from "./wire";

const INSTALL_SECONDS = 3600;

type Way = "install" | "create" | "choose";

/** One offer for packages that are missing; true if something was done, so that it is worth looking again. */
export async function mendPackages(
  app: App,
  folder: vscode.Uri,
  page: Preflight,
  interpreter: Interpreter | undefined,
): Promise<boolean> {
  const way = await ask(page, interpreter);
  if (way === "create") return (await app.environments.create()) !== undefined;
  if (way === "choose") return (await chooseInterpreter.run(app, folder)) === true;
  if (way === "install" && interpreter !== undefined) {
    await install(app, interpreter.python, page.missing);
    return true;
  }
  return false;
}

async function ask(page: Preflight, interpreter: Interpreter | undefined): Promise<Way | undefined> {
  const names = page.missing.join(", ");
  const install = {
    label: vscode.l10n.t("$(cloud-download) Install {0} packages", page.missing.length),
    detail: vscode.l10n.t("{0}: into {1}", names, page.interpreter),
    way: "install" as const,
  };
  const create = {
    label: vscode.l10n.t("$(new-folder) Create iiML Environment"),
    detail: vscode.l10n.t("All packages in an environment of iiML's own: {0}. Your Python stays as it is.", whatModelsTake()),
    way: "create" as const,
  };
  const choose = {
    label: vscode.l10n.t("$(list-selection) Choose another Python…"),
    detail: vscode.l10n.t("One that has the packages already."),
    way: "choose" as const,
  };
  const items = interpreter !== undefined && page.canInstall ? [install, create, choose] : [create, choose];
  const title =
    interpreter === undefined
      ? vscode.l10n.t("No Python for the generated code was found")
      : vscode.l10n.t("{0} lacks {1} packages that generated code imports", page.interpreter, page.missing.length);
  return (await vscode.window.showQuickPick(items, { title, placeHolder: names, ignoreFocusOut: true }))?.way;
}

async function install(app: App, python: string, missing: string[]): Promise<void> {
  const daemon = await app.environments.daemonPython();
  const args = ["-I", "-m", "iiml_codegen.cli", "install", "--interpreter", python];
  const title = vscode.l10n.t("iiML installs {0} packages", missing.length);
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const line = (message: string): void => {
      app.log.info(message);
      if (!message.startsWith("WARNING")) progress.report({ message: message.slice(0, 80) });
    };
    const cwd = app.context.globalStorageUri.fsPath;
    const { code, errors } = await runProgram(daemon, args, cwd, { seconds: INSTALL_SECONDS, token, line });
    if (code === 0) return;
    const said = errors.trim().split("\n").at(0) ?? "";
    throw new Error(vscode.l10n.t("The packages were not installed. {0}", said));
  });
}
