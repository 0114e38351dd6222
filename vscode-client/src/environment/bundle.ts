import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ExtensionContext } from "vscode";

/** What the package of the extension carries for making environments. A clone has none. */
export interface Bundle {
  wheel: string;
  daemonLock: string;
  mlLock: string;
}

export async function bundleOf(context: ExtensionContext): Promise<Bundle | undefined> {
  const folder = context.asAbsolutePath("daemon");
  if (!existsSync(folder)) return undefined;
  const wheel = (await fs.readdir(folder)).find((name) => /^iiml-.*\.whl$/.test(name));
  if (wheel === undefined) return undefined;
  return {
    wheel: path.join(folder, wheel),
    daemonLock: path.join(folder, "daemon.lock"),
    mlLock: path.join(folder, "ml.lock"),
  };
}

/** A short name for what the files hold: other bytes, other name. */
export async function fingerprint(...files: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await fs.readFile(file)).update("\0");
  return hash.digest("hex").slice(0, 12);
}
