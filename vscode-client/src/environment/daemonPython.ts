import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { setting } from "../settings";
import { build, type Builder } from "./building";
import { type Bundle, bundleOf, fingerprint } from "./bundle";
import { pythonsOnPath } from "./onPath";
import { isNewEnough, probe, type PythonFacts, pythonIn } from "./probe";
import { selectedInterpreter } from "./pythonExtensions";

export function setUpTitle(): string {
  return vscode.l10n.t("iiML is set up (once, about a minute)");
}

/** No Python can serve, or none can be made to; `hint` says what helps. */
export class NoPython extends Error {}

/** The Python that the daemon runs in: what the setting names, else the clone's, else one of its own. */
export async function daemonPython(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  token: vscode.CancellationToken,
): Promise<string> {
  const chosen = setting("daemon.interpreter").trim();
  const facts = chosen === "" ? undefined : await factsOfChosen(chosen);
  if (facts?.hasServer === true) return chosen;
  const bundle = await bundleOf(context);
  if (bundle === undefined) return besideExtension(context, chosen);
  const key = `daemon-${await fingerprint(bundle.daemonLock, bundle.wheel)}`;
  const root = rootOf(context);
  const made = facts === undefined ? await madeBefore(root, key) : undefined;
  return made ?? makeFor(key, facts ?? (await anyBase(log)), bundle, { root, log, token });
}

export function rootOf(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, "environments");
}

async function factsOfChosen(chosen: string): Promise<PythonFacts> {
  if (!path.isAbsolute(chosen)) {
    throw new NoPython(vscode.l10n.t("iiml.daemon.interpreter has to be an absolute path."));
  }
  const facts = await probe(chosen);
  if (facts === undefined) throw new NoPython(vscode.l10n.t("iiml.daemon.interpreter is no Python: {0}", chosen));
  return facts;
}

/** What `make setup` makes in a clone. */
function besideExtension(context: vscode.ExtensionContext, chosen: string): string {
  const python = pythonIn(context.asAbsolutePath(".venv"));
  if (existsSync(python)) return python;
  throw new NoPython(
    chosen === ""
      ? vscode.l10n.t("This copy of iiML runs from its sources: `make setup` makes the Python that it needs.")
      : vscode.l10n.t("{0} has no iiml installed.", chosen),
  );
}

async function madeBefore(root: string, key: string): Promise<string | undefined> {
  const names = existsSync(root) ? await fs.readdir(root) : [];
  const environments = names.filter((name) => name.startsWith(`${key}-`) && !name.endsWith(".lock"));
  return environments.map((name) => pythonIn(path.join(root, name))).find((python) => existsSync(python));
}

/** A Python to make environments from: the daemon's or the one selected in the editor, else the first on PATH. */
export async function anyBase(log: vscode.LogOutputChannel): Promise<PythonFacts> {
  const selected = await selectedInterpreter(undefined, log);
  const named = [setting("daemon.interpreter").trim(), selected?.python ?? ""].filter((python) => path.isAbsolute(python));
  const tried = [...named, ...pythonsOnPath()];
  for (const python of tried) {
    const facts = await probe(python);
    if (facts !== undefined && isNewEnough(facts)) return facts;
  }
  throw new NoPython(vscode.l10n.t("iiML needs Python 3.11 or newer, and found none. Install one, or choose it."));
}

async function makeFor(
  key: string,
  base: PythonFacts,
  bundle: Bundle,
  builder: Omit<Builder, "report">,
): Promise<string> {
  if (!isNewEnough(base)) {
    throw new NoPython(vscode.l10n.t("iiML needs Python 3.11 or newer; {0} is older.", base.executable));
  }
  const plan = {
    name: `${key}-py${base.version[0]}${base.version[1]}`,
    base: base.executable,
    locks: [{ file: bundle.daemonLock, hashed: true }],
    wheels: [bundle.wheel],
  };
  // Nobody may have asked for it: a folder was opened. Who asks and waits is shown a notification besides.
  const shown = vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: setUpTitle() }, (progress) =>
    build(plan, { ...builder, report: (message) => progress.report({ message }) }),
  );
  return Promise.resolve(shown);
}
