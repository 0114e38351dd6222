import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import type { PatchOffer, PatchOffers, PatchParams } from "../wire";

/** The patches that wait for the user, as the daemon tells them. */
export class Offers implements vscode.Disposable {
  private readonly byFolder = new Map<string, readonly PatchOffer[]>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly iiml: Iiml) {
    this.subscriptions = [
      iiml.daemon.onNotification("iiml/patchesChanged", (offers) => this.take(offers)),
      iiml.daemon.onDidStart(() => this.askAll()),
      iiml.competitions.onDidChange(() => this.askNew()),
    ];
  }

  /** All of them, by document and line. */
  get all(): readonly PatchOffer[] {
    const offers = [...this.byFolder.values()].flat();
    return offers.sort((a, b) => a.uri.localeCompare(b.uri) || a.startLine - b.startLine);
  }

  find(patch: PatchParams): PatchOffer | undefined {
    return this.byFolder.get(patch.folder)?.find((offer) => offer.id === patch.id);
  }

  /** Takes what the daemon says of a folder in place of what was known of it. */
  take(offers: PatchOffers): void {
    this.byFolder.set(offers.folder, offers.patches);
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private askAll(): void {
    this.byFolder.clear();
    this.changed.fire();
    this.askNew();
  }

  private askNew(): void {
    for (const { folder } of this.iiml.competitions.all) {
      if (!this.byFolder.has(folder)) void this.ask(folder);
    }
  }

  private async ask(folder: string): Promise<void> {
    this.byFolder.set(folder, []);
    try {
      this.take(await this.iiml.daemon.request("iiml/patches", { folder }));
    } catch (error) {
      this.byFolder.delete(folder);
      this.iiml.log.debug(`No patches of ${folder}: ${String(error)}`);
    }
  }
}

const known = new WeakMap<Iiml, Offers>();

/** The offers of this window: views and review show the same ones. */
export function offersOf(iiml: Iiml): Offers {
  const found = known.get(iiml) ?? new Offers(iiml);
  if (!known.has(iiml)) {
    known.set(iiml, found);
    iiml.context.subscriptions.push(found);
  }
  return found;
}
