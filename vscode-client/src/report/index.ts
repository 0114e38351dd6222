import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { pageFor } from "./page";

const VIEW = "iiml.report";
const KEPT = "iiml.reports";
const OPTIONS: vscode.WebviewOptions = { enableScripts: false, localResourceRoots: [] };

/** The folder and title of a report that stands open, kept for the next start of the window. */
interface Kept {
  readonly folder: string;
  readonly title: string;
}

/** The report panels of this window, one per competition. */
class Reports implements vscode.WebviewPanelSerializer {
  private readonly panels = new Map<string, vscode.WebviewPanel>();

  constructor(private readonly iiml: Iiml) {}

  async show(folder: vscode.Uri): Promise<void> {
    const open = this.panels.get(folder.toString());
    if (open !== undefined) return open.reveal();
    await this.adopt(vscode.window.createWebviewPanel(VIEW, titleOf(folder), vscode.ViewColumn.Active, OPTIONS), folder);
  }

  /** The page runs no script that could keep its state, so that we remember which folder it was. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const kept = this.kept().find((one) => one.title === panel.title && !this.panels.has(one.folder));
    // What is kept is lost where the window was reloaded right after the report was opened.
    const roots = vscode.workspace.workspaceFolders ?? [];
    const folder = kept ? vscode.Uri.parse(kept.folder) : roots.find(({ uri }) => titleOf(uri) === panel.title)?.uri;
    if (folder === undefined) return panel.dispose();
    panel.webview.options = OPTIONS;
    await this.adopt(panel, folder);
  }

  private async adopt(panel: vscode.WebviewPanel, folder: vscode.Uri): Promise<void> {
    const key = folder.toString();
    this.panels.set(key, panel);
    const written = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "iiml/report.html"));
    const load = async (): Promise<void> => {
      panel.webview.html = pageFor(await this.read(folder));
    };
    written.onDidCreate(load);
    written.onDidChange(load);
    panel.onDidDispose(() => {
      written.dispose();
      this.panels.delete(key);
      void this.keep(this.kept().filter((one) => one.folder !== key));
    });
    await this.keep([...this.kept().filter((one) => one.folder !== key), { folder: key, title: panel.title }]);
    await load();
  }

  private async read(folder: vscode.Uri): Promise<string> {
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "iiml", "report.html"));
      return new TextDecoder().decode(bytes);
    } catch {
      return `<p>${vscode.l10n.t("There is no report yet; a solve writes it, and it will show here.")}</p>`;
    }
  }

  private kept(): Kept[] {
    return this.iiml.context.workspaceState.get<Kept[]>(KEPT, []);
  }

  private keep(reports: Kept[]): Thenable<void> {
    return this.iiml.context.workspaceState.update(KEPT, reports);
  }
}

function titleOf(folder: vscode.Uri): string {
  return vscode.l10n.t("Report: {0}", folder.path.split("/").at(-1) ?? "");
}

const known = new WeakMap<Iiml, Reports>();

/** Shows the report of a competition beside code; it follows what a solve writes. */
export async function showReport(iiml: Iiml, folder: vscode.Uri): Promise<void> {
  await known.get(iiml)?.show(folder);
}

/** Report panels, also those that were open before a reload, and the command that opens one. */
export function registerReport(iiml: Iiml): vscode.Disposable {
  const reports = new Reports(iiml);
  known.set(iiml, reports);
  return vscode.Disposable.from(
    vscode.window.registerWebviewPanelSerializer(VIEW, reports),
    vscode.commands.registerCommand("iiml.openReport", async (target?: unknown) => {
      const folder = folderOf(target) ?? iiml.competitions.current?.folder;
      if (folder !== undefined) return reports.show(vscode.Uri.parse(folder));
      const solve = vscode.l10n.t("Solve Competition");
      const message = vscode.l10n.t("No competition of this window has a report yet.");
      if ((await vscode.window.showInformationMessage(message, solve)) === solve) {
        await vscode.commands.executeCommand("iiml.solve");
      }
    }),
  );
}

/** The folder's URI in what menus, tree items and the palette give a command. */
function folderOf(target: unknown): string | undefined {
  if (target instanceof vscode.Uri) return target.toString();
  if (typeof target === "string") return target;
  const inside = typeof target === "object" && target !== null && "folder" in target ? target.folder : undefined;
  return typeof inside === "string" ? inside : undefined;
}
