import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { offersOf } from "../review/offers";
import { AffectedNote } from "./affectedNote";
import { blueprintRows, openBlueprintAt, type StepRef } from "./blueprintRows";
import { compareCandidates, diffAgainstBest, openCandidateFile } from "./candidates";
import { competitionRows } from "./competitionRows";
import { ContextKeys } from "./contextKeys";
import { patchRows } from "./patchRows";
import { type Row, Rows } from "./rows";
import { type CandidateRef, trackRows } from "./trackRows";

const SECOND = 1000;

/** The views in the activity bar: Competition, Blueprint, Tracks, Patches. */
export function registerViews(iiml: Iiml): vscode.Disposable {
  const offers = offersOf(iiml);
  const keys = new ContextKeys();
  const competition = new Rows(() => competitionRows(iiml.competitions));
  const blueprint = new Rows(() => blueprintRows(iiml));
  const tracks = new Rows(() => trackRows(iiml.competitions.current));
  const patches = new Rows(() => patchRows(iiml, offers));
  const note = new AffectedNote(iiml);
  const patchesView = vscode.window.createTreeView("iiml.patches", { treeDataProvider: patches });
  let planned = "";

  const refresh = (): void => {
    keys.update(iiml.competitions, offers);
    competition.refresh();
    tracks.refresh();
    patches.refresh();
    patchesView.badge = badge(offers.all.length);
    const current = iiml.competitions.current;
    const plan = `${current?.folder} ${current?.blueprint} ${current?.status} ${current?.phase}`;
    if (plan !== planned) blueprint.refresh();
    planned = plan;
  };
  // The time left goes on without any message; nothing else changes by itself.
  const clock = setInterval(() => {
    if (iiml.competitions.current?.status === "running") competition.refresh();
  }, 5 * SECOND);
  refresh();

  return vscode.Disposable.from(
    patchesView,
    { dispose: () => clearInterval(clock) },
    vscode.window.createTreeView("iiml.competition", { treeDataProvider: competition }),
    vscode.window.createTreeView("iiml.blueprint", { treeDataProvider: blueprint, showCollapseAll: true }),
    vscode.window.createTreeView("iiml.tracks", { treeDataProvider: tracks, canSelectMany: true, showCollapseAll: true }),
    iiml.competitions.onDidChange(refresh),
    offers.onDidChange(refresh),
    iiml.daemon.onDidStart(() => blueprint.refresh()),
    iiml.daemon.onNotification("iiml/moduleVerified", (verified) => {
      blueprint.refresh();
      void note.show(verified);
    }),
    ...viewCommands(iiml),
  );
}

function badge(count: number): vscode.ViewBadge | undefined {
  if (count === 0) return undefined;
  return { value: count, tooltip: vscode.l10n.t("{0} patches wait for you", count) };
}

function viewCommands(iiml: Iiml): vscode.Disposable[] {
  const command = vscode.commands.registerCommand;
  return [
    command("iiml.view.selectCompetition", (folder: string) => iiml.competitions.select(folder)),
    command("iiml.view.openStep", (row: Row<StepRef>) => row.subject && openBlueprintAt(row.subject)),
    command("iiml.view.openLog", (row: Row<CandidateRef>) => openCandidateFile(row.subject?.candidate.log)),
    command("iiml.view.openSubmission", (row: Row<CandidateRef>) => openCandidateFile(row.subject?.candidate.submission)),
    command("iiml.view.diffAgainstBest", (row: Row<CandidateRef>) => row.subject && diffAgainstBest(iiml, row.subject)),
    command("iiml.view.compare", (row: Row<CandidateRef>, all?: Row<CandidateRef>[]) => {
      const other = all?.find((one) => one !== row && one.subject !== undefined);
      return compareCandidates(iiml, row.subject, other?.subject);
    }),
  ];
}
