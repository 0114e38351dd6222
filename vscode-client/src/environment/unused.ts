import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { bundleOf, fingerprint } from "./bundle";
import { rootOf } from "./daemonPython";

/** A solver may run for days out of an environment that no window uses any more. */
const UNUSED_DAYS = 14;
const USED = ".used";

/** Removes environments of earlier versions that nobody has used for long; in the background. */
export function removeUnused(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  sweep(context, log).catch((error: unknown) => log.debug(`Old environments were not looked at: ${String(error)}`));
}

async function sweep(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const root = rootOf(context);
  const bundle = await bundleOf(context);
  if (bundle === undefined) return;
  const inUse = [
    `daemon-${await fingerprint(bundle.daemonLock, bundle.wheel)}`,
    `ml-${await fingerprint(bundle.mlLock)}`,
    path.basename(path.dirname(path.dirname(vscode.workspace.getConfiguration("iiml").get("interpreter", "")))),
  ];
  for (const name of await fs.readdir(root).catch(() => [])) {
    if (name.endsWith(".lock")) continue;
    const folder = path.join(root, name);
    const kept = inUse.some((prefix) => prefix !== "" && name.startsWith(prefix));
    if (kept) await fs.writeFile(path.join(folder, USED), "");
    else if (await isUnused(folder)) {
      log.info(`Removes the environment ${name}, which nothing has used for ${UNUSED_DAYS} days`);
      await fs.rm(folder, { recursive: true, force: true });
    }
  }
}

async function isUnused(folder: string): Promise<boolean> {
  const used = await fs.stat(path.join(folder, USED)).catch(() => fs.stat(folder));
  return Date.now() - used.mtimeMs > UNUSED_DAYS * 24 * 3600 * 1000;
}
