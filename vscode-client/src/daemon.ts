import { type ChildProcess, spawn } from "node:child_process";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type LanguageClientOptions,
  type ServerOptions,
} from "vscode-languageclient/node";
import { messageOf, pause, withDeadline } from "./deadline";
import type { Daemon } from "./iiml";
import { logLines } from "./logLines";
import type { Asked, Notifications, Requests } from "./wire";

const START_SECONDS = 30;
/** Pauses before a daemon that died is started again; the last one repeats. */
const BACK_OFF = [0.5, 2, 5, 15, 60];
/** A daemon that lived this long has not failed at its start. */
const HEALTHY_SECONDS = 60;

const HEARD: Record<keyof Notifications, true> = {
  "iiml/competitionChanged": true,
  "iiml/patchesChanged": true,
  "iiml/moduleVerified": true,
};

/** Answers to what the daemon asks. */
export type Answers = {
  [M in keyof Asked]: (params: Asked[M][0], token: vscode.CancellationToken) => Promise<Asked[M][1]>;
};

export type Health =
  | { kind: "off" | "preparing" | "starting" | "running" }
  | { kind: "waiting"; seconds: number; reason: string }
  | { kind: "failed"; reason: string };

/** What a daemon is started with; asked anew for each start. */
export interface Launch {
  /** An absolute interpreter that can import iiml_server; made if it is not there yet. */
  python(): Promise<string>;
  /** What is added to the environment of the daemon: the API keys. */
  keys(): Promise<Record<string, string>>;
  initializationOptions(): Promise<unknown>;
  clientOptions(): LanguageClientOptions;
  answers: Answers;
}

type Handler = { method: string; handle: (params: unknown) => void };

