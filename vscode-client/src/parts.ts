import type * as vscode from "vscode";
import { registerContracts } from "./contracts";
import type { Iiml } from "./iiml";
import { registerReport } from "./report";
import { registerReview } from "./review";
import { registerViews } from "./views";

/** The parts that show and do something with what the daemon tells; each registers itself. */
export const parts: readonly ((iiml: Iiml) => vscode.Disposable)[] = [
  registerViews,
  registerReview,
  registerReport,
  registerContracts,
];
