import { existsSync } from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { setting } from "../settings";
import { build, type Plan } from "./building";
import { bundleOf, fingerprint } from "./bundle";
import { anyBase, daemonPython, rootOf } from "./daemonPython";
import { pythonsOnPath } from "./onPath";
import { probe, pythonIn } from "./probe";
import { onDidSelectInterpreter, selectedInterpreter } from "./pythonExtensions";

/** What the environment with all packages for models takes on the disk, and how long. */
export function whatModelsTake(): string {
  return vscode.l10n.t("about 1.2 GB, a few minutes");
}

/** The Python that generated code runs in, and why this one. */
export interface Interpreter {
  python: string;
  why: string;
}

/** The two Pythons: the daemon's own, and the user's for generated code. */
export class Environments implements vscode.Disposable {
  private readonly found = new Map<string, Promise<Interpreter | undefined>>();
  private onPath: Promise<Interpreter | undefined> | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another interpreter may hold now. */
  readonly onDidChange = this.changed.event;
  private events: vscode.Disposable | undefined;
  private settingUp = new vscode.CancellationTokenSource();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  daemonPython(): Promise<string> {
    return daemonPython(this.context, this.log, this.settingUp.token);
  }

  /** Gives up making the environment of the daemon, if it is being made. */
  cancelSetUp(): void {
    this.settingUp.cancel();
    this.settingUp = new vscode.CancellationTokenSource();
  }

  /** The interpreter for a folder's generated code; undefined if there is none, or nothing is trusted. */
  interpreter(folder: vscode.Uri | undefined): Promise<Interpreter | undefined> {
    if (!vscode.workspace.isTrusted) return Promise.resolve(undefined);
    this.events ??= onDidSelectInterpreter(() => this.forget(), this.log);
    const key = folder?.toString() ?? "";
    const known = this.found.get(key) ?? this.find(folder);
    this.found.set(key, known);
    return known;
  }

  forget(): void {
    this.found.clear();
    this.onPath = undefined;
    this.changed.fire();
  }

  /** Makes the environment with all packages that generated code imports, and chooses it. */
  async create(): Promise<Interpreter | undefined> {
    const lock = (await this.mlLock()) ?? undefined;
    if (lock === undefined) throw new Error(vscode.l10n.t("This copy of iiML has no list of packages."));
    const base = await anyBase(this.log);
    const name = `ml-${await fingerprint(lock)}-py${base.version[0]}${base.version[1]}`;
    const plan = { name, base: base.executable, locks: [{ file: lock, hashed: false }], wheels: [] };
    const python = await this.shown(plan);
    await this.choose(python);
    return { python, why: vscode.l10n.t("the environment that iiML made") };
  }

  /** Chosen for this machine, in all folders that do not say otherwise. */
  async choose(python: string): Promise<void> {
    await vscode.workspace.getConfiguration("iiml").update("interpreter", python, vscode.ConfigurationTarget.Global);
    this.forget();
  }

  dispose(): void {
    this.events?.dispose();
    this.changed.dispose();
  }

  private async shown(plan: Plan): Promise<string> {
    const title = vscode.l10n.t("iiML makes an environment for models ({0})", whatModelsTake());
    const root = rootOf(this.context);
    const location = vscode.ProgressLocation.Notification;
    return vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) =>
      build(plan, { root, log: this.log, token, report: (message) => progress.report({ message }) }),
    );
  }

  private async mlLock(): Promise<string | undefined> {
    const inClone = this.context.asAbsolutePath(path.join("requirements", "ml.lock"));
    return (await bundleOf(this.context))?.mlLock ?? (existsSync(inClone) ? inClone : undefined);
  }

  private async find(folder: vscode.Uri | undefined): Promise<Interpreter | undefined> {
    const chosen = setting("interpreter", folder).trim();
    if (chosen !== "") return { python: chosen, why: vscode.l10n.t("the setting iiml.interpreter") };
    const selected = await selectedInterpreter(folder, this.log);
    if (selected !== undefined) return { python: selected.python, why: selected.source };
    const roots = [folder, ...(vscode.workspace.workspaceFolders ?? []).map((root) => root.uri)];
    for (const root of roots) {
      const python = root === undefined ? undefined : pythonIn(path.join(root.fsPath, ".venv"));
      if (python !== undefined && existsSync(python)) return { python, why: vscode.l10n.t("the .venv in {0}", path.dirname(path.dirname(path.dirname(python)))) };
    }
    return (this.onPath ??= firstOnPath());
  }
}

async function firstOnPath(): Promise<Interpreter | undefined> {
  for (const python of pythonsOnPath()) {
    if ((await probe(python)) !== undefined) return { python, why: "PATH" };
  }
  return undefined;
}