/** The language server of this window: started when first needed, and again when it dies. */
export class DaemonProcess implements Daemon, vscode.Disposable {
  health: Health = { kind: "off" };
  private readonly started = new vscode.EventEmitter<void>();
  private readonly healthChanged = new vscode.EventEmitter<Health>();
  readonly onDidStart = this.started.event;
  readonly onDidChangeHealth = this.healthChanged.event;
  private readonly handlers = new Set<Handler>();
  private client: LanguageClient | undefined;
  private process: ChildProcess | undefined;
  private starting: Promise<LanguageClient> | undefined;
  private deaths = 0;
  /** Grows with each wish to stop: what was started before it is not wanted any more. */
  private generation = 0;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly launch: Launch,
  ) {}

  get pid(): number | undefined {
    return this.process?.pid;
  }

  async request<M extends keyof Requests>(
    method: M,
    params: Requests[M][0],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M][1]> {
    if (this.health.kind === "failed") throw new Error(this.health.reason);
    const client = await this.ensure();
    // A token that is undefined would count as a second parameter.
    return token === undefined ? client.sendRequest(method, params) : client.sendRequest(method, params, token);
  }

  onNotification<N extends keyof Notifications>(
    method: N,
    handle: (params: Notifications[N]) => void,
  ): vscode.Disposable {
    // Each method has one type of parameters, which is that of its handlers.
    const handler: Handler = { method, handle: (params) => handle(params as Notifications[N]) };
    this.handlers.add(handler);
    return new vscode.Disposable(() => this.handlers.delete(handler));
  }

  /** Starts the daemon if it does not run; also after a failure, so for what a user asked for. */
  ensure(): Promise<LanguageClient> {
    if (this.client !== undefined) return Promise.resolve(this.client);
    return this.starting ?? this.begin((generation) => this.start(generation));
  }

  /** Stops the daemon and starts one with what is in force now. */
  async restart(): Promise<void> {
    await this.stop();
    this.deaths = 0;
    await this.ensure();
  }

  async stop(): Promise<void> {
    this.generation += 1;
    this.starting = undefined;
    const { client, process: child } = this;
    this.client = undefined;
    this.process = undefined;
    this.become({ kind: "off" });
    try {
      if (client?.isRunning()) await client.stop(2000);
    } catch (error) {
      this.log.warn(`The daemon did not stop in order: ${messageOf(error)}`);
    }
    if (child !== undefined) await ended(child);
  }

  /** Tells the daemon the settings in force; one that is starting once it runs, as it may have heard older ones. */
  async configure(): Promise<void> {
    const client = this.client ?? (await this.starting?.catch(() => undefined));
    if (client === undefined) return;
    const iiml = await this.launch.initializationOptions();
    await client.sendNotification("workspace/didChangeConfiguration", { settings: { iiml } });
  }

  dispose(): void {
    void this.stop();
    this.started.dispose();
    this.healthChanged.dispose();
  }

  /** The start that counts from now on; one before it that ends later does not end this one's time. */
  private begin(start: (generation: number) => Promise<LanguageClient>): Promise<LanguageClient> {
    const { generation } = this;
    const starting = Promise.resolve(generation)
      .then(start)
      .finally(() => {
        if (this.starting === starting) this.starting = undefined;
      });
    this.starting = starting;
    return starting;
  }

  private async start(generation: number): Promise<LanguageClient> {
    try {
      return await this.attempt(generation);
    } catch (error) {
      if (generation === this.generation) {
        this.become({ kind: "failed", reason: messageOf(error) });
        this.log.error(`The daemon did not start: ${messageOf(error)}`);
      }
      throw error;
    }
  }

  private async attempt(generation: number): Promise<LanguageClient> {
    this.refuseIfStopped(generation); // while a pause after a death went on
    if (!vscode.workspace.isTrusted) {
      throw new Error(vscode.l10n.t("iiML runs nothing in a workspace that is not trusted."));
    }
    this.become({ kind: "preparing" });
    const python = await this.launch.python();
    const [keys, initializationOptions] = await Promise.all([
      this.launch.keys(),
      this.launch.initializationOptions(),
    ]);
    await vscode.workspace.fs.createDirectory(this.context.globalStorageUri);
    this.refuseIfStopped(generation);
    this.become({ kind: "starting" });
    const child = this.spawn(python, keys);
    this.process = child;
    const client = this.connect(child, initializationOptions, generation);
    try {
      const late = vscode.l10n.t("The iiML daemon did not answer within {0} seconds.", START_SECONDS);
      await withDeadline(client.start(), START_SECONDS, late);
      this.refuseIfStopped(generation);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
    this.client = client;
    this.log.info(`Daemon ${child.pid} runs with ${python}`);
    this.become({ kind: "running" });
    this.started.fire();
    return client;
  }

  private refuseIfStopped(generation: number): void {
    if (generation !== this.generation) throw new Error(vscode.l10n.t("The iiML daemon was stopped."));
  }

  /** Neither the environment nor the folder of the workspace chooses what is imported: -I, own folder. */
  private spawn(python: string, keys: Record<string, string>): ChildProcess {
    const child = spawn(python, ["-I", "-m", "iiml_server"], {
      cwd: this.context.globalStorageUri.fsPath,
      env: { ...process.env, ...keys },
      stdio: ["pipe", "pipe", "pipe"],
    });
    logLines(child.stderr, this.log);
    return child;
  }

  private connect(child: ChildProcess, initializationOptions: unknown, generation: number): LanguageClient {
    const born = Date.now();
    const serverOptions: ServerOptions = () =>
      new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("spawn", () => {
          const { stdin, stdout } = child;
          if (stdin === null || stdout === null) reject(new Error("no pipes"));
          else resolve({ reader: stdout, writer: stdin, detached: true });
        });
      });
    const client = new LanguageClient("iiml", "iiML", serverOptions, {
      ...this.launch.clientOptions(),
      initializationOptions,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.died(client, child, born, generation);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
    for (const method of Object.keys(HEARD)) {
      client.onNotification(method, (params: unknown) => {
        for (const handler of this.handlers) if (handler.method === method) handler.handle(params);
      });
    }
    client.onRequest("iiml/askModel", this.launch.answers["iiml/askModel"]);
    return client;
  }

  private died(client: LanguageClient, child: ChildProcess, born: number, generation: number): void {
    child.kill("SIGKILL");
    if (generation !== this.generation || this.client !== client) return;
    this.client = undefined;
    this.process = undefined;
    if (Date.now() - born > HEALTHY_SECONDS * 1000) this.deaths = 0;
    const seconds = BACK_OFF[Math.min(this.deaths, BACK_OFF.length - 1)] ?? 60;
    this.deaths += 1;
    const reason = vscode.l10n.t("The iiML daemon ended unexpectedly.");
    this.log.error(`${reason} It is started again in ${seconds} s.`);
    this.become({ kind: "waiting", seconds, reason });
    this.begin(async (same) => {
      await pause(seconds);
      return this.start(same);
    }).catch(() => undefined);
  }

  private become(health: Health): void {
    this.health = health;
    this.healthChanged.fire(health);
  }
}

/** Waits a moment for a process that was asked to end, and ends it if it does not. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await Promise.race([exit, pause(2)]);
  child.kill("SIGKILL");
}
