import * as vscode from "vscode";

export const TERMINAL = "iiML GPU";
const SHOWN = "iiml.terminals";
const FRONT = "iiml.terminalInFront";
/** So long after its start a window may still bring back what was there before. */
const SETTLED_SECONDS = 60;
const NAMED_SECONDS = 1;

interface Definition extends vscode.TaskDefinition {
  type: "iiml";
  folder: string;
}

/**
 * The terminals "iiML GPU", one per folder. Each only views: the solver is a process of its own, and
 * closing a terminal detaches from it. Programs start without a shell, so nothing in a name is misread.
 */
export class Terminals implements vscode.Disposable {
  private readonly running = new Map<string, vscode.TaskExecution>();
  /** The last start for each folder: one waits for the one before. */
  private readonly starting = new Map<string, Promise<void>>();
  /** Which folder's solve a process shows. */
  private readonly folders = new Map<number, string>();
  private readonly subscriptions: vscode.Disposable[];
  /** Before the window was loaded again, our terminal was the one in front; it shall be again. */
  private front: boolean;
  private look: NodeJS.Timeout | undefined;
  private readonly watchedUntil = Date.now() + SETTLED_SECONDS * 1000;

  constructor(private readonly context: vscode.ExtensionContext) {
    this.front = context.workspaceState.get<boolean>(FRONT, false);
    this.subscriptions = [
      vscode.tasks.onDidEndTask(({ execution }) => {
        const folder = this.folderOf(execution);
        if (folder !== undefined && this.running.get(folder) === execution) this.running.delete(folder);
      }),
      vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => {
        const folder = this.folderOf(execution);
        if (folder !== undefined) this.folders.set(processId, folder);
      }),
      vscode.window.onDidChangeActiveTerminal(() => this.lookSoon()),
      vscode.window.onDidOpenTerminal(() => this.lookSoon()),
      vscode.window.onDidCloseTerminal((terminal) => void this.closed(terminal)),
    ];
    for (const execution of vscode.tasks.taskExecutions) {
      const folder = this.folderOf(execution);
      if (folder !== undefined) this.running.set(folder, execution);
    }
  }

  /** True if this window showed the folder's solve, and its user has not closed the terminal. */
  wasShown(folder: string): boolean {
    return this.shown().includes(folder);
  }

  isOpen(folder: string): boolean {
    return this.running.has(folder);
  }

  /** Runs the engine's command line, as `iiml ARGS`, and shows what it says; never takes the focus. */
  async run(python: string, folder: string, args: string[], why: "asked" | "reopened"): Promise<void> {
    const before = this.starting.get(folder) ?? Promise.resolve();
    const started = before.then(() => this.start(python, folder, args, why));
    this.starting.set(folder, started.catch(() => undefined));
    await started;
  }

  private async start(python: string, folder: string, args: string[], why: "asked" | "reopened"): Promise<void> {
    // One terminal that follows a solve is enough; with two, the editor asks which one to end.
    if (args[0] === "attach" && this.isOpen(folder)) {
      if (why === "asked") await this.show(folder);
      return;
    }
    await vscode.workspace.fs.createDirectory(this.context.globalStorageUri);
    const cwd = this.context.globalStorageUri.fsPath;
    const run = new vscode.ProcessExecution(python, ["-I", "-m", "iiml_codegen.cli", ...args], { cwd });
    const definition: Definition = { type: "iiml", folder };
    // Where there are several folders, the editor adds the name of the scope to that of the terminal.
    const scope = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(folder)) ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(definition, scope, TERMINAL, "iiml", run, []);
    task.presentationOptions = {
      reveal: why === "asked" ? vscode.TaskRevealKind.Always : vscode.TaskRevealKind.Silent,
      focus: false,
      panel: vscode.TaskPanelKind.Dedicated,
      showReuseMessage: false,
      clear: true,
    };
    this.running.set(folder, await vscode.tasks.executeTask(task));
    if (why === "asked") await this.context.workspaceState.update(FRONT, true);
    await this.remember([...new Set([...this.shown(), folder])]);
  }

  /** Brings the terminal of a folder to the front, else the last one; false if there is none. */
  async show(folder: string | undefined): Promise<boolean> {
    const ours = vscode.window.terminals.filter(isOurs);
    const pids = await Promise.all(ours.map((terminal) => terminal.processId));
    const its = ours.find((_, index) => folder !== undefined && this.folders.get(pids[index] ?? -1) === folder);
    const terminal = its ?? ours.at(-1);
    terminal?.show(true);
    return terminal !== undefined;
  }

  dispose(): void {
    clearTimeout(this.look);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** The user closed it: it stays closed. A window that closes takes its terminals along, which means nothing. */
  private async closed(terminal: vscode.Terminal): Promise<void> {
    if (!isOurs(terminal) || terminal.exitStatus?.reason !== vscode.TerminalExitReason.User) return;
    const folder = this.folders.get((await terminal.processId) ?? -1);
    await this.remember(this.shown().filter((one) => one !== folder));
  }

  /** A terminal that opens has no name at first. */
  private lookSoon(): void {
    clearTimeout(this.look);
    this.look = setTimeout(() => this.bringForward(), NAMED_SECONDS * 1000);
  }

  /** Where the panel stood open, a reload opens an empty shell in our terminal's place: ours comes before it. */
  private bringForward(): void {
    const active = vscode.window.activeTerminal;
    const ours = vscode.window.terminals.find(isOurs);
    this.front &&= Date.now() < this.watchedUntil;
    if (active === undefined || (this.front && ours === undefined)) return;
    if (this.front && !isOurs(active) && !active.state.isInteractedWith) ours?.show(true);
    else void this.context.workspaceState.update(FRONT, isOurs(active));
    this.front = false;
  }

  private folderOf(execution: vscode.TaskExecution): string | undefined {
    const { type, folder } = execution.task.definition as Partial<Definition>; // ours if the type says so
    return type === "iiml" ? folder : undefined;
  }

  private shown(): string[] {
    return this.context.workspaceState.get<string[]>(SHOWN, []);
  }

  private remember(folders: string[]): Thenable<void> {
    return this.context.workspaceState.update(SHOWN, folders);
  }
}

/** The command line that follows a solver at work; it never starts one, so it can come late. */
export function attachTo(folder: vscode.Uri): string[] {
  return ["attach", folder.fsPath];
}

function isOurs(terminal: vscode.Terminal): boolean {
  return terminal.name.includes(TERMINAL);
}
