import * as vscode from "vscode";
import { withDeadline } from "../deadline";

const SECONDS = 5;

/** What is used of the API of ms-python.vscode-python-envs; taken structurally, as it need not be there. */
interface EnvironmentsApi {
  getEnvironment?(scope: vscode.Uri | undefined): Promise<{ execInfo?: { run?: { executable?: unknown } } } | undefined>;
  onDidChangeEnvironment?: vscode.Event<unknown>;
}

/** What is used of the API of ms-python.python. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath?(resource?: vscode.Uri): { path?: unknown };
    resolveEnvironment?(path: unknown): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

async function exportsOf<T>(id: string): Promise<T | undefined> {
  const extension = vscode.extensions.getExtension<T>(id);
  if (extension === undefined) return undefined;
  return extension.isActive ? extension.exports : extension.activate();
}

const environmentsApi = (): Promise<EnvironmentsApi | undefined> => exportsOf("ms-python.vscode-python-envs");
const pythonApi = (): Promise<PythonApi | undefined> => exportsOf("ms-python.python");

async function fromEnvironments(folder: vscode.Uri | undefined): Promise<unknown> {
  const environment = await (await environmentsApi())?.getEnvironment?.(folder);
  return environment?.execInfo?.run?.executable;
}

async function fromPython(folder: vscode.Uri | undefined): Promise<unknown> {
  const environments = (await pythonApi())?.environments;
  const active = environments?.getActiveEnvironmentPath?.(folder);
  if (active === undefined) return undefined;
  const resolved = await environments?.resolveEnvironment?.(active);
  return resolved?.executable?.uri?.fsPath;
}

/** The interpreter that was selected in the Python extensions, if there are any and they answer. */
export async function selectedInterpreter(
  folder: vscode.Uri | undefined,
  log: vscode.LogOutputChannel,
): Promise<{ python: string; source: string } | undefined> {
  const asked: [string, (folder: vscode.Uri | undefined) => Promise<unknown>][] = [
    ["ms-python.vscode-python-envs", fromEnvironments],
    ["ms-python.python", fromPython],
  ];
  for (const [source, ask] of asked) {
    try {
      const python = await withDeadline(ask(folder), SECONDS, `${source} did not answer within ${SECONDS} s`);
      if (typeof python === "string" && python !== "") return { python, source };
    } catch (error) {
      log.warn(`${source} gave no interpreter: ${String(error)}`);
    }
  }
  return undefined;
}

/** Tells when another interpreter was selected there. Extensions that are absent tell nothing. */
export function onDidSelectInterpreter(changed: () => void, log: vscode.LogOutputChannel): vscode.Disposable {
  const subscriptions: vscode.Disposable[] = [];
  const subscribe = async (): Promise<void> => {
    const environments = (await environmentsApi())?.onDidChangeEnvironment?.(changed);
    if (environments !== undefined) subscriptions.push(environments);
    const python = (await pythonApi())?.environments?.onDidChangeActiveEnvironmentPath?.(changed);
    if (python !== undefined) subscriptions.push(python);
  };
  subscribe().catch((error: unknown) => log.warn(`No events of Python extensions: ${String(error)}`));
  return new vscode.Disposable(() => vscode.Disposable.from(...subscriptions).dispose());
}
