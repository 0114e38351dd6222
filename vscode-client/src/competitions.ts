import * as vscode from "vscode";
import { messageOf, pause } from "./deadline";
import type { Competitions, Daemon } from "./iiml";
import type { CompetitionState } from "./wire";

/** Folders that appear within this time are introduced together. */
const TOGETHER_SECONDS = 0.1;

/** The competitions of this window, as the daemon tells them; asked anew after each of its starts. */
export class WatchedCompetitions implements Competitions, vscode.Disposable {
  private states = new Map<string, CompetitionState>();
  private coming: Map<string, CompetitionState> | undefined;
  private readonly opened = new Set<string>();
  /** Every folder that was ever told of, and the end of introducing it. */
  private readonly met = new Map<string, Promise<void>>();
  private meeting: Promise<void> | undefined;
  private selected: string | undefined;
  private readonly changed = new vscode.EventEmitter<CompetitionState | undefined>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly daemon: Daemon,
    private readonly log: vscode.LogOutputChannel,
    /** Tells the daemon what is chosen for all folders. */
    private readonly introduce: () => Promise<void>,
  ) {
    this.subscriptions = [
      daemon.onNotification("iiml/competitionChanged", (state) => this.heard(state)),
      daemon.onDidStart(() => void this.askAgain()),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
    ];
  }

  get all(): readonly CompetitionState[] {
    return [...this.states.values()];
  }

  get folders(): readonly vscode.Uri[] {
    return [...this.met.keys()].map((folder) => vscode.Uri.parse(folder));
  }

  get current(): CompetitionState | undefined {
    const chosen = this.selected === undefined ? undefined : this.states.get(this.selected);
    return chosen ?? this.all.find((state) => state.status === "running") ?? this.all[0];
  }

  get(folder: string): CompetitionState | undefined {
    return this.states.get(keyOf(folder));
  }

  /** The innermost competition that a file lies in. */
  of(uri: vscode.Uri): CompetitionState | undefined {
    const text = uri.toString();
    const around = this.all.filter(({ folder }) => text === folder || text.startsWith(`${folder}/`));
    return around.sort((a, b) => b.folder.length - a.folder.length)[0];
  }

  async open(folder: vscode.Uri): Promise<CompetitionState> {
    const state = await this.daemon.request("iiml/open", { folder: folder.toString() });
    this.opened.add(folder.toString());
    this.heard(state);
    await this.meet(keyOf(state.folder));
    return this.get(state.folder) ?? { ...state, folder: keyOf(state.folder) };
  }

  select(folder: string): void {
    this.selected = keyOf(folder);
    this.changed.fire(this.current);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  /** A state that is older than the known one is a message that was overtaken. */
  private heard(told: CompetitionState): void {
    const state = { ...told, folder: keyOf(told.folder) };
    void this.meet(state.folder);
    const states = this.coming ?? this.states;
    const known = states.get(state.folder);
    if (known !== undefined && known.seq > state.seq) return;
    states.set(state.folder, state);
    if (states === this.states) this.changed.fire(state);
  }

  /** The daemon hears what is chosen for a folder before anything is run there; for many folders at once. */
  private meet(folder: string): Promise<void> {
    const known = this.met.get(folder) ?? (this.meeting ??= this.introduceSoon());
    this.met.set(folder, known);
    return known;
  }

  private async introduceSoon(): Promise<void> {
    await pause(TOGETHER_SECONDS);
    this.meeting = undefined;
    try {
      await this.introduce();
    } catch (error) {
      this.log.warn(`The daemon was not told what is chosen for a folder: ${messageOf(error)}`);
    }
  }

  /** A daemon that starts counts `seq` from the beginning: what it tells replaces what was known, at once. */
  private async askAgain(): Promise<void> {
    const coming = new Map<string, CompetitionState>();
    this.coming = coming;
    try {
      const { competitions } = await this.daemon.request("iiml/competitions", {});
      for (const state of competitions) this.heard(state);
      for (const folder of this.opened) this.heard(await this.daemon.request("iiml/open", { folder }));
    } catch (error) {
      this.log.warn(`Competitions could not be asked for: ${messageOf(error)}`);
    }
    if (this.coming !== coming) return; // another daemon has started since
    this.states = coming;
    this.coming = undefined;
    this.changed.fire(this.current);
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    const state = editor === undefined ? undefined : this.of(editor.document.uri);
    if (state !== undefined && state.folder !== this.current?.folder) this.select(state.folder);
  }
}

/** The editor's spelling of a URI: the daemon's differs in what it escapes. */
function keyOf(folder: string): string {
  return vscode.Uri.parse(folder).toString();
}
