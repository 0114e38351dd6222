import * as vscode from "vscode";
import { type Terms, termsOf } from "../agreement";
import type { App } from "../app";
import { solveArguments } from "../commands/solve";
import { duration, score, statusWord } from "../views/words";
import type { CompetitionState } from "../wire";
import { said } from "./answer";

/** What an agent may say: which folder, and for how long. */
export interface SolveInput {
  folder?: string;
  budget?: string;
}

/** Solves a competition for an agent: the same command as in the palette, after a confirmation that shows all. */
export class SolveTool implements vscode.LanguageModelTool<SolveInput> {
  constructor(private readonly app: App) {}

  async prepareInvocation(
    { input }: vscode.LanguageModelToolInvocationPrepareOptions<SolveInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.PreparedToolInvocation> {
    const folder = this.folder(input);
    const terms = await termsOf(this.app, folder, { budget: budgetOf(input) }, token);
    return {
      invocationMessage: vscode.l10n.t("Solving {0}", folder.fsPath),
      confirmationMessages: { title: vscode.l10n.t("Solve this competition?"), message: confirmation(terms) },
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<SolveInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    if (!vscode.workspace.isTrusted) return said(vscode.l10n.t("The workspace is not trusted: nothing was run."));
    const before = await this.app.competitions.open(this.folder(input));
    const budget = budgetOf(input);
    const asked = { folder: before.folder, confirmed: true, ...(budget === undefined ? {} : { budget }) };
    if ((await vscode.commands.executeCommand("iiml.solve", asked)) !== true) {
      return said(vscode.l10n.t("The solve was not started; the iiml log says why."));
    }
    return said(outcome(await this.end(before, token)));
  }

  private folder(input: SolveInput): vscode.Uri {
    if (input.folder !== undefined && input.folder !== "") {
      return input.folder.startsWith("file:") ? vscode.Uri.parse(input.folder) : vscode.Uri.file(input.folder);
    }
    const only = vscode.workspace.workspaceFolders?.[0]?.uri;
    const current = this.app.competitions.current?.folder;
    if (current !== undefined) return vscode.Uri.parse(current);
    if (only === undefined) throw new Error(vscode.l10n.t("No folder is open; name the competition's folder."));
    return only;
  }

  /** Waits until the solve that was just started ends, or the agent gives up; the solver goes on without it. */
  private end({ folder, startedAt }: CompetitionState, token: vscode.CancellationToken): Promise<CompetitionState | undefined> {
    const { competitions } = this.app;
    let ran = false;
    return new Promise((resolve) => {
      const look = (): void => {
        const state = competitions.get(folder);
        // One that ends at once is never seen to run.
        ran ||= state?.status === "running" || state?.startedAt !== startedAt;
        if (ran && state?.status !== "running") finish();
      };
      const finish = (): void => {
        subscriptions.dispose();
        resolve(competitions.get(folder));
      };
      const subscriptions = vscode.Disposable.from(token.onCancellationRequested(finish), competitions.onDidChange(look));
      look();
    });
  }
}

/** A budget that a model left empty is none. */
function budgetOf({ budget }: SolveInput): string | undefined {
  return budget === "" ? undefined : budget;
}

function confirmation({ plan, page }: Terms): vscode.MarkdownString {
  const lines = [
    vscode.l10n.t("For at most {0}, with Python {2}: {1}", plan.budget ?? duration(page.budget), page.interpreter, page.python),
    page.missing.length > 0 ? vscode.l10n.t("Packages that are missing: {0}.", page.missing.join(", ")) : "",
    page.leaves.length > 0
      ? vscode.l10n.t("What leaves this machine: {0}.", page.leaves.join("; "))
      : vscode.l10n.t("Nothing leaves this machine."),
    ...page.problems.map((problem) => `${problem.message} ${problem.hint}`),
  ];
  const text = new vscode.MarkdownString(vscode.l10n.t("This runs generated code in the terminal “iiML GPU”:"));
  text.appendCodeblock(["iiml", ...solveArguments(plan)].join(" "), "shellscript");
  for (const line of lines.filter(Boolean)) text.appendMarkdown("- ").appendText(line).appendMarkdown("\n");
  return text;
}

function outcome(state: CompetitionState | undefined): string {
  if (state === undefined) return vscode.l10n.t("The solve was started; nothing is known of it yet.");
  const lines = [vscode.l10n.t("{0}: {1}.", state.title ?? state.name, statusWord(state.status)), state.message, state.hint];
  if (state.bestScore != null) {
    lines.push(vscode.l10n.t("Best: {0} with {1} {2}, out of fold.", state.best ?? "", state.metric ?? "", score(state.bestScore)));
  }
  if (state.submission != null) lines.push(vscode.l10n.t("Submission: {0}", state.submission));
  if (state.report != null) lines.push(vscode.l10n.t("Report: {0}", state.report));
  lines.push(...state.candidates.slice(0, 10).map((one) => `${one.id}: ${one.score ?? one.status} ${one.note}`.trim()));
  return lines.filter(Boolean).join("\n");
}
