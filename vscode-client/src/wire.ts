// Written by `python -m iiml_server.wire_typescript`; change server/iiml_server/wire.py instead.

/** Solve a folder with a backbone; None is what the settings, `iiml.toml` or defaults say. Which model that is, and where, the daemon knows from the settings; no key is in any message. */
export interface SolveParams {
  folder: string;
  budget?: string | null;
  tracks: string[];
  interpreter?: string | null;
  backbone?: string | null;
  resumed: boolean;
}

/** One turn of a conversation with a language model. */
export interface ModelMessage {
  speaker: "system" | "user" | "assistant";
  text: string;
}

/** A question of a running solve for the editor's language model. `schema` is the JSON schema of the answer, as text; None for plain text. `model` is the model that the user named, by its id or family; empty for the one that was chosen in the editor. */
export interface ModelQuestion {
  folder: string;
  question: string;
  agent: string;
  messages: ModelMessage[];
  schema?: string | null;
  maxOutput: number;
  model: string;
}

/** What the editor's model answered; with `trouble` there is no answer, and a `message` why. */
export interface ModelReply {
  text: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  trouble?: "key" | "refused" | "overflow" | "rate" | "server" | "network" | "stopped" | null;
  message: string;
}

/** A change of one step that a language model proposed for the candidate `parent`. As `candidate` it was measured against its parent: `difference` is how much better it is in the metric, `p_better` how sure that is. `reason` says why it was not kept. */
export interface IdeaState {
  id: string;
  parent: string;
  step: string;
  title: string;
  why: string;
  outcome: "kept" | "dropped" | "failed";
  candidate?: string | null;
  reason: string;
  difference?: number | null;
  pBetter?: number | null;
}

/** No parameters, or nothing to tell. */
export interface Nothing {
}

/** The folder of a competition. */
export interface FolderParams {
  folder: string;
}

/** A script that runs now. */
export interface RunState {
  id: string;
  purpose: string;
  candidate?: string | null;
  fold?: number | null;
  folder: string;
  log: string;
}

/** A row of the leaderboard. `best`: its predictions stand in `submission.csv`. `scope`: what the score was measured on, as in "on fold 0"; empty for all rows. `pipeline` is that of a blend's refit where it is one, and None while there is none. */
export interface CandidateState {
  id: string;
  track: string;
  status: string;
  score?: number | null;
  standardError?: number | null;
  folds: (number | null)[];
  seconds: number;
  scope: string;
  note: string;
  best: boolean;
  folder?: string | null;
  pipeline?: string | null;
  log?: string | null;
  submission?: string | null;
}

/** A patch that the debugger of a running solve tried, as it happened. */
export interface TriedPatch {
  title: string;
  module: string;
  candidate?: string | null;
  proposedBy: string;
  kept: boolean;
  diff: string;
}

/** What is known of a competition. `seq` grows with each change; times are Unix seconds. `folder` is the folder's URI, which is its key in all messages. `backbone` is whom the last solve may ask; `tokens` is how many language models took and gave, None where none was asked; `cost` what is known of that, in dollars. */
export interface CompetitionState {
  folder: string;
  name: string;
  seq: number;
  status: "new" | "running" | "solved" | "stopped" | "failed" | "bug" | "lost";
  title?: string | null;
  kind?: string | null;
  metric?: string | null;
  greaterIsBetter?: boolean | null;
  budget?: number | null;
  startedAt?: number | null;
  endedAt?: number | null;
  pid?: number | null;
  phase: string;
  step: string;
  message: string;
  hint: string;
  best?: string | null;
  bestScore?: number | null;
  backbone?: string | null;
  tokens?: number | null;
  cost?: number | null;
  submission?: string | null;
  report?: string | null;
  blueprint?: string | null;
  solverLog?: string | null;
  candidates: CandidateState[];
  runs: RunState[];
  tried: TriedPatch[];
  ideas: IdeaState[];
  notes: string[];
}

/** All competitions that the daemon watches: those of the workspace, and those opened. */
export interface Competitions {
  competitions: CompetitionState[];
}

/** A verified patch that waits for the user, in terms of the document's text. Lines `start_line` to `end_line` (exclusive) of `uri` are `replaced`, and would be `proposed`. A patch of several stretches has the first one there and all in `diff` (unified). `others` is how many more proposals there are for the same fault; `stale`: the text moved on. */
export interface PatchOffer {
  id: string;
  folder: string;
  uri: string;
  title: string;
  proposedBy: string;
  byModel: boolean;
  verified: boolean;
  loses: string;
  code: string;
  message: string;
  startLine: number;
  endLine: number;
  replaced: string[];
  proposed: string[];
  diff: string;
  others: number;
  stale: boolean;
}

/** The patches of one folder that wait for the user. */
export interface PatchOffers {
  folder: string;
  patches: PatchOffer[];
}

