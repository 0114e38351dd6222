import * as vscode from "vscode";
import { messageOf, withDeadline } from "./deadline";
import type { Environments, Interpreter } from "./environment/environments";

const SECONDS = 15;

/** The Pythons that generated code runs in: by the URI of a folder, and the usual one elsewhere. */
export interface Pythons {
  usual: string | undefined;
  byFolder: Record<string, string>;
}

/** Those of the workspace's folders and of competitions. One that is not found in time is none. */
export async function pythonsOf(
  environments: Environments,
  competitions: readonly vscode.Uri[],
  log: vscode.LogOutputChannel,
): Promise<Pythons> {
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  const folders = new Map([...roots, ...competitions].map((folder) => [folder.toString(), folder]));
  const find = (folder: vscode.Uri | undefined): Promise<Interpreter | undefined> => inTime(environments, folder, log);
  const [usual, ...found] = await Promise.all([find(roots[0]), ...[...folders.values()].map(find)]);
  if (usual !== undefined) log.info(`Generated code runs with ${usual.python} (${usual.why})`);
  const byFolder: Record<string, string> = {};
  for (const [index, key] of [...folders.keys()].entries()) {
    const one = found[index];
    if (one === undefined) continue;
    byFolder[key] = one.python;
    if (one.python !== usual?.python) log.info(`In ${key} it runs with ${one.python} (${one.why})`);
  }
  return { usual: usual?.python, byFolder };
}

async function inTime(
  environments: Environments,
  folder: vscode.Uri | undefined,
  log: vscode.LogOutputChannel,
): Promise<Interpreter | undefined> {
  try {
    return await withDeadline(environments.interpreter(folder), SECONDS, `No interpreter within ${SECONDS} s`);
  } catch (error) {
    log.warn(messageOf(error));
    return undefined;
  }
}
