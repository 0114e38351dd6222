import * as vscode from "vscode";
import type { App, Place } from "./app";
import { askBudget } from "./budget";
import { chooseInterpreter } from "./commands/chooseInterpreter";
import type { Interpreter } from "./environment/environments";
import { mendPackages } from "./packages";
import { preflightPage } from "./preflightPage";
import { isChosen, setting } from "./settings";
import type { Preflight } from "./wire";

const AGREED = "iiml.agreed";

/** What a solve is started with. No budget or no tracks: `iiml.toml` says them, or the default holds. */
export interface Plan {
  folder: vscode.Uri;
  budget: string | undefined;
  interpreter: string | undefined;
  tracks: readonly string[];
}

/** Asks for what cannot be found and shows the page before the first run; undefined if the user does not want. */
export async function agree(app: App, folder: vscode.Uri, asked: Partial<Place>): Promise<Plan | undefined> {
  let budget = asked.budget;
  for (;;) {
    const ready = await packagesReady(app, folder, budget, asked.confirmed === true);
    if (ready === undefined) return undefined;
    const { interpreter, page } = ready;
    const plan = { folder, budget: budget ?? usualBudget(page, folder), interpreter: interpreter?.python, tracks: usualTracks(page, folder) };
    if (asked.confirmed === true) return refuseBlocked(page, plan);
    if (budget === undefined && needsAnswer(page, folder)) {
      budget = await askBudget(setting("solve.budget", folder));
      if (budget === undefined) return undefined;
      continue;
    }
    if (isAgreed(app, folder) && !page.problems.some(({ blocking }) => blocking)) return plan;
    const answer = await preflightPage(page, interpreter, plan.budget);
    if (answer === "solve") {
      await remember(app, folder);
      return plan;
    }
    if (answer === undefined) return undefined;
    if (answer === "budget") budget = (await askBudget(plan.budget ?? setting("solve.budget", folder))) ?? budget;
    if (answer === "interpreter") await chooseInterpreter.run(app, folder);
  }
}

interface Ready {
  interpreter: Interpreter | undefined;
  page: Preflight;
}

async function packagesReady(
  app: App,
  folder: vscode.Uri,
  budget: string | undefined,
  silent: boolean,
): Promise<Ready | undefined> {
  for (;;) {
    const interpreter = await app.environments.interpreter(folder);
    const page = await preflight(app, folder, budget, interpreter);
    if (page.missing.length === 0) return { interpreter, page };
    if (silent) throw new Error(vscode.l10n.t("Packages are missing in {0}: {1}.", page.interpreter, page.missing.join(", ")));
    if (!(await mendPackages(app, folder, page, interpreter))) return undefined;
  }
}

function preflight(
  app: App,
  folder: vscode.Uri,
  budget: string | undefined,
  interpreter: Interpreter | undefined,
): Promise<Preflight> {
  const params = { folder: folder.toString(), budget: budget ?? null, interpreter: interpreter?.python ?? null };
  const title = vscode.l10n.t("iiML looks at folder, Python and hardware");
  const shown = vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    app.daemon.request("iiml/preflight", params),
  );
  return Promise.resolve(shown);
}

/** `iiml.toml` wins over the setting, and an answer over both. */
function usualBudget(page: Preflight, folder: vscode.Uri): string | undefined {
  return inToml(page, "budget") ? undefined : setting("solve.budget", folder);
}

function usualTracks(page: Preflight, folder: vscode.Uri): readonly string[] {
  return inToml(page, "tracks") ? [] : setting("solve.tracks", folder);
}

function needsAnswer(page: Preflight, folder: vscode.Uri): boolean {
  return !inToml(page, "budget") && !isChosen("solve.budget", folder);
}

function inToml(page: Preflight, name: string): boolean {
  return page.settings.some((text) => new RegExp(`^${name}\\b`).test(text));
}

function refuseBlocked(page: Preflight, plan: Plan): Plan {
  const blocking = page.problems.find((problem) => problem.blocking);
  if (blocking !== undefined) throw new Error(`${blocking.message} ${blocking.hint}`.trim());
  return plan;
}

function isAgreed(app: App, folder: vscode.Uri): boolean {
  return app.context.globalState.get<string[]>(AGREED, []).includes(folder.toString());
}

function remember(app: App, folder: vscode.Uri): Thenable<void> {
  const agreed = app.context.globalState.get<string[]>(AGREED, []);
  return app.context.globalState.update(AGREED, [...new Set([...agreed, folder.toString()])]);
}