/** One patch of one folder. */
export interface PatchParams {
  folder: string;
  id: string;
}

/** Whether what was asked for was done; `message` says why not, or what came of it. */
export interface Outcome {
  done: boolean;
  message: string;
}

/** Verify a folder's modules up to a rung of the ladder: 2 runs nothing, 3 to 6 a sample. */
export interface VerifyParams {
  folder: string;
  rung: number;
}

/** What verification found; the violations themselves are diagnostics. */
export interface VerifyOutcome {
  errors: number;
  warnings: number;
  patches: number;
  message: string;
}

/** A track, and whether its inputs changed since it was scored. */
export interface AffectedTrack {
  track: string;
  affected: boolean;
  why: string;
  score?: number | null;
}

/** The tracks of one folder. */
export interface AffectedTracks {
  folder: string;
  tracks: AffectedTrack[];
}

/** A saved module was verified in the background. `changes` is what it changes downstream. */
export interface ModuleVerified {
  folder: string;
  uri: string;
  errors: number;
  changes: string[];
  tracks: AffectedTrack[];
}

/** A region of code that implements a step. */
export interface StepPlace {
  uri: string;
  line: number;
  endLine: number;
}

/** A step of the blueprint. `line` is its line in `blueprint.md`. */
export interface StepState {
  id: string;
  part: string;
  title: string;
  why: string;
  line: number;
  places: StepPlace[];
}

/** The blueprint of a folder; no title and no steps where nothing is planned yet. */
export interface BlueprintState {
  folder: string;
  title: string;
  page?: string | null;
  steps: StepState[];
}

/** A clause of the contract and whether it holds; `uri` and `line` are where prep gives it. */
export interface ClauseState {
  id: string;
  sentence: string;
  status: "kept" | "broken" | "unknown";
  message: string;
  uri?: string | null;
  line: number;
}

/** The contract of a folder; no clauses where nothing is planned yet. */
export interface ContractState {
  folder: string;
  clauses: ClauseState[];
}

/** What is about to be solved, with which Python and backbone; None is the default. */
export interface PreflightParams {
  folder: string;
  budget?: string | null;
  interpreter?: string | null;
  backbone?: string | null;
}

/** A graphics card; `memory` in bytes. */
export interface GpuState {
  name: string;
  memory: number;
  cuda: string;
}

/** Something that stands in the way of a solve (`blocking`), or that one should know. */
export interface Problem {
  message: string;
  hint: string;
  blocking: boolean;
}

/** The page before the first run: seconds, packages, and what would leave the machine. `backbone` is whom the solve would ask, `backbones` are those that can be named. `settings` is what `iiml.toml` says already, and `budget_from` where the budget comes from. */
export interface Preflight {
  folder: string;
  budget: number;
  budgetFrom: string;
  metric?: string | null;
  interpreter: string;
  python: string;
  missing: string[];
  canInstall: boolean;
  gpu?: GpuState | null;
  dataBytes: number;
  freeBytes: number;
  backbone: string;
  backbones: string[];
  leaves: string[];
  settings: string[];
  problems: Problem[];
}

/** A text document. */
export interface DocumentParams {
  uri: string;
}

/** A read-only text: what a document would be with a `patch`, or was `generated` as last. */
export interface VirtualTextParams {
  folder: string;
  kind: "patch" | "generated";
  id: string;
}

/** A text, or a document's place. */
export interface Text {
  text: string;
}

/** Requests: parameters and result by method. */
export interface Requests {
  "iiml/open": [FolderParams, CompetitionState];
  "iiml/competitions": [Nothing, Competitions];
  "iiml/preflight": [PreflightParams, Preflight];
  "iiml/startSolve": [SolveParams, Outcome];
  "iiml/stop": [FolderParams, Outcome];
  "iiml/verify": [VerifyParams, VerifyOutcome];
  "iiml/patches": [FolderParams, PatchOffers];
  "iiml/patch/accept": [PatchParams, Outcome];
  "iiml/patch/reject": [PatchParams, Outcome];
  "iiml/patch/next": [PatchParams, PatchOffers];
  "iiml/affected": [FolderParams, AffectedTracks];
  "iiml/blueprint": [FolderParams, BlueprintState];
  "iiml/contract": [FolderParams, ContractState];
  "iiml/revert": [DocumentParams, Outcome];
  "iiml/export": [FolderParams, Text];
  "iiml/virtualText": [VirtualTextParams, Text];
  "iiml/debugInfo": [Nothing, Text];
}

/** Requests of the daemon: parameters and result by method. */
export interface Asked {
  "iiml/askModel": [ModelQuestion, ModelReply];
}

/** Notifications of the daemon: parameters by method. */
export interface Notifications {
  "iiml/competitionChanged": CompetitionState;
  "iiml/patchesChanged": PatchOffers;
  "iiml/moduleVerified": ModuleVerified;
}
