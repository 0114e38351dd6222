import * as vscode from "vscode";
import type { DaemonProcess, Health } from "./daemon";
import type { Competitions } from "./iiml";
import type { CompetitionState } from "./wire";

const SELECTOR: vscode.DocumentSelector = [
  { language: "python", scheme: "file" },
  { pattern: "**/iiml.toml", scheme: "file" },
  { pattern: "**/iiml/blueprint.md", scheme: "file" },
];

function wordsFor(health: Health): string {
  switch (health.kind) {
    case "off":
      return vscode.l10n.t("not started");
    case "preparing":
      return vscode.l10n.t("looking for Python…");
    case "starting":
      return vscode.l10n.t("starting…");
    case "running":
      return vscode.l10n.t("ready");
    case "waiting":
      return vscode.l10n.t("ended, starts again in {0} s", health.seconds);
    case "failed":
      return health.reason;
  }
}

/** The daemon's health beside the language of the editor; passive troubles show nowhere else. */
export function languageStatus(daemon: DaemonProcess): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("iiml.daemon", SELECTOR);
  item.name = "iiML";
  item.command = { command: "iiml.showLogs", title: vscode.l10n.t("Show Logs") };
  const show = (health: Health): void => {
    item.text = "iiML";
    item.detail = wordsFor(health);
    item.busy = health.kind === "preparing" || health.kind === "starting";
    item.severity =
      health.kind === "failed"
        ? vscode.LanguageStatusSeverity.Error
        : health.kind === "waiting"
          ? vscode.LanguageStatusSeverity.Warning
          : vscode.LanguageStatusSeverity.Information;
  };
  show(daemon.health);
  return vscode.Disposable.from(item, daemon.onDidChangeHealth(show));
}

/** Phase and best score of a running solve in a few words. */
export function summary(state: CompetitionState): string {
  const phase = state.phase === "" ? vscode.l10n.t("solving") : state.phase;
  if (state.bestScore === undefined || state.bestScore === null) return phase;
  return vscode.l10n.t("{0} · best {1}", phase, scoreText(state.bestScore));
}

export function scoreText(score: number): string {
  return String(Number(score.toPrecision(5)));
}

/** One item at the left, there only while a solve runs. */
export function solveStatus(competitions: Competitions): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("iiml.solve", vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t("iiML Solve");
  const show = (): void => {
    const running = competitions.all.filter((state) => state.status === "running");
    const shown = running.find((state) => state.folder === competitions.current?.folder) ?? running[0];
    if (shown === undefined) return item.hide();
    const others = running.length > 1 ? ` (+${running.length - 1})` : "";
    item.text = `$(sync~spin) iiML: ${summary(shown)}${others}`;
    item.tooltip = vscode.l10n.t("{0}: {1}. Click to show the terminal.", shown.name, shown.step);
    item.command = { command: "iiml.showTerminal", title: "", arguments: [{ folder: shown.folder }] };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, competitions.onDidChange(show));
}
