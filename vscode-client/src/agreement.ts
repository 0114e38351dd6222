import * as vscode from "vscode";
import type { App, Place } from "./app";
import { askBackbone, asksModels, isModelChosen } from "./backbone";
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
  /** Who is asked, beside the expert. */
  backbone: string;
}

/** What a solve would be started with, and the page that says what that takes. */
export interface Terms {
  plan: Plan;
  interpreter: Interpreter | undefined;
  page: Preflight;
}

/** What the user has answered so far. */
interface Answered {
  budget?: string | undefined;
  backbone?: string | undefined;
}

/** The terms as answers, `iiml.toml` and settings give them; asks nothing. */
export async function termsOf(
  app: App,
  folder: vscode.Uri,
  answered: Answered,
  token?: vscode.CancellationToken,
): Promise<Terms> {
  const interpreter = await app.environments.interpreter(folder);
  const page = await preflight(app, folder, answered, interpreter, token);
  const plan = {
    folder,
    budget: answered.budget ?? usualBudget(page, folder),
    interpreter: interpreter?.python,
    tracks: usualTracks(page, folder),
    backbone: page.backbone,
  };
  return { plan, interpreter, page };
}

/** Asks for what cannot be found and shows the page before the first run; undefined if the user does not want. */
export async function agree(app: App, folder: vscode.Uri, asked: Partial<Place>): Promise<Plan | undefined> {
  let budget = asked.budget;
  let backbone: string | undefined;
  for (;;) {
    const terms = await packagesReady(app, folder, { budget, backbone }, asked.confirmed === true);
    if (terms === undefined) return undefined;
    const { plan, interpreter, page } = terms;
    if (asked.confirmed === true) return refuseBlocked(page, plan);
    if (budget === undefined && needsAnswer(page, folder)) {
      budget = await askBudget(setting("solve.budget", folder));
      if (budget === undefined) return undefined;
      continue;
    }
    if (isAgreed(app, plan) && !page.problems.some(({ blocking }) => blocking)) return plan;
    const answer = await preflightPage(page, interpreter, plan.budget, plan.backbone);
    if (answer === "solve") {
      if (!(await isModelChosen(app, plan.backbone))) return undefined;
      await remember(app, plan);
      return plan;
    }
    if (answer === undefined) return undefined;
    if (answer === "budget") budget = (await askBudget(plan.budget ?? setting("solve.budget", folder))) ?? budget;
    if (answer === "backbone") backbone = (await askBackbone(app, page, plan.backbone)) ?? backbone;
    if (answer === "interpreter") await chooseInterpreter.run(app, folder);
  }
}

async function packagesReady(
  app: App,
  folder: vscode.Uri,
  answered: Answered,
  silent: boolean,
): Promise<Terms | undefined> {
  for (;;) {
    const terms = await termsOf(app, folder, answered);
    const { interpreter, page } = terms;
    if (page.missing.length === 0) return terms;
    if (silent) throw new Error(vscode.l10n.t("Packages are missing in {0}: {1}.", page.interpreter, page.missing.join(", ")));
    if (!(await mendPackages(app, folder, page, interpreter))) return undefined;
  }
}

function preflight(
  app: App,
  folder: vscode.Uri,
  { budget, backbone }: Answered,
  interpreter: Interpreter | undefined,
  token: vscode.CancellationToken | undefined,
): Promise<Preflight> {
  const params = {
    folder: folder.toString(),
    budget: budget ?? null,
    backbone: backbone ?? null,
    interpreter: interpreter?.python ?? null,
  };
  const title = vscode.l10n.t("iiML looks at folder, Python and hardware");
  const shown = vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
    app.daemon.request("iiml/preflight", params, token),
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

function isAgreed(app: App, plan: Plan): boolean {
  return app.context.globalState.get<string[]>(AGREED, []).includes(agreementOf(plan));
}

function remember(app: App, plan: Plan): Thenable<void> {
  const agreed = app.context.globalState.get<string[]>(AGREED, []);
  return app.context.globalState.update(AGREED, [...new Set([...agreed, agreementOf(plan)])]);
}

/** Who agreed to a solve by the expert has not agreed to anything being sent. */
function agreementOf({ folder, backbone }: Plan): string {
  return asksModels(backbone) ? `${folder.toString()} ${backbone}` : folder.toString();
}
