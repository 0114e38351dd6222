import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import type { BlueprintState, StepState } from "../wire";
import { openCommand, type Row, row } from "./rows";
import { baseName, place } from "./words";

/** A step of a blueprint, for commands on its row. */
export interface StepRef {
  readonly page: vscode.Uri | undefined;
  readonly step: StepState;
}

/** The steps of the blueprint by part, each with the code that implements it. */
export async function blueprintRows(iiml: Iiml): Promise<Row[]> {
  const current = iiml.competitions.current;
  if (current?.blueprint == null) return [];
  const blueprint = await iiml.daemon.request("iiml/blueprint", { folder: current.folder });
  const parts = [...new Set(blueprint.steps.map((step) => step.part))];
  return parts.map((part) =>
    row(partWord(part), {
      id: `${current.folder} ${part}`,
      icon: "list-ordered",
      expanded: true,
      children: () => blueprint.steps.filter((step) => step.part === part).map((step) => stepRow(blueprint, step)),
    }),
  );
}

/** Opens `blueprint.md` at a step. */
export async function openBlueprintAt(ref: StepRef): Promise<void> {
  if (ref.page === undefined) return;
  const line = ref.step.line;
  await vscode.window.showTextDocument(ref.page, { selection: new vscode.Range(line, 0, line, 0) });
}

function partWord(part: string): string {
  const words: Record<string, string> = {
    prep: vscode.l10n.t("Preparing the data"),
    model: vscode.l10n.t("Models"),
    train: vscode.l10n.t("Training"),
    eval: vscode.l10n.t("Scoring and answering"),
  };
  return words[part] ?? part;
}

function stepRow(blueprint: BlueprintState, step: StepState): Row<StepRef> {
  const page = blueprint.page == null ? undefined : place(blueprint.page);
  const first = step.places[0];
  const [uri, line] = first === undefined ? [page, step.line] : [place(first.uri), first.line];
  const places = step.places;
  return row(`${step.id}  ${step.title}`, {
    id: `${blueprint.folder} ${step.id}`,
    icon: places.length > 0 ? "symbol-method" : "circle-outline",
    description: places.length > 0 ? "" : vscode.l10n.t("no code"),
    tooltip: step.why,
    context: "step",
    subject: { page, step },
    ...(uri === undefined ? {} : { command: openCommand(uri, line) }),
    ...(places.length > 1 ? { children: () => places.map((one) => placeRow(place(one.uri), one.line)) } : {}),
  });
}

function placeRow(uri: vscode.Uri, line: number): Row {
  return row(`${baseName(uri)}:${line + 1}`, {
    icon: "go-to-file",
    tooltip: vscode.workspace.asRelativePath(uri),
    command: openCommand(uri, line),
  });
}
