import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { place } from "../views/words";
import type { ClauseState, CompetitionState } from "../wire";

/** Of the ladder: prep runs on a sample, and each clause is checked on what it gives. */
const RUNG = 3;

/** The interface contract in the Test Explorer: one item per clause, at the line of prep that keeps it. */
export function registerContracts(iiml: Iiml): vscode.Disposable {
  const controller = vscode.tests.createTestController("iiml.contract", vscode.l10n.t("iiML contract"));
  const contracts = new Contracts(iiml, controller);
  controller.refreshHandler = () => contracts.reload();
  controller.createRunProfile(
    vscode.l10n.t("Verify the contract"),
    vscode.TestRunProfileKind.Run,
    (request, token) => contracts.run(request, token),
    true,
  );
  return vscode.Disposable.from(
    controller,
    iiml.competitions.onDidChange((state) => void contracts.reload(state)),
    iiml.daemon.onDidStart(() => void contracts.reload()),
    iiml.daemon.onNotification("iiml/moduleVerified", ({ folder }) => void contracts.load(folder)),
  );
}

class Contracts {
  private readonly planned = new Map<string, string>();

  constructor(
    private readonly iiml: Iiml,
    private readonly controller: vscode.TestController,
  ) {}

  /** Reads the contracts whose plan changed; all of them if no competition is given. */
  async reload(changed?: CompetitionState): Promise<void> {
    for (const state of changed === undefined ? this.iiml.competitions.all : [changed]) {
      const plan = `${state.blueprint} ${state.status}`;
      if (changed !== undefined && this.planned.get(state.folder) === plan) continue;
      this.planned.set(state.folder, plan);
      if (state.blueprint != null) await this.load(state.folder);
    }
  }

  /** Shows the clauses of one folder as items; answers what they are. */
  async load(folder: string): Promise<readonly ClauseState[]> {
    try {
      const { clauses } = await this.iiml.daemon.request("iiml/contract", { folder });
      this.show(folder, clauses);
      return clauses;
    } catch (error) {
      this.iiml.log.debug(`No contract of ${folder}: ${String(error)}`);
      return [];
    }
  }

  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const byFolder = this.wanted(request);
    for (const items of byFolder.values()) for (const item of items) run.enqueued(item);
    try {
      for (const [folder, items] of byFolder) await this.verify(run, folder, items, token);
    } finally {
      run.end();
    }
  }

  private async verify(
    run: vscode.TestRun,
    folder: string,
    items: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<void> {
    for (const item of items) run.started(item);
    try {
      const outcome = await this.iiml.daemon.request("iiml/verify", { folder, rung: RUNG }, token);
      run.appendOutput(`${outcome.message}\r\n`);
      const clauses = await this.load(folder);
      for (const item of items) report(run, item, clauses.find((clause) => itemId(folder, clause.id) === item.id));
    } catch (error) {
      const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
      for (const item of items) token.isCancellationRequested ? run.skipped(item) : run.errored(item, message);
    }
  }

  private show(folder: string, clauses: readonly ClauseState[]): void {
    if (clauses.length === 0) return this.controller.items.delete(folder);
    const name = this.iiml.competitions.get(folder)?.name ?? folder;
    const root = this.controller.items.get(folder) ?? this.controller.createTestItem(folder, name, vscode.Uri.parse(folder));
    root.children.replace(clauses.map((clause) => this.item(folder, clause)));
    this.controller.items.add(root);
  }

  private item(folder: string, clause: ClauseState): vscode.TestItem {
    const uri = clause.uri == null ? undefined : place(clause.uri);
    const sentence = clause.sentence.replaceAll("`", ""); // a label is no Markdown
    const item = this.controller.createTestItem(itemId(folder, clause.id), sentence, uri);
    item.description = clause.id;
    item.sortText = clause.id.replace(/\d+/, (digits) => digits.padStart(4, "0"));
    if (uri !== undefined) item.range = new vscode.Range(clause.line, 0, clause.line, 0);
    return item;
  }

  /** The clauses that a request means, by folder. */
  private wanted(request: vscode.TestRunRequest): Map<string, vscode.TestItem[]> {
    const excluded = new Set(request.exclude?.map((item) => item.id));
    const found = new Map<string, vscode.TestItem[]>();
    const visit = (item: vscode.TestItem): void => {
      if (excluded.has(item.id)) return;
      if (item.parent === undefined) return item.children.forEach(visit);
      found.set(item.parent.id, [...(found.get(item.parent.id) ?? []), item]);
    };
    if (request.include === undefined) this.controller.items.forEach(visit);
    else request.include.forEach(visit);
    return found;
  }
}

function itemId(folder: string, clause: string): string {
  return `${folder} ${clause}`;
}

function report(run: vscode.TestRun, item: vscode.TestItem, clause: ClauseState | undefined): void {
  if (clause === undefined || clause.status === "unknown") return run.skipped(item);
  if (clause.status === "kept") return run.passed(item);
  const message = new vscode.TestMessage(clause.message || clause.sentence);
  if (clause.uri != null) message.location = new vscode.Location(place(clause.uri), new vscode.Position(clause.line, 0));
  run.failed(item, message);
}
