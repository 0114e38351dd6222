import type * as vscode from "vscode";
import type { WatchedCompetitions } from "./competitions";
import type { DaemonProcess } from "./daemon";
import type { Environments } from "./environment/environments";
import type { Iiml } from "./iiml";
import type { ApiKeys } from "./keys";
import type { Models } from "./models";
import type { Terminals } from "./terminal";

/** The extension as its own commands see it: more than views and reviews are given. */
export interface App extends Iiml {
  readonly daemon: DaemonProcess;
  readonly competitions: WatchedCompetitions;
  readonly environments: Environments;
  readonly keys: ApiKeys;
  readonly models: Models;
  readonly terminals: Terminals;
}

/** A command of the palette. What it throws is shown as one message. */
export interface Command {
  readonly id: string;
  run(app: App, target: Target): Promise<unknown>;
}

/** What a command is given by a menu, a tree item or a code lens; nothing from the palette. */
export type Target = vscode.Uri | string | Place | undefined;

export interface Place {
  readonly folder: string;
  readonly track?: string;
  /** A step of the blueprint. */
  readonly step?: string;
  readonly candidate?: string;
  readonly uri?: string;
  readonly budget?: string;
  /** The user has agreed elsewhere: nothing is asked any more. */
  readonly confirmed?: boolean;
}
