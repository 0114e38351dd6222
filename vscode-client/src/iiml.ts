import type * as vscode from "vscode";
import type { CompetitionState, Notifications, Requests } from "./wire";

/** The daemon of this window. Requests wait for it to start; they fail with a readable Error if it cannot. */
export interface Daemon {
  request<M extends keyof Requests>(
    method: M,
    params: Requests[M][0],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M][1]>;
  /** Survives restarts of the daemon. */
  onNotification<N extends keyof Notifications>(method: N, handler: (params: Notifications[N]) => void): vscode.Disposable;
  /** Fires after each start: whatever was asked of an earlier daemon has to be asked again. */
  readonly onDidStart: vscode.Event<void>;
}

/** The competitions that the daemon watches, by the URI of their folder; kept up to date by its notifications. */
export interface Competitions {
  readonly all: readonly CompetitionState[];
  /** The one that views show: that of the active editor, else the one that runs, else the first. */
  readonly current: CompetitionState | undefined;
  get(folder: string): CompetitionState | undefined;
  /** Makes the daemon watch a folder; it stays watched until the window closes. */
  open(folder: vscode.Uri): Promise<CompetitionState>;
  /** Chooses the one that views show. */
  select(folder: string): void;
  readonly onDidChange: vscode.Event<CompetitionState | undefined>;
}

/** What every part of the extension is given. */
export interface Iiml {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly daemon: Daemon;
  readonly competitions: Competitions;
}
